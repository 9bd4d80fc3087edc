"""Surprise, counted by hand."""

import json
import math
from dataclasses import replace

import pytest
import torch
import tyro

from genai.checkpoint.header import Header
from genai.datasets.card import OWN, DataCard
from genai.errors import ConfigError
from genai.seeds import make_rng
from genai.text import evaluation
from genai.text.data import CARDS, Corpus
from genai.text.evaluation import block_loss, evaluate, figures, stream_loss, training_text
from genai.text.quality import baselines, samples
from genai.text.vocabulary import Vocabulary


def _surprise(network, tokens):
    return -network(tokens[None, :-1])[0][0].log_softmax(1)[torch.arange(len(tokens) - 1), tokens[1:]]


def test_an_even_network_is_surprised_by_log_v(network):
    torch.nn.init.zeros_(network.head.weight)
    torch.nn.init.zeros_(network.head.bias)
    tokens = torch.randint(14, (100,), generator=make_rng(0))
    assert stream_loss(network, tokens) == pytest.approx(math.log(14), rel=1e-6)
    assert block_loss(network, tokens, length=10) == pytest.approx(math.log(14), rel=1e-6)


def test_the_stream_carries_its_state_over_windows(network):
    tokens = torch.randint(14, (101,), generator=make_rng(0))
    expected = _surprise(network, tokens).mean().item()
    for window in (7, 100, 1000):
        assert stream_loss(network, tokens, window) == pytest.approx(expected, rel=1e-5)


def test_blocks_start_from_nothing_and_cover_the_text(network):
    tokens = torch.randint(14, (44,), generator=make_rng(0))  # 4 blocks of 10, then 3 characters left over
    blocks = [_surprise(network, tokens[start : start + 11]) for start in (0, 10, 20, 30)]
    expected = torch.cat(blocks).mean().item()
    assert block_loss(network, tokens, length=10, batch=3) == pytest.approx(expected, rel=1e-5)


def test_the_figures_say_how_many_characters_they_are_about(network, model):
    text = "abc, def.\n" * 60  # 600 characters: 2 blocks of 256
    named = figures(network, model.vocabulary, text)
    tokens = model.vocabulary.encode(text)
    assert named["nats_per_character_blocks"].n == 512
    assert named["nats_per_character_blocks"].value == block_loss(network, tokens)
    assert named["nats_per_character_stream"].n == 599
    assert named["nats_per_character_stream"].value == stream_loss(network, tokens)


def test_the_mean_of_two_networks_probabilities_is_scored_as_written_out(network, gpt_network):
    tokens = torch.randint(14, (41,), generator=make_rng(0))
    ahead, after = tokens[None, :-1], tokens[1:, None]
    odds = [each(ahead)[0][0].softmax(dim=1) for each in (network, gpt_network)]
    torch.testing.assert_close(sum(odds).sum(dim=1), torch.full((40,), 2.0))
    expected = -((odds[0] + odds[1]) / 2).gather(1, after).log().mean().item()
    assert stream_loss([network, gpt_network], tokens, 7) == pytest.approx(expected, rel=1e-5)
    assert block_loss([network, gpt_network], tokens, length=40) == pytest.approx(expected, rel=1e-5)


def test_a_network_beside_itself_is_itself(gpt_network):
    tokens = torch.randint(14, (41,), generator=make_rng(1))
    alone = stream_loss(gpt_network, tokens)
    assert stream_loss([gpt_network, gpt_network], tokens) == pytest.approx(alone, rel=1e-6)


def test_two_models_are_compared_by_the_command(model, gpt_model, monkeypatch, capsys):
    corpus = Corpus("abc, def.\n" * 60, "", "fed, cab.\n" * 60, CARDS["shakespeare"])
    models = {"a": replace(model, header=_header(None)), "b": gpt_model}
    monkeypatch.setattr(evaluation, "load", lambda name, *_: models[name])
    monkeypatch.setattr(evaluation.data, "load", lambda *_: corpus)
    evaluation.main("a", beside="b")
    printed = capsys.readouterr().out
    tokens = model.vocabulary.encode(corpus.validation)
    for networks in (model.network, gpt_model.network, [model.network, gpt_model.network]):
        assert f"{stream_loss(networks, tokens):.4f}" in printed
    assert "tiny + tiny-gpt" in printed


