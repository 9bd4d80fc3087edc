"""What the instruments of the Audio tab ask: a kit of sounds, and what they need to know of a model."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import NotRequired, TypedDict

import numpy as np
from torch import Tensor

from genai.audio.instruments import hearing
from genai.audio.instruments.kit import FULL_SCALE, make_kit, read_items
from genai.audio.instruments.suits import digit_of, key_of, suited
from genai.audio.recordings import read_samples
from genai.audio.sampling import AudioModel
from genai.checkpoint.header import Header
from genai.errors import GenaiError
from genai.language.strings import LANGUAGES, Bilingual, both, strings
from genai.serving.models import Registry
from genai.ui.views import drawing
from genai.ui.views.files import from_base64
from genai.ui.views.view import MICROPHONE
from genai.ui.words.errors import answer_errors

FOLDER = Path(__file__).parents[1] / "instruments" / "view"
DRUMS = ("pattern", "drums")
PIANO = ("keyboard", "recording", "keys", "recorder", "piano-input")
NUMBER = ("saying", "number", "listen")
SCRIPTS = ("engine", "instruments", "take", *DRUMS, *PIANO, *NUMBER, "grid", "compare")
PARTS = [MICROPHONE, *(FOLDER / name for name in SCRIPTS)]
PICTURE_FRAMES = 96  # of the small spectrogram of a sound
PHRASES = {
    "pad": "play.drums.pad",
    "row": "play.drums.row",
    "silent": "play.drums.silent",
    "sharp": "play.keys.sharp",
    "length": "play.keys.length",
    "notes": "play.keys.notes",
    "recording": "play.keys.running",
    "midi-insecure": "play.keys.midi.insecure",
    "midi-missing": "play.keys.midi.unsupported",
    "midi-refused": "play.keys.midi.refused",
    "midi-none": "play.keys.midi.none",
    "midi-ready": "play.keys.midi.ready",
    "number-sign": "play.number.sign",
    "number-long": "play.number.long",
    "number-digit": "play.number.digit",
    "number-other": "play.number.other",
    "listen-refused": "learn.train.microphone.refused",
    "listen-insecure": "learn.train.microphone.insecure",
    "listen-no-sound": "learn.train.no_sound",
    "listen-large": "learn.train.large",
    "listen-recording": "learn.train.recording",
    "listen-naming": "play.listen.naming",
    "listen-done": "play.listen.done",
    "listen-more": "play.listen.more",
    "listen-yours": "play.listen.yours",
    "listen-network": "play.listen.network",
    "grid-any": "play.grid.any",
    "any": "label.any",
    "seed": "play.seed",
    "sound": "play.sound",
    "grid-on-pad": "play.grid.on.pad",
    "grid-on-keys": "play.grid.on.keys",
    "grid-on-walk": "play.grid.on.walk",
    "pair-right": "play.compare.right",
    "pair-wrong": "play.compare.wrong",
    "pair-tally": "play.compare.tally",
    "beside-facts": "play.compare.facts",
}
"""Strings that a script fills in, by the name that it knows."""
MAX_RECORDING_BYTES = 1_000_000
"""Beyond the ten seconds that are allowed, so that a longer recording is refused by a sentence about seconds."""


def phrases() -> dict[str, Bilingual]:
    """Return the phrases in both languages, their fields as they are."""
    return {name: {language: strings(language)[key] for language in LANGUAGES} for name, key in PHRASES.items()}


class AboutQuestion(TypedDict, total=False):
    """A question about a model, by its name."""

    checkpoint: str


class KitQuestion(AboutQuestion, total=False):
    """A question for the sounds of a kit.

    Attributes:
        items: 1 to 64 objects with the fields of a `KitItem`.
        pictures: Whether a small spectrogram of each is wanted too.
    """

    items: list[dict[str, object]]
    pictures: bool


class HeardQuestion(AboutQuestion, total=False):
    """A question which digits are said in a recording.

    Attributes:
        sound: 16-bit samples, 16,000 a second, little endian, in base64.
    """

    sound: str


class GuessAnswer(TypedDict):
    """What a sound may be: the number of a class and its probability, the mean of both judges'."""

    label: int
    share: float


class PieceAnswer(TypedDict):
    """A sound in a recording, from `start` to `end` in seconds, and the three likeliest classes."""

    start: float
    end: float
    odds: list[GuessAnswer]


