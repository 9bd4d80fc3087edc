"""What context costs and gives, against the evaluation and windows read one by one."""

import pytest
import torch
from torch.nn import functional as F

from genai.seeds import make_rng
from genai.text.evaluation import block_loss
from genai.text.page.context import LENGTHS, costs, losses_by_place, numbers_kept, window_losses
from tests.text.conftest import VOCABULARY


@pytest.fixture
def tokens():
    return torch.randint(len(VOCABULARY), (97,), generator=make_rng(5))


def test_windows_side_by_side_have_the_loss_of_the_evaluation_in_blocks(network, gpt_network, tokens):
    starts = torch.arange(0, 96, 16)
    for each in (network, gpt_network):
        losses = window_losses(each, tokens, starts, 16)
        assert losses.mean().item() == pytest.approx(block_loss(each, tokens, 16), rel=1e-5)


def test_a_place_is_the_mean_over_windows_read_one_by_one(network, tokens):
    starts = [0, 7, 50]
    with torch.no_grad():
        alone = torch.stack(
            [
                F.cross_entropy(network(tokens[None, s : s + 8])[0][0], tokens[s + 1 : s + 9], reduction="none")
                for s in starts
            ]
        )
    losses = window_losses(network, tokens, torch.tensor(starts), 8)
    assert losses == pytest.approx(alone.mean(dim=0), rel=1e-5)


@pytest.mark.parametrize(
    ("count", "length", "windows"), [(16, 8, 8), (31, 8, 23), (32, 16, 16), (97, 32, 65), (2000, 512, 8)]
)
def test_a_text_has_at_least_twice_the_characters_of_a_window(network, gpt_network, count, length, windows):
    tokens = torch.randint(len(VOCABULARY), (count,), generator=make_rng(1))
    losses = losses_by_place([network, gpt_network], tokens)
    assert losses.ends[0] == 1
    assert losses.ends[-1] == length
    assert losses.windows == windows
    assert [len(nats) for nats in losses.nats] == [len(losses.ends)] * 2


def test_groups_together_have_the_mean_of_all_places(network, tokens):
    losses = losses_by_place([network], tokens)
    widths = [end - start for start, end in zip([0, *losses.ends], losses.ends, strict=False)]
    mean = sum(width * nats for width, nats in zip(widths, losses.nats[0], strict=True)) / 32
    starts = torch.linspace(0, 64, 65).long()
    assert mean == pytest.approx(window_losses(network, tokens, starts, 32).mean().item(), rel=1e-5)


def test_a_gpt_keeps_more_until_its_window_is_full_and_an_lstm_the_same(network, gpt_network):
    kept = [numbers_kept(gpt_network, length) for length in (1, 3, 6, 7, 1000)]
    assert kept == [64, 192, 384, 384, 384]
    state = gpt_network.initial_state(1)
    assert kept[-1] == state[1].numel() + state[2].numel()
    assert numbers_kept(network, 1) == numbers_kept(network, 1000) == 96


def test_every_model_is_measured_at_every_length(model, gpt_model):
    seconds = costs([model, gpt_model])
    assert [len(own) for own in seconds] == [len(LENGTHS)] * 2
    assert all(each > 0 for own in seconds for each in own)
