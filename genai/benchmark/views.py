"""How long a click in a view takes: the page's own functions, called as the page calls them.

Every question is new, so that only those caches help which help the page between two clicks too.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from genai import audio, image, text
from genai.audio.page.instruments import Instruments
from genai.audio.page.renderer import RENDERER as AUDIO_RENDERER
from genai.audio.page.walk import AudioWalk
from genai.image.page.renderer import RENDERER as IMAGE_RENDERER
from genai.image.page.walk import ImageWalk
from genai.quality.figures import Figure, Figures
from genai.serving.models import Registry
from genai.text.page.beside import Beside
from genai.text.page.strip import CharacterStrip as TextStrip
from genai.text.page.xray import XRay
from genai.ui.panel.updates import ViewValue
from genai.ui.views.inside import InsideQuestions
from genai.ui.views.latent import LatentSpace
from genai.ui.views.strip import LayerStrip

CLICK_SECONDS = 0.3
LONG = 2_000  # characters of a text in the X-ray
SHORT = 1_000  # characters of a text that two networks read
ROUNDS, TEXTS = 20, 6
Question = Callable[[Any], Mapping[str, Any]]


@dataclass(frozen=True)
class View:
    """One question that the page asks.

    Args:
        name: What for.
        ask: The page's function.
        data: From the number of the round to the question's data.
        limit: Seconds that it may take.
        rounds: How often it is asked.
    """

    name: str
    ask: Question
    data: Callable[[int], dict[str, Any]]
    limit: float = CLICK_SECONDS
    rounds: int = ROUNDS


def measure(views: Iterator[View]) -> Figures:
    """Ask every question several times; return the median in milliseconds, the 95th percentile and the limit.

    Raises:
        RuntimeError: if a question is answered by a sentence of refusal.
    """
    return {view.name: _measured(view) for view in views}


def _measured(view: View) -> Figure:
    seconds = []
    for number in range(view.rounds + 1):
        data = view.data(number)
        began = time.perf_counter()
        answer = view.ask(data)
        seconds.append(time.perf_counter() - began)
        if "sentence" in answer:
            raise RuntimeError(f"{view.name} was refused: {answer['sentence']['en']}")
    timed = [1000 * each for each in seconds[1:]]
    return Figure(
        median(timed),
        view.rounds,
        "median of one question after another, milliseconds; each another one, after one that is not counted",
        {"p95": quantiles(timed, n=20)[-1], "limit": 1000 * view.limit},
    )


def views(device: str | None = None) -> Iterator[View]:
    """Every question of the three tabs, to the models that are shown first."""
    yield from _text(Registry("text", text.load, "shakespeare", device))
    yield from _image(Registry("image", image.load, "fashion", device))
    yield from _audio(Registry("audio", audio.load, "digits", device))


def _text(registry: Registry[text.TextModel]) -> Iterator[View]:
    xray = XRay(registry)
    model = registry.get("shakespeare")
    written = [r.text for r in text.generate(model, [text.TextRequest(length=LONG, seed=n) for n in range(TEXTS)])]

    def question(number: int, **more: object) -> dict[str, Any]:
        return {"model": "shakespeare", "text": written[number % TEXTS], **more}

    strip = TextStrip(registry, xray)
    yield View("text: strip", strip.strip, lambda n: question(n, place=40 + n))
    yield View("text: strip in motion over 400 characters", strip.strips, lambda n: question(n, places=_moving(n)))
    yield View("text: X-ray of 2,000 characters", xray.look, question, limit=2, rounds=TEXTS - 1)
    yield View("text: one neuron", xray.neuron, lambda n: question(0, layer=1 + n % 2, unit=1 + n))
    yield View("text: odds at a place", xray.odds, lambda n: question(0, place=50 * n))

    def short_question(number: int) -> dict[str, Any]:
        return question(number, text=written[number % TEXTS][:SHORT])

    beside = Beside(registry, XRay(registry), write=_write_nothing)  # an X-ray that has not read these texts
    yield View("text: where two networks differ", beside.differ, short_question, limit=1.5, rounds=TEXTS - 1)
    yield View(
        "text: losses by place of two networks", beside.by_place, short_question, limit=1.5, rounds=TEXTS - 1
    )
    yield View("text: what a character costs two networks", beside.cost, question, limit=3, rounds=3)


def _write_nothing(link: str, name: str) -> ViewValue:
    raise AssertionError(f"no question here asks for a text, but {name} was asked for {link}")


def _moving(number: int) -> list[int]:
    """Return 32 places up to about the 400th character, other ones for each number."""
    return [number + place for place in range(0, 384, 12)]


def _image(registry: Registry[image.ImageModel]) -> Iterator[View]:
    def question(number: int, **more: object) -> dict[str, Any]:
        return {"model": "fashion", "label": number % 10, "seed": number, "truncation": 1.0, **more}

    film, space = ImageWalk(registry), LatentSpace(registry, IMAGE_RENDERER)
    yield View(
        "image: strip",
        LayerStrip(registry, IMAGE_RENDERER).strip,
        question,
    )
    yield View("image: inside", InsideQuestions(registry, IMAGE_RENDERER).inside, question)
    yield View(
        "image: a point of the seed plane", space.point, lambda n: {**question(n), "points": [[0.3, n / 20]]}
    )
    yield View("image: the map of 64 seeds", space.plane, question)
    yield View(
        "image: the arc between two points", space.arc, lambda n: {**question(n), "points": [[0, 0], [3, 4]]}
    )
    yield View(
        "image: influence of all components", space.ranking, lambda n: question(n, label=n), limit=2, rounds=5
    )
    yield View("image: 32 pictures of a walk", film.steps, lambda n: _walk(n, 150))
    yield View(
        "image: a walk of 150 frames at 64 pixels as MP4",
        film.film,
        lambda n: {**_walk(n, 150), "model": "characters", "seconds": 5, "kind": "mp4"},
        limit=6,
        rounds=3,
    )


def _audio(registry: Registry[audio.AudioModel]) -> Iterator[View]:
    def question(number: int, **more: object) -> dict[str, Any]:
        return {"model": "digits", "label": number % 10, "seed": number, "truncation": 1.0, **more}

    yield View(
        "audio: strip",
        LayerStrip(registry, AUDIO_RENDERER).strip,
        question,
    )
    yield View("audio: inside", InsideQuestions(registry, AUDIO_RENDERER).inside, question)
    space = LatentSpace(registry, AUDIO_RENDERER)
    yield View(
        "audio: a point of the seed plane", space.point, lambda n: {**question(n), "points": [[0.3, n / 20]]}
    )
    yield View(
        "audio: influence of all components", space.ranking, lambda n: question(n, label=n), limit=2, rounds=5
    )
    yield View(
        "audio: 9 sounds of a walk", AudioWalk(registry).sounds, lambda n: {**_walk(n, 9), "model": "digits"}
    )
    yield View("audio: a kit of 48 sounds", Instruments(registry).kit, lambda n: _kit(n, 48), limit=1)
    yield View(
        "audio: a grid of 12 sounds",
        Instruments(registry).kit,
        lambda n: {**_kit(n, 12), "pictures": True},
        limit=0.3,
    )


def _kit(number: int, count: int) -> dict[str, Any]:
    items = [{"seed": count * number + n, "label": n % 6} for n in range(count)]
    return {"checkpoint": "drums", "items": items}


def _walk(number: int, frames: int) -> dict[str, Any]:
    return {"model": "fashion", "seeds": [number, number + 1], "frames": frames}
