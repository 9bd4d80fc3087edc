"""The probabilities of the next character after typical-p, temperature, top-k and top-p, and sampling from them.

Sampling inverts the cumulative distribution: the characters are sorted by falling probability, and a uniform random
number picks the first one at which the cumulative probability exceeds it. One uniform number a character makes a
text a function of its seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from genai.text.request import TextRequest

NO_LIMIT = 2**31 - 1
"""A top-k above the size of every vocabulary."""
MIN_TEMPERATURE = 1e-9
"""Below this a temperature counts as 0: logits divided by it would overflow."""


@dataclass(frozen=True)
class SamplingDistribution:
    """The sampling settings of B texts.

    Args:
        divisor: (B, 1), float64, the temperatures that logits are divided by.
        top_k: (B, 1), how many characters are kept.
        top_p: (B, 1), float64, the probability that the kept characters have together.
        typical_p: (B, 1), float64, the probability that the typical characters have together.
        truncates: Whether top-k or top-p removes anything in any row; most requests leave both open.
        selects_typical: Whether typical-p removes anything in any row.
    """

    divisor: Tensor
    top_k: Tensor
    top_p: Tensor
    typical_p: Tensor
    truncates: bool
    selects_typical: bool

    @classmethod
    def of(cls, requests: Sequence[TextRequest], device: torch.device | None = None) -> "SamplingDistribution":
        """Collect the settings of requests, as tensors on a device. Temperature 0 keeps the likeliest character.

        With typical-p it keeps the likeliest of the typical ones.
        """
        divisor = []
        top_k = []
        for request in requests:
            greedy = request.temperature < MIN_TEMPERATURE
            divisor.append(1.0 if greedy else request.temperature)
            top_k.append(1 if greedy else request.top_k or NO_LIMIT)
        top_p = [request.top_p for request in requests]
        typical_p = [request.typical_p for request in requests]
        return cls(
            torch.tensor(divisor, dtype=torch.float64, device=device)[:, None],
            torch.tensor(top_k, device=device)[:, None],
            torch.tensor(top_p, dtype=torch.float64, device=device)[:, None],
            torch.tensor(typical_p, dtype=torch.float64, device=device)[:, None],
            truncates=min(top_k, default=NO_LIMIT) < NO_LIMIT or min(top_p, default=1.0) < 1,
            selects_typical=min(typical_p, default=1.0) < 1,
        )

    def rows(self, index: Tensor) -> "SamplingDistribution":
        """Select the settings of some texts, by their rows (N,)."""
        return replace(
            self,
            divisor=self.divisor[index],
            top_k=self.top_k[index],
            top_p=self.top_p[index],
            typical_p=self.typical_p[index],
        )

    def probabilities(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Turn logits (B, V) into probabilities: select, divide by the temperature, truncate, renormalise.

        Typical-p selects by the network's own probabilities, before the temperature changes them. Of what is left,
        top-k keeps the k likeliest characters; top-p (the nucleus) the fewest that together have probability p.

        Returns:
            Probabilities (B, V) in falling order, float64, and the numbers (B, V) of the characters they belong to.
        """
        weights, characters = self._weights(logits)
        return weights / weights.sum(dim=1, keepdim=True), characters

    def sample(self, logits: Tensor, uniforms: Tensor) -> Tensor:
        """Choose a character number (B,) from each row of logits (B, V) by uniforms (B, 1) in [0, 1), float64.

        Never looks at a value, so that a CUDA graph can record it.
        """
        weights, characters = self._weights(logits)
        cumulative = weights.cumsum(dim=1)
        last = logits.shape[1] - 1
        if self.truncates:  # else the sum is 1
            uniforms = uniforms * cumulative[:, last:]
        rank = torch.searchsorted(cumulative, uniforms, right=True)
        # Rounding may leave a uniform just below 1 above the whole sum.
        return characters.gather(1, rank.clamp_(max=last)).squeeze(1)

    def _weights(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Return probabilities (B, V) in falling order, 0 where truncated, not renormalised; their characters."""
        ordered, characters = logits.sort(dim=1, descending=True, stable=True)
        scaled = ordered / self.divisor  # in float64, as the divisor is
        if self.selects_typical:
            typical = self._typical(ordered)
            scaled = scaled.masked_fill(~typical, -torch.inf)
        probabilities = scaled.softmax(dim=1)
        if not self.truncates:
            return probabilities, characters
        rank = torch.arange(logits.shape[1], device=logits.device)[None]
        if self.selects_typical:
            rank = typical.cumsum(dim=1) - 1
        return probabilities * ((rank < self.top_k) & _first_with(probabilities, self.top_p)), characters

    def _typical(self, logits: Tensor) -> Tensor:
        """Return which characters (B, V) are typical: those whose surprise is nearest to the expected surprise.

        The surprise of a character is -log p, its expectation the entropy. A likely character is often less
        surprising than the next one of a real text would be, so this leaves out some of the likeliest too.

        Source: Meister et al. 2023, "Locally typical sampling", TACL 11, arXiv 2202.00666, eq. 9.
        """
        log_probabilities = logits.double().log_softmax(dim=1)
        probabilities = log_probabilities.exp()
        entropy = -(probabilities * log_probabilities).sum(dim=1, keepdim=True)
        nearest = (-log_probabilities - entropy).abs().sort(dim=1, stable=True).indices
        kept = _first_with(probabilities.gather(1, nearest), self.typical_p)
        return torch.zeros_like(kept).scatter(1, nearest, kept)


def _first_with(probabilities: Tensor, total: Tensor) -> Tensor:
    """Return which are the first in rows (B, V), as many as together have a probability (B, 1)."""
    before = probabilities.cumsum(dim=1) - probabilities
    return (before < total) | (total >= 1)  # rounding may bring the sum to 1 too early
