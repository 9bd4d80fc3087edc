"""Fool the discriminator: each phone looks in the seed plane for the picture that the discriminator takes for real.

A phone sends coordinates only. The picture and its score are computed here, for all phones that ask at once in one
batch, so that nobody can send a score; the best of each phone is kept. As a logit alone means nothing, it
counts how many real pictures, unseen in training, the discriminator rates lower.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from genai import provenance
from genai.classroom.activities.activity import Json, Services, no_button
from genai.classroom.deck.dealer import Place, models
from genai.classroom.deck.files import serve_picture
from genai.errors import ConfigError, quoted
from genai.gan.evaluation import discriminator_logits
from genai.gan.sampling import GanModel, synthesise
from genai.image import ImageModel
from genai.latent.plane import SIDE, PlanePoint, plane_requests
from genai.latent.requests import LatentRequest, sample_latents
from genai.quality.figures import share_below
from genai.seeds import MAX_SEED, make_rng
from genai.serving.coalescing import Coalescer
from genai.ui.views import thumbnails
from genai.validation import check_list_length, check_range

BEST = 10
"""Pictures on the screen."""
BATCH = 32
DECIMALS = 3
"""Of a coordinate."""
SEED_STREAM = 22


@dataclass(frozen=True)
class Point:
    """A point of the plane: x to the right and y down, each from 0 to 7."""

    x: float
    y: float


@dataclass(frozen=True, eq=False)
class Try:
    """A point, and what the discriminator says of its picture.

    Args:
        point: Where it is.
        levels: The picture, (H, W) or (H, W, 3), 0 to 255.
        score: The logit.
        place: 0 to 1, the share of unseen real pictures with lower scores; None if the model's file has no scores.
    """

    point: Point
    levels: NDArray[np.uint8]
    score: float
    place: float | None

    def to_json(self, picture: str) -> Json:
        """Return it as the page shows it, with the address of its picture."""
        return {"x": self.point.x, "y": self.point.y, "picture": picture, "score": self.score, "place": self.place}


class Plane:
    """The seed plane of a model whose discriminator scores its points.

    Args:
        model: With its discriminator.
        origin: The request of the top left corner, whose class holds for the whole plane.
    """

    def __init__(self, model: GanModel[Any, Any], origin: LatentRequest) -> None:
        self.model = model
        self.origin = origin
        _, [self.label] = sample_latents([origin], model.latent_size, model.labels)
        self._scores = model.header.scores.get("real", []) if model.header else []
        self._coalescer: Coalescer[Point, Try] = Coalescer(self._score_all)

    def score(self, point: Point) -> Try:
        """Make the picture of a point and score it, together with those that others ask for meanwhile."""
        return self._coalescer.ask(point)

    def map(self) -> str:
        """Return the path of a sheet of the pictures of all seeds."""
        z, _ = sample_latents(plane_requests(self.origin), self.model.latent_size, self.model.labels)
        pictures = [picture for batch in torch.split(z, BATCH) for picture in self._make(batch)]
        tiles = [Image.fromarray(provenance.to_uint8(picture)) for picture in pictures]
        return serve_picture(thumbnails.lay_out(tiles, SIDE))

    def score_seeds(self) -> list[Try]:
        """Score the pictures of all seeds, those that chance would give."""
        return self._score_all([Point(float(x), float(y)) for y in range(SIDE) for x in range(SIDE)])

    def _make(self, z: Tensor) -> Tensor:
        """Make the picture of each z (B, Z), all of the class of the plane."""
        return synthesise(self.model, z, [self.label] * len(z))

    def _score_all(self, points: Sequence[Point]) -> list[Try]:
        return [one for start in range(0, len(points), BATCH) for one in self._score_batch(points[start:][:BATCH])]

    def _score_batch(self, points: Sequence[Point]) -> list[Try]:
        places = [PlanePoint(self.origin, ((point.x, point.y),)) for point in points]
        latents = [place.latent(self.model.latent_size, self.model.labels)[0] for place in places]
        pictures = self._make(torch.stack(latents))
        classes = torch.full((len(points),), self.label or 0)
        logits = discriminator_logits(self.model, pictures, classes).tolist()
        return [
            Try(point, provenance.to_uint8(picture), logit, self._place(logit))
            for point, picture, logit in zip(points, pictures, logits, strict=True)
        ]

    def _place(self, logit: float) -> float | None:
        return share_below(self._scores, logit) if self._scores else None


class Fool:
    """The game of a class in one plane.

    Args:
        plane: In which everybody looks.
        sheet: Path of the plane's map.
        chance: The tries that chance would make; none if that is not shown.
    """

    name = "fool"

    def __init__(self, plane: Plane, sheet: str, chance: Sequence[Try] = ()) -> None:
        self.turn = 0
        self._plane = plane
        self._sheet = sheet
        places = [one.place for one in chance if one.place is not None]
        self._chance = {"middle": median(places), "best": max(places)} if places else None
        self._tries = 0
        self._last: dict[int, Try] = {}  # by seat
        self._best: dict[int, Try] = {}
        self._shown: dict[Try, str] = {}  # addresses of the pictures on the screen
        self._is_over = False

    def prepare(self, value: object) -> Try:
        """Make and score the picture of a point (x, y).

        Raises:
            ConfigError: if it is no point of the plane.
        """
        return self._plane.score(read_point(value))

    def answer(self, seat: int, value: object) -> None:
        """Take the try of a phone, and keep it where it is this phone's best.

        Raises:
            ConfigError: if the game is over.
        """
        if self._is_over:
            raise ConfigError("The game is over: no more pictures are scored.")
        assert isinstance(value, Try)  # from `prepare`
        self._tries += 1
        self._last[seat] = value
        if seat not in self._best or value.score > self._best[seat].score:
            self._best[seat] = value
            top = self._top()
            self._shown = {one: self._shown.get(one) or serve_picture(one.levels) for one in top}

    def act(self, do: str, value: object) -> None:
        """End the search ("finish"), or go on with it ("resume").

        Raises:
            ConfigError: if there is no such button.
        """
        if do not in ("finish", "resume"):
            raise no_button(do)
        self._is_over = do == "finish"

    def screen(self) -> Json:
        """Return the map, the class's best pictures, and how many phones have tried how often."""
        model = self._plane.model
        return {
            "turn": self.turn,
            "phase": "over" if self._is_over else "search",
            "answered": len(self._best),
            "tries": self._tries,
            "map": self._sheet,
            "chance": self._chance,
            "title": model.header.title if model.header else model.name,
            "label": model.class_name(self._plane.label),
            "best": [one.to_json(self._shown[one]) for one in self._top()],
        }

    def phone(self, seat: int) -> Json:
        """Return what this phone tried last, its best, and the rank of that in the class, from 1."""
        if seat not in self._best:
            return {"last": None, "best": None, "rank": None}
        best = self._best[seat]
        rank = 1 + sum(other.score > best.score for other in self._best.values())
        return {"last": _own(self._last[seat]), "best": _own(best), "rank": rank}

    def close(self) -> None:
        """Do nothing: no thread is running."""

    def _top(self) -> list[Try]:
        """Return the best tries of different points, highest score first."""
        different = {one.point: one for one in self._best.values()}  # two phones may have found the same point
        return sorted(different.values(), key=lambda one: -one.score)[:BEST]


