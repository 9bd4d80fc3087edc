"""Baselines of a text model: an interpolated 6-gram model, and a general-purpose compressor (xz).

The 6-gram model predicts a character from the five before it. The size of a compressed text is a loss too, in bits.
"""

import lzma
import math
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from genai.quality.figures import Figure
from genai.text.vocabulary import Vocabulary

ORDER = 6
PADDING = -1  # stands for the characters before the beginning of a text
FALLBACK_DISCOUNTS = (0.5, 1.0, 1.5)  # as in KenLM, where the counts are too few to estimate them

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Level:
    """The statistics of the histories of one length.

    A key is a number that identifies a sequence: that of a history without its first character, times V, plus that
    character; or that of a history times V, plus the character that follows.

    Args:
        histories: (H,), sorted keys of the histories; unused for the empty history.
        pairs: (P,), sorted keys of the histories with the character that follows.
        probabilities: (P,), discounted probability of each pair's character after its history.
        backoff: (H,), for each history the probability that its discounts leave to the shorter history.
    """

    histories: Integers
    pairs: Integers
    probabilities: Floats
    backoff: Floats


class NGram:
    """N-gram model of the next character, interpolated over histories of 5, 4, 3, 2, 1 and 0 characters.

    Modified Kneser-Ney smoothing. A discount D(count) is subtracted from every count, and the sum of a history's
    discounts is distributed by the probabilities after the history without its first character:
    P(w | history) = (n(history, w) - D(n(history, w)) + (sum of the history's D) P(w | shorter)) / n(history).
    Below the empty history all V characters are equally likely. At the full length n counts occurrences; at the
    shorter lengths n counts the different characters before the sequence (the beginning of the text is one of
    them): that "u" often follows "q" must not make "u" likely after other characters.

    It is written here because KenLM has to be compiled, and nltk's model has one discount for all counts and counts
    in Python.

    Args:
        tokens: (N,), the training text as numbers of characters.
        vocabulary_size: V; characters that do not occur keep a small probability.
        order: Length of the longest sequence counted, history and next character together.

    Source: Chen and Goodman 1999, "An empirical study of smoothing techniques for language modeling", after Kneser
    and Ney 1995, "Improved backing-off for m-gram language modeling".
    """

    def __init__(self, tokens: Integers, vocabulary_size: int, order: int = ORDER) -> None:
        self.size = vocabulary_size
        self.order = order
        self._levels: list[_Level] = []
        histories, targets = _split(tokens, order)
        rows = np.zeros(len(targets), np.int64)  # row of each position's history in its level, -1 if there is none
        keys = np.zeros(1, np.int64)
        for length in range(order):
            if length > 0:
                extended = _extend(rows, histories[:, -length], vocabulary_size)
                keys = np.unique(extended[extended >= 0])
                rows = _find(keys, extended)
            inside = rows >= 0  # false where the history would begin before the text
            preceding = histories[inside, -length - 1] if length < order - 1 else None
            pairs, counts = _count(rows[inside] * vocabulary_size + targets[inside], preceding, vocabulary_size)
            self._levels.append(_estimate(keys, pairs, counts, vocabulary_size))

    def probabilities(self, histories: Integers, targets: Integers) -> Floats:
        """Return the probability of each character after its history.

        Args:
            histories: (N, order - 1), the characters before each target, PADDING where there is none.
            targets: (N,), the characters.
        """
        probabilities = np.full(len(targets), 1 / self.size)
        rows = np.zeros(len(targets), np.int64)
        for length, level in enumerate(self._levels):
            if length > 0:
                rows = _find(level.histories, _extend(rows, histories[:, -length], self.size))
            seen = np.flatnonzero(rows >= 0)  # an unseen history keeps the probability after the shorter one
            row = rows[seen]
            pair = _find(level.pairs, row * self.size + targets[seen])
            own = np.where(pair >= 0, level.probabilities[pair], 0)
            probabilities[seen] = own + level.backoff[row] * probabilities[seen]
        return probabilities

    def next(self, history: Integers) -> Floats:
        """Return the probabilities (V,) of all characters after a history (N,) of any length."""
        padded = np.concatenate([np.full(self.order, PADDING), history])[len(history) + 1 :]
        return self.probabilities(np.tile(padded, (self.size, 1)), np.arange(self.size))

    def loss(self, tokens: Integers) -> float:
        """Return the loss in nats per character on a text (N,), of which the last N - 1 are predicted."""
        histories, targets = _split(tokens, self.order)
        return float(-np.log(self.probabilities(histories[1:], targets[1:])).mean())


