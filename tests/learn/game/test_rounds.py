"""The steps of the game against the textbook's update in plain torch, alone and in company."""

import copy
from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from genai.gan.losses import discriminator_loss, generator_loss, interpolation_penalty, squared_gradient
from genai.learn.game import distributions
from genai.learn.game import pair as pair_module
from genai.learn.game.config import GameConfig
from genai.learn.game.pair import discriminator_shape, generator_shape, make_pair
from genai.learn.game.rounds import EPSILON, Stack, advance
from tests.learn.game.test_networks import plain

SMALL = GameConfig(width=8, batch_size=32, penalty=0.5)
KINDS = {"zero-sum": "logistic", "non-saturating": "logistic"}


@pytest.fixture
def double():
    """Compute in double precision: Adam without momentum makes whole steps of a gradient that is zero but for
    rounding."""
    caches = (distributions.distribution, pair_module._real_points)
    torch.set_default_dtype(torch.float64)
    for cached in caches:
        cached.cache_clear()
    yield
    torch.set_default_dtype(torch.float32)
    for cached in caches:
        cached.cache_clear()


def flat(network):
    parts = [tensor for linear in network[::2] for tensor in (linear.weight.T.flatten(), linear.bias)]
    return torch.cat(parts).detach()


def optimiser(config, network, rate):
    if config.optimiser == "sgd":
        return torch.optim.SGD(network.parameters(), rate)
    return torch.optim.Adam(network.parameters(), rate, betas=(0.0, 0.99), eps=EPSILON)


def textbook(config, rounds):
    """Train as a tutorial does: two modules, autograd, an optimiser for each."""
    pair = make_pair(config)
    generator = plain(generator_shape(config), pair.state.generator)
    discriminator = plain(discriminator_shape(config), pair.state.discriminator)
    generator_optimiser = optimiser(config, generator, config.generator_rate)
    discriminator_optimiser = optimiser(config, discriminator, config.discriminator_rate)
    stack = Stack([pair])  # for its batches only
    kind = KINDS.get(config.loss, config.loss)

    def score(points):
        return [discriminator(points)[:, 0]]

    for _ in range(rounds):
        first, *others = stack.batches()
        before = copy.deepcopy(discriminator)
        for batch in others:
            real, fake = batch.real[0].requires_grad_(), generator(batch.z[0]).detach().requires_grad_()
            real_logits, fake_logits = score(real), score(fake)
            loss = discriminator_loss(kind, real_logits, fake_logits)
            if config.loss == "wasserstein":
                loss = loss + config.penalty * interpolation_penalty(score, real, fake, batch.mix[0, :, 0])
            elif config.penalty:
                penalty = squared_gradient(real_logits, real) + squared_gradient(fake_logits, fake)
                loss = loss + config.penalty / 2 * penalty
            discriminator_optimiser.zero_grad()
            loss.backward()
            discriminator_optimiser.step()
        opponent = before if config.order == "simultaneous" else discriminator
        fake_logits = [opponent(generator(first.z[0]))[:, 0]]
        if config.loss == "zero-sum":
            loss = F.logsigmoid(-fake_logits[0]).mean()  # log(1 - D(G(z)))
        else:
            loss = generator_loss(kind, [opponent(first.real[0])[:, 0]], fake_logits)
        generator_optimiser.zero_grad()
        loss.backward()
        generator_optimiser.step()
        stack.end_step()
    return flat(generator), flat(discriminator)


@pytest.mark.parametrize(
    "config",
    [
        replace(SMALL, loss="zero-sum", optimiser="sgd", penalty=0.0),
        replace(SMALL, loss="zero-sum"),
        replace(SMALL, loss="non-saturating", discriminator_steps=3, latent_size=1),
        replace(SMALL, loss="hinge", penalty=0.0),
        replace(SMALL, loss="wasserstein", penalty=1.0, discriminator_steps=2),
        replace(SMALL, loss="relativistic"),
        replace(SMALL, loss="relativistic", optimiser="sgd"),
        replace(SMALL, loss="zero-sum", optimiser="sgd", penalty=0.0, order="simultaneous"),
        replace(SMALL, loss="relativistic", discriminator_steps=2, order="simultaneous"),
    ],
    ids=str,
)
def test_the_game_is_the_textbooks(double, config):
    generator, discriminator = textbook(config, 5)
    pair = make_pair(config)
    advance([pair], 5)
    torch.testing.assert_close(pair.state.generator, generator, rtol=1e-6, atol=1e-8)
    torch.testing.assert_close(pair.state.discriminator, discriminator, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("width", [8, 32, 64])
def test_a_game_is_the_same_to_the_bit_alone_and_in_company(width):
    configs = [replace(SMALL, width=width, seed=seed, generator_rate=0.02 if seed else 0.01) for seed in range(5)]
    together = [make_pair(config) for config in configs] + [make_pair(replace(SMALL, width=width, loss="hinge"))]
    advance(together, 12)
    for config, other in zip(configs, together, strict=False):
        alone = make_pair(config)
        for _ in range(12):
            advance([alone])
        assert torch.equal(alone.state.generator, other.state.generator)
        assert torch.equal(alone.state.discriminator, other.state.discriminator)


def test_a_step_of_one_player_leaves_the_other_alone():
    pair = make_pair(SMALL)
    start = pair.state
    advance([pair], action="discriminator")
    assert torch.equal(pair.state.generator, start.generator)
    assert not torch.equal(pair.state.discriminator, start.discriminator)
    middle = pair.state
    advance([pair], action="generator")
    assert torch.equal(pair.state.discriminator, middle.discriminator)
    assert not torch.equal(pair.state.generator, middle.generator)
    assert (pair.state.step, pair.state.discriminator_updates, pair.state.generator_updates) == (2, 1, 1)


def test_twins_read_the_same_noise_and_the_same_real_points():
    first, other = make_pair(SMALL), make_pair(replace(SMALL, discriminator_steps=4, loss="wasserstein"))
    assert torch.equal(first.state.generator, other.state.generator)
    ours, theirs = Stack([first]).batches(), Stack([other]).batches()
    assert (len(ours), len(theirs)) == (2, 5)
    for mine, its in zip(ours, theirs, strict=False):
        assert torch.equal(mine.z, its.z)
        assert torch.equal(mine.real, its.real)
