"""The wall of the Home tab: texts, films and sounds from the openings of all models.

They are made once, in the order of the list, when the server has started, and are the same for all visitors. The
models are loaded for that alone and forgotten again: the tabs have their own.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal, NotRequired, TypedDict

from genai import audio, image, provenance, text
from genai.audio import tab as audio_tab
from genai.audio.encoding import encode as encode_sound
from genai.checkpoint.header import Header
from genai.errors import GenaiError
from genai.gan.origin import make_label
from genai.home.next_letter import Place, next_letters
from genai.image import tab as image_tab
from genai.image.encoding import encode as encode_picture
from genai.image.walk import walk
from genai.labels import ANY
from genai.language.strings import CHINESE, ENGLISH, Bilingual
from genai.latent.walk import WalkRequest, walk_settings
from genai.serving.models import Registry
from genai.text import tab as text_tab
from genai.text.vocabulary import Vocabulary
from genai.ui.panel import links
from genai.ui.panel.context import Context
from genai.ui.panel.openings import opening_values
from genai.ui.panel.settings import Value
from genai.ui.views import drawing
from genai.ui.views.files import data_url
from genai.validation import check_range

log = logging.getLogger(__name__)

OF_A_MODEL = {"text": 2, "image": 2, "audio": 3}
"""Openings of each model that are shown."""
STOPS = 3
"""Seeds that a film visits: that of the opening, and those after it."""
FRAMES = 30
SECONDS = 4.0
BYTES_AT_ONCE = 150_000
"""Of the pieces in one answer, roughly: the first are on the page while the next are on their way."""
FIRST_HAN = "\u4e00"


class Piece(TypedDict):
    """What a model made.

    Attributes:
        kind: The modality.
        model: Name of the checkpoint.
        title: Of the model.
        link: Query string that leads to it in its tab.
        seed: Of the request.
        label: Name of the class, if it has one.
        language: Of a text: "zh-CN" or "en".
        prompt: Of a text.
        written: Of a text, what the model wrote after the prompt.
        places: Of a text, the odds of its first characters.
        film: Of pictures: an animated WebP that goes along an arc and comes back, a data URL.
        still: Of pictures: the first of them, a PNG as a data URL.
        sound: A WAV as a data URL.
        envelope: Of a sound, as `genai.ui.views.drawing.envelope` writes it.
    """

    kind: Literal["text", "image", "audio"]
    model: str
    title: Bilingual
    link: str
    seed: int
    label: NotRequired[Bilingual | None]
    language: NotRequired[str]
    prompt: NotRequired[str]
    written: NotRequired[str]
    places: NotRequired[list[Place]]
    film: NotRequired[str]
    still: NotRequired[str]
    sound: NotRequired[str]
    envelope: NotRequired[str]


MakePieces = Callable[[Any, Header, Sequence[Mapping[str, object]]], Iterator[Piece]]
"""Makes the pieces of a model from its header and some of its openings."""


class PiecesAnswer(TypedDict):
    """Some pieces, and whether there are more, of which some may still be in the making."""

    pieces: list[Piece]
    more: bool


class Wall:
    """Makes the pieces and hands them out.

    Args:
        context: The server's settings.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._pieces: list[Piece] = []
        self._texts: list[Piece] = []
        self._complete = False
        self._making = threading.Lock()

    def make(self) -> None:
        """Make all pieces; a model that cannot be used is left out. Another call changes nothing."""
        with self._making:
            if self._complete:
                return
            for make_pieces, registry in self._models():
                for name in registry.names:
                    self._make_pieces(make_pieces, registry, name)
                if registry.modality == "text":
                    self._texts = list(self._pieces)
            self._complete = True

    def pieces(self, question: Mapping[str, Any]) -> PiecesAnswer:
        """Return the pieces that follow those that the page has: {"have": count}."""
        have = question.get("have", 0)
        check_range("Pieces", have, 0, 1000, whole=True)
        complete = self._complete  # read before the list: once complete, it grows no more
        ready = self._pieces[have:]
        handed = ready[: _count_of_first(ready)]
        return {"pieces": handed, "more": not complete or len(handed) < len(ready)}

    def texts(self) -> list[Piece]:
        """Return the texts, the first pieces of all; none before the last of them is made."""
        return self._texts

    def _make_pieces(
        self,
        make_pieces: MakePieces,
        registry: Registry[Any],
        name: str,
    ) -> None:
        header = registry.header(name)
        openings = (header.openings or [{}])[: OF_A_MODEL[registry.modality]]
        try:
            for piece in make_pieces(registry.get(name), header, openings):
                self._pieces.append(piece)
        except GenaiError:
            log.exception("The wall of the Home tab goes without %s", name)

    def _models(self) -> Iterator[tuple[MakePieces, Registry[Any]]]:
        """Yield the registry of each modality, with what makes its pieces; each goes when the next is asked for."""
        device, folder = self._context.device, self._context.folder
        yield text_pieces, Registry("text", text.load, text_tab.PREFERRED, device, folder)
        yield image_pieces, Registry("image", image.load, image_tab.PREFERRED, device, folder)
        yield audio_pieces, Registry("audio", audio.load, audio_tab.PREFERRED, device, folder)


