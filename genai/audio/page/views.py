"""The parts of the Audio tab's view, and the questions that it asks."""

from collections.abc import Callable
from pathlib import Path

from genai.audio.page import instruments
from genai.audio.page.compare import Compare
from genai.audio.page.renderer import RENDERER
from genai.audio.page.takes import Takes
from genai.audio.page.walk import AudioWalk
from genai.audio.sampling import AudioModel
from genai.serving.models import Registry
from genai.ui.views import gan

PARTS = [*instruments.PARTS, *gan.parts(Path(__file__).with_name("walk"))]


def questions(registry: Registry[AudioModel]) -> list[Callable[..., object]]:
    """Return the functions that the tab's view may call."""
    played = instruments.Instruments(registry)
    takes = Takes(registry)
    compared = Compare(registry)
    return [
        *gan.questions(registry, RENDERER),
        AudioWalk(registry).sounds,
        played.instruments,
        played.kit,
        played.heard,
        takes.score_wav,
        takes.score_midi,
        compared.pair,
        compared.solution,
        compared.beside,
    ]
