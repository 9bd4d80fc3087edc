"""Figures of the texts that a model generates, with those of held-out text for comparison.

They are the fraction of known words, of code that parses, of poems in regular form, and of copied passages.
"""

import ast
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch

from genai.quality.figures import Figure
from genai.seeds import make_rng
from genai.text.quality import prosody
from genai.text.quality.prosody import FAVOURITES
from genai.text.quality.suffix_array import SuffixArray
from genai.text.request import TextRequest
from genai.text.sampling import TextModel, generate
from genai.text.sources.tang import FORMS

LENGTH = 1000  # characters of a text
WINDOW = 40  # characters of a passage that counts as copied
CJK = "\u2e80"  # first character of the scripts that put no spaces between words
INCOMPLETE_INPUT = 0x4000  # PyCF_ALLOW_INCOMPLETE_INPUT, by which codeop recognises unfinished code
POEM = re.compile("|".join(f"(?:[^，。]{{{n}}}，[^，。]{{{n}}}。){{{lines // 2}}}" for n, lines in FORMS))

LONGEST_COPY = "longest string that stands in the training text, in characters"
TABLE = "groups of Pingshui from the Guangyun"
WHOLE_LINES = "whole lines only, the blocks that the start lies in opened before it"

PROTOCOLS = {
    "words_in_training": "share of words (letters and apostrophes, those at the ends left off) known from training",
    "code_valid_so_far": f"share of texts in which Python's parser minds nothing but that they end; {WHOLE_LINES}",
    "code_compiling_prefix": f"mean share of a text in its longest beginning that is complete code; {WHOLE_LINES}",
    "poems_in_form": "share of whole poems with 4 or 8 lines of 5 or 7 characters and the right marks",
    "poems_rhyming": "share of whole poems in form whose even lines end in different characters of one rhyme "
    f"group; any reading counts; {TABLE}",
    "verses_alternating": "share of the lines of verse of whole poems in form whose tones alternate at the 2nd, "
    f"4th and 6th character; any reading counts; {TABLE}",
    "poems_regulated": "share of whole poems in form that keep the tones of regulated verse: alternation, "
    "opposition in couplets, adhesion between them, level ends of even lines and oblique ones of odd lines but the "
    f"first; any reading counts; {TABLE}",
    "favourite_pair": f"of the {FAVOURITES} most frequent pairs of characters within its lines, the largest "
    "frequency over that in the training text",
    "verses_in_training": "share of the lines of verse of whole poems that stand in the training text",
    "longest_copy": f"{LONGEST_COPY}, mean over the texts",
    "longest_copy_maximum": f"{LONGEST_COPY}, the longest of all texts",
    "windows_in_training": f"share of all strings of {WINDOW} characters that stand in the training text",
}
OF_PROSODY = {"poems_rhyming", "verses_alternating", "poems_regulated"}
OF_POEMS = {"poems_in_form", "favourite_pair", "verses_in_training", *OF_PROSODY}
LENGTH_INDEPENDENT = {"words_in_training", *OF_POEMS}
WATCHED = ("不可", "不知")
"""Pairs of characters whose ratios are printed beside the largest one."""


@dataclass(frozen=True)
class Sampling:
    """Settings with which the texts of a figure are written.

    Args:
        temperature: As in `TextRequest`.
        top_p: As in `TextRequest`.
        typical_p: As in `TextRequest`.
    """

    temperature: float
    top_p: float = 1.0
    typical_p: float = 1.0

    @property
    def suffix(self) -> str:
        """What the names of its figures end in."""
        nucleus = f"_top_p_{self.top_p:g}" if self.top_p < 1 else ""
        typical = f"_typical_p_{self.typical_p:g}" if self.typical_p < 1 else ""
        return f"_at_{self.temperature:g}{nucleus}{typical}"

    @property
    def protocol(self) -> str:
        """What a figure's protocol says of it."""
        nucleus = f", top-p {self.top_p:g}" if self.top_p < 1 else ""
        typical = f", typical-p {self.typical_p:g}" if self.typical_p < 1 else ""
        return f"temperature {self.temperature:g}{nucleus}{typical}"

    def request(self, seed: int) -> TextRequest:
        """Return the request for a text of a seed."""
        return TextRequest(
            length=LENGTH,
            temperature=self.temperature,
            top_p=self.top_p,
            typical_p=self.typical_p,
            seed=seed,
        )


