"""The written-out passes of the stacked networks against autograd."""

import pytest
import torch
from torch import nn

from genai.gan.losses import squared_gradient
from genai.learn.game.networks import (
    Shape,
    add_penalty_gradient,
    backward,
    forward,
    input_gradient,
    write_weight_gradient,
)
from genai.seeds import make_rng

GAMES, POINTS = 3, 12


def stacked(shape):
    flat = torch.stack([shape.initial(make_rng(seed)) for seed in range(GAMES)])
    return flat + 0.1 * torch.randn(flat.shape, generator=make_rng(9))  # biases that are not zero


def plain(shape, flat):
    """The same network as textbooks write it."""
    network = nn.Sequential(
        nn.Linear(shape.inputs, shape.width), nn.LeakyReLU(0.2),
        nn.Linear(shape.width, shape.width), nn.LeakyReLU(0.2),
        nn.Linear(shape.width, shape.outputs),
    )  # fmt: skip
    layers = shape.layers(flat[None])
    with torch.no_grad():
        for linear, weight, bias in zip(network[::2], layers[::2], layers[1::2], strict=True):
            linear.weight.copy_(weight[0].T)
            linear.bias.copy_(bias[0, 0])
    return network


def flat_gradient(network):
    parts = []
    for linear in network[::2]:
        bias = torch.zeros_like(linear.bias) if linear.bias.grad is None else linear.bias.grad
        parts += [linear.weight.grad.T.flatten(), bias]
    return torch.cat(parts)


@pytest.mark.parametrize("shape", [Shape(2, 8, 1), Shape(1, 16, 2), Shape(2, 64, 2)])
def test_outputs_and_gradients_are_autograds(shape):
    flat = stacked(shape)
    layers = shape.layers(flat)
    inputs = torch.randn(GAMES, POINTS, shape.inputs, generator=make_rng(1))
    slopes = torch.randn(GAMES, POINTS, shape.outputs, generator=make_rng(2))
    done = forward(layers, inputs)
    back = backward(layers, done, slopes)
    gradient = torch.empty_like(flat)
    write_weight_gradient(done, back, shape.layers(gradient))
    for game in range(GAMES):
        network, own = plain(shape, flat[game]), inputs[game].clone().requires_grad_()
        outputs = network(own)
        torch.testing.assert_close(done.outputs[game], outputs)
        (outputs * slopes[game]).sum().backward()
        torch.testing.assert_close(gradient[game], flat_gradient(network))
        torch.testing.assert_close(input_gradient(layers, back)[game], own.grad)


def test_the_derivatives_of_single_logits_can_be_scaled_to_those_of_a_loss():
    shape = Shape(2, 16, 1)
    layers = shape.layers(stacked(shape))
    done = forward(layers, torch.randn(GAMES, POINTS, 2, generator=make_rng(1)))
    slopes = torch.randn(GAMES, POINTS, 1, generator=make_rng(2))
    scaled, direct = backward(layers, done).scaled(slopes), backward(layers, done, slopes)
    for ours, theirs in zip(scaled, direct, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_the_gradient_of_a_penalty_is_autograds_second_derivative():
    shape = Shape(2, 16, 1)
    flat = stacked(shape)
    layers = shape.layers(flat)
    items = torch.randn(GAMES, POINTS, 2, generator=make_rng(1))
    done = forward(layers, items)
    back = backward(layers, done)
    gradient = torch.zeros_like(flat)
    add_penalty_gradient(layers, done, back, 2 * input_gradient(layers, back) / POINTS, shape.layers(gradient))
    for game in range(GAMES):
        network, own = plain(shape, flat[game]), items[game].clone().requires_grad_()
        squared_gradient([network(own)[:, 0]], own).backward()
        torch.testing.assert_close(gradient[game], flat_gradient(network))
