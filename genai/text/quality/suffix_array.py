"""A suffix array: fast search for passages in a long text."""

from bisect import bisect_left

import numpy as np


class SuffixArray:
    """The start positions of all suffixes of a text in sorted order, for search by bisection.

    Source: Manber and Myers 1993, "Suffix arrays: a new method for on-line string searches".
    """

    def __init__(self, text: str) -> None:
        self.text = text
        # Prefix doubling: rank the strings of 1, 2, 4, ... characters at each position until all ranks differ.
        codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        distinct, ranks = np.unique(codes, return_inverse=True)
        width = 1
        while len(distinct) < len(text):
            next_ranks = np.zeros_like(ranks)  # 0 past the end of the text, which sorts first
            next_ranks[:-width] = ranks[width:] + 1
            distinct, ranks = np.unique(ranks * (len(text) + 1) + next_ranks, return_inverse=True)
            width *= 2
        self.starts: list[int] = np.argsort(ranks).tolist()

    def __contains__(self, passage: str) -> bool:
        index = bisect_left(self.starts, passage, key=lambda start: self.text[start : start + len(passage)])
        return index < len(self.starts) and self.text.startswith(passage, self.starts[index])

    def longest_copy(self, text: str) -> int:
        """Return the length of the longest passage of another text that occurs in this one."""
        longest = 0
        for start in range(len(text)):
            while start + longest < len(text) and text[start : start + longest + 1] in self:
                longest += 1
        return longest
