"""What a text model must beat: counting (an interpolated 6-gram) and a general-purpose compressor (xz).

A 6-gram gives the odds of a character after the five before it; a compressor's size is a surprise too, in bits.
"""

import lzma
import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from genai.quality.figures import Figure
from genai.text.vocabulary import Vocabulary

ORDER = 6
BEFORE = -1  # in place of the characters before the beginning of a text
FALLBACK = (0.5, 1.0, 1.5)  # discounts where the counts are too few to estimate them; KenLM's

Whole = NDArray[np.int64]
Shares = NDArray[np.float64]


class NGram:
    """Odds of the next character, interpolated from those after the last 5, 4, 3, 2, 1 and 0 characters.

    Modified Kneser-Ney smoothing. Every count gives up a discount D(count), and what a history's counts give up is
    dealt out by the odds after the history without its first character:
    P(w | history) = (n(history, w) - D(n(history, w)) + (sum of the history's D) P(w | shorter)) / n(history).
    Below the empty history all V characters are equally likely. At the full length n counts occurrences; at the
    shorter ones n counts the different characters that came before (the beginning of the text is one of them): how
    often "u" follows "q" must not make "u" likely after something else.

    Args:
        tokens: (N,), the training text as character numbers.
        vocabulary_size: V; characters that never came keep a share of the odds.
        order: Length of the longest sequence counted, history and next character together.

    Source: Chen and Goodman 1999, "An empirical study of smoothing techniques for language modeling", after Kneser
    and Ney 1995, "Improved backing-off for m-gram language modeling".
    """

    def __init__(self, tokens: Whole, vocabulary_size: int, order: int = ORDER) -> None:
        self.size, self.order = vocabulary_size, order
        histories, following = _split(tokens, order)
        self.contexts: list[Whole] = []  # sorted keys, by length of history from 1
        self.pairs: list[tuple[Whole, Shares]] = []  # sorted keys of history and next character; their own odds
        self.passed: list[Shares] = []  # for each history the share that goes to the shorter one
        number = np.zeros(len(following), np.int64)
        for length in range(order):
            if length:
                key = _extend(number, histories[:, -length], vocabulary_size)
                self.contexts.append(np.unique(key[key >= 0]))
                number = _find(self.contexts[-1], key)
            known = number >= 0  # false where the text had not begun
            before = histories[known, -length - 1] if length < order - 1 else None
            pairs, counts = _count(number[known] * vocabulary_size + following[known], before, vocabulary_size)
            discount, context = discounts(counts)[np.minimum(counts, 3)], pairs // vocabulary_size
            total = np.bincount(context, counts)
            self.pairs.append((pairs, (counts - discount) / total[context]))
            self.passed.append(np.bincount(context, discount) / total)

    def odds(self, histories: Whole, following: Whole) -> Shares:
        """Return the probability of each character after its history.

        Args:
            histories: (N, order - 1), the characters before each, BEFORE where there was none.
            following: (N,), the characters.
        """
        odds = np.full(len(following), 1 / self.size)
        number = np.zeros(len(following), np.int64)
        for length in range(self.order):
            if length:
                number = _find(self.contexts[length - 1], _extend(number, histories[:, -length], self.size))
            known = np.flatnonzero(number >= 0)  # an unseen history leaves the odds of the shorter one
            pairs, kept = self.pairs[length]
            context = number[known]
            place = _find(pairs, context * self.size + following[known])
            odds[known] = np.where(place >= 0, kept[place], 0) + self.passed[length][context] * odds[known]
        return odds

    def next(self, history: Whole) -> Shares:
        """Return the probabilities (V,) of all characters after a history (N,) of any length."""
        padded = np.concatenate([np.full(self.order, BEFORE), history])[len(history) + 1 :]
        return self.odds(np.tile(padded, (self.size, 1)), np.arange(self.size))

    def loss(self, tokens: Whole) -> float:
        """Return nats a character over a text (N,): the first one is given, N - 1 are predicted."""
        histories, following = _split(tokens, self.order)
        return float(-np.log(self.odds(histories[1:], following[1:])).mean())


def discounts(counts: Whole) -> Shares:
    """Return what a count gives up, by its size: 0, 1, 2, and 3 or more (4,).

    With n1 to n4 the number of counts of 1 to 4 and Y = n1 / (n1 + 2 n2), a count of i gives up
    i - (i + 1) Y n(i+1) / n(i) (Chen and Goodman 1999). Where one of the four is 0, as in a small text
    or among single characters, or a discount comes out at 0 or less, all three are FALLBACK, as KenLM has them.
    """
    n = np.bincount(np.minimum(counts, 5), minlength=6)[1:5]
    if n.all():
        size = np.arange(1, 4)
        found = size - (size + 1) * n[0] / (n[0] + 2 * n[1]) * n[1:] / n[:-1]
        if (found > 0).all():
            return np.concatenate([[0.0], found])
    return np.array([0.0, *FALLBACK])


def _count(keys: Whole, before: Whole | None, size: int) -> tuple[Whole, Whole]:
    """Return each key once, sorted, and its count: of its places or, given those, of the characters before it."""
    if before is None:
        return np.unique(keys, return_counts=True)
    unique, place = np.unique(keys, return_inverse=True)
    different = np.unique(place * (size + 1) + before - BEFORE)
    return unique, np.bincount(different // (size + 1))


def _split(tokens: Whole, order: int) -> tuple[Whole, Whole]:
    """Return for each of N characters its history (N, order - 1), and the characters (N,) themselves."""
    padded = np.concatenate([np.full(order - 1, BEFORE), tokens])
    windows = sliding_window_view(padded, order)  # (N, order)
    return windows[:, :-1], windows[:, -1]


def _extend(number: Whole, earlier: Whole, size: int) -> Whole:
    """Return the keys of histories that are one character longer, -1 where that is unknown."""
    return np.where((number >= 0) & (earlier >= 0), number * size + earlier, -1)


def _find(keys: Whole, wanted: Whole) -> Whole:
    """Return the place of each wanted key among the sorted ones, -1 where it is missing."""
    if not len(keys):
        return np.full(len(wanted), -1)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, place, -1)


def xz_size(text: str) -> int:
    """Return how many bytes xz makes of a text in UTF-8, at its strongest setting."""
    return len(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def xz_loss(text: str, primer: str = "") -> float:
    """Return nats a character that xz needs for a text.

    Args:
        text: What counts.
        primer: Text that the compressor has read before; its own size is taken off.
    """
    size = xz_size(primer + text) - (xz_size(primer) if primer else 0)
    return size * 8 * math.log(2) / len(text)


def figures(training: str, held_out: str, vocabulary: Vocabulary) -> dict[str, Figure]:
    """Return nats a character on a held-out text, of the 6-gram and of xz; there are no dice in them."""
    tokens = vocabulary.encode(held_out).numpy()
    ngram = NGram(vocabulary.encode(training).numpy(), len(vocabulary))
    return {
        "nats_per_character_6gram": Figure(
            ngram.loss(tokens),
            len(tokens) - 1,
            f"held-out text, one stream; interpolated {ORDER}-gram (modified Kneser-Ney, down to 1/V "
            f"for V {len(vocabulary)}), counted on {len(training):,} training characters; no dice",
        ),
        "nats_per_character_xz": Figure(
            xz_loss(held_out),
            len(held_out),
            "size of the held-out text in UTF-8, compressed alone by xz (preset 9 extreme); no dice",
        ),
        "nats_per_character_xz_primed": Figure(
            xz_loss(held_out, training),
            len(held_out),
            "size of training and held-out text compressed together less that of the training text; no dice",
        ),
    }
