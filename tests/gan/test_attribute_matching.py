"""Attribute matching against closed forms."""

import math

import pytest
import torch

from genai.gan.attribute_matching import attribute_loss, attribute_matching_loss

DRAWS, ITEMS = 2_000, 16
SHARES = torch.tensor([0.6, 0.3, 0.1])
SURE = 50.0  # a logit that leaves the other values nothing


def draw(shares, rng):
    """Values of ITEMS items, DRAWS times."""
    return torch.multinomial(shares, DRAWS * ITEMS, replacement=True, generator=rng).view(DRAWS, ITEMS, 1)


def estimates(generated_shares, shares=SHARES):
    """Distances of DRAWS batches in which the discriminator is sure of every generated item."""
    rng = torch.Generator().manual_seed(0)
    real, generated = draw(shares, rng), draw(generated_shares, rng)
    logits = SURE * torch.nn.functional.one_hot(generated[..., 0], len(shares))
    pairs = zip(logits, real, strict=True)
    return torch.stack([attribute_matching_loss([one], values, [shares]) for one, values in pairs])


@pytest.mark.parametrize("generated", [[0.6, 0.3, 0.1], [0.5, 0.5, 0.0], [1.0, 0.0, 0.0]])
def test_the_mean_estimate_is_pearsons_distance_of_the_shares(generated):
    generated = torch.tensor(generated)
    expected = ((generated - SHARES).square() / SHARES).sum()
    results = estimates(generated)
    assert abs(results.mean() - expected) < 4 * results.std() / DRAWS**0.5


def test_a_value_that_the_data_lacks_is_left_out():
    rare = torch.tensor([0.6, 0.3, 0.1, 0.0])
    torch.testing.assert_close(estimates(SHARES), estimates(rare, rare))


def test_several_attributes_are_averaged():
    rng = torch.Generator().manual_seed(0)
    values = torch.randint(3, (ITEMS, 2), generator=rng)
    logits = list(torch.randn(2, ITEMS, 3, generator=rng))
    each = [
        attribute_matching_loss([one], column[:, None], [SHARES])
        for one, column in zip(logits, values.T, strict=True)
    ]
    both = attribute_matching_loss(logits, values, [SHARES, SHARES])
    torch.testing.assert_close(both, torch.stack(each).mean())


def test_the_gradient_asks_for_what_is_missing_and_against_what_is_too_frequent():
    values = torch.tensor([0, 0, 0, 0, 0, 0, 1, 1, 1, 2] * 4)[:, None]
    logits = torch.zeros(40, 3, requires_grad=True)  # a third of each
    attribute_matching_loss([logits], values, [SHARES]).backward()
    pull = -logits.grad.sum(dim=0)
    assert pull[0] > 0 > pull[2]


def test_a_network_that_knows_nothing_has_the_entropy_of_even_odds():
    values = torch.tensor([[0, 4], [1, 2]])
    entropy = attribute_loss([torch.zeros(2, 3), torch.zeros(2, 5)], values)
    assert entropy.item() == pytest.approx((math.log(3) + math.log(5)) / 2)