def _own(one: Try) -> Json:
    """Return a try for the phone that made it, with the picture itself."""
    return one.to_json(thumbnails.png_url(Image.fromarray(one.levels)))


def read_point(value: object) -> Point:
    """Return the point that a phone sent.

    Raises:
        ConfigError: if it is no list of two numbers from 0 to 7.
    """
    check_list_length("Coordinates", value, 2, 2)
    assert isinstance(value, list | tuple)
    for name, coordinate in zip("xy", value, strict=True):
        check_range(name, coordinate, 0, SIDE - 1)
    return Point(round(float(value[0]), DECIMALS), round(float(value[1]), DECIMALS))


def make(settings: Json, services: Services, rng_seed: int) -> Fool:
    """Make a game of `{"model", "label"}`: both may be left out, and then are the first model and any class.

    Raises:
        ConfigError: naming a bad setting, or if the model has no discriminator.
    """
    registry = models("image", Place(services.folder, services.device))
    model = registry.get(settings.get("model", registry.first))
    assert isinstance(model, ImageModel)
    if model.discriminator is None:
        raise ConfigError("{name} has no discriminator that could play: choose another model.", name=model.name)
    label = settings.get("label")
    if label is not None and not isinstance(label, str | int):
        raise ConfigError("{value} is no class: give its name or number.", value=quoted(label))
    seed = int(torch.randint(MAX_SEED + 1, (), generator=make_rng(rng_seed, SEED_STREAM)))
    plane = Plane(model, LatentRequest(label, seed))
    return Fool(plane, plane.map(), plane.score_seeds())
