"""A walk through the latent space: pictures between the pictures of some seeds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from genai.errors import ConfigError
from genai.image.sampling import ImageModel, ImageRequest
from genai.latent import draw, path

MAX_SEEDS, MAX_FRAMES = 8, 600
BATCH = 32


@dataclass(frozen=True)
class WalkRequest:
    """Where to walk.

    Args:
        seeds: 2 to 8 seeds, whose pictures the walk visits in this order.
        frames: Pictures in all, 2 to 600.
        label: The class, the same all along; "any" or None takes that of the first seed.
        truncation: 0 to 1, of every z visited.
        loop: Whether the walk goes on from the last seed to the first.
    """

    seeds: Sequence[int]
    frames: int = 150
    label: str | int | None = None
    truncation: float = 1.0
    loop: bool = True

    def __post_init__(self) -> None:
        for name, value, high in (("Seeds", len(self.seeds), MAX_SEEDS), ("Frames", self.frames, MAX_FRAMES)):
            if isinstance(value, bool) or not isinstance(value, int) or not 2 <= value <= high:
                raise ConfigError(
                    "{name} {value} cannot be used: it must be {kind} from {low} to {high}.",
                    name=name,
                    value=repr(value),
                    kind="a whole number",
                    low=2,
                    high=high,
                )
        self.stops()

    def stops(self) -> list[ImageRequest]:
        """The requests of the pictures visited.

        Raises:
            ConfigError: if a seed or the truncation is out of range.
        """
        return [ImageRequest(self.label, seed, self.truncation) for seed in self.seeds]


def walk(model: ImageModel, request: WalkRequest, start: int = 0, stop: int = MAX_FRAMES) -> Iterator[Tensor]:
    """Draw the pictures of a walk, (C, S, S) in [-1, 1], one after another; closing the iterator ends the work.

    Args:
        model: Draws.
        request: Where to walk.
        start: The first picture wanted, from 0.
        stop: The picture before which to end.

    Raises:
        ConfigError: if the model has no such label.
    """
    points, labels = draw(request.stops(), model.network.config.latent_size, model.labels)
    for part in torch.split(path(points, request.frames, loop=request.loop)[start:stop], BATCH):
        yield from _drawn(model, part, labels[0])


@torch.inference_mode()
def _drawn(model: ImageModel, z: Tensor, label: int | None) -> Tensor:
    labels = torch.full((len(z),), label or 0, device=model.device) if model.labels else None
    pictures: Tensor = model.network(z.to(model.device), labels).float().cpu()
    return pictures
