"""What the views of a GAN's tab get from its modality."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NotRequired, TypedDict, TypeVar

import torch
from PIL import Image
from torch import Tensor

from genai.gan.internals import GeneratorTrace
from genai.gan.sampling import GanModel, GanResult
from genai.latent.requests import LatentRequest
from genai.quality.nearest import NearestIndex

M = TypeVar("M", bound=GanModel[Any, Any])


class Rendering(TypedDict):
    """A result as the view shows it.

    Attributes:
        picture: Data URL of the picture, or of the spectrogram.
        sound: Data URL of a WAV, where it was asked for.
    """

    picture: str
    sound: NotRequired[str]


class Original(TypedDict):
    """A training item as the view shows it.

    Attributes:
        source: Its picture or spectrogram, a data URL.
        sound: A WAV as a data URL; for sounds only.
        compressed: Whether it is the small copy in the index.
    """

    source: str
    sound: NotRequired[str]
    compressed: bool


def unchanged(items: Tensor) -> Tensor:
    """Return pictures or feature maps as they are."""
    return items


def no_drops(model: M, trace: GeneratorTrace) -> Tensor:
    """Return no drops of a score, (0,): pictures have no parts that are silenced."""
    return torch.empty(0)


@dataclass(frozen=True)
class Renderer(Generic[M]):
    """How a modality makes, compares and shows its results.

    Args:
        generate: The facade's generate function.
        thumbnail: From the model and a result to a small picture of it.
        render: From the model, a result, the settings that it was made from, and whether the sound is wanted too,
            to what the view shows.
        read_original: From the model, the index of its training items and the number of one to what the view shows:
            the item from the data if it is on this machine, else the copy in the index.
        to_pictures: From results (B, ...) to what the data set's feature network reads, (B, C, H, W); results are
            compared by these numbers.
        orient: From feature maps (F, H, W) or (F, L) to the same as they are drawn.
        score_drops: From the model and a trace to how much the score falls when each part of a sound is silenced.
    """

    generate: Callable[[M, Sequence[LatentRequest]], Sequence[GanResult]]
    thumbnail: Callable[[M, Tensor], Image.Image]
    render: Callable[[M, Tensor, dict[str, object], bool], Rendering]
    read_original: Callable[[M, NearestIndex, int], Original]
    to_pictures: Callable[[Tensor], Tensor] = unchanged
    orient: Callable[[Tensor], Tensor] = unchanged
    score_drops: Callable[[M, GeneratorTrace], Tensor] = no_drops
