"""What a text model writes by itself: known words, code that parses, poems in form, copies, beside real text."""

import ast
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence

import torch

from genai.quality.figures import Figure
from genai.seeds import make_rng
from genai.text.quality.suffix_array import SuffixArray
from genai.text.request import TextRequest
from genai.text.sampling import TextModel, generate
from genai.text.sources.tang import FORMS

LENGTH, WINDOW = 1000, 40  # characters of a text, and of a passage that counts as copied
TEMPERATURES = (0.5, 0.8, 1.0)
CJK = "\u2e80"  # scripts from here on put no space between words
VALID_SO_FAR = ast.PyCF_ONLY_AST | 0x4000  # PyCF_ALLOW_INCOMPLETE_INPUT, which codeop tells unfinished code by
POEM = re.compile("|".join(f"(?:[^，。]{{{n}}}，[^，。]{{{n}}}。){{{lines // 2}}}" for n, lines in FORMS))

COPIED = "longest string that stands in the training text, in characters"
SHORN = "whole lines only, the blocks that the start lies in opened before it"

PROTOCOLS = {
    "words_in_training": "share of words (letters and apostrophes, those at the ends left off) known from training",
    "code_valid_so_far": f"share of texts in which Python's parser minds nothing but that they end; {SHORN}",
    "code_compiling_prefix": f"mean share of a text in its longest beginning that is complete code; {SHORN}",
    "poems_in_form": "share of whole poems with 4 or 8 lines of 5 or 7 characters and the right marks",
    "verses_in_training": "share of the lines of verse of whole poems that stand in the training text",
    "longest_copy": f"{COPIED}, mean over the texts",
    "longest_copy_maximum": f"{COPIED}, the longest of all texts",
    "windows_in_training": f"share of all strings of {WINDOW} characters that stand in the training text",
}
OF_THE_WHOLE = {"words_in_training", "poems_in_form", "verses_in_training"}  # not of texts of one length


def figures(model: TextModel, data_set: str, training: str, held_out: str, count: int = 100) -> dict[str, Figure]:
    """Return the figures of texts written from an empty prompt, at three temperatures.

    Args:
        model: Writes; its device is used.
        data_set: "python" and "tang" have figures of their own.
        training: All that the model learnt from.
        held_out: What it did not.
        count: Texts a temperature; they have the seeds 0 to count - 1.
    """
    requests = [TextRequest(length=LENGTH, temperature=t, seed=seed) for t in TEMPERATURES for seed in range(count)]
    texts = [result.text for result in generate(model, requests)]
    passages = SuffixArray(training)
    real = measure(excerpts(held_out, count, LENGTH), [held_out], data_set, passages)
    named = {}
    for place, temperature in enumerate(TEMPERATURES):
        written = texts[place * count : (place + 1) * count]
        for name, (value, n) in measure(written, written, data_set, passages).items():
            against = "the whole text" if name in OF_THE_WHOLE else "excerpts of that length, drawn with seed 0"
            protocol = (
                f"{PROTOCOLS[name]}; {count} texts of {LENGTH} characters, empty prompt, seeds 0 to {count - 1}, "
                f"temperature {temperature:g}; held-out: {against}, n {real[name][1]:,}"
            )
            named[f"{name}_at_{temperature:g}"] = Figure(value, n, protocol, {"held-out": real[name][0]})
    return named


def excerpts(text: str, count: int, length: int) -> list[str]:
    """Draw passages that start with a line, as what a model writes from an empty prompt does (seed 0).

    Args:
        text: Where from; one that is too short, or without line breaks, is taken from its beginning.
        count: How many; they may overlap.
        length: Characters of each.
    """
    starts = [line.end() for line in re.finditer("\n", text) if line.end() + length <= len(text)] or [0]
    drawn = torch.randint(len(starts), (count,), generator=make_rng(0)).tolist()
    return [text[starts[place] :][:length] for place in drawn]


