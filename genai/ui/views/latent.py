"""The latent space of a GAN: points of a plane, the arc between two, components, truncation.

Answers are plain data, computed from the question alone; errors are answered by a sentence.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Generic, TypedDict

import torch
from torch import Tensor

from genai.gan.sampling import GanModel, synthesise
from genai.language.strings import Bilingual
from genai.latent.influence import measure_influence
from genai.latent.plane import SIDE, PlanePoint, plane_requests
from genai.latent.requests import LatentRequest, consecutive_seeds, sample_latents
from genai.serving.models import Registry
from genai.ui.views import thumbnails
from genai.ui.views.questions import PointQuestion, ResultQuestion, latent_request
from genai.ui.views.renderer import M, Renderer, Rendering
from genai.ui.words.errors import answer_errors

PARTS = [Path(__file__).with_name(name) for name in ("plane", "arc", "components", "truncation")]  # of a view
ARC_STEPS = 9  # thumbnails of the arc, both ends among them
ROW = 8  # seeds compared at each truncation
TRUNCATIONS = (0, 0.25, 0.5, 0.75, 1)
BASE_SEEDS = 3  # seeds whose components the ranking varies
VARIANCE_SEEDS = 64  # further seeds, for the variance of the results in all
BATCH = 32


class PlaneAnswer(TypedDict):
    """The seed plane.

    Attributes:
        map: Thumbnails of all its seeds as one PNG.
        names: Of the classes, in the order of their numbers.
    """

    map: str
    names: list[Bilingual]


class PointAnswer(Rendering):
    """A point of the plane: its result, and the components of its z."""

    z: list[float]


class ArcAnswer(TypedDict):
    """Nine thumbnails along an arc."""

    pictures: list[str]


class RankingAnswer(TypedDict):
    """The influence of each component.

    Attributes:
        shares: Of the variance of the results, at truncation 1.
        count: Results that were made for it.
    """

    shares: list[float]
    count: int


class TruncationRow(TypedDict):
    """The first eight seeds of the plane at one truncation.

    Attributes:
        truncation: 0 to 1.
        pictures: A thumbnail of each.
        spread: Mean distance of two of them, as a share of that at truncation 1; None where that is 0.
    """

    truncation: float
    pictures: list[str]
    spread: float | None


class TruncationsAnswer(TypedDict):
    """The same seeds at five truncations."""

    rows: list[TruncationRow]


class LatentSpace(Generic[M]):
    """Answers for all visitors.

    In every question, "seed" is that of the plane's corner.

    Args:
        registry: The modality's models.
        renderer: The modality.
    """

    def __init__(self, registry: Registry[M], renderer: Renderer[M]) -> None:
        self._registry = registry
        self._renderer = renderer
        self._rankings: dict[tuple[str, int | None], RankingAnswer] = {}
        self._lock = threading.Lock()  # a class opens the ranking at once: it is computed once, and the others wait

    @property
    def questions(self) -> Sequence[Callable[..., object]]:
        """What the view may ask."""
        return [self.plane, self.point, self.arc, self.ranking, self.truncations]

    @answer_errors
    def plane(self, question: ResultQuestion) -> PlaneAnswer:
        """Draw all seeds of the plane."""
        model, origin = self._read(question)
        z, _ = sample_latents(plane_requests(origin), model.latent_size, model.labels)
        tiles = [self._renderer.thumbnail(model, result) for result in self._synthesise(model, z, origin)]
        return {"map": thumbnails.sheet(tiles, SIDE), "names": list(model.labels.names)}

    @answer_errors
    def point(self, question: PointQuestion) -> PointAnswer:
        """Make the result of one point."""
        model, origin = self._read(question)
        points = question.get("points", ((0, 0),))
        point = PlanePoint(origin, points, question.get("share", 0.0), question.get("changes", ()))
        z, condition = point.latent(model.latent_size, model.labels)
        (result,) = synthesise(model, z[None], [condition])
        label, variant = model.labels.split(condition)
        values: Mapping[str, object] = question
        place = {name: values[name] for name in ("points", "share", "changes") if name in values}
        settings: dict[str, object] = {
            "label": label,
            **({} if variant is None else {"variant": variant}),
            "truncation": origin.truncation,
            "plane": {"seed": origin.seed, **place},
        }
        rendering = self._renderer.render(model, result, settings, bool(question.get("hear")))
        return {**rendering, "z": [round(value, 2) for value in z.tolist()]}

    @answer_errors
    def arc(self, question: PointQuestion) -> ArcAnswer:
        """Draw the arc between the two points."""
        model, origin = self._read(question)
        ends = PlanePoint(origin, question.get("points", ()))
        steps = [replace(ends, position=n / (ARC_STEPS - 1)) for n in range(ARC_STEPS)]
        z = torch.stack([step.latent(model.latent_size, model.labels)[0] for step in steps])
        return {"pictures": self._thumbnails(model, self._synthesise(model, z, origin))}

    @answer_errors
    def ranking(self, question: ResultQuestion) -> RankingAnswer:
        """Measure the influence of each component at truncation 1."""
        model, origin = self._read(question)
        condition = _condition(model, origin)
        with self._lock:
            key = (model.sha256, condition)
            if key not in self._rankings:
                self._rankings[key] = self._measure_influence(model, condition)
            return self._rankings[key]

    @answer_errors
    def truncations(self, question: ResultQuestion) -> TruncationsAnswer:
        """Draw the first eight seeds of the plane at five truncations, and measure their spread."""
        model, origin = self._read(question)
        rows: list[TruncationRow] = []
        spreads: list[float] = []
        for truncation in TRUNCATIONS:
            requests = consecutive_seeds(replace(origin, truncation=truncation), ROW)
            z, _ = sample_latents(requests, model.latent_size, model.labels)
            results = self._synthesise(model, z, origin)
            spreads.append(spread(self._renderer.to_pictures(results)))
            rows.append({"truncation": truncation, "pictures": self._thumbnails(model, results), "spread": None})
        widest = spreads[-1]
        if widest:
            for row, width in zip(rows, spreads, strict=True):
                row["spread"] = width / widest
        return {"rows": rows}

    def _measure_influence(self, model: M, condition: int | None) -> RankingAnswer:
        def features(z: Tensor) -> Tensor:
            return self._renderer.to_pictures(synthesise(model, z, [condition] * len(z))).flatten(1)

        requests = [LatentRequest(seed=seed) for seed in range(BASE_SEEDS + VARIANCE_SEEDS)]
        z, _ = sample_latents(requests, model.latent_size, model.labels)
        influence = measure_influence(features, z[:BASE_SEEDS], z[BASE_SEEDS:])
        return {"shares": [round(share, 5) for share in influence.shares.tolist()], "count": influence.count}

    def _read(self, question: ResultQuestion) -> tuple[M, LatentRequest]:
        """Read which model a question is about, and the request of the plane's corner."""
        model = self._registry.get(question.get("model"))
        return model, latent_request(question)

    def _synthesise(self, model: M, z: Tensor, origin: LatentRequest) -> Tensor:
        """Make the result of each z (B, Z), all of the condition of the plane's corner, 32 at a time."""
        condition = _condition(model, origin)
        batches = torch.split(z, BATCH)
        return torch.cat([synthesise(model, batch, [condition] * len(batch)) for batch in batches])

    def _thumbnails(self, model: M, results: Tensor) -> list[str]:
        return [thumbnails.png_url(self._renderer.thumbnail(model, result)) for result in results]


def _condition(model: GanModel[Any, Any], origin: LatentRequest) -> int | None:
    """The condition of the whole plane: that of its corner."""
    _, conditions = sample_latents([origin], model.latent_size, model.labels)
    return conditions[0]


def spread(results: Tensor) -> float:
    """Return the mean distance of two of the rows of results (B, ...), B at least 2."""
    return torch.pdist(results.flatten(1)).mean().item()