SAMPLINGS = (Sampling(0.5), Sampling(0.8), Sampling(1.0), Sampling(1.0, top_p=0.8))
TYPICAL = (Sampling(0.05, typical_p=0.4), Sampling(0.5, typical_p=0.4))
"""For poems too, which otherwise have favourite words at low temperatures; 0.05 is the page's lowest above 0."""


class Measurement(NamedTuple):
    """A number, the number of items that it was measured on, and numbers to print beside it."""

    value: float
    n: int
    beside: Mapping[str, float] = {}


def figures(model: TextModel, data_set: str, training: str, held_out: str, count: int = 100) -> dict[str, Figure]:
    """Generate texts from an empty prompt with each of `SAMPLINGS`, poems with `TYPICAL` too; return their figures.

    Args:
        model: Generates the texts; its device is used.
        data_set: Name of the data set; "python" and "tang" have figures of their own.
        training: The text that the model was trained on.
        held_out: Text that it was not trained on.
        count: Texts for each; they have the seeds 0 to count - 1.
    """
    passages = SuffixArray(training)
    real = measure(excerpts(held_out, count, LENGTH, model.lead_in), [held_out], data_set, passages)
    samplings = list(SAMPLINGS)
    chance = {}
    if data_set == "tang":
        samplings += TYPICAL
        chance = measure_poems(prosody.shuffle(poems(held_out)), poems(training))
    requests = [sampling.request(seed) for sampling in samplings for seed in range(count)]
    texts = [result.text for result in generate(model, requests)]
    results = {}
    after = f" after {model.lead_in!r}" if model.lead_in != "\n" else ""
    for number, sampling in enumerate(samplings):
        part = texts[number * count : (number + 1) * count]
        for name, measurement in measure(part, part, data_set, passages).items():
            held_out_part = (
                "the whole text" if name in LENGTH_INDEPENDENT else "excerpts of that length, drawn with seed 0"
            )
            protocol = (
                f"{PROTOCOLS[name]}; {count} texts of {LENGTH} characters, empty prompt{after}, "
                f"seeds 0 to {count - 1}, {sampling.protocol}; "
                f"held-out: {held_out_part}, n {real[name].n:,}"
            )
            beside = {"held-out": real[name].value, **measurement.beside}
            if name in OF_PROSODY:
                beside["held-out, shuffled"] = chance[name].value
            results[name + sampling.suffix] = Figure(measurement.value, measurement.n, protocol, beside)
    return results


def excerpts(text: str, count: int, length: int, lead_in: str = "\n") -> list[str]:
    """Draw passages that start after a lead-in, as a text generated from an empty prompt does (seed 0).

    Args:
        text: The text; if it is too short or does not have the lead-in, all excerpts start at its beginning.
        count: Number of excerpts; they may overlap.
        length: Characters of each.
        lead_in: What stands before each, such as a line break.
    """
    line_starts = [match.end() for match in re.finditer(re.escape(lead_in), text)]
    starts = [start for start in line_starts if start + length <= len(text)] or [0]
    drawn = torch.randint(len(starts), (count,), generator=make_rng(0)).tolist()
    return [text[starts[n] :][:length] for n in drawn]


def measure(
    texts: Sequence[str], wholes: Sequence[str], data_set: str, passages: SuffixArray
) -> dict[str, Measurement]:
    """Measure the properties that apply to a data set.

    Args:
        texts: Texts of one length, for the properties that depend on the length.
        wholes: Texts for those that do not: the same texts, or the whole held-out text.
        data_set: Name of the data set.
        passages: The training text.
    """
    result: dict[str, Measurement] = {}
    if data_set == "tang":
        result |= measure_poems([poem for text in wholes for poem in poems(text)], poems(passages.text))
    else:
        result["windows_in_training"] = _mean([window in passages for window in windows(texts)])
    has_spaces = sum(character < CJK for character in passages.text) > len(passages.text) / 2
    if has_spaces:
        vocabulary = set(words(passages.text))
        result["words_in_training"] = _mean([word in vocabulary for text in wholes for word in words(text)])
    if data_set == "python":
        result["code_valid_so_far"] = _mean([valid_so_far(text) for text in texts])
        result["code_compiling_prefix"] = _mean([compiling_share(text) for text in texts])
    copies = [passages.longest_copy(text) for text in texts]
    result["longest_copy"] = _mean(copies)
    result["longest_copy_maximum"] = Measurement(float(max(copies, default=0)), len(copies))
    return result


