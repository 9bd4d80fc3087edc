"""Surprise, counted by hand."""

import math

import pytest
import torch

from genai.randomness import generator
from genai.text.evaluation import block_loss, figures, stream_loss


def _surprise(network, tokens):
    return -network(tokens[None, :-1])[0][0].log_softmax(1)[torch.arange(len(tokens) - 1), tokens[1:]]


def test_an_even_network_is_surprised_by_log_v(network):
    torch.nn.init.zeros_(network.head.weight)
    torch.nn.init.zeros_(network.head.bias)
    tokens = torch.randint(14, (100,), generator=generator(0))
    assert stream_loss(network, tokens) == pytest.approx(math.log(14), rel=1e-6)
    assert block_loss(network, tokens, length=10) == pytest.approx(math.log(14), rel=1e-6)


def test_the_stream_carries_its_state_over_windows(network):
    tokens = torch.randint(14, (101,), generator=generator(0))
    expected = _surprise(network, tokens).mean().item()
    for window in (7, 100, 1000):
        assert stream_loss(network, tokens, window) == pytest.approx(expected, rel=1e-5)


def test_blocks_start_from_nothing_and_cover_the_text(network):
    tokens = torch.randint(14, (44,), generator=generator(0))  # 4 blocks of 10, then 3 characters left over
    blocks = [_surprise(network, tokens[start : start + 11]) for start in (0, 10, 20, 30)]
    expected = torch.cat(blocks).mean().item()
    assert block_loss(network, tokens, length=10, batch=3) == pytest.approx(expected, rel=1e-5)


def test_the_figures_say_how_many_characters_they_are_about(network, model):
    text = "abc, def.\n" * 60  # 600 characters: 2 blocks of 256
    named = figures(network, model.vocabulary, text)
    tokens = model.vocabulary.encode(text)
    assert named["nats_per_character_blocks"]["n"] == 512
    assert named["nats_per_character_blocks"]["value"] == pytest.approx(block_loss(network, tokens), abs=1e-4)
    assert named["nats_per_character_stream"]["n"] == 599
    assert named["nats_per_character_stream"]["value"] == pytest.approx(stream_loss(network, tokens), abs=1e-4)
