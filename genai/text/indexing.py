"""Index a training text: python -m genai.text.indexing shakespeare.

The index holds a hash of every string of 16 characters (Chinese: 7) in it. The hashes show which passages another
text has copied, but the training text cannot be read from them.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import tyro
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from genai import checkpoint
from genai.checkpoint.compressed import compress, decompress
from genai.checkpoint.header import Header, card_fields
from genai.errors import exit_with_sentence
from genai.quality.data_identity import FINGERPRINT, DataIdentity, identity_of, missing_index_error
from genai.text import data
from genai.text.quality.samples import CJK

FOLDER = checkpoint.SHIPPED / "indexes"
WINDOW = 16
WINDOW_CJK = 7  # the length of a verse
BITS = 31  # of a hash: one less takes an eighth of a byte a string less, and doubles the matches by chance
BASE = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: odd, with irregular bits
MIX = np.uint64(0xFF51AFD7ED558CCD)  # from MurmurHash3's finaliser, Austin Appleby, public domain


class Copy(NamedTuple):
    """A passage of a text that is also in the training text: the index of its first character, and its length."""

    start: int
    length: int


class PassageIndex:
    """The sorted hashes of all strings of one length in a training text.

    The probability that another string is taken for one of them is N / 2^31: 1 in 2,000 for a million strings.

    Args:
        hashes: (N,), sorted and distinct.
        window: Characters of a string.
        bits: Of a hash, at most 32.
    """

    def __init__(self, hashes: NDArray[np.uint32], window: int, bits: int = BITS) -> None:
        self.hashes = hashes
        self.window = window
        self.bits = bits

    @classmethod
    def of(cls, text: str) -> "PassageIndex":
        """Build the index of a text."""
        has_spaces = sum(character < CJK for character in text) > len(text) / 2
        window = WINDOW if has_spaces else WINDOW_CJK
        return cls(np.unique(hash_strings(text, window)), window)

    def matches(self, text: str) -> NDArray[np.bool_]:
        """Return for each string of a text whether it is in the training text: (N - window + 1,)."""
        hashes = hash_strings(text, self.window, self.bits)
        rows = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        matches: NDArray[np.bool_] = self.hashes[rows] == hashes
        return matches

    def longest_copy(self, text: str) -> Copy:
        """Find the longest passage of a text all of whose strings are in the training text; length 0 if none is.

        It may join two passages of the training text that overlap by all but one character of a string.
        """
        best = Copy(0, 0)
        start = 0
        for index, match in enumerate([*self.matches(text).tolist(), False]):
            if not match:
                length = index - start + self.window - 1
                if index > start and length > best.length:
                    best = Copy(start, length)
                start = index + 1
        return best


def hash_strings(text: str, window: int, bits: int = BITS) -> NDArray[np.uint32]:
    """Return the hash of every string of `window` characters in a text: (N - window + 1,), or (0,) if too short.

    The hash is a polynomial modulo 2^64 whose coefficients are the code points, as in Karp and Rabin 1987,
    "Efficient randomized pattern-matching algorithms", with its bits mixed.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    if len(codes) < window:
        return np.empty(0, np.uint32)
    powers = np.cumprod(np.full(window, BASE))
    sums: NDArray[np.uint64] = (sliding_window_view(codes, window) * powers).sum(axis=1, dtype=np.uint64)
    mixed = (sums ^ (sums >> np.uint64(33))) * MIX
    return (mixed >> np.uint64(64 - bits)).astype(np.uint32)


def load(data_set: str, folder: Path = FOLDER, data: DataIdentity | None = None) -> PassageIndex:
    """Load the index of a training text.

    Args:
        data_set: Its name.
        folder: Folder of indexes.
        data: The text that it must have been made from; None takes whatever has the name.

    Raises:
        CheckpointError: if there is none, it is of another text of the same name, or it cannot be used.
    """
    if data is not None:
        path = folder / "text" / f"{data_set}{checkpoint.SUFFIX}"
        if not path.exists() or not data.matches(identity_of(checkpoint.read_header(path))):
            raise missing_index_error(data)
    path = checkpoint.find(data_set, "text", folder)
    header, tensors = checkpoint.load(path, "text")
    if "hashes" in tensors:  # an index of before 0.2
        hashes = tensors["hashes"].numpy().view(np.uint32)
    else:
        hashes = decode(decompress(tensors["compressed_hashes"], path.name))
    return PassageIndex(hashes, header.config["window"], header.config.get("bits", 32))  # an older file has 32


def encode(hashes: NDArray[np.uint32]) -> bytes:
    """Return sorted hashes as bytes that compress well: the steps between them, all lowest bytes first.

    Of N random hashes of B bits a step has log2(2^B / N) bits and one and a half, 12.5 for a million of 31 bits.
    """
    steps = np.diff(hashes, prepend=np.uint32(0)).astype("<u4")
    return steps.view(np.uint8).reshape(-1, 4).T.tobytes()


def decode(content: bytes) -> NDArray[np.uint32]:
    """Return the hashes that `encode` was given."""
    planes = np.frombuffer(content, np.uint8).reshape(4, -1)
    steps = np.ascontiguousarray(planes.T).view("<u4")[:, 0]
    return np.cumsum(steps, dtype=np.uint32)


def main(
    name: tyro.conf.Positional[str],
    *,
    encoding: str | None = None,
    dev: bool = True,
    folder: Path = Path("runs/indexes"),
) -> None:
    """Write the index of a training text.

    Args:
        name: shakespeare, python, tang, or the path of a .txt file.
        encoding: Encoding of a .txt file, such as gb18030; left out: UTF-8, or else a guess, which is printed.
        dev: Index the development text too, on which a training with --final is run.
        folder: Folder of the file.
    """
    corpus = data.load(name, encoding)
    index = PassageIndex.of(corpus.train + corpus.dev if dev else corpus.train)
    path = folder / "text" / f"{corpus.card.name}{checkpoint.SUFFIX}"
    config = {"window": index.window, "bits": index.bits}
    header = Header(modality="text", architecture="index", config=config, **card_fields(corpus.card))
    header.training[FINGERPRINT] = corpus.fingerprint
    checkpoint.save(path, header, {"compressed_hashes": compress(encode(index.hashes))})
    print(f"Wrote {path}: {len(index.hashes):,} different strings of {index.window} characters.")


if __name__ == "__main__":
    with exit_with_sentence():
        tyro.cli(main)