def measure_poems(generated: Sequence[str], training: Sequence[str]) -> dict[str, Measurement]:
    """Measure the properties of whole poems.

    Args:
        generated: Poems, in form or not.
        training: The poems of the training text.
    """
    training_verses = [verse for poem in training for verse in verses(poem)]
    known = set(training_verses)
    generated_verses = [verse for poem in generated for verse in verses(poem)]
    in_form = [verses(poem) for poem in generated if POEM.fullmatch(poem)]
    favourites = prosody.favourites(prosody.pairs(generated_verses), prosody.pairs(training_verses))
    beside = dict(favourites[:1])
    for pair in WATCHED:
        value = prosody.ratio(pair, prosody.pairs(generated_verses), prosody.pairs(training_verses))
        beside[pair] = value
    return {
        "poems_in_form": _mean([POEM.fullmatch(poem) is not None for poem in generated]),
        "poems_rhyming": _known_mean([prosody.rhymes(poem) for poem in in_form]),
        "verses_alternating": _known_mean([prosody.alternates(verse) for poem in in_form for verse in poem]),
        "poems_regulated": _known_mean([prosody.is_regulated(poem) for poem in in_form]),
        "favourite_pair": Measurement(favourites[0].ratio if favourites else 0.0, len(generated_verses), beside),
        "verses_in_training": _mean([verse in known for verse in generated_verses]),
    }


def _known_mean(values: Iterable[bool | None]) -> Measurement:
    """Return the mean of those truth values that are known."""
    return _mean([value for value in values if value is not None])


def _mean(values: Collection[float]) -> Measurement:
    """Return the mean of numbers or truth values, 0 if there are none."""
    return Measurement(sum(values) / max(1, len(values)), len(values))


def windows(texts: Iterable[str]) -> Iterator[str]:
    """Yield all strings of 40 characters in some texts."""
    return (text[i : i + WINDOW] for text in texts for i in range(len(text) - WINDOW + 1))


def words(text: str) -> list[str]:
    """List the runs of letters and apostrophes, without outer apostrophes or a word cut off at the end."""
    runs = re.findall(r"(?:[^\W\d_]|['’])++(?=.)", text, re.DOTALL)
    stripped = [run.strip("'’") for run in runs]
    return [word for word in stripped if word]


def poems(text: str) -> list[str]:
    """List the poems of a text, one per line, without the unfinished one after the last line break."""
    return text.split("\n")[:-1]


def verses(poem: str) -> list[str]:
    """List the verses of a poem, which its punctuation separates."""
    return [line for line in re.split("[，。]", poem) if line]


def _enclose(code: str) -> str:
    """Make an excerpt parseable: open the blocks that its first line lies in, and drop its last, cut off line.

    Lines that are indented less than all lines before them show the margins of the enclosing blocks.
    """
    complete = code[: code.rfind("\n") + 1]
    margins: list[str] = []  # from the margin of the first line outwards
    for line in complete.split("\n"):
        if not line.strip():
            continue
        margin = line[: len(line) - len(line.lstrip(" \t"))]
        if not margins or len(margin.expandtabs(4)) < len(margins[-1].expandtabs(4)):
            margins.append(margin)
    if margins and margins[-1]:
        margins.append("")
    openings = [f"{margin}if 1:\n" for margin in reversed(margins[1:])]
    return "".join(openings) + complete


def _parses(code: str, *, allow_incomplete: bool) -> bool:
    flags = ast.PyCF_ONLY_AST | (INCOMPLETE_INPUT if allow_incomplete else 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about escapes such as "\d"
        try:
            compile(code, "excerpt", "exec", flags, dont_inherit=True)
        except (SyntaxError, ValueError) as error:  # ValueError: a null character
            return "incomplete input" in str(error)  # the message for unfinished code, only with that flag
    return True


def valid_so_far(code: str) -> bool:
    """Return whether Python's parser accepts an excerpt up to its last whole line as the beginning of code."""
    return _parses(_enclose(code), allow_incomplete=True)


def compiling_share(code: str) -> float:
    """Return the length of the longest prefix of whole lines that is complete code, as a fraction of an excerpt."""
    enclosed = _enclose(code)
    end = code.rfind("\n") + 1
    opened = len(enclosed) - end
    while end > 0 and not _parses(enclosed[: opened + end], allow_incomplete=False):
        end = code.rfind("\n", 0, end - 1) + 1
    return end / max(1, len(code))
