"""What the network of a moment of a training saw: the strip of a text, the inside of a picture or a sound.

The views and their questions are those of the tabs; only the models come from the runs.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypedDict

from genai import audio, image, text
from genai.audio.page.renderer import RENDERER as SOUNDS
from genai.audio.training import sample_requests as sound_requests
from genai.image.page.renderer import RENDERER as PICTURES
from genai.image.training import sample_requests as picture_requests
from genai.latent.requests import LatentRequest
from genai.learn.runs.kept import KeptModels, find_moment
from genai.learn.runs.manager import Runs
from genai.text.internals import Reading, read
from genai.text.page.questions import whole_number
from genai.text.page.strip import MovingStrip, moving_strip
from genai.text.sampling import TextModel
from genai.text.training import sample_request
from genai.ui.panel.context import Context
from genai.ui.views.inside import PART as INSIDE
from genai.ui.views.inside import InsideQuestions
from genai.ui.views.originals import Originals
from genai.ui.views.renderer import Renderer, Rendering
from genai.ui.views.strip import PART as STRIP
from genai.ui.views.strip import LayerStrip
from genai.ui.views.view import view
from genai.ui.words.errors import answer_errors

FOLDER = Path(__file__).parent / "look"
STATIONS = Path(text.__file__).parent / "page" / "stations"
READINGS = 8
"""Texts that were read and are kept: a click on the next character then costs nothing."""
FIRST = 16
"""Characters of a sample before the one that is shown at first: so many give the network something to go by."""

Question = Mapping[str, Any]


class TextLook(TypedDict):
    """How one character of a sample was chosen.

    Attributes:
        text: The sample.
        place: Of the character in it.
        strip: Its stations.
    """

    text: str
    place: int
    strip: MovingStrip


class ItemLook(TypedDict):
    """A picture or a sound of a sample, made anew.

    Attributes:
        seed: Of its noise.
        number: Of its class; None without one.
        rendering: As the view shows it.
    """

    seed: int
    number: int | None
    rendering: Rendering


class TextLooks:
    """Answers for all visitors who look into a text's network.

    Args:
        runs: Of the server.
        models: Of the moments.
    """

    def __init__(self, runs: Runs, models: KeptModels[TextModel]) -> None:
        self._runs = runs
        self._models = models
        self._read = lru_cache(READINGS)(self._read_sample)

    @answer_errors
    def strip(self, question: Question) -> TextLook:
        """Show how a character of the sample of a moment was chosen; without a place, one near its start."""
        name = question.get("model")
        model = self._models.get(name)
        reading = self._read(name, find_moment(self._runs, name).version)
        place = question.get("place")
        if place is None:
            place = first_place(reading.text)
        place = whole_number("Place", place, 0, len(reading.text) - 1)
        strip = moving_strip(model.vocabulary, reading, place, sample_request(model.lead_in))
        return {"text": reading.text, "place": place, "strip": strip}

    def _read_sample(self, name: str, _version: int) -> Reading:
        moment = find_moment(self._runs, name)
        sample = moment.run.files.samples()[moment.step].read_text("utf-8")
        return read(self._models.get(name), sample)


def first_place(sample: str) -> int:
    """Return the place of the first character of a sample after its 16th that is no blank."""
    letters = (place for place, character in enumerate(sample) if place >= FIRST and character.strip())
    return next(letters, len(sample) - 1)


class ItemLooks:
    """Answers for all visitors who look into networks of pictures or of sounds.

    Args:
        models: Of the moments.
        renderer: The modality.
        requests: From a model to the requests of a sample, in its order.
    """

    def __init__(
        self,
        models: KeptModels[Any],
        renderer: Renderer[Any],
        requests: Callable[[Any], Sequence[LatentRequest]],
    ) -> None:
        self._models = models
        self._renderer = renderer
        self._requests = requests
        self.others = (
            LayerStrip(models, renderer).strip,
            InsideQuestions(models, renderer).inside,
            Originals(models, renderer.read_original).original,
        )

    @answer_errors
    def item(self, question: Question) -> ItemLook:
        """Make an item of a sample anew, by its place in the sample."""
        model = self._models.get(question.get("model"))
        requests = self._requests(model)
        request = requests[whole_number("Place", question.get("place"), 0, len(requests) - 1)]
        [result] = self._renderer.generate(model, [request])
        rendering = self._renderer.render(model, result.item, {"seed": result.seed}, True)
        return {"seed": result.seed, "number": result.label, "rendering": rendering}

    @property
    def questions(self) -> list[Callable[..., object]]:
        """All questions, by whose names the view asks."""
        return [self.item, *self.others]


def show_looks(context: Context, runs: Runs) -> None:
    """Lay out the views that look into a network, one for each modality; each is hidden until it is asked for."""
    place = (context.device, context.folder)
    texts = TextLooks(runs, KeptModels(runs, "text", text.load, *place))
    view(
        FOLDER,
        "text",
        {"modality": "text"},
        elem_id="learn-look-text",
        parts=[STATIONS, FOLDER / "shared"],
        questions=[texts.strip],
    )
    pictures = ItemLooks(KeptModels(runs, "image", image.load, *place), PICTURES, picture_requests)
    sounds = ItemLooks(KeptModels(runs, "audio", audio.load, *place), SOUNDS, sound_requests)
    for modality, looks in (("image", pictures), ("audio", sounds)):
        view(
            FOLDER,
            "item",
            {"modality": modality},
            elem_id=f"learn-look-{modality}",
            parts=[STRIP, INSIDE, FOLDER / "shared"],
            questions=looks.questions,
        )
