"""The odds of the next character, and the dice that choose it; the functions are TorchScript as well as Python."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from genai.text.request import TextRequest

EVERYTHING = 2**31 - 1  # a top-k above the size of every vocabulary
COLDEST = 1e-9  # a temperature below this is 0: what is divided by it would be beyond every number


class SamplingDistribution(NamedTuple):
    """How B texts choose among characters: by what they divide, the k of top-k, and top-p, each (B, 1)."""

    divisor: Tensor
    limit: Tensor
    top_p: Tensor
    limited: bool
    """Whether anything is cut off at all: most people leave everything to the temperature."""

    @classmethod
    def of(cls, requests: Sequence[TextRequest], device: torch.device | None = None) -> "SamplingDistribution":
        """Those of some requests, each with its own temperature, top-k and top-p, where the network computes."""
        cold = [request.temperature < COLDEST for request in requests]  # gives all to the likeliest character
        divisor = [1.0 if zero else request.temperature for zero, request in zip(cold, requests, strict=True)]
        limit = [1 if zero else request.top_k or EVERYTHING for zero, request in zip(cold, requests, strict=True)]
        top_p = [request.top_p for request in requests]
        return cls(
            torch.tensor(divisor, dtype=torch.float64, device=device)[:, None],
            torch.tensor(limit, device=device)[:, None],
            torch.tensor(top_p, dtype=torch.float64, device=device)[:, None],
            min(limit, default=1) < EVERYTHING or min(top_p, default=1) < 1,
        )

    def rows(self, places: Tensor) -> "SamplingDistribution":
        """Those of the texts at some places."""
        return SamplingDistribution(self.divisor[places], self.limit[places], self.top_p[places], self.limited)

    def odds(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Turn logits (B, V) into probabilities: divide by temperature, keep the likeliest, renormalise.

        Kept are the k likeliest of top-k, and of the nucleus the fewest that together have probability top-p.

        Returns:
            Probabilities (B, V) in falling order, float64, and the character numbers (B, V) they belong to.
        """
        kept, characters = _kept(self, logits)
        return kept / kept.sum(dim=1, keepdim=True), characters


def sample(dice: SamplingDistribution, logits: Tensor, thrown: Tensor) -> Tensor:
    """Choose a character number (B,) for each row of logits (B, V), by numbers thrown in [0, 1), float64 (B, 1)."""
    kept, characters = _kept(dice, logits)
    passed = kept.cumsum(dim=1)
    last = logits.shape[1] - 1
    fallen = torch.searchsorted(passed, thrown * passed.narrow(1, last, 1), right=True)
    # A number just under 1 may be rounded up to the sum.
    return characters.gather(1, fallen.clamp_(max=last)).squeeze(1)


def _kept(dice: SamplingDistribution, logits: Tensor) -> tuple[Tensor, Tensor]:
    """Probabilities in falling order, 0 where they are cut off and not renormalised, and their characters."""
    ordered, characters = logits.sort(dim=1, descending=True, stable=True)
    odds = (ordered / dice.divisor).softmax(dim=1)  # in float64, as the divisor is
    if not dice.limited:
        return odds, characters
    rank = torch.arange(logits.shape[1], device=logits.device)[None]
    before = odds.cumsum(dim=1) - odds  # probability of all likelier characters
    nucleus = (before < dice.top_p) | (dice.top_p >= 1)  # rounding may bring the sum to 1 too early
    return odds * ((rank < dice.limit) & nucleus), characters