def discounts(counts: Integers) -> Floats:
    """Return the discounts (4,) of counts of 0, 1, 2, and 3 or more.

    With n1 to n4 the number of counts of 1 to 4 and Y = n1 / (n1 + 2 n2), the discount of a count i is
    i - (i + 1) Y n(i+1) / n(i) (Chen and Goodman 1999). If one of n1 to n4 is 0, as in a small text or among single
    characters, or if a discount is not above 0, all three are FALLBACK_DISCOUNTS, as in KenLM.
    """
    n = np.bincount(np.minimum(counts, 5), minlength=6)[1:5]
    if n.all():
        i = np.arange(1, 4)
        y = n[0] / (n[0] + 2 * n[1])
        estimates = i - (i + 1) * y * n[1:] / n[:-1]
        if (estimates > 0).all():
            return np.concatenate([[0.0], estimates])
    return np.array([0.0, *FALLBACK_DISCOUNTS])


def _estimate(histories: Integers, pairs: Integers, counts: Integers, size: int) -> _Level:
    """Turn the counts of pairs into discounted probabilities and the weight of the shorter history."""
    discount = discounts(counts)[np.minimum(counts, 3)]
    row = pairs // size
    total = np.bincount(row, counts)
    probabilities = (counts - discount) / total[row]
    return _Level(histories, pairs, probabilities, backoff=np.bincount(row, discount) / total)


def _count(keys: Integers, preceding: Integers | None, size: int) -> tuple[Integers, Integers]:
    """Return the distinct keys, sorted, and for each its number of occurrences.

    With `preceding`, the character before each occurrence, it counts the different preceding characters instead.
    """
    if preceding is None:
        return np.unique(keys, return_counts=True)
    distinct, index = np.unique(keys, return_inverse=True)
    combinations = np.unique(index * (size + 1) + preceding - PADDING)
    return distinct, np.bincount(combinations // (size + 1))


def _split(tokens: Integers, order: int) -> tuple[Integers, Integers]:
    """Return for each of N characters its history (N, order - 1), and the characters (N,) themselves."""
    padded = np.concatenate([np.full(order - 1, PADDING), tokens])
    windows = sliding_window_view(padded, order)  # (N, order)
    return windows[:, :-1], windows[:, -1]


def _extend(rows: Integers, earlier: Integers, size: int) -> Integers:
    """Return the keys of histories that are one earlier character longer, -1 where there is none."""
    return np.where((rows >= 0) & (earlier >= 0), rows * size + earlier, -1)


def _find(keys: Integers, wanted: Integers) -> Integers:
    """Return the index of each wanted key among the sorted keys, -1 where it is missing."""
    if not len(keys):
        return np.full(len(wanted), -1)
    index = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[index] == wanted, index, -1)


def xz_size(text: str) -> int:
    """Return the size in bytes of a text in UTF-8, compressed by xz at its strongest setting."""
    return len(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def xz_loss(text: str, primer: str = "") -> float:
    """Return the loss in nats per character that corresponds to a text's size under xz.

    Args:
        text: The text.
        primer: Text that is compressed before it; the primer's own compressed size is subtracted.
    """
    size = xz_size(primer + text) - (xz_size(primer) if primer else 0)
    return size * 8 * math.log(2) / len(text)


def figures(training: str, held_out: str, vocabulary: Vocabulary) -> dict[str, Figure]:
    """Return the losses of the 6-gram model and of xz on a held-out text, in nats per character; deterministic."""
    tokens = vocabulary.encode(held_out).numpy()
    ngram = NGram(vocabulary.encode(training).numpy(), len(vocabulary))
    return {
        "nats_per_character_6gram": Figure(
            ngram.loss(tokens),
            len(tokens) - 1,
            f"held-out text, one stream; interpolated {ORDER}-gram (modified Kneser-Ney, down to 1/V "
            f"for V {len(vocabulary)}), counted on {len(training):,} training characters; nothing is sampled",
        ),
        "nats_per_character_xz": Figure(
            xz_loss(held_out),
            len(held_out),
            "size of the held-out text in UTF-8, compressed alone by xz (preset 9 extreme); nothing is sampled",
        ),
        "nats_per_character_xz_primed": Figure(
            xz_loss(held_out, training),
            len(held_out),
            "size of training and held-out text compressed together less that of the training text; nothing is "
            "sampled",
        ),
    }
