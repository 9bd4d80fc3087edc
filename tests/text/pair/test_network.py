"""The mean of two networks' probabilities, against its formula; both read the same characters."""

import math

import pytest
import torch

from genai.seeds import make_rng
from genai.text.decoding.gpt_step import GptStep
from genai.text.decoding.pair_step import PairStep
from genai.text.decoding.step import MAX_ROWS
from genai.text.pair.network import CharPair, log_mean_probabilities
from genai.text.sampling import make_step


@pytest.fixture
def together(network, gpt_network):
    return CharPair(network, gpt_network).requires_grad_(False)


@pytest.fixture
def tokens():
    return torch.randint(14, (3, 20), generator=make_rng(1))


def test_the_logits_are_the_logarithm_of_the_mean_probability(together, tokens):
    logits, _ = together(tokens)
    lstm, gpt = together.lstm(tokens)[0].softmax(dim=2), together.gpt(tokens)[0].softmax(dim=2)
    torch.testing.assert_close(logits.exp(), (lstm + gpt) / 2)


def test_a_network_that_is_sure_of_the_wrong_character_costs_no_more_than_log_2():
    sure, wrong = torch.tensor([40.0, 0.0, 0.0]), torch.tensor([0.0, 40.0, 0.0])
    mean = log_mean_probabilities([sure, wrong])
    assert mean[0].item() == pytest.approx(-math.log(2))
    assert mean[2].item() == pytest.approx(-40, abs=1e-4)  # what both hold for unlikely stays so, and is finite


def test_a_text_read_in_two_parts_is_read_as_one(together, tokens):
    expected, end = together(tokens)
    _, state = together(tokens[:, :9])
    logits, after = together(tokens[:, 9:], state)
    torch.testing.assert_close(logits, expected[:, 9:], rtol=0, atol=1e-5)
    torch.testing.assert_close(after, end, rtol=0, atol=1e-5)


def test_both_networks_read_by_steps_the_characters_that_they_read_at_once(together, tokens):
    assert isinstance(make_step(together), PairStep)
    step = PairStep(together, make_step(together.lstm), GptStep(together.gpt, torch.float32))
    buffers = step.buffers(together.initial_state(3))
    for place in range(20):
        step.read(tokens[:, place], buffers)
        torch.testing.assert_close(step.logits(buffers), together(tokens)[0][:, place], rtol=0, atol=1e-5)
    lstm_end, gpt_end = together.lstm(tokens)[1], together.gpt(tokens)[1]
    torch.testing.assert_close(step.state(buffers), (*lstm_end, *gpt_end), rtol=0, atol=1e-5)


def test_at_the_row_counts_found_a_row_has_the_bits_of_a_full_batch(together, tokens):
    step = make_step(together)
    full = torch.randint(14, (MAX_ROWS, 6), generator=make_rng(2))

    def logits(rows):
        buffers = step.buffers(together.initial_state(rows))
        for column in full[:rows].T:
            step.read(column, buffers)
        return step.logits(buffers)

    expected = logits(MAX_ROWS)
    assert step.row_counts[-1] == MAX_ROWS
    for rows in step.row_counts:
        assert torch.equal(logits(rows), expected[:rows])


def test_the_state_is_labelled_with_the_coarser_of_both_types(together):
    full, half = make_step(together.lstm), make_step(together.gpt)
    assert (full.dtype, half.dtype) == (torch.float32, torch.float16)
    assert PairStep(together, full, half).dtype == torch.float16
    assert PairStep(together, full, full).dtype == torch.float32
