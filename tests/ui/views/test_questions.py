"""Whatever a page would send: every question of a view is answered, if only by a sentence."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genai.audio import tab as audio_tab
from genai.audio.page import views as audio_views
from genai.errors import GenaiError
from genai.image import tab as image_tab
from genai.image.page import views as image_views
from genai.language.strings import both
from genai.latent.requests import LatentRequest
from genai.serving.models import Registry
from genai.text import load
from genai.text import tab as text_tab
from genai.text.page.beside import Beside
from genai.text.page.strip import CharacterStrip
from genai.text.page.xray import XRay
from genai.text.request import TextRequest
from genai.text.worker import TextWorkers
from genai.ui.page.page import Page
from genai.ui.panel.context import Context
from genai.ui.panel.settings import Setting
from genai.ui.views.view import _function
from tests.text.worker.threads import ThreadPipes
from tests.ui.tiny import save_all, save_twin

ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=20),
    st.sampled_from(["shakespeare", "fashion", "digits", "mp4", "\u202e<b>", "\x00", "\ud83d", "a" * 20_000]),
)  # fmt: skip
JSON = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
NAMES = (
    "model",
    "text",
    "seed",
    "label",
    "truncation",
    "place",
    "places",
    "layer",
    "unit",
    "points",
    "seeds",
    "frames",
    "kind",
    "seconds",
    "temperature",
    "top_k",
    "top_p",
    "typical_p",
    "kept",
    "loop",
    "link",
    "step",
    "counts",
    "component",
)
SENSIBLE = {
    "model": st.sampled_from(["shakespeare", "tang", "fashion", "characters", "digits", "drums"]),
    "text": st.text("ab \n", max_size=30), "seed": st.integers(0, 2**32 - 1), "label": st.integers(0, 3),
    "truncation": st.floats(0, 1), "place": st.integers(-1, 40),
    "places": st.lists(st.integers(-1, 40), max_size=40), "layer": st.integers(0, 3),
    "unit": st.integers(0, 20),
    "frames": st.integers(1, 4), "seeds": st.lists(st.integers(0, 9), max_size=3),
}  # fmt: skip
DATA = st.fixed_dictionaries({}, optional={name: SENSIBLE.get(name, JSON) | JSON for name in NAMES})


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    folder = save_all(tmp_path_factory.mktemp("checkpoints"))
    save_twin(folder)
    context = Context(folder=folder, device="cpu")
    text, image, audio = Page([t.build for t in (text_tab, image_tab, audio_tab)], context).panels
    readers = Registry("text", load, device="cpu", folder=folder)
    xray = XRay(readers)
    strip = CharacterStrip(readers, xray)
    workers = TextWorkers("cpu", folder, start=ThreadPipes)
    beside = Beside(readers, xray, text_tab.link_writer(text, workers))
    return [xray.look, xray.neuron, xray.odds, strip.strip, strip.strips,
            beside.beside, beside.differ, beside.by_place,
            *image_views.questions(image.registry), *audio_views.questions(audio.registry)]  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_every_question_is_answered(questions, data):
    ask = _function(data.draw(st.sampled_from(questions), "question"))
    question = data.draw(DATA | JSON, "data")
    answer = ask(question)
    assert isinstance(answer, dict)
    json.dumps(answer, allow_nan=False)
    assert answer.get("sentence") != both("bug"), f"{ask.__qualname__} has a bug"


@given(JSON, st.sampled_from([Setting("prompt", ""), Setting("seed", 0), Setting("temperature", 0.8)]))
def test_a_setting_is_of_its_type_or_refused(value, setting):
    read, refused = tried(setting.read, value)
    assert type(read) is type(setting.default) if refused is None else len(refused) < 300


@given(st.text(max_size=60), st.sampled_from([Setting("seed", 0), Setting("temperature", 0.8)]))
def test_a_link_is_read_or_refused(written, setting):
    read, refused = tried(setting.parse, written)
    assert type(read) is type(setting.default) if refused is None else len(refused) < 300


@given(
    st.dictionaries(
        st.sampled_from(["length", "temperature", "top_k", "top_p", "typical_p", "seed", "finish"]), ODD
    )
)
def test_a_request_is_made_or_refused(values):
    made, refused = tried(TextRequest, **values)
    assert 1 <= made.length <= 5000 if refused is None else len(refused) < 300


@given(ODD, ODD)
def test_a_latent_request_is_made_or_refused(seed, truncation):
    made, refused = tried(LatentRequest, "any", seed, truncation)
    assert (0 <= made.truncation <= 1 and 0 <= made.seed < 2**32) if refused is None else len(refused) < 300


def tried(function, *args, **kwargs):
    """What it returns, or the sentence that it refuses with; any other exception is a bug."""
    try:
        return function(*args, **kwargs), None
    except GenaiError as error:
        return None, str(error)
