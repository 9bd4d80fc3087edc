"""The parts of the Image tab's view, and the questions that it asks."""

from collections.abc import Callable
from pathlib import Path

from genai.image.page.renderer import RENDERER
from genai.image.page.slides import Slides
from genai.image.page.walk import ImageWalk
from genai.image.sampling import ImageModel
from genai.serving.models import Registry
from genai.ui.views import gan

PARTS = gan.parts(Path(__file__).with_name("walk"))


def questions(registry: Registry[ImageModel]) -> list[Callable[..., object]]:
    """Return the functions that the tab's view may call."""
    walk = ImageWalk(registry)
    slides = Slides(registry)
    return [*gan.questions(registry, RENDERER), walk.steps, walk.film, slides.enlarged, slides.sheet]
