"""What a text model must beat: counting (an interpolated 6-gram) and a general-purpose compressor (xz).

A 6-gram gives the odds of a character after the five before it; a compressor's size is a surprise too, in bits.
"""

import lzma
import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from genai.figures import Figure
from genai.text.vocabulary import Vocabulary

ORDER = 6
BEFORE = -1  # in place of the characters before the beginning of a text

Whole = NDArray[np.int64]


class NGram:
    """Odds of the next character, interpolated from those after the last 5, 4, 3, 2, 1 and 0 characters.

    Witten-Bell smoothing: with c characters counted after a history, T different ones among them, it is
    P(w | history) = (count(history, w) + T P(w | history without its first character)) / (c + T), and below the
    empty history all V characters are equally likely.

    Args:
        tokens: (N,), the training text as character numbers.
        vocabulary_size: V; characters that never came keep a share of the odds.
        order: Length of the longest sequence counted, history and next character together.

    Source: Witten and Bell 1991, "The zero-frequency problem", method C; in this recursive form Chen and Goodman
    1999, "An empirical study of smoothing techniques for language modeling".
    """

    def __init__(self, tokens: Whole, vocabulary_size: int, order: int = ORDER) -> None:
        self.size, self.order = vocabulary_size, order
        histories, following = _split(tokens, order)
        self.contexts: list[Whole] = []  # sorted keys, by length of history from 1
        self.pairs: list[tuple[Whole, Whole]] = []  # sorted keys of history and next character, and their counts
        self.seen: list[tuple[Whole, Whole]] = []  # for each history c and T
        number = np.zeros(len(following), np.int64)
        for length in range(order):
            if length:
                key = _extend(number, histories[:, -length], vocabulary_size)
                self.contexts.append(np.unique(key[key >= 0]))
                number = _find(self.contexts[-1], key)
            known = number >= 0  # false where the text had not begun
            pairs, counts = np.unique(number[known] * vocabulary_size + following[known], return_counts=True)
            total = np.bincount(pairs // vocabulary_size, counts).astype(np.int64)
            self.pairs.append((pairs, counts))
            self.seen.append((total, np.bincount(pairs // vocabulary_size)))

    def odds(self, histories: Whole, following: Whole) -> NDArray[np.float64]:
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
            (pairs, counts), (total, kinds) = self.pairs[length], self.seen[length]
            context = number[known]
            place = _find(pairs, context * self.size + following[known])
            count = np.where(place >= 0, counts[place], 0)
            odds[known] = (count + kinds[context] * odds[known]) / (total[context] + kinds[context])
        return odds

    def next(self, history: Whole) -> NDArray[np.float64]:
        """Return the probabilities (V,) of all characters after a history (N,) of any length."""
        padded = np.concatenate([np.full(self.order, BEFORE), history])[len(history) + 1 :]
        return self.odds(np.tile(padded, (self.size, 1)), np.arange(self.size))

    def loss(self, tokens: Whole) -> float:
        """Return nats a character over a text (N,): the first one is given, N - 1 are predicted."""
        histories, following = _split(tokens, self.order)
        return float(-np.log(self.odds(histories[1:], following[1:])).mean())


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
            f"held-out text, one stream; interpolated {ORDER}-gram (Witten-Bell, down to 1/V for V "
            f"{len(vocabulary)}), counted on {len(training):,} training characters; no dice",
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
