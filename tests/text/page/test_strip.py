"""What the strip shows of one character, against softmax and nn.LSTM by hand."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from genai import text
from genai.serving.models import Registry
from genai.text.decoding.batch import SNAPSHOT_AT
from genai.text.decoding.odds import SamplingDistribution
from genai.text.page import strip as strip_module
from genai.text.page.strip import CharacterStrip, first_strip
from genai.text.page.xray import XRay
from genai.text.sampling import read_states
from genai.text.worker import TextWorkers
from tests.text.worker.threads import ThreadPipes

TEXT = "ROMEO:\nO, she doth teach the torches to burn bright!"
PLACE = 20


@pytest.fixture(scope="module")
def registry():
    return Registry("text", text.load, device="cpu")


@pytest.fixture(scope="module")
def strip(registry):
    return CharacterStrip(registry, XRay(registry)).strip


def test_it_tells_neurons_and_odds_of_one_character(registry, strip):
    told = strip({"model": "shakespeare", "text": TEXT, "place": PLACE})
    network, vocabulary = (model := registry.get("shakespeare")).network, model.vocabulary
    with torch.no_grad():
        x, last = network.embedding(vocabulary.encode("\n" + TEXT[:PLACE])[None]), []
        for lstm in network.lstms:
            x, (h, _) = lstm(x)
            last.append(h[0, 0])
        logits = network.head(x[0, -1]).float()
    odds, ordered = logits.softmax(dim=0), logits.sort(descending=True)
    (came,) = (choice for choice in told["choices"] if choice["chosen"])
    assert came["character"] == TEXT[PLACE]
    number = vocabulary.characters.index(TEXT[PLACE])
    assert came["odds"] == pytest.approx(odds[number].item(), abs=1e-4)
    assert ordered.indices[came["rank"]] == number
    sent = np.frombuffer(base64.b64decode(told["logits"]), "<f4")
    assert sent == pytest.approx(ordered.values.numpy(), abs=1e-4)
    states = torch.cat(last)
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(told["neurons"]["source"].split(",")[1]))))
    assert picture.size == len(states) == 2 * 640
    assert picture.flatten()[states.argmax()] == 255
    assert told["neurons"]["high"] == pytest.approx(states.max().item(), abs=1e-4)


def test_what_comes_after_the_place_does_not_matter_nor_whether_the_text_is_kept(strip):
    data = {"model": "tang", "text": "春风不度玉门关，", "place": 4}
    expected = strip(data)["choices"]
    assert expected[-1]["character"] == "玉"
    for other in ({"text": "春风不度玉"}, {"kept": True}):
        found = strip({**data, **other})["choices"]
        assert [c["character"] for c in found] == [c["character"] for c in expected]
        assert [c["odds"] for c in found] == pytest.approx([c["odds"] for c in expected], abs=1e-5)


def test_what_is_not_read_may_be_long(strip):
    long = TEXT + "x" * 20_000  # of which no more than the place is read
    assert strip({"model": "shakespeare", "text": long, "place": PLACE})["choices"]


def test_the_same_is_told_alone_and_in_company(registry):
    model = registry.get("shakespeare")
    texts = [model.vocabulary.encode("\n" + TEXT[: 3 * n + 1]) for n in range(12)]  # up to 35: short and long ones
    for tokens, standing in zip(texts, read_states(model, texts), strict=True):
        [alone] = read_states(model, [tokens])
        assert torch.equal(alone.logits, standing.logits)
        assert torch.equal(alone.state[0], standing.state[0])


def test_a_mistake_is_answered_by_a_sentence(strip):
    good = {"model": "tang", "text": "春风", "place": 0}
    for bad in ({"model": "x"}, {"text": 3}, {"text": "☃"}, {"place": 2}, {"place": -1}):
        assert {"en", "zh-CN"} == strip({**good, **bad})["sentence"].keys()


def test_a_strip_in_motion_is_of_the_same_characters(registry):
    answers = CharacterStrip(registry, XRay(registry))
    question = {"model": "shakespeare", "text": TEXT}
    settings = {"temperature": 0.7, "top_k": 5, "top_p": 0.9, "typical_p": 0.8}
    places = [0, 7, PLACE, len(TEXT) - 1]
    moving = answers.strips({**question, "places": places, **settings})["strips"]
    for place, strip in zip(places, moving, strict=True):
        alone = answers.strip({**question, "place": place})
        logits = torch.from_numpy(np.frombuffer(base64.b64decode(alone["logits"]), "<f4").copy())
        dice = SamplingDistribution.of([text.TextRequest(**settings)]).probabilities(logits[None])[0][0]
        assert [c["character"] for c in strip["choices"]] == [c["character"] for c in alone["choices"]]
        for moved, still in zip(strip["choices"], alone["choices"], strict=True):
            assert moved["odds"] == pytest.approx(still["odds"], abs=1e-5)
            assert moved["dice"] == pytest.approx(dice[still["rank"]].item(), abs=1e-4)
        assert len(strip["neurons"]["source"]) == pytest.approx(len(alone["neurons"]["source"]), rel=0.1)


@pytest.mark.parametrize(
    "bad",
    [{"places": []}, {"places": [0] * 33}, {"places": 3}, {"places": None}, {"places": ["a"]}, {"places": [999]},
     {"places": [-1]}, {"temperature": 9}, {"text": "☃"}, {"text": 3}, {"model": "x"}],
)  # fmt: skip
def test_a_strip_in_motion_refuses_by_a_sentence(registry, bad):
    answer = CharacterStrip(registry, XRay(registry)).strips(
        {"model": "shakespeare", "text": TEXT, "places": [0], **bad}
    )
    assert "went wrong" not in answer["sentence"]["en"]


def test_a_long_text_stands_still(registry):
    long = "a" * 4000
    answer = CharacterStrip(registry, XRay(registry)).strips(
        {"model": "shakespeare", "text": long, "places": [3500]}
    )
    assert "2999" in answer["sentence"]["en"]


def write(request):
    """A text of the shipped model, as a worker writes it."""
    *_, written = TextWorkers("cpu", start=ThreadPipes).write("shakespeare", request)
    return written


@pytest.mark.parametrize("prompt", ["", "ROMEO:"])
def test_the_first_one_comes_with_the_text_as_if_asked_for(registry, strip, prompt):
    written = write(text.TextRequest(prompt, length=40, temperature=0.7, seed=2))
    vocabulary = registry.get("shakespeare").vocabulary
    first, place = first_strip(vocabulary, written), len(prompt) + 16
    whole = prompt + written.text
    expected = strip({"model": "shakespeare", "text": whole, "place": place})
    assert first == {"place": place, **expected}


def test_a_short_text_comes_without(registry):
    vocabulary = registry.get("shakespeare").vocabulary
    for length, comes in ((15, False), (16, False), (17, True)):
        written = write(text.TextRequest(length=length))
        assert (first_strip(vocabulary, written) is not None) is comes


def test_the_page_begins_where_the_draft_takes_note():
    script = (Path(strip_module.__file__).with_suffix(".js")).read_text("utf-8")
    assert f"const FIRST = {SNAPSHOT_AT};" in script
    assert f"const ASKED = {strip_module.MAX_PLACES};" in Path(strip_module.__file__).with_name(
        "pace.js"
    ).read_text("utf-8")