def test_models_of_different_characters_are_not_averaged(model, gpt_model, monkeypatch):
    models = {
        "a": replace(model, header=_header(None)),
        "b": replace(gpt_model, vocabulary=Vocabulary("abcdefghijklmn")),
    }
    monkeypatch.setattr(evaluation, "load", lambda name, *_: models[name])
    monkeypatch.setattr(evaluation.data, "load", lambda *_: Corpus("ab", "", "ab", CARDS["shakespeare"]))
    with pytest.raises(ConfigError, match="tiny and tiny-gpt cannot be averaged"):
        evaluation.main("a", beside="b")


def _header(final):
    settings = {} if final is None else {"final": final}
    return Header("text", "char-lstm", {}, {}, "own", "", "", "", training={"settings": settings})


@pytest.mark.parametrize(("final", "expected"), [(None, "ab"), (False, "ab"), (True, "abcd")])
def test_a_final_run_was_trained_on_the_development_text_too(final, expected):
    corpus = Corpus("ab", "cd", "ef", CARDS["shakespeare"])
    assert training_text(_header(final), corpus) == expected


def test_all_figures_stand_together_and_the_simpler_models_beside_the_network(model, monkeypatch):
    monkeypatch.setattr(samples, "LENGTH", 60)
    corpus = Corpus("abc, def.\n" * 60, "bad cafe.\n" * 9, "fed, cab.\n" * 60, CARDS["shakespeare"])
    named = evaluate(model, _header(True), corpus, 2)
    beside = named["nats_per_character_stream"].beside
    assert beside["even odds"] == math.log(14)
    others = baselines.figures(corpus.train + corpus.dev, corpus.validation, model.vocabulary)
    assert {name: named[name] for name in others} == others
    assert beside["6gram"] == others["nats_per_character_6gram"].value
    assert beside["xz_primed"] == others["nats_per_character_xz_primed"].value
    assert named["words_in_training_at_1"].beside == {"held-out": 0}


def test_a_text_of_somebody_s_own_is_not_measured_as_the_data_set_of_its_name(model, monkeypatch):
    monkeypatch.setattr(samples, "LENGTH", 60)
    own = DataCard("tang", {"en": "tang"}, *OWN, "tang.txt")
    header = replace(_header(True), data_set="tang")
    named = evaluate(model, header, Corpus("abc, def.\n" * 60, "bad.\n", "fed, cab.\n" * 60, own), 1)
    assert not [name for name in named if name.startswith("poems")]


def test_the_figures_of_a_pair_cannot_be_kept(capsys):
    with pytest.raises(ConfigError, match="a pair of models has no file of its own"):
        evaluation.main("shakespeare+shakespeare-gpt", keep=True)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("more", "read"), [([], "own"), (["--data", "mine.txt"], "mine.txt")])
def test_the_command_prints_a_table_and_json(model, monkeypatch, capsys, more, read):
    corpus = Corpus("abc, def.\n" * 60, "bad cafe.\n" * 9, "fed, cab.\n" * 60, CARDS["shakespeare"])
    monkeypatch.setattr(samples, "LENGTH", 60)
    monkeypatch.setattr(evaluation, "load", lambda name, device, folder: replace(model, header=_header(False)))
    monkeypatch.setattr(evaluation.data, "load", lambda name, encoding: {read: corpus}[name])
    tyro.cli(evaluation.main, args=["tiny", "--device", "cpu", "--samples", "2", *more])
    printed = capsys.readouterr().out
    stored = json.loads(printed[printed.index("\n{") :])
    assert stored["model"] == "tiny"
    assert stored["weights"] == sum(parameter.numel() for parameter in model.network.parameters())
    assert stored["figures"]["longest_copy_at_0.5"]["n"] == 2
    assert printed.startswith("nats_per_character_blocks ")


@pytest.mark.parametrize("count", [0, -1, 1001])
def test_a_count_that_makes_no_sense_is_refused(count):
    with pytest.raises(ConfigError, match="from 1 to 1000"):
        evaluation.main("shakespeare", count=count)
