"""Feature matching against closed forms."""

import pytest
import torch

from genai.gan.feature_matching import channel_means, feature_matching_loss

DRAWS, ROWS, FEATURES = 1_000, 16, 4
LABELS = torch.arange(ROWS) % 2


def normal():
    """Real and generated rows, all of one distribution: DRAWS times."""
    rng = torch.Generator().manual_seed(0)
    return torch.randn(DRAWS, 2, ROWS, FEATURES, generator=rng)


def agrees(estimates, expected):
    """Whether the mean of independent estimates is within four standard errors of the expected value."""
    return abs(estimates.mean() - expected) < 4 * estimates.std() / len(estimates) ** 0.5


@pytest.mark.parametrize("spread", [0.5, 1, 2])
def test_a_shift_of_each_class_counts_with_its_square(spread):
    shifts = torch.tensor([[0.7], [-0.7]])[LABELS]  # the means of all items agree, those of the classes do not
    loss = feature_matching_loss
    estimates = torch.stack([
        loss(real, spread * fake + shifts, LABELS) - loss(real, spread * fake, LABELS)
        for real, fake in normal()
    ])  # fmt: skip
    # The real rows have a variance s^2 of 1; E 1/s^2 of n normal numbers is (n - 1) / (n - 3).
    assert agrees(estimates, 0.7**2 * (ROWS - 1) / (ROWS - 3))


def test_spread_does_not_count():
    loss = feature_matching_loss
    estimates = torch.stack(
        [loss(real, 2 * fake, LABELS) - loss(real, fake / 2, LABELS) for real, fake in normal()]
    )
    assert agrees(estimates, 0)
    squares = torch.stack(
        [(2 * fake).mean(dim=0).square() - (fake / 2).mean(dim=0).square() for _, fake in normal()]
    )
    assert not agrees(squares, 0)  # as it would in the square of a batch's mean


def test_the_gradient_pulls_towards_the_real_mean():
    real = torch.randn(64, 3, generator=torch.Generator().manual_seed(0))
    fake = (real.flip(0) + torch.tensor([1.0, 0.0, -1.0])).requires_grad_()
    feature_matching_loss(real, fake, torch.zeros(64, dtype=torch.int64)).backward()
    pull = -fake.grad.mean(dim=0)
    assert pull[0] < 0 < pull[2]
    assert abs(pull[1]) < 0.1 * pull[2]


def test_without_two_of_a_class_there_is_nothing_to_compare():
    fake = torch.ones(3, 2, requires_grad=True)
    distance = feature_matching_loss(torch.zeros(3, 2), fake, torch.tensor([0, 1, 2]))
    distance.backward()
    assert distance.item() == 0
    assert not fake.grad.any()


def test_a_summary_has_the_mean_of_every_channel_of_every_map():
    pictures = torch.arange(24.0).view(2, 3, 2, 2)
    signals = torch.arange(16.0).view(2, 2, 4).bfloat16()
    expected = torch.tensor([[1.5, 5.5, 9.5, 1.5, 5.5], [13.5, 17.5, 21.5, 9.5, 13.5]])
    torch.testing.assert_close(channel_means([pictures, signals]), expected)
