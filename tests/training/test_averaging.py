"""The averaged network, its batch norm, and the schedules of the learning rate."""

import pytest
import torch
from torch import nn

from genai.training.averaging import make_ema, refresh_batch_norm
from genai.training.schedules import cosine, linear, set_learning_rate


def test_the_average_moves_by_the_warmed_up_decay():
    network = nn.Linear(1, 1, bias=False)
    average = make_ema(network, 0.999)
    values = [1.0, 2.0, 4.0]
    for value in values:
        nn.init.constant_(network.weight, value)
        average.update_parameters(network)
    expected = values[0]  # the first update copies
    for n, value in ((1, 2.0), (2, 4.0)):
        decay = (1 + n) / (10 + n)
        expected = decay * expected + (1 - decay) * value
    assert average.module.weight.item() == pytest.approx(expected)


def test_refreshed_batch_norm_holds_the_mean_over_all_batches():
    norm, data = nn.BatchNorm2d(2), torch.randn(4, 8, 2, 3, 3, generator=torch.Generator().manual_seed(0))
    norm(data[0] * 100)  # statistics that must be forgotten
    batches = iter(data)
    refresh_batch_norm(norm, lambda: norm(next(batches)), 4)
    torch.testing.assert_close(norm.running_mean, data.mean(dim=(0, 1, 3, 4)))
    variances = torch.stack([b.transpose(0, 1).flatten(1).var(dim=1) for b in data])
    torch.testing.assert_close(norm.running_var, variances.mean(dim=0))
    assert not norm.training
    assert norm.momentum == 0.1


def test_schedules_at_their_ends():
    assert cosine(0) == 1
    assert cosine(1) == pytest.approx(0.02)
    assert cosine(0.5) == pytest.approx(0.51)
    assert [linear(p) for p in (0, 0.5, 0.75, 1)] == [1, 1, 0.5, 0]


def test_the_learning_rate_reaches_all_groups():
    optimiser = torch.optim.Adam(
        [{"params": [nn.Parameter(torch.zeros(1))]}, {"params": [nn.Parameter(torch.zeros(1))]}]
    )
    set_learning_rate(optimiser, 0.25)
    assert [group["lr"] for group in optimiser.param_groups] == [0.25, 0.25]
