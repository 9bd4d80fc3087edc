"""Index a training text: python -m genai.text.indexing shakespeare.

A number stands for every string of 16 characters (of Chinese: 7) in it. With the numbers alone one can tell what
another text has copied, but not read the training text.
"""

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import tyro
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from genai import checkpoint
from genai.checkpoint.header import Header, card_fields
from genai.errors import GenaiError
from genai.text import data
from genai.text.quality.samples import CJK

FOLDER = checkpoint.SHIPPED / "indexes"
WINDOW, WINDOW_CJK = 16, 7  # seven characters: a line of verse
BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits without order: 2^64 over the golden ratio
MIX = np.uint64(0xFF51AFD7ED558CCD)  # from MurmurHash3's finaliser, Austin Appleby, public domain


class Copy(NamedTuple):
    """A passage that stands in the training text: its first character and its length."""

    start: int
    length: int


class PassageIndex:
    """The strings of a training text, each as 32 bits, in order.

    A string that is not there is taken for one that is with a chance of N / 2^32: 1 in 4,000 for a million strings.

    Args:
        hashes: (N,), sorted, each once.
        window: Characters of a string.
    """

    def __init__(self, hashes: NDArray[np.uint32], window: int) -> None:
        self.hashes, self.window = hashes, window

    @classmethod
    def of(cls, text: str) -> "PassageIndex":
        """Index a text."""
        window = WINDOW if sum(c < CJK for c in text) > len(text) / 2 else WINDOW_CJK
        return cls(np.unique(hashed(text, window)), window)

    def known(self, text: str) -> NDArray[np.bool_]:
        """Tell of each string of a text, by the place where it starts, whether the training text has it."""
        found = hashed(text, self.window)
        places = np.searchsorted(self.hashes, found)
        known: NDArray[np.bool_] = self.hashes[np.minimum(places, len(self.hashes) - 1)] == found
        return known

    def longest_copy(self, text: str) -> Copy:
        """Find the longest passage of a text all of whose strings stand in the training text; length 0: none.

        It may join two passages of the training text that overlap by all but one character of a string.
        """
        best, start = Copy(0, 0), 0
        for place, known in enumerate([*self.known(text).tolist(), False]):
            if not known:
                if place > start and place - start + self.window - 1 > best.length:
                    best = Copy(start, place - start + self.window - 1)
                start = place + 1
        return best


def hashed(text: str, window: int) -> NDArray[np.uint32]:
    """Return a number for every string of `window` characters of a text, (N - window + 1,), or (0,) if too short.

    The characters' numbers are the coefficients of a polynomial modulo 2^64, as Karp and Rabin 1987 do it.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    if len(codes) < window:
        return np.empty(0, np.uint32)
    powers = np.cumprod(np.full(window, BASE))
    sums: NDArray[np.uint64] = (sliding_window_view(codes, window) * powers).sum(axis=1, dtype=np.uint64)
    mixed = (sums ^ (sums >> np.uint64(33))) * MIX
    return (mixed >> np.uint64(32)).astype(np.uint32)


def load(data_set: str, folder: Path = FOLDER) -> PassageIndex:
    """Load the index of a training text.

    Raises:
        CheckpointError: if there is none, or it cannot be used.
    """
    header, tensors = checkpoint.load(checkpoint.find(data_set, "text", folder), "text")
    return PassageIndex(tensors["hashes"].numpy().view(np.uint32), header.config["window"])


def main(name: tyro.conf.Positional[str], *, dev: bool = True, folder: Path = Path("runs/indexes")) -> None:
    """Write down a number for every string of a training text.

    Args:
        name: shakespeare, python, tang, or the path of a .txt file.
        dev: With the development text, which a training with --final learns too.
        folder: Where the file goes.
    """
    corpus = data.load(name)
    index = PassageIndex.of(corpus.train + corpus.dev if dev else corpus.train)
    path = folder / "text" / f"{corpus.card.name}{checkpoint.SUFFIX}"
    config = {"window": index.window}
    header = Header(modality="text", architecture="index", config=config, **card_fields(corpus.card))
    checkpoint.save(path, header, {"hashes": torch.from_numpy(index.hashes.view(np.int32))})
    print(f"Wrote {path}: {len(index.hashes):,} different strings of {index.window} characters.")


if __name__ == "__main__":
    try:
        tyro.cli(main)
    except GenaiError as error:
        sys.exit(str(error))
