"""Attribute matching against closed forms."""

import math

import pytest
import torch

from genai.gan.attribute_matching import (
    assign_values,
    attribute_loss,
    attribute_matching_loss,
    shares_by_condition,
)

SHARES = torch.tensor([0.6, 0.3, 0.1])


def test_the_shares_are_those_of_the_items_of_each_condition():
    conditions = torch.tensor([0, 0, 0, 0, 2, 2])
    values = torch.tensor([[0, 1], [0, 1], [1, 0], [0, 1], [2, 0], [1, 1]])
    first, second = shares_by_condition(conditions, values, [3, 2])
    torch.testing.assert_close(first, torch.tensor([[0.75, 0.25, 0], [0, 0, 0], [0, 0.5, 0.5]]))
    torch.testing.assert_close(second, torch.tensor([[0.25, 0.75], [0, 0], [0.5, 0.5]]))


def test_values_are_assigned_as_often_as_the_data_has_them():
    rng = torch.Generator().manual_seed(0)
    probabilities = (3 * torch.randn(50, 3, generator=rng)).softmax(dim=1)
    assigned = assign_values(probabilities, SHARES.expand(50, 3))
    torch.testing.assert_close(assigned.sum(dim=1), torch.ones(50))
    torch.testing.assert_close(assigned.sum(dim=0), 50 * SHARES, atol=0.3, rtol=0)


def test_a_missing_value_goes_to_the_items_that_come_nearest_to_it():
    probabilities = torch.tensor([[0.98, 0.02]] * 8 + [[0.7, 0.3]] * 2)  # all have the first value
    assigned = assign_values(probabilities, torch.tensor([0.8, 0.2]).expand(10, 2))
    assert assigned[8:, 1].min() > 0.9
    assert assigned[:8, 1].max() < 0.05


def test_no_item_is_assigned_a_value_that_its_labels_never_have():
    probabilities = torch.tensor([[0.5, 0.5]] * 4)
    shares = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.5, 0.5], [0.5, 0.5]])
    assigned = assign_values(probabilities, shares)
    torch.testing.assert_close(assigned, shares, atol=0.01, rtol=0)


def test_items_with_the_right_shares_cost_nothing_and_have_no_distance():
    logits = 30 * torch.nn.functional.one_hot(torch.tensor([0, 0, 0, 1, 2])).float()
    shares = torch.tensor([0.6, 0.2, 0.2]).expand(5, 3)
    loss, distance = attribute_matching_loss([logits], [shares])
    assert loss.item() == pytest.approx(0, abs=1e-3)
    assert distance.item() == pytest.approx(0, abs=1e-3)


def test_the_distance_is_the_total_variation_and_several_attributes_are_averaged():
    logits = torch.tensor([[0.9, 0.1], [0.7, 0.3]]).log()
    shares = torch.tensor([[0.5, 0.5], [0.5, 0.5]])
    _, distance = attribute_matching_loss([logits], [shares])
    assert distance.item() == pytest.approx(0.3)
    loss, alone = attribute_matching_loss([logits], [torch.tensor([[0.8, 0.2], [0.8, 0.2]])])
    assert alone.item() == pytest.approx(0, abs=1e-6)
    both, mean = attribute_matching_loss([logits] * 2, [shares, torch.tensor([[0.8, 0.2], [0.8, 0.2]])])
    assert mean.item() == pytest.approx(0.15)
    torch.testing.assert_close(both, (attribute_matching_loss([logits], [shares])[0] + loss) / 2)


def test_an_item_that_clearly_has_another_value_is_still_pulled_to_the_missing_one():
    logits = torch.tensor([[12.0, 0.0]] * 9 + [[10.0, 0.0]], requires_grad=True)
    loss, _ = attribute_matching_loss([logits], [torch.tensor([0.9, 0.1]).expand(10, 2)])
    loss.backward()
    pull = -logits.grad[:, 1] * 10
    assert pull[9] > 0.5  # the gradient of its probability itself is below 1e-4
    assert pull[9] > 5 * pull[:9].max()


def test_a_network_that_knows_nothing_has_the_entropy_of_even_odds():
    values = torch.tensor([[0, 4], [1, 2]])
    entropy = attribute_loss([torch.zeros(2, 3), torch.zeros(2, 5)], values)
    assert entropy.item() == pytest.approx((math.log(3) + math.log(5)) / 2)
