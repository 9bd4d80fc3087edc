"""A pair on the page: written by a worker, its strip and X-ray, its card, its file."""

import base64
import struct
from dataclasses import replace

import pytest
import torch

from genai import text
from genai.check import examine
from genai.provenance import parse
from genai.serving.models import Registry
from genai.text import tab
from genai.text.page.strip import CharacterStrip, first_strip
from genai.text.page.xray import XRay
from genai.text.pair.listing import available
from genai.text.worker import TextWorkers
from genai.ui.views.card import card
from genai.ui.views.training_history import training_history
from tests.text.conftest import LEAD_IN, VOCABULARY
from tests.text.pair.test_pair import NAME
from tests.text.worker.threads import ThreadPipes

REQUEST = text.TextRequest("abc", length=60, seed=1)
VALUES = {
    "prompt": "abc",
    "length": 60,
    "temperature": 0.8,
    "top_k": 0,
    "top_p": 1.0,
    "typical_p": 1.0,
    "seed": 1,
    "finish": False,
}


@pytest.fixture
def workers(folder):
    workers = TextWorkers("cpu", folder, start=ThreadPipes)
    yield workers
    workers.close()


@pytest.fixture
def registry(folder):
    return Registry("text", text.load, "plays", "cpu", folder, available)


@pytest.fixture
def shown(folder, workers):
    model = tab.find_checkpoint(NAME, device="cpu", folder=folder)
    *_, shown = tab.writer(workers, lambda name: None)(model, VALUES)
    return shown


def test_a_worker_writes_what_the_facade_writes(pair, shown):
    assert shown["written"] == text.generate(pair, [REQUEST])[0].text
    assert (shown["network"], shown["pair"]) == ("LSTM + GPT", True)


def test_the_first_strip_is_the_one_asked_for(registry, workers):
    *_, written = workers.write(NAME, replace(REQUEST, seed=2))
    first = first_strip(VOCABULARY, written)
    strip = CharacterStrip(registry, XRay(registry)).strip
    expected = strip({"model": NAME, "text": "abc" + written.text, "place": first["place"]})
    assert {name: first[name] for name in ("neurons", "choices")} == {
        name: expected[name] for name in ("neurons", "choices")
    }


def test_the_x_ray_shows_the_surprise_of_the_mean_and_the_neurons_of_the_lstm(registry, pair, shown):
    xray = XRay(registry)
    question = {"model": NAME, "text": "abc" + shown["written"]}
    look = xray.look(question)
    tokens = VOCABULARY.encode(LEAD_IN + question["text"])
    surprise = -pair.network(tokens[None])[0][0, :-1].gather(1, tokens[1:, None])[:, 0]
    expected = (100 * surprise[len(LEAD_IN) - 1 :]).round()
    assert (torch.tensor(look["surprise"]) - expected).abs().max() <= 1
    alone = xray.look({**question, "model": "plays"})
    assert look["surprise"] != alone["surprise"]
    assert (look["layers"], look["units"], look["heads"]) == (alone["layers"], alone["units"], 0)
    neuron = {**question, "layer": 2, "unit": 5}
    assert xray.neuron(neuron) == xray.neuron({**neuron, "model": "plays"})
    assert "choose its GPT" in xray.attention({**question, "layer": 1, "place": 3})["sentence"]["en"]


def test_the_odds_at_a_place_are_those_of_the_mean(registry, pair):
    answer = XRay(registry).odds({"model": NAME, "text": "abc", "place": 3})
    logits = pair.network(VOCABULARY.encode(LEAD_IN + "abc")[None])[0][0, -1]
    kept = torch.tensor(struct.unpack(f"<{len(VOCABULARY)}f", base64.b64decode(answer["logits"])))
    torch.testing.assert_close(kept, logits.sort(descending=True).values, rtol=0, atol=1e-5)
    assert kept.exp().sum().item() == pytest.approx(1, abs=1e-5)


def test_its_card_says_how_it_writes_and_no_figure_that_nobody_measured(registry):
    shown = card(registry, NAME)
    assert "(p of the LSTM + p of the GPT) / 2" in shown["trained"]["en"]
    assert not shown["figures"]
    assert not shown["remembers"]
    assert training_history(registry)({"model": NAME})["moments"] == []


def test_its_file_is_recognised_by_both_weights(folder, shown):
    content = shown["prompt"] + shown["written"] + shown["footer"]
    finding = examine(content.encode(), folder)
    assert (finding.kind, finding.label.model) == ("identical", NAME)
    assert finding.label.sha256.count("+") == 1
    assert examine(content.replace("abc", "abd", 1).encode(), folder).kind == "altered"


@pytest.mark.parametrize("change", ["reversed", "missing", "twice"])
def test_a_label_of_weights_that_are_no_pair_finds_no_weights(folder, shown, change):
    line = next(line for line in shown["footer"].splitlines() if line.startswith("genai: "))
    label = parse(line.removeprefix("genai: "))
    lstm, gpt = label.sha256.split("+")
    digests = {"reversed": f"{gpt}+{lstm}", "missing": f"{lstm}+{'0' * 64}", "twice": f"{lstm}+{gpt}+{gpt}"}
    forged = replace(label, sha256=digests[change])
    content = shown["prompt"] + shown["written"] + forged.footer()
    assert examine(content.encode(), folder).kind == "no_weights"
