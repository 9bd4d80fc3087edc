"""A GPT in the Text tab: written by a worker, its strip, its X-ray."""

from dataclasses import asdict

import pytest

from genai import checkpoint, text
from genai.checkpoint.header import Header
from genai.serving.models import Registry
from genai.text import tab
from genai.text.page.strip import CharacterStrip, first_strip
from genai.text.page.xray import XRay
from genai.text.worker import TextWorkers
from tests.text.conftest import VOCABULARY
from tests.text.worker.threads import ThreadPipes
from tests.ui.tiny import PAPERS


@pytest.fixture
def folder(gpt_network, tmp_path):
    header = Header("text", "char-gpt", asdict(gpt_network.config), {"en": "x", "zh-CN": "x"}, "own",
                    vocabulary=VOCABULARY.characters, **PAPERS)  # fmt: skip
    weights = checkpoint.collect_weights(network=gpt_network)
    checkpoint.save(tmp_path / "text" / "small.safetensors", header, weights)
    return tmp_path


@pytest.fixture
def written(folder):
    workers = TextWorkers("cpu", folder, start=ThreadPipes)
    *_, written = workers.write("small", text.TextRequest("abc", length=60, seed=1))
    workers.close()
    return written


def test_a_worker_writes_what_the_facade_writes_and_the_view_names_the_network(folder, written):
    model = text.load("small", "cpu", folder)
    assert written.text == text.generate(model, [text.TextRequest("abc", length=60, seed=1)])[0].text
    assert tab._shown(tab.find_checkpoint("small", device="cpu", folder=folder), written)["network"] == "GPT"


def test_the_first_strip_is_the_one_asked_for(folder, written):
    registry = Registry("text", text.load, "small", "cpu", folder)
    strip = CharacterStrip(registry, XRay(registry)).strip
    first = first_strip(VOCABULARY, written)
    expected = strip({"model": "small", "text": "abc" + written.text, "place": first["place"]})
    assert {name: first[name] for name in ("neurons", "choices")} == {
        name: expected[name] for name in ("neurons", "choices")
    }


def test_the_x_ray_shows_a_neuron_without_gates(folder, written):
    xray = XRay(Registry("text", text.load, "small", "cpu", folder))
    question = {"model": "small", "text": "abc" + written.text}
    look = xray.look(question)
    assert (look["layers"], look["units"]) == (2, 32)
    answer = xray.neuron({**question, "layer": 2, "unit": 32})
    assert answer["gates"] == {}
    assert max(map(abs, answer["activation"])) <= 100


def test_the_x_ray_shows_what_was_looked_at_when_a_character_was_chosen(folder, written):
    registry = Registry("text", text.load, "small", "cpu", folder)
    xray = XRay(registry)
    question = {"model": "small", "text": "abc" + written.text, "layer": 2}
    assert xray.look(question)["heads"] == 4
    answer = xray.attention({**question, "place": 20})
    model = registry.get("small")
    weights = model.network.attention(model.vocabulary.encode("\nabc" + written.text[:17]), 1)
    assert answer["heads"] == [[round(w * 1000) for w in row[1:]] for row in weights.tolist()]
    assert not any(answer["before"])  # the lead-in is out of sight
    first = xray.attention({**question, "place": 0})
    assert first == {"heads": [[]] * 4, "before": [1000] * 4}


@pytest.mark.parametrize(("bad", "named"), [({"place": 999}, "999"), ({"layer": 3}, "3"), ({"place": "x"}, "x")])
def test_a_mistake_about_attention_is_answered_by_a_sentence(folder, written, bad, named):
    xray = XRay(Registry("text", text.load, "small", "cpu", folder))
    question = {"model": "small", "text": "abc" + written.text, "layer": 2, "place": 3}
    assert named in xray.attention({**question, **bad})["sentence"]["en"]


def test_an_lstm_has_no_attention():
    xray = XRay(Registry("text", text.load, "shakespeare", "cpu"))
    question = {"model": "shakespeare", "text": "ROMEO:", "layer": 1, "place": 3}
    assert "is an LSTM" in xray.attention(question)["sentence"]["en"]
    assert xray.look(question)["heads"] == 0
