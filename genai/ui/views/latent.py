"""What a tab asks about the latent space of a GAN: points of a plane, an arc between two, components, truncation.

Answers are plain data, computed from the question alone; a mistake is answered by a sentence.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import torch
from PIL import Image
from torch import Tensor

from genai.labels import Labels
from genai.latent.influence import measure_influence
from genai.latent.plane import SIDE, PlanePoint, plane_requests
from genai.latent.requests import LatentRequest, consecutive_seeds, sample_latents
from genai.serving.models import Registry
from genai.ui.views import thumbnails
from genai.ui.words.errors import answer_errors

PARTS = [Path(__file__).with_name(name) for name in ("plane", "arc", "components", "truncation")]  # of a view
STEPS = 9  # pictures of the arc, both ends among them
ROW, TRUNCATIONS = 8, (0, 0.25, 0.5, 0.75, 1)
BASES, SAMPLE = 3, 64  # seeds of the noise that the ranking varies, and of that for the whole variance
BATCH = 32


class Latent(Protocol):
    """A generator that starts from noise."""

    @property
    def labels(self) -> Labels:
        """The classes it knows."""

    @property
    def weights(self) -> str:
        """SHA-256 of its weights."""

    @property
    def latent_size(self) -> int:
        """Numbers in a z."""


M = TypeVar("M", bound=Latent)


@dataclass(frozen=True)
class Medium(Generic[M]):
    """What a modality adds.

    Args:
        synthesise: From the model, z (B, Z) and B labels to results (B, ...).
        measured: From the model and results to the numbers (B, D) whose variance and distance are told.
        thumbnail: A small picture of a result.
        shown: A result as the view shows it, with the settings it was made from; the last argument says whether it
            is to be heard as well.
    """

    synthesise: Callable[[M, Tensor, list[int | None]], Tensor]
    measured: Callable[[M, Tensor], Tensor]
    thumbnail: Callable[[M, Tensor], Image.Image]
    shown: Callable[[M, Tensor, dict[str, Any], bool], dict[str, str]]


Question = Callable[["LatentSpace[Any]", dict[str, Any]], dict[str, Any]]


class LatentSpace(Generic[M]):
    """Answers for all visitors.

    Every question has "model", "label" (a number or null), "seed" (that of the plane's corner) and "truncation".

    Args:
        registry: The modality's models.
        medium: The modality.
    """

    def __init__(self, registry: Registry[M], medium: Medium[M]) -> None:
        self._registry, self._medium = registry, medium
        self._rankings: dict[tuple[str, int | None], dict[str, Any]] = {}
        self._lock = threading.Lock()  # a class that opens the ranking at once waits for one

    @property
    def questions(self) -> list[Callable[[dict[str, Any]], dict[str, Any]]]:
        """What the view may ask."""
        return [self.plane, self.point, self.arc, self.ranking, self.truncations]

    @answer_errors
    def plane(self, data: dict[str, Any]) -> dict[str, Any]:
        """Draw the "map", thumbnails of all seeds of the plane as one PNG, and give the "names" of the classes."""
        model, origin = self._asked(data)
        z, _ = sample_latents(plane_requests(origin), model.latent_size, model.labels)
        tiles = [self._medium.thumbnail(model, item) for item in self._made(model, z, origin)]
        return {"map": thumbnails.sheet(tiles, SIDE), "names": list(model.labels.names)}

    @answer_errors
    def point(self, data: dict[str, Any]) -> dict[str, Any]:
        """Make one result.

        Args:
            data: Also "points", "share" and "changes" of a `PlanePoint`; "hear": whether a sound is wanted.

        Returns:
            "picture" and, if it is to be heard, "sound"; "z", its components.
        """
        model, origin = self._asked(data)
        place = {name: data[name] for name in ("points", "share", "changes") if name in data}
        z, label = PlanePoint(origin, **place).latent(model.latent_size, model.labels)
        (made,) = self._medium.synthesise(model, z[None], [label])
        settings: dict[str, Any] = {
            "label": label, "truncation": origin.truncation, "plane": {"seed": origin.seed, **place}
        }  # fmt: skip
        answer = self._medium.shown(model, made, settings, bool(data.get("hear")))
        return {**answer, "z": [round(value, 2) for value in z.tolist()]}

    @answer_errors
    def arc(self, data: dict[str, Any]) -> dict[str, Any]:
        """Draw nine "pictures" along the arc between the two "points"."""
        model, origin = self._asked(data)
        ends = PlanePoint(origin, data.get("points", ()))
        along = [replace(ends, share=n / (STEPS - 1)) for n in range(STEPS)]
        z = torch.stack([place.latent(model.latent_size, model.labels)[0] for place in along])
        return {"pictures": self._pictures(model, self._made(model, z, origin))}

    @answer_errors
    def ranking(self, data: dict[str, Any]) -> dict[str, Any]:
        """Tell each component's influence at truncation 1: "shares" of the variance; "count" of results made."""
        model, origin = self._asked(data)
        label = sample_latents([origin], model.latent_size, model.labels)[1][0]
        with self._lock:
            key = (model.weights, label)
            if key not in self._rankings:
                self._rankings[key] = self._ranked(model, label)
            return self._rankings[key]

    def _ranked(self, model: M, label: int | None) -> dict[str, Any]:
        def make(z: Tensor) -> Tensor:
            return self._medium.measured(model, self._medium.synthesise(model, z, [label] * len(z)))

        requests = [LatentRequest(label, seed) for seed in range(BASES + SAMPLE)]
        z, _ = sample_latents(requests, model.latent_size, model.labels)
        found = measure_influence(make, z[:BASES], z[BASES:])
        return {"shares": [round(share, 5) for share in found.shares.tolist()], "count": found.count}

    @answer_errors
    def truncations(self, data: dict[str, Any]) -> dict[str, Any]:
        """Draw the first eight seeds of the plane at five truncations, and tell how far apart they are."""
        model, origin = self._asked(data)
        rows: list[dict[str, Any]] = []
        for truncation in TRUNCATIONS:
            requests = consecutive_seeds(replace(origin, truncation=truncation), ROW)
            made = self._made(model, sample_latents(requests, model.latent_size, model.labels)[0], origin)
            apart = spread(self._medium.measured(model, made))
            rows.append({"truncation": truncation, "pictures": self._pictures(model, made), "spread": apart})
        whole = rows[-1]["spread"]
        return {"rows": [{**row, "spread": row["spread"] / whole if whole else None} for row in rows]}

    def _asked(self, data: dict[str, Any]) -> tuple[M, LatentRequest]:
        model = self._registry.get(data.get("model"))
        return model, LatentRequest(data.get("label"), data.get("seed", 0), data.get("truncation", 1.0))

    def _made(self, model: M, z: Tensor, origin: LatentRequest) -> Tensor:
        """Make a result of each z (B, Z), all of the class of the plane's corner."""
        label = sample_latents([origin], model.latent_size, model.labels)[1][0]
        parts = [self._medium.synthesise(model, part, [label] * len(part)) for part in torch.split(z, BATCH)]
        return torch.cat(parts)

    def _pictures(self, model: M, made: Tensor) -> list[str]:
        return [thumbnails.address(self._medium.thumbnail(model, item)) for item in made]


def spread(items: Tensor) -> float:
    """Return the mean distance of two of the items (B, D), B at least 2."""
    return torch.pdist(items.flatten(1)).mean().item()
