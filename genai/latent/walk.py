"""A walk through the latent space of a GAN: the seeds that it visits, and the number of frames."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from torch import Tensor

from genai.labels import Labels
from genai.latent.requests import LatentRequest, interpolate_path, sample_latents
from genai.validation import check_list_length, check_range

MAX_SEEDS = 8
MAX_FRAMES = 600


@dataclass(frozen=True)
class WalkRequest:
    """Request for a walk.

    Args:
        seeds: 2 to 8 seeds, which the walk visits in this order.
        frames: Number of pictures or sounds, 2 to 600.
        label: The class of all frames; "any" or None takes that of the first seed.
        truncation: 0 to 1, the factor of every z visited.
        loop: Whether the walk returns from the last seed to the first.
        variant: Of all frames; "any" or None takes that of the first seed.
    """

    seeds: Sequence[int] = ()
    frames: int = 150
    label: str | int | None = None
    truncation: float = 1.0
    loop: bool = True
    variant: str | int | None = None

    def __post_init__(self) -> None:
        check_list_length("Seeds", self.seeds, 2, MAX_SEEDS)
        check_range("Frames", self.frames, 2, MAX_FRAMES, whole=True)
        self.stops()

    def stops(self) -> list[LatentRequest]:
        """Return the requests of the seeds visited.

        Raises:
            ConfigError: if a seed or the truncation is out of range.
        """
        return [LatentRequest(self.label, seed, self.truncation, self.variant) for seed in self.seeds]

    def latents(self, size: int, labels: Labels) -> tuple[Tensor, int | None]:
        """Return the z of all frames (frames, size) and their condition.

        Raises:
            ConfigError: if the model has no such label or variant.
        """
        points, conditions = sample_latents(self.stops(), size, labels)
        return interpolate_path(points, self.frames, loop=self.loop), conditions[0]


def walk_settings(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a question that are settings of a walk."""
    return {field.name: question[field.name] for field in fields(WalkRequest) if field.name in question}