def measure(
    texts: Sequence[str], wholes: Sequence[str], data_set: str, passages: SuffixArray
) -> dict[str, tuple[float, int]]:
    """Return all figures that suit a data set, each with the number of items it is about.

    Args:
        texts: Texts of one length, for what depends on the length.
        wholes: Texts for what does not: the same, or all there is.
        data_set: Name of the data set.
        passages: The training text.
    """
    found: dict[str, tuple[float, int]] = {}
    if data_set == "tang":
        known = {line for poem in poems(passages.text) for line in verses(poem)}
        written = [poem for text in wholes for poem in poems(text)]
        found["poems_in_form"] = _share([POEM.fullmatch(poem) is not None for poem in written])
        found["verses_in_training"] = _share([line in known for poem in written for line in verses(poem)])
    else:
        found["windows_in_training"] = _share([part in passages for part in windows(texts)])
    if sum(c < CJK for c in passages.text) > len(passages.text) / 2:
        vocabulary = set(words(passages.text))
        found["words_in_training"] = _share([word in vocabulary for text in wholes for word in words(text)])
    if data_set == "python":
        found["code_valid_so_far"] = _share([valid_so_far(text) for text in texts])
        found["code_compiling_prefix"] = _share([compiling_share(text) for text in texts])
    copies = [passages.longest_copy(text) for text in texts]
    found["longest_copy"] = _share(copies)
    found["longest_copy_maximum"] = float(max(copies, default=0)), len(copies)
    return found


def _share(values: Collection[float]) -> tuple[float, int]:
    """Return the mean of numbers or truths, 0 of none, and how many there are."""
    return sum(values) / max(1, len(values)), len(values)


def windows(texts: Iterable[str]) -> Iterator[str]:
    """All strings of 40 characters that stand in some texts."""
    return (text[i : i + WINDOW] for text in texts for i in range(len(text) - WINDOW + 1))


def words(text: str) -> list[str]:
    """List the runs of letters and apostrophes, without those at the ends; a run that is cut off is left out."""
    runs = re.findall(r"(?:[^\W\d_]|['’])++(?=.)", text, re.DOTALL)
    return [word for run in runs if (word := run.strip("'’"))]


def poems(text: str) -> list[str]:
    """List the poems of a text, one a line; what follows the last line break is unfinished and left out."""
    return text.split("\n")[:-1]


def verses(poem: str) -> list[str]:
    """List the lines of verse between the marks of a poem."""
    return [line for line in re.split("[，。]", poem) if line]


def _enclose(code: str) -> str:
    """Open the blocks that the first line of an excerpt lies in, and drop the last line, which is cut off."""
    lines = code[: code.rfind("\n") + 1]
    margins: list[str] = []  # white space that a line begins with, each narrower than the one before
    for margin in (line[: len(line) - len(line.lstrip(" \t"))] for line in lines.split("\n") if line.strip()):
        if not margins or len(margin.expandtabs(4)) < len(margins[-1].expandtabs(4)):
            margins.append(margin)
    if margins and margins[-1]:
        margins.append("")
    return "".join(f"{margin}if 1:\n" for margin in reversed(margins[1:])) + lines


def _parses(code: str, flags: int) -> bool:
    with warnings.catch_warnings():
        # Escapes such as "\d" are valid, with a warning: a DeprecationWarning before Python 3.12.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            compile(code, "excerpt", "exec", flags, dont_inherit=True)
        except (SyntaxError, ValueError) as error:  # ValueError: a null character
            return "incomplete input" in str(error)  # said of what is merely unfinished, if the flags allow it
    return True


def valid_so_far(code: str) -> bool:
    """Whether Python's parser accepts an excerpt up to its last whole line, but for what is yet to come."""
    return _parses(_enclose(code), VALID_SO_FAR)


def compiling_share(code: str) -> float:
    """Return the share of an excerpt's characters in its longest beginning of whole lines that is complete code."""
    enclosed, end = _enclose(code), code.rfind("\n") + 1
    opened = len(enclosed) - end
    while end > 0 and not _parses(enclosed[: opened + end], ast.PyCF_ONLY_AST):
        end = code.rfind("\n", 0, end - 1) + 1
    return end / max(1, len(code))
