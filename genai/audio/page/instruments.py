"""What the instruments of the Audio tab ask: a kit of sounds, and what they need to know of a model."""

import base64
from pathlib import Path
from typing import TypedDict

from genai.audio.instruments.kit import make_kit, read_items
from genai.audio.instruments.suits import digit_of, key_of
from genai.audio.sampling import AudioModel
from genai.language.strings import LANGUAGES, Bilingual, strings
from genai.serving.models import Registry
from genai.ui.words.errors import answer_errors

FOLDER = Path(__file__).parents[1] / "instruments" / "view"
SCRIPTS = ("engine", "instruments", "pattern", "drums")
PARTS = [FOLDER / name for name in SCRIPTS]
PHRASES = {"pad": "play.drums.pad", "row": "play.drums.row", "silent": "play.drums.silent"}
"""Strings that a script fills in, by the name that it knows."""


def phrases() -> dict[str, Bilingual]:
    """Return the phrases in both languages, their fields as they are."""
    return {name: {language: strings(language)[key] for language in LANGUAGES} for name, key in PHRASES.items()}


class AboutQuestion(TypedDict, total=False):
    """A question about a model, by its name."""

    checkpoint: str


class KitQuestion(AboutQuestion, total=False):
    """A question for the sounds of a kit: 1 to 64 objects with the fields of a `KitItem`."""

    items: list[dict[str, object]]


class AboutAnswer(TypedDict):
    """What the instruments need to know of a model.

    Attributes:
        classes: The names of its classes.
        keys: The MIDI key of each class, None where it is no note.
        digits: The digit of each class, None where it is none.
        phrases: What the scripts say, with fields to fill in.
    """

    classes: list[Bilingual]
    keys: list[int | None]
    digits: list[int | None]
    phrases: dict[str, Bilingual]


class KitAnswer(TypedDict):
    """The sounds of a kit.

    Attributes:
        sounds: All in a row as 16-bit samples, little endian, in base64.
        samples: Of each sound.
        rate: In Hz.
        classes: The number of the class of each; None without classes.
    """

    sounds: str
    samples: int
    rate: int
    classes: list[int | None]


class Instruments:
    """Answers for all visitors; errors are answered by a sentence.

    Args:
        registry: The audio models.
    """

    def __init__(self, registry: Registry[AudioModel]) -> None:
        self._registry = registry

    @answer_errors
    def instruments(self, question: AboutQuestion) -> AboutAnswer:
        """Tell what the instruments need to know of a model."""
        names = self._registry.get(question.get("checkpoint")).labels.names
        english = [name["en"] for name in names]
        return {
            "classes": list(names),
            "keys": [key_of(name) for name in english],
            "digits": [digit_of(name) for name in english],
            "phrases": phrases(),
        }

    @answer_errors
    def kit(self, question: KitQuestion) -> KitAnswer:
        """Make all sounds of a kit."""
        items = read_items(question.get("items"))
        model = self._registry.get(question.get("checkpoint"))
        kit = make_kit(model, items)
        samples = kit.sounds.numpy().astype("<i2")
        return {
            "sounds": base64.b64encode(samples.tobytes()).decode(),
            "samples": samples.shape[1],
            "rate": model.sample_rate,
            "classes": kit.classes,
        }
