"""A walk through the latent space of a GAN: which seeds it visits, and in how many steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from torch import Tensor

from genai.labels import Labels
from genai.latent.requests import LatentRequest, interpolate_path, sample_latents
from genai.validation import check_list_length, check_range

MAX_SEEDS, MAX_FRAMES = 8, 600


@dataclass(frozen=True)
class WalkRequest:
    """Where to walk.

    Args:
        seeds: 2 to 8 seeds, which the walk visits in this order.
        frames: Results in all, pictures or sounds, 2 to 600.
        label: The class, the same all along; "any" or None takes that of the first seed.
        truncation: 0 to 1, of every z visited.
        loop: Whether the walk goes on from the last seed to the first.
    """

    seeds: Sequence[int] = ()
    frames: int = 150
    label: str | int | None = None
    truncation: float = 1.0
    loop: bool = True

    def __post_init__(self) -> None:
        check_list_length("Seeds", self.seeds, 2, MAX_SEEDS)
        check_range("Frames", self.frames, 2, MAX_FRAMES, whole=True)
        self.stops()

    def stops(self) -> list[LatentRequest]:
        """The requests of the results visited.

        Raises:
            ConfigError: if a seed or the truncation is out of range.
        """
        return [LatentRequest(self.label, seed, self.truncation) for seed in self.seeds]

    def latents(self, size: int, labels: Labels) -> tuple[Tensor, int | None]:
        """Return the noise of all steps (frames, size) and the class.

        Raises:
            ConfigError: if the model has no such label.
        """
        points, labels_chosen = sample_latents(self.stops(), size, labels)
        return interpolate_path(points, self.frames, loop=self.loop), labels_chosen[0]


def walk_settings(data: Mapping[str, Any]) -> dict[str, Any]:
    """Pick the settings of a walk out of a question's data."""
    return {field.name: data[field.name] for field in fields(WalkRequest) if field.name in data}
