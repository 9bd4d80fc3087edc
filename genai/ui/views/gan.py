"""The views of a GAN's tab: those of pictures and of sounds differ in their walk alone."""

from collections.abc import Callable
from pathlib import Path

from genai.serving.models import Registry
from genai.ui.views import census, inside, latent, strip
from genai.ui.views.originals import Originals
from genai.ui.views.renderer import M, Renderer


def parts(walk: Path) -> list[Path]:
    """Return the parts of the tab's view; walk is the modality's own."""
    return [strip.PART, inside.PART, *latent.PARTS, walk, census.PART]


def questions(registry: Registry[M], renderer: Renderer[M]) -> list[Callable[..., object]]:
    """Return the functions that the tab's view may call, except those of the walk."""
    counts = census.Census(registry, renderer)
    return [
        strip.LayerStrip(registry, renderer).strip,
        inside.InsideQuestions(registry, renderer).inside,
        Originals(registry, renderer.read_original).original,
        *latent.LatentSpace(registry, renderer).questions,
        counts.classes,
        counts.census,
    ]
