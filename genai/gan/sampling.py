"""From a label and a seed to an item, a picture or a sound; many in one forward pass."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

import torch
from torch import Tensor, nn

from genai.checkpoint.header import Header
from genai.gan.discriminator import GanDiscriminator
from genai.inference.forward import Forward, precision_of
from genai.inference.out_of_memory import run_with_memory_fallback
from genai.inference.padding import pad_batch
from genai.labels import Labels
from genai.language.strings import Bilingual
from genai.latent.requests import LatentRequest, sample_latents

G = TypeVar("G", bound=nn.Module)
D = TypeVar("D", bound=GanDiscriminator)
Result = TypeVar("Result")


@dataclass(frozen=True)
class GanResult:
    """A generated item.

    Args:
        request: What was requested.
        label: Number of its class; None without classes.
        item: A picture (C, H, W) or a sound (T,), float32 in [-1, 1].
        variant: Number of its variant; None without variants.
    """

    request: LatentRequest
    label: int | None
    item: Tensor
    variant: int | None = field(default=None, kw_only=True)

    @property
    def seed(self) -> int:
        """Seed of the request."""
        return self.request.seed


@dataclass(frozen=True)
class GanModel(Generic[G, D]):
    """A generator with its labels, ready for use; no request changes it."""

    modality: ClassVar[str]
    """image or audio."""
    suffix: ClassVar[str]
    """Of the files that its results are saved in."""

    name: str
    network: G
    labels: Labels
    sample_rate: int = field(default=0, kw_only=True)
    """Of sounds, in Hz; 0 for pictures."""
    discriminator: D | None = field(default=None, kw_only=True)
    header: Header | None = field(default=None, kw_only=True)
    sha256: str = field(default="", kw_only=True)
    """Of the generator's weights."""
    forward: Forward | None = field(default=None, kw_only=True)
    """The sampler's forward pass in a faster form; None calls the sampler itself."""

    @property
    def sampler(self) -> nn.Module:
        """The network that makes the items: the generator and what follows it."""
        return self.network

    @property
    def device(self) -> torch.device:
        """Where the network computes."""
        return next(self.network.parameters()).device

    @property
    def precision(self) -> str:
        """Number format of the forward pass, as in the provenance label: float32, tf32 or bfloat16."""
        return precision_of(self.device)

    @property
    def latent_size(self) -> int:
        """Numbers in a z."""
        config: Any = self.network.config
        return int(config.latent_size)

    def class_name(self, label: int | None) -> Bilingual | None:
        """Return the name of a class; None without one."""
        return None if label is None else self.labels.names[label]

    def variant_name(self, variant: int | None) -> Bilingual | None:
        """Return the name of a variant; None without one."""
        return None if variant is None else self.labels.variants[variant]


@torch.inference_mode()
def synthesise(model: GanModel[Any, Any], z: Tensor, conditions: Sequence[int | None]) -> Tensor:
    """Make items (B, ...) in [-1, 1] from z (B, Z) and B conditions in one batch."""
    padded_z, padded_conditions = pad_batch(z, conditions, model.labels)
    items = run_with_memory_fallback(model.sampler, padded_z, padded_conditions, model.forward)
    return items[: len(z)]


def sample(
    model: GanModel[Any, Any], requests: Sequence[LatentRequest], make_result: Callable[..., Result]
) -> list[Result]:
    """Make the items of all requests in one forward pass.

    Args:
        model: Its generator is used.
        requests: One for each item; there may be none.
        make_result: Makes a result from a request, the number of its class (or None), the item, and by the keyword
            `variant` the number of its variant (or None).

    Raises:
        ConfigError: if the model has no such label or variant.
    """
    if not requests:
        return []
    z, conditions = sample_latents(requests, model.latent_size, model.labels)
    items = synthesise(model, z, conditions)
    results = []
    for request, condition, item in zip(requests, conditions, items, strict=True):
        label, variant = model.labels.split(condition)
        results.append(make_result(request, label, item, variant=variant))
    return results
