"""What the X-ray answers, and that it answers nobody else's question."""

import base64
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from genai import text
from genai.serving.models import Registry
from genai.text import internals
from genai.text.page.readings import Readings
from genai.text.page.xray import XRay
from tests.ui.tiny import save_all


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    return Registry("text", text.load, device="cpu", folder=save_all(tmp_path_factory.mktemp("checkpoints")))


@pytest.fixture
def xray(registry):
    return XRay(registry)


@pytest.fixture
def asked(registry):
    model = registry.get(registry.first)
    written = text.generate(model, [text.TextRequest(length=80, seed=1)])[0].text
    return {"model": registry.first, "text": written}


def test_a_text_is_told_as_it_was_read(xray, registry, asked):
    told, reading = xray.look(asked), internals.read(registry.get(registry.first), asked["text"])
    assert told["surprise"] == [round(value * 100) for value in reading.surprise.tolist()]
    assert told["bits"] == pytest.approx(reading.bits_per_character)
    for found in told["properties"].values():
        assert len(found["hits"]) == 3
        assert 0 <= found["chance"] <= 1
        assert all(
            1 <= hit["layer"] <= told["layers"] and 1 <= hit["unit"] <= told["units"] for hit in found["hits"]
        )


def test_pasted_code_is_indented_as_the_model_is_used_to_and_written_code_is_left_as_it_is(xray, registry):
    code = "if x:\n    pass\n        x\n"
    pasted, written = (xray.look({"model": registry.first, "text": code, "pasted": p}) for p in (True, False))
    assert pasted["text"] == "if x:\n\tpass\n\t\tx\n"
    assert pasted["surprise"] == xray.look({"model": registry.first, "text": pasted["text"]})["surprise"]
    assert written["text"] == code
    assert len(written["surprise"]) == len(code)


def test_one_neuron_and_its_gates(xray, registry, asked):
    reading = internals.read(registry.get(registry.first), asked["text"])
    told = xray.neuron({**asked, "layer": 1, "unit": 2})
    assert told["activation"] == [round(value * 100) for value in reading.neuron(0, 1).tolist()]
    assert list(told["gates"]) == ["input", "forget", "candidate", "output", "cell"]
    assert max(map(abs, told["gates"]["cell"])) == 100


def test_the_odds_are_the_network_s_and_come_with_all_logits(xray, registry, asked):
    told = xray.odds({**asked, "place": 3})
    logits = np.frombuffer(base64.b64decode(told["logits"]), "<f4")
    reading = internals.read(registry.get(registry.first), asked["text"])
    assert logits.tolist() == reading.logits[3].sort(descending=True).values.tolist()
    weights = np.exp(logits.astype(np.float64))
    for choice in told["choices"]:
        assert choice["odds"] == pytest.approx(weights[choice["rank"]] / weights.sum())
    assert sum(choice["chosen"] for choice in told["choices"]) == 1


@pytest.mark.parametrize(
    ("question", "more", "says"),
    [
        ("look", {"text": ""}, "1 to 10000"),
        ("look", {"text": 7}, "a text is needed"),
        ("look", {"text": "\U0001f600"}, "never seen"),
        ("look", {"model": "../../etc/passwd"}, "no text models called"),
        ("look", {"model": None}, "no text models called"),
        ("neuron", {"layer": 0, "unit": 1}, "Layer 0"),
        ("neuron", {"layer": 1, "unit": 10**9}, "Unit 1000000000"),
        ("neuron", {"layer": True, "unit": 1}, "Layer True"),
        ("odds", {"place": -1}, "Place -1"),
        ("odds", {"place": 81}, "0 to 80"),
    ],
)
def test_a_bad_question_is_answered_by_a_sentence_in_both_languages(xray, asked, question, more, says):
    answer = getattr(xray, question)({**asked, **more})
    assert says in answer["sentence"]["en"]
    assert any("\u4e00" <= character <= "\u9fff" for character in answer["sentence"]["zh-CN"])


def test_pasted_text_that_a_model_does_not_know_is_offered_to_those_that_do(xray, registry):
    answer = xray.look({"model": "shakespeare", "text": "春风", "pasted": True})
    assert "never seen" in answer["sentence"]["en"]
    assert [offer["link"] for offer in answer["offers"]] == ["?tab=text&model=tang"]
    assert xray.look({"model": "tang", "text": "Ω", "pasted": True})["offers"] == []


def test_readings_are_dropped_when_they_take_too_much_memory_but_never_the_newest():
    computed = []

    def compute(model, text):
        computed.append(text)
        return len(text)

    readings = Readings(compute, size=lambda length: length, most_bytes=10)
    for text_read in ("aaaa", "bbbb", "aaaa", "cccc", "aaaa", "bbbb"):  # b is the oldest when c comes
        assert readings.get("plays", text_read) == 4
        assert readings.bytes <= 10
    assert computed == ["aaaa", "bbbb", "cccc", "bbbb"]
    assert readings.get("plays", "d" * 30) == 30
    assert readings.bytes == 30


def test_many_at_once_each_get_their_own_answer(registry, xray, asked):
    texts = [asked["text"][n : n + 30] for n in range(20)]
    alone = [XRay(registry).look({**asked, "text": t})["surprise"] for t in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda t: xray.look({**asked, "text": t})["surprise"], texts))
    assert together == alone


def test_the_longest_copy_is_pointed_at_where_the_training_text_is_indexed(xray, asked):
    assert xray.look(asked)["copied"] is None  # nobody indexed the tiny plays
    shipped = XRay(Registry("text", text.load, device="cpu"))
    passage = "Before we proceed any further, hear me speak."
    told = shipped.look({"model": "shakespeare", "text": f"QUEEN ZZ:\nZounds! {passage} Qx zq."})
    assert told["copied"]["start"] <= len("QUEEN ZZ:\nZounds! ") <= told["copied"]["start"] + 2
    assert len(passage) <= told["copied"]["length"] <= len(passage) + 2
