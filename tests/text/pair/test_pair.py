"""A pair as a model: found by headers, loaded by its name, and written with like any other."""

import pytest
import torch

from genai import checkpoint, text
from genai.check.examination import FLOAT16_ROUNDING
from genai.errors import CheckpointError, ConfigError
from genai.text import evaluation
from genai.text.data import CARDS, Corpus
from genai.text.decoding.batch import Batch
from genai.text.decoding.loop import GpuLoop
from genai.text.pair.listing import available, find_pair
from genai.text.replay import could_write
from genai.text.sampling import start_draft
from genai.text.training import TrainingConfig, load_ancestor
from tests import pretend
from tests.recorder import record
from tests.text.conftest import LEAD_IN, VOCABULARY
from tests.text.pair.conftest import save

NAME = "plays+plays-gpt"
REQUESTS = [
    text.TextRequest("abc", length=60, seed=1),
    text.TextRequest("", length=45, seed=2, temperature=1.5),
    text.TextRequest("jij,\nab" * 6, length=80, seed=3, top_k=3),
    text.TextRequest("a", length=20, seed=4, temperature=0),
    text.TextRequest("a", length=70, seed=5, top_p=0.7),
]


def test_the_same_request_gives_the_same_text_alone_in_company_and_streamed(pair):
    together = [result.text for result in text.generate(pair, REQUESTS)]
    assert together == [text.generate(pair, [request])[0].text for request in REQUESTS]
    assert together == ["".join(text.stream(pair, request)) for request in REQUESTS]


def test_the_loop_of_a_gpu_writes_the_same(pair):
    drafts = [start_draft(pair, request) for request in REQUESTS]
    batch = Batch(GpuLoop(pair.loop._step, record), VOCABULARY)
    batch.join(drafts)
    while batch.drafts:
        batch.advance(batch.chunk)
    assert [draft.text for draft in drafts] == [result.text for result in text.generate(pair, REQUESTS)]


def test_an_accelerator_writes_what_a_cpu_holds_for_its_own(pair, folder):
    with pytest.MonkeyPatch.context() as patch, pretend.pretend_device(patch):
        there = text.load(NAME, "pretend", folder)
        assert there.device.type == "pretend"
        results = text.generate(there, REQUESTS)
    assert there.precision == "float16"  # of its LSTM, whose weights are those of a file
    assert all(could_write(pair, result.request, result.text, FLOAT16_ROUNDING) for result in results)


@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_temperature_comes_after_the_mean(pair, folder, temperature):
    """The first character of many seeds: counts against p^(1/T), renormalised, of the mean p at temperature 1."""
    tokens = VOCABULARY.encode(LEAD_IN + "abc")[None]
    parts = [text.load(name, "cpu", folder).network(tokens)[0][0, -1] for name in ("plays", "plays-gpt")]
    mean = sum(logits.softmax(dim=0) for logits in parts) / 2
    expected = mean ** (1 / temperature) / (mean ** (1 / temperature)).sum()
    requests = [text.TextRequest("abc", length=1, temperature=temperature, seed=seed) for seed in range(2000)]
    written = VOCABULARY.encode("".join(result.text for result in text.generate(pair, requests)))
    torch.testing.assert_close(written.bincount(minlength=14) / 2000, expected, rtol=0, atol=0.04)


def test_it_writes_otherwise_than_either_of_its_networks(pair, folder):
    request = text.TextRequest("abc", length=60, seed=1, temperature=1.0)
    models = [pair, *(text.load(name, "cpu", folder) for name in ("plays", "plays-gpt"))]
    assert len({text.generate(model, [request])[0].text for model in models}) == 3


def test_what_it_wrote_is_recognised_and_what_it_did_not_write_is_not(pair, folder):
    [result] = text.generate(pair, [text.TextRequest("abc", length=60, seed=1)])
    assert could_write(pair, result.request, result.text, 1e-4)
    assert not could_write(text.load("plays", "cpu", folder), result.request, result.text, 1e-4)


