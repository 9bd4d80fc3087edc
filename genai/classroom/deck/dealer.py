"""From the settings of a game to its deck. What a model needs for that is computed once, and kept."""

import threading
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypedDict

from genai import audio, image, text
from genai.checkpoint import available, folder_beside
from genai.classroom.deck import adversarial, texts
from genai.classroom.deck.adversarial import Source
from genai.classroom.deck.deck import Deck
from genai.classroom.deck.draw import Threshold
from genai.classroom.deck.passages import PASSAGES
from genai.classroom.deck.pictures import PictureCodec
from genai.classroom.deck.sounds import SoundCodec
from genai.errors import CheckpointError, ConfigError, quoted
from genai.language.strings import Bilingual
from genai.quality.data_identity import identity_of
from genai.serving.models import Registry
from genai.text import TextModel
from genai.text import indexing as passage_index
from genai.text.indexing import PassageIndex

MODALITIES = ("image", "audio", "text")
PREFERRED = {"image": "fashion", "audio": "digits", "text": "shakespeare"}
LOCK = threading.Lock()


class Place(NamedTuple):
    """Where models are and run; None is the repository's own folder, and the device that the program chooses."""

    folder: Path | None
    device: str | None


class Adversary(NamedTuple):
    """What decks of a picture or sound model need."""

    source: Source
    threshold: Threshold
    fitted: set[int]


class Writer(NamedTuple):
    """What decks of a text model need."""

    model: TextModel
    passages: PassageIndex | None
    threshold: Threshold
    fitted: set[int]


class Player(TypedDict):
    """A model that can play.

    Attributes:
        name: Of its checkpoint.
        title: Of its data set.
    """

    name: str
    title: Bilingual


def players(folder: Path | None) -> dict[str, list[Player]]:
    """Return by modality the models that can play, as their headers say.

    Pictures and sounds need a discriminator whose scores are known, texts real passages.
    """
    found: dict[str, list[Player]] = {}
    for modality in MODALITIES:
        entries = sorted(available(modality, folder), key=lambda entry: entry.name != PREFERRED[modality])
        headers = [(entry.name, entry.header) for entry in entries if entry.header is not None]
        found[modality] = [
            {"name": name, "title": header.title}
            for name, header in headers
            if (header.data_set in PASSAGES if modality == "text" else header.scores)
        ]
    return found


def deal(modality: object, name: object, rounds: int, seed: int, with_errors: bool, place: Place) -> Deck:
    """Draw the deck of a game.

    Args:
        modality: image, audio or text.
        name: Of the model; None takes the first one.
        rounds: Items of the deck.
        seed: Of the draw.
        with_errors: Whether the rounds are drawn so that the machine errs in some.
        place: Where the models are.

    Raises:
        ConfigError: if there is no such modality or model, or the model has no discriminator.
        CheckpointError: if there is no index of its data.
    """
    if not isinstance(modality, str) or modality not in MODALITIES:
        known = ", ".join(MODALITIES)
        raise ConfigError("There is no modality {value}. There are: {known}.", value=quoted(modality), known=known)
    registry = models(modality, place)
    model_name = registry.first if name is None else name
    registry.header(model_name)  # refuses all that is no name of a model
    if modality == "text":
        with LOCK:  # what a whole class needs at once is computed once
            writer = _writer(str(model_name), place)
        return texts.make_deck(*writer, rounds, seed, with_errors)
    with LOCK:
        adversary = _adversary(modality, str(model_name), place)
    return adversarial.make_deck(*adversary, rounds, seed, with_errors)


@cache
def models(modality: str, place: Place) -> Registry[object]:
    """Return the models of a modality."""
    load = {"image": image.load, "audio": audio.load, "text": text.load}[modality]
    return Registry(modality, load, PREFERRED[modality], place.device, place.folder)


@cache
def source_of(modality: str, name: str, place: Place) -> Source:
    """Return where the items of a picture or sound model come from.

    Raises:
        ConfigError: if it has no discriminator.
        CheckpointError: if there is no index of its data.
    """
    model = models(modality, place).get(name)
    if isinstance(model, image.ImageModel):
        config = model.network.config
        data_set = model.header.data_set if model.header else ""
        picture_codec = PictureCodec(data_set, config.size, config.channels)
        return adversarial.find_source(model, picture_codec, place.folder)
    assert isinstance(model, audio.AudioModel)
    data_set = model.header.data_set if model.header else ""
    sound_codec = SoundCodec(data_set, model.network.config.samples, model.sample_rate)
    return adversarial.find_source(model, sound_codec, place.folder)


@cache
def _adversary(modality: str, name: str, place: Place) -> Adversary:
    source = source_of(modality, name, place)
    return Adversary(source, *adversarial.fit_threshold(source))


@cache
def _writer(name: str, place: Place) -> Writer:
    model = models("text", place).get(name)
    assert isinstance(model, TextModel)
    index = _find_passages(model, place.folder)
    return Writer(model, index, *texts.fit_threshold(model, index))


def _find_passages(model: TextModel, folder: Path | None) -> PassageIndex | None:
    """Return the index of the training text; None without one, as for texts of one's own."""
    if model.header is None:
        return None
    try:
        identity = identity_of(model.header)
        return passage_index.load(model.header.data_set, folder_beside("indexes", folder), identity)
    except CheckpointError:
        return None