class HeardAnswer(TypedDict):
    """What was heard in a recording.

    Attributes:
        heard: The sounds.
        more: How many other sounds were not named.
    """

    heard: list[PieceAnswer]
    more: int


class AboutAnswer(TypedDict):
    """What the instruments need to know of a model.

    Attributes:
        classes: The names of its classes.
        variants: Those of its variants; empty without any.
        keys: The MIDI key of each class, None where it is no note.
        digits: The digit of each class, None where it is none.
        phrases: What the scripts say, with fields to fill in.
        errs: A sentence: how often the judges that name what somebody says are right; None where no judge knows the
            digits.
    """

    classes: list[Bilingual]
    variants: list[Bilingual]
    keys: list[int | None]
    digits: list[int | None]
    phrases: dict[str, Bilingual]
    errs: Bilingual | None


class KitAnswer(TypedDict):
    """The sounds of a kit.

    Attributes:
        sounds: All in a row as 16-bit samples, little endian, in base64.
        samples: Of each sound.
        rate: In Hz.
        classes: The number of the class of each; None without classes.
        pictures: Their spectrograms as data URLs, where they were asked for.
    """

    sounds: str
    samples: int
    rate: int
    classes: list[int | None]
    pictures: NotRequired[list[str]]


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
        labels = self._registry.get(question.get("checkpoint")).labels
        names = labels.names
        english = [name["en"] for name in names]
        return {
            "classes": list(names),
            "variants": list(labels.variants),
            "keys": [key_of(name) for name in english],
            "digits": [digit_of(name) for name in english],
            "phrases": phrases(),
            "errs": self._errs(question) if "number" in suited(labels) else None,
        }

    def _errs(self, question: AboutQuestion) -> Bilingual | None:
        header = self._registry.header(question.get("checkpoint"))
        try:
            judges = hearing.load_judges(header, self._registry.folder)
        except GenaiError:  # a model of own recordings may have no judges: then nobody listens
            return None
        return _how_often_right(judges.headers)

    @answer_errors
    def kit(self, question: KitQuestion) -> KitAnswer:
        """Make all sounds of a kit."""
        items = read_items(question.get("items"))
        model = self._registry.get(question.get("checkpoint"))
        kit = make_kit(model, items)
        answer = kit_answer(kit.sounds, model.sample_rate, kit.classes)
        if question.get("pictures") is True:
            answer["pictures"] = small_pictures(kit.sounds, model.sample_rate)
        return answer

    @answer_errors
    def heard(self, question: HeardQuestion) -> HeardAnswer:
        """Name the digits in a recording, of which nothing is kept."""
        model = self._registry.get(question.get("checkpoint"))
        data = from_base64(question.get("sound"), MAX_RECORDING_BYTES)
        wave = read_samples(data, hearing.MOST_SECONDS)
        judges = hearing.load_judges(self._registry.header(question.get("checkpoint")), self._registry.folder)
        found = hearing.hear(model, judges, wave)
        return {"heard": [_piece(sound) for sound in found.sounds], "more": found.more}


def kit_answer(sounds: Tensor, rate: int, classes: list[int | None]) -> KitAnswer:
    """Return 16-bit sounds (N, T) of a rate in Hz as the engine of the instruments decodes them."""
    samples = sounds.numpy().astype("<i2")
    return {
        "sounds": base64.b64encode(samples.tobytes()).decode(),
        "samples": samples.shape[1],
        "rate": rate,
        "classes": classes,
    }


def small_pictures(sounds: Tensor, rate: int) -> list[str]:
    """Return a small spectrogram of each of 16-bit sounds (N, T) of a rate in Hz, as data URLs."""
    waves = sounds.numpy().astype(np.float32) / FULL_SCALE
    return [drawing.spectrogram(wave, rate, PICTURE_FRAMES) for wave in waves]


def _piece(sound: hearing.Heard) -> PieceAnswer:
    odds: list[GuessAnswer] = [{"label": guess.label, "share": guess.share} for guess in sound.guesses]
    return {"start": sound.start, "end": sound.end, "odds": odds}


def _how_often_right(headers: Sequence[Header]) -> Bilingual:
    """Return a sentence with the accuracy of both judges, as their files state it."""
    first, second = (header.metrics["accuracy"] for header in headers)
    shares = {name: f"{accuracy['value'] * 100:.1f}" for name, accuracy in (("one", first), ("other", second))}
    return both("play.listen.errs", n=first["n"], **shares)