def text_pieces(model: text.TextModel, header: Header, openings: Sequence[Mapping[str, object]]) -> Iterator[Piece]:
    """Write the texts of a model's openings."""
    for opening in openings:
        values = opening_values(text_tab.SETTINGS, opening)
        [result] = text.generate(model, [text_tab.to_request(values)])
        piece = _frame("text", model.name, header, values)
        piece["language"] = CHINESE if max(header.vocabulary) >= FIRST_HAN else ENGLISH
        piece["prompt"], piece["written"] = result.request.prompt, result.text
        piece["places"] = next_letters(model, Vocabulary(header.vocabulary), result.request.prompt, result.text)
        yield piece


def image_pieces(
    model: image.ImageModel, header: Header, openings: Sequence[Mapping[str, object]]
) -> Iterator[Piece]:
    """Draw films that begin with a picture of a model's openings, each with seeds of its own."""
    shown: set[Value] = set()  # classes
    for number, opening in enumerate(openings):
        values = opening_values(image_tab.SETTINGS, opening)
        # Openings may begin with the same seed and, where the class is left to the seed, with the same class.
        values["seed"] = int(values["seed"]) + number * STOPS
        if values["label"] in shown:
            values["label"] = ANY
        [first] = image.generate(model, image_tab.requests({**values, "count": 1}))
        name = model.class_name(first.label)
        label = ANY if name is None else name["en"]
        piece = _frame("image", model.name, header, {**values, "label": label})
        shown.add(label)
        piece["label"] = name
        piece["still"] = data_url("image/png", encode_picture(model, first))
        piece["film"] = data_url("image/webp", _film(model, first.seed, label))
        yield piece


def _film(model: image.ImageModel, seed: int, label: str) -> bytes:
    """Encode a walk from a seed over the next ones and back, with its provenance label."""
    request = WalkRequest([seed + stop for stop in range(STOPS)], FRAMES, label)
    frames = list(walk(model, request))
    origin = make_label(model, {"walk": walk_settings(asdict(request)), "seconds": SECONDS})
    return provenance.webp(frames, FRAMES / SECONDS, origin, side=frames[0].shape[-1])  # a tile is small


def audio_pieces(
    model: audio.AudioModel, header: Header, openings: Sequence[Mapping[str, object]]
) -> Iterator[Piece]:
    """Make the sounds of a model's openings."""
    for opening in openings:
        values = opening_values(audio_tab.SETTINGS, opening)
        [result] = audio.generate(model, audio_tab.requests(values))
        piece = _frame("audio", model.name, header, values)
        piece["label"] = model.class_name(result.label)
        piece["sound"] = data_url("audio/wav", encode_sound(model, result))
        piece["envelope"] = drawing.envelope(result.waveform.numpy(force=True))
        yield piece


def _frame(
    kind: Literal["text", "image", "audio"], name: str, header: Header, values: Mapping[str, Value]
) -> Piece:
    """Return what all pieces have."""
    return {
        "kind": kind,
        "model": name,
        "title": header.title,
        "link": links.link(kind, name, values),
        "seed": int(values["seed"]),
    }


def _count_of_first(pieces: Sequence[Piece]) -> int:
    """Return how many pieces fit into one answer; one at least, where there is one."""
    size = 0
    for count, piece in enumerate(pieces, 1):
        size += len(piece.get("film", "")) + len(piece.get("sound", ""))
        if size >= BYTES_AT_ONCE:
            return count
    return len(pieces)
