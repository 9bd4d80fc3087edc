"""The questions that a view's script sends to the server: JSON objects.

The types say what the scripts send. A browser may send anything, and may leave anything out: whoever takes a value
out of a question checks it, mostly by making a request of it (`LatentRequest`, `WalkRequest`, `PlanePoint`), which
raises ConfigError where the type or the range is wrong.
"""

from collections.abc import Sequence
from typing import TypedDict

from genai.latent.requests import LatentRequest


class ModelQuestion(TypedDict, total=False):
    """A question about a model.

    Attributes:
        model: Name of the checkpoint.
    """

    model: str


class ResultQuestion(ModelQuestion, total=False):
    """A question about one result of a GAN, or about the corner of the seed plane.

    Attributes:
        label: Name or number of the class; None lets the seed choose.
        seed: 0 to 4294967295.
        truncation: 0 to 1.
        variant: Name or number of the variant; None lets the seed choose.
    """

    label: str | int | None
    seed: int
    truncation: float
    variant: str | int | None


def latent_request(question: ResultQuestion) -> LatentRequest:
    """Read which result a question is about.

    Raises:
        ConfigError: if a value is out of its range.
    """
    return LatentRequest(
        question.get("label"), question.get("seed", 0), question.get("truncation", 1.0), question.get("variant")
    )


class PointQuestion(ResultQuestion, total=False):
    """A question about a point of the seed plane, or about the arc between two.

    Attributes:
        points: One (x, y) or two, each number from 0 to 7.
        share: 0 to 1, how far along the arc from the first point to the second.
        changes: Components of z that are set by hand, as (component, value).
        hear: Whether the sound is wanted too.
    """

    points: Sequence[tuple[float, float]]
    share: float
    changes: Sequence[tuple[int, float]]
    hear: bool


class OriginalQuestion(ModelQuestion, total=False):
    """A question for a training item.

    Attributes:
        row: Its position in the training part, from 0.
    """

    row: int


class CensusQuestion(ModelQuestion, total=False):
    """A question for the next batch of samples to be counted.

    Attributes:
        seed: That of the first sample of all.
        truncation: 0 to 1, of every sample.
        seen: Samples counted so far with each value of each property; empty at first.
        agreed: Samples so far that were recognised as the class asked for.
    """

    seed: int
    truncation: float
    seen: list[int]
    agreed: int


class WalkQuestion(ResultQuestion, total=False):
    """A question for the results of a walk: the settings of a `WalkRequest`.

    Attributes:
        seeds: 2 to 8 seeds, visited in this order.
        frames: Results in all.
        loop: Whether the walk returns to the first seed.
        start: Pictures: the first frame wanted, from 0.
        seconds: Film: its length.
        kind: Film: mp4 or webp.
    """

    seeds: list[int]
    frames: int
    loop: bool
    start: int
    seconds: float
    kind: str
