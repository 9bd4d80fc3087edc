"""Attribute matching against closed forms."""

import math

import pytest
import torch

from genai.gan.attribute_matching import DECAY, AttributeMatching, attribute_loss

ITEMS = 4_000
SHARES = torch.tensor([0.6, 0.3, 0.1])
SURE = 50.0  # a logit that leaves the other values nothing


def draw(shares, rng):
    """Values (ITEMS, 1) of as many items."""
    return torch.multinomial(shares, ITEMS, replacement=True, generator=rng)[:, None]


def matching_after(generated, shares=SHARES, batches=200):
    """The running mean after batches in which the discriminator is sure of every generated item."""
    rng = torch.Generator().manual_seed(0)
    matching = AttributeMatching([shares])
    for _ in range(batches):
        logits = SURE * torch.nn.functional.one_hot(draw(generated, rng)[:, 0], len(shares))
        matching([logits], draw(shares, rng))
    return matching


@pytest.mark.parametrize("generated", [[0.6, 0.3, 0.1], [0.5, 0.5, 0.0], [1.0, 0.0, 0.0]])
def test_the_distance_is_pearsons_of_the_shares(generated):
    generated = torch.tensor(generated)
    matching = matching_after(generated)
    expected = ((generated - SHARES).square() / SHARES).sum()
    torch.testing.assert_close(matching.excess, generated - SHARES, atol=0.01, rtol=0)
    torch.testing.assert_close(matching.distance, expected, atol=0.01, rtol=0.02)


def test_a_value_that_the_data_lacks_is_left_out():
    without = matching_after(SHARES)
    beside = matching_after(torch.cat([SHARES, torch.zeros(1)]), torch.cat([SHARES, torch.zeros(1)]))
    torch.testing.assert_close(beside.distance, without.distance)


def test_the_loss_has_the_gradient_of_half_the_distance():
    """By the chain rule, the running difference over the share times the gradient of the mean probability."""
    matching = matching_after(torch.tensor([0.5, 0.5, 0.0]))
    excess = matching.excess.clone()
    rng = torch.Generator().manual_seed(1)
    logits = torch.randn(16, 3, generator=rng, requires_grad=True)
    matching([logits], torch.zeros(16, 1, dtype=torch.long)).backward()
    means = logits.softmax(dim=1).mean(dim=0)
    (expected,) = torch.autograd.grad(means, logits, excess / SHARES)
    torch.testing.assert_close(logits.grad, expected)
    assert logits.grad[:, 2].max() < 0  # each item is to have more of the value that is missing


def test_a_new_batch_moves_the_running_mean_by_its_part_and_counts_from_the_next_on():
    matching = AttributeMatching([SHARES])
    logits = SURE * torch.eye(3)
    values = torch.tensor([[0], [0], [1]])
    assert matching([logits], values) == 0
    difference = torch.tensor([1 / 3 - 2 / 3, 1 / 3 - 1 / 3, 1 / 3])
    torch.testing.assert_close(matching.excess, (1 - DECAY) * difference)
    loss = matching([logits], values)
    torch.testing.assert_close(loss, ((1 - DECAY) * difference / SHARES).sum() / 3)


def test_several_attributes_are_averaged():
    rng = torch.Generator().manual_seed(0)
    logits = list(torch.randn(2, 16, 3, generator=rng))
    values = torch.randint(3, (16, 2), generator=rng)
    both = AttributeMatching([SHARES, SHARES])
    each = [AttributeMatching([SHARES]) for _ in logits]
    for _ in range(3):
        loss = both(logits, values)
        losses = [one([of], column[:, None]) for one, of, column in zip(each, logits, values.T, strict=True)]
    torch.testing.assert_close(loss, torch.stack(losses).mean())
    torch.testing.assert_close(both.distance, torch.stack([one.distance for one in each]).mean())


def test_a_network_that_knows_nothing_has_the_entropy_of_even_odds():
    values = torch.tensor([[0, 4], [1, 2]])
    entropy = attribute_loss([torch.zeros(2, 3), torch.zeros(2, 5)], values)
    assert entropy.item() == pytest.approx((math.log(3) + math.log(5)) / 2)
