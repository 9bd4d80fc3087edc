"""A kit: the sounds that an instrument plays, each the model's own answer to a z."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import torch
from torch import Tensor

from genai.audio.sampling import AudioModel
from genai.gan.sampling import synthesise
from genai.labels import Labels
from genai.latent.requests import LatentRequest, sample_latents, slerp
from genai.validation import check_list_length, check_range

MAX_ITEMS = 64
BATCH = 16  # sounds in one forward pass: larger ones do not fit into the processor's cache
FULL_SCALE = 32767  # of 16-bit samples


@dataclass(frozen=True)
class KitItem:
    """One sound of a kit.

    Args:
        seed: 0 to 4294967295.
        label: Name or number of its class; None lets the seed choose.
        to: Another seed, to which an arc leads; None without an arc.
        at: 0 to 1, the position on that arc; None is 0.
        variant: Name or number of its variant; None lets the seed choose.
    """

    seed: int = 0
    label: str | int | None = None
    to: int | None = None
    at: float | None = None
    variant: str | int | None = None

    def __post_init__(self) -> None:
        self.ends()
        if self.at is not None:
            check_range("Share", self.at, 0, 1)

    def ends(self) -> list[LatentRequest]:
        """Return the request of its seed and, with an arc, that of the other seed.

        Raises:
            ConfigError: if a seed is out of range.
        """
        seeds = [self.seed] if self.to is None else [self.seed, self.to]
        return [LatentRequest(self.label, seed, variant=self.variant) for seed in seeds]

    def latent(self, size: int, labels: Labels) -> tuple[Tensor, int | None]:
        """Return z (Z,), and the condition, which is that of the seed all along the arc.

        Raises:
            ConfigError: if the model has no such label or variant.
        """
        ends, conditions = sample_latents(self.ends(), size, labels)
        return slerp(ends[0], ends[-1], self.at or 0.0), conditions[0]


@dataclass(frozen=True)
class Kit:
    """The sounds of a kit.

    Args:
        sounds: int16 (N, T), full scale is 32767.
        classes: The number of the class of each; None without classes.
    """

    sounds: Tensor
    classes: list[int | None]


def read_items(items: object) -> list[KitItem]:
    """Read the items of a kit as a browser sends them: 1 to 64 JSON objects with the fields of a `KitItem`.

    Raises:
        ConfigError: if there are too many, or a value is out of its range.
    """
    check_list_length("Sounds", items, 1, MAX_ITEMS)
    assert isinstance(items, list | tuple)
    return [_read_item(item) for item in items]


def _read_item(item: object) -> KitItem:
    values: Mapping[str, Any] = item if isinstance(item, dict) else {}
    return KitItem(**{field.name: values[field.name] for field in fields(KitItem) if field.name in values})


def make_kit(model: AudioModel, items: Sequence[KitItem]) -> Kit:
    """Make all sounds of a kit; each has the same bits in every kit.

    Raises:
        ConfigError: if the model has no such label or variant.
    """
    latents = [item.latent(model.latent_size, model.labels) for item in items]
    z = torch.stack([point for point, _ in latents])
    conditions = [condition for _, condition in latents]
    waves = [
        synthesise(model, z[start : start + BATCH], conditions[start : start + BATCH])
        for start in range(0, len(items), BATCH)
    ]
    classes = [model.labels.split(condition)[0] for condition in conditions]
    return Kit(to_int16(torch.cat(waves)), classes)


def to_int16(waves: Tensor) -> Tensor:
    """Convert waveforms in [-1, 1] to 16-bit samples."""
    return (waves * FULL_SCALE).round().to(torch.int16)
