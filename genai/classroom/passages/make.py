"""Write the passages that a class guesses: python -m genai.classroom.passages.make shakespeare.

It takes them from the validation part of a text, which no training reads, and leaves out those of which a part
stands in the training text too. It needs the text itself, which is downloaded; the page does not.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import torch
import tyro
from numpy.typing import NDArray

from genai.atomic_write import atomic_write
from genai.classroom.fitness import is_fit
from genai.classroom.passages import FOLDER, LATIN_KEYS, Letter, Passage, Passages, key_of, to_json
from genai.errors import exit_with_sentence
from genai.seeds import make_rng
from genai.text import data
from genai.text.indexing import PassageIndex
from genai.text.quality.baselines import NGram
from genai.text.vocabulary import Vocabulary

ORDER = 3
PASSAGES = 16
LETTERS = 14
"""Letters to be guessed in a passage of Latin text."""
CHOICE = 8
"""Characters to choose from in a passage of Chinese text."""
EARLIER_LINES = 3
"""Whole lines that are shown before the line in which letters are guessed."""
SHORTEST_LINE = 36
FIRST_PLACE = 10
"""Of a letter to be guessed, in its line: what is before it is shown."""
DECIMALS = 6
MARKS = "，。\n"
Floats = NDArray[np.float64]


class Maker:
    """Makes the passages of one text.

    Args:
        corpus: The text in its three parts.
        seed: Which passages and choices are drawn.
    """

    def __init__(self, corpus: data.Corpus, seed: int = 0) -> None:
        self._name = corpus.card.name
        self._held_out = corpus.validation
        self._rng = make_rng(seed)
        training = corpus.training_text(final=True, characters=None)
        self._index = PassageIndex.of(training)
        self._vocabulary = Vocabulary.of(training + corpus.validation)
        self._ngram = NGram(self._vocabulary.encode(training).numpy(), len(self._vocabulary), ORDER)
        self._counts = Counter(training)

    def latin(self) -> Passages:
        """Return passages of Latin text: in each a line of which the letters from some place on are guessed."""
        drawn = self._drawn(list(_lines_of_verse(self._held_out)))
        return Passages(self._name, False, [self._latin_passage(text) for text in drawn])

    def chinese(self) -> Passages:
        """Return poems of four verses, of which the characters of the last two are guessed."""
        poems = [poem for poem in self._held_out.splitlines() if len(poem) in (24, 32)]
        return Passages(self._name, True, [self._chinese_passage(text) for text in self._drawn(poems)])

    def _drawn(self, texts: list[str]) -> list[str]:
        fit = [text for text in texts if is_fit(text)]
        new = [text for text in fit if not self._index.longest_copy(text).length]
        order = torch.randperm(len(new), generator=self._rng).tolist()
        return [new[number] for number in order[:PASSAGES]]

    def _latin_passage(self, text: str) -> Passage:
        first = text.rindex("\n") + 1 + FIRST_PLACE
        span = len(text) - LETTERS - first
        start = first + int(torch.randint(span + 1, (), generator=self._rng))
        letters = [self._latin_letter(text, place) for place in range(start, start + LETTERS)]
        return Passage(text, letters)

    def _latin_letter(self, text: str, place: int) -> Letter:
        odds = dict.fromkeys(LATIN_KEYS, 0.0)
        for character, probability in zip(self._vocabulary.characters, self._next(text[:place]), strict=True):
            odds[key_of(character, LATIN_KEYS)] += probability
        return Letter(place, LATIN_KEYS, _rounded(np.array(list(odds.values()))))

    def _chinese_passage(self, text: str) -> Passage:
        places = [place for place in range(len(text) // 2, len(text)) if text[place] not in MARKS]
        return Passage(text, [self._chinese_letter(text, place) for place in places])

    def _chinese_letter(self, text: str, place: int) -> Letter:
        keys = self._choice(text[place])
        numbers = self._vocabulary.encode(keys).numpy()
        return Letter(place, keys, _rounded(self._next(text[:place])[numbers]))

    def _choice(self, character: str) -> str:
        """Return a character and seven others, drawn by how frequent they are, in the order of their code points.

        Neither network has a say in the others, which would make the choice hard for it.
        """
        others = [other for other in self._counts if other not in MARKS + character and is_fit(other)]
        weights = torch.tensor([self._counts[other] for other in others], dtype=torch.float64)
        drawn = weights.multinomial(CHOICE - 1, generator=self._rng).tolist()
        return "".join(sorted([character, *(others[number] for number in drawn)]))

    def _next(self, history: str) -> Floats:
        return self._ngram.next(self._vocabulary.encode(history).numpy())


def _lines_of_verse(text: str) -> Iterator[str]:
    """Yield lines of sufficient length, each with the lines before it; none names a speaker, none comes twice."""
    lines = text.splitlines()
    end = 0
    for number in range(EARLIER_LINES, len(lines)):
        first = number - EARLIER_LINES
        block = lines[first : number + 1]
        is_verse = all(line and not line.endswith(":") for line in block)
        if is_verse and first >= end and len(block[-1]) >= SHORTEST_LINE:
            end = number + 1
            yield "\n".join(block)


def _rounded(odds: Floats) -> list[float]:
    return [round(float(share), DECIMALS) for share in odds / odds.sum()]


def main(name: tyro.conf.Positional[str]) -> None:
    """Write the passages of a text.

    Args:
        name: shakespeare or tang.
    """
    maker = Maker(data.load(name))
    passages = maker.chinese() if name == "tang" else maker.latin()
    path = FOLDER / f"{name}.json"
    with atomic_write(path) as temporary:
        temporary.write_text(to_json(passages), "utf-8", newline="\n")
    print(f"{path}: {len(passages.passages)} passages")


if __name__ == "__main__":
    with exit_with_sentence():
        tyro.cli(main)