def test_its_label_names_the_weights_of_both(pair, folder):
    digests = [text.load(name, "cpu", folder).sha256 for name in ("plays", "plays-gpt")]
    assert pair.sha256 == "+".join(digests)
    assert pair.name == NAME


def test_the_list_has_it_after_both_and_says_nothing_of_a_training(folder):
    entries = available("text", folder)
    assert [entry.name for entry in entries] == ["plays", "plays-gpt", NAME]
    assert entries[2].header == text.load(NAME, "cpu", folder).header
    assert entries[2].size_bytes == entries[0].size_bytes + entries[1].size_bytes
    header = entries[2].header
    assert header.title == {"en": "Plays: LSTM + GPT", "zh-CN": "戏剧：LSTM + GPT"}
    assert header.openings == entries[0].header.openings
    assert not header.metrics
    assert not header.history


@pytest.mark.parametrize(
    "other", [{"data_set": "other"}, {"vocabulary": "abcdefghijklmn"}, {"lead_in": "\n"}, {"tabs": True}]
)
def test_two_models_that_read_another_text_or_otherwise_are_no_pair(folder, gpt_network, other):
    save(folder, "plays-gpt", "char-gpt", gpt_network, **other)
    assert find_pair(NAME, folder) is None
    with pytest.raises(CheckpointError, match="no text models called 'plays\\+plays-gpt'"):
        text.load(NAME, "cpu", folder)


def test_two_models_of_one_kind_are_no_pair(folder, network):
    save(folder, "plays-gpt", "char-lstm", network)
    assert [entry.name for entry in available("text", folder)] == ["plays", "plays-gpt"]


def test_a_file_that_cannot_be_read_is_in_the_list_and_in_no_pair(folder):
    (folder / "text" / "broken.safetensors").write_bytes(b"nothing")
    assert [entry.name for entry in available("text", folder)] == ["broken", "plays", "plays-gpt", NAME]


def test_a_file_takes_the_place_of_a_pair_of_its_name(folder, network):
    save(folder, NAME, "char-lstm", network)
    assert text.load(NAME, "cpu", folder).network.config == network.config
    assert [entry.name for entry in available("text", folder)].count(NAME) == 1


def test_the_figures_that_were_kept_are_those_of_its_card_until_one_of_both_is_trained_anew(
    folder, pair, gpt_network, monkeypatch
):
    corpus = Corpus("abc, def.\n" * 60, "", "fed, cab.\n" * 60, CARDS["shakespeare"])
    monkeypatch.setattr(evaluation.data, "load", lambda *_: corpus)
    evaluation.main("plays", beside="plays-gpt", device="cpu", keep=True, checkpoints=folder)
    metrics = find_pair(NAME, folder).header.metrics
    tokens = VOCABULARY.encode(corpus.validation)
    for name, loss in (("stream", evaluation.stream_loss), ("blocks", evaluation.block_loss)):
        figure = metrics[f"nats_per_character_{name}"]
        assert figure["value"] == pytest.approx(loss(pair.network, tokens), abs=1e-4)
        assert figure["beside"]["plays-gpt"] == pytest.approx(loss(pair.network.gpt, tokens), abs=1e-4)
    assert not checkpoint.read_header(find_pair(NAME, folder).lstm.path).metrics
    save(folder, "plays-gpt", "char-gpt", gpt_network, training={"steps": 2})
    assert not find_pair(NAME, folder).header.metrics


def test_models_that_do_not_fit_are_not_combined(folder):
    lstm, gpt = (text.load(name, "cpu", folder) for name in ("plays", "plays-gpt"))
    with pytest.raises(ConfigError, match="plays-gpt and plays cannot write together"):
        text.combine(gpt, lstm)


def test_no_training_starts_from_a_pair(folder, monkeypatch):
    monkeypatch.setattr("genai.text.training.load", lambda name, device: text.load(name, device, folder))
    with pytest.raises(ConfigError, match="a pair of two networks"):
        load_ancestor(TrainingConfig(start_from=NAME), "abc")
