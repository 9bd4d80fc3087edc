"""Which passages stand in a text."""

from bisect import bisect_left

import numpy as np


class SuffixArray:
    """All suffixes of a text in order, in which any passage is found by bisection.

    Source: Manber and Myers 1993, "Suffix arrays: a new method for on-line string searches".
    """

    def __init__(self, text: str) -> None:
        self.text = text
        # Ranks of the strings of 1, 2, 4, ... characters that start at each place, until no two are alike.
        values, rank = np.unique(np.frombuffer(text.encode("utf-32-le"), np.uint32), return_inverse=True)
        width = 1
        while len(values) < len(text):
            following = np.zeros_like(rank)  # 0 past the end, which comes before everything
            following[:-width] = rank[width:] + 1
            values, rank = np.unique(rank * (len(text) + 1) + following, return_inverse=True)
            width *= 2
        self.starts: list[int] = np.argsort(rank).tolist()

    def __contains__(self, passage: str) -> bool:
        place = bisect_left(self.starts, passage, key=lambda start: self.text[start : start + len(passage)])
        return place < len(self.starts) and self.text.startswith(passage, self.starts[place])

    def longest_copy(self, text: str) -> int:
        """Return the length of the longest passage of another text that stands in this one."""
        longest = 0
        for start in range(len(text)):
            while start + longest < len(text) and text[start : start + longest + 1] in self:
                longest += 1
        return longest
