"""The steps of many games at once: Goodfellow's algorithm (2014, algorithm 1), games of one shape in one product.

A game's noise and its choice of real points depend on its seed and its step alone, so that a game is the same alone
or in company, and the same again after it was taken back. Each number that decides what is computed, and not with
which value, is a part of `Kind`: games are stacked where it is equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from genai.learn.game import losses
from genai.learn.game.config import GameConfig, GameLoss, Optimiser, Order
from genai.learn.game.networks import (
    Layers,
    add_penalty_gradient,
    backward,
    forward,
    input_gradient,
    write_weight_gradient,
)
from genai.learn.game.pair import Pair, State, discriminator_shape, generator_shape
from genai.seeds import make_rng

NOISE, CHOICE, MIX = 3, 4, 5
"""Streams of random numbers: z, which real points, where between a real and a generated point."""
DECAY, EPSILON = 0.99, 1e-6
"""Adam's beta2 and epsilon; beta1 is 0, as in the lab's training. The gradient of D's last bias is zero, but for
rounding, where the loss compares logits only: with an epsilon of 1e-8 Adam would make whole steps of it."""
MOST_STACKED = 64
"""Games in one product, so that what is computed in between fits into a few megabytes."""

Action = Literal["discriminator", "generator", "both"]
Penalty = Literal["none", "squared", "interpolation"]


class Kind(NamedTuple):
    """What games that are computed together have in common."""

    latent_size: int
    width: int
    batch_size: int
    discriminator_steps: int
    loss: GameLoss
    penalty: Penalty
    optimiser: Optimiser
    order: Order


def kind_of(config: GameConfig) -> Kind:
    """Return with which games a game can be computed."""
    penalty: Penalty = "interpolation" if config.loss == "wasserstein" else "squared"
    return Kind(
        config.latent_size,
        config.width,
        config.batch_size,
        config.discriminator_steps,
        config.loss,
        penalty if config.penalty else "none",
        config.optimiser,
        config.order,
    )


@dataclass(frozen=True)
class Batch:
    """What a step of one player reads, of G games and B points.

    Args:
        z: (G, B, latent size).
        real: (G, B, 2).
        mix: (G, B, 1), the weight of the real point in a point between; only for the interpolation penalty.
    """

    z: Tensor
    real: Tensor
    mix: Tensor | None


@dataclass(frozen=True)
class Update:
    """What a step of one player computed, of G games and B points.

    Args:
        batch: What it read.
        fake: (G, B, 2), the generated points.
        real_logits: (G, B), before the update.
        fake_logits: (G, B), before the update.
        gradient: (G, P), with respect to the player's weights.
        arrows: (G, B, 2), of the generator: minus the gradient of its loss at each generated point, times B.
    """

    batch: Batch
    fake: Tensor
    real_logits: Tensor
    fake_logits: Tensor
    gradient: Tensor
    arrows: Tensor | None = None


class Stack:
    """Games of one kind, their weights in common tensors.

    Args:
        pairs: Games whose `kind_of` is the same.
    """

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self._pairs = pairs
        configs = [pair.config for pair in pairs]
        states = [pair.state for pair in pairs]
        self._kind = kind_of(configs[0])
        self._generator_shape = generator_shape(configs[0])
        self._discriminator_shape = discriminator_shape(configs[0])
        self.generator = torch.stack([state.generator for state in states])
        self._generator_squares = torch.stack([state.generator_squares for state in states])
        self.discriminator = torch.stack([state.discriminator for state in states])
        self._discriminator_squares = torch.stack([state.discriminator_squares for state in states])
        self._generator_updates = [state.generator_updates for state in states]
        self._discriminator_updates = [state.discriminator_updates for state in states]
        self._steps = [state.step for state in states]
        self._generator_rates = torch.tensor([[config.generator_rate] for config in configs])
        self._discriminator_rates = torch.tensor([[config.discriminator_rate] for config in configs])
        self._penalties = torch.tensor([[[config.penalty]] for config in configs])

    def advance(self, action: Action = "both") -> None:
        """Make one round, or one step of one player."""
        batches = self.batches()
        opponent = self.opponent()
        if action != "generator":
            for batch in batches[1:] if action == "both" else batches[1:2]:
                self.update_discriminator(batch)
        if action != "discriminator":
            self.update_generator(batches[0], opponent)
        self.end_step()

    def opponent(self) -> Tensor | None:
        """Return the weights of the discriminators from which the generators learn in the round that begins.

        Returns:
            (G, P), those of now, where both players move at once; None where the generators come after.
        """
        return self.discriminator.clone() if self._kind.order == "simultaneous" else None

    def end_step(self) -> None:
        """Count the step, so that the next one draws other numbers."""
        self._steps = [step + 1 for step in self._steps]

    def store(self) -> None:
        """Give each game its new state."""
        for place, pair in enumerate(self._pairs):
            pair.state = State(
                self.generator[place],
                self._generator_squares[place],
                self._generator_updates[place],
                self.discriminator[place],
                self._discriminator_squares[place],
                self._discriminator_updates[place],
                self._steps[place],
            )

    def batches(self) -> list[Batch]:
        """Draw what this round reads: first the generator's batch, then that of each discriminator step."""
        count, size = self._kind.discriminator_steps + 1, self._kind.batch_size
        z, real, mix = [], [], []
        for pair, step in zip(self._pairs, self._steps, strict=True):
            seed = pair.config.seed
            noise = torch.rand(count, size, self._kind.latent_size, generator=make_rng(seed, NOISE, step))
            z.append(noise)
            chosen = torch.randint(len(pair.pool), (count * size,), generator=make_rng(seed, CHOICE, step))
            real.append(pair.pool[chosen].view(count, size, 2))
            if self._kind.penalty == "interpolation":
                mix.append(torch.rand(count, size, 1, generator=make_rng(seed, MIX, step)))
        all_z = torch.stack(z, dim=1) * 2 - 1  # (count, G, B, latent size)
        all_real = torch.stack(real, dim=1)
        all_mix = torch.stack(mix, dim=1) if mix else [None] * count
        return [Batch(*parts) for parts in zip(all_z, all_real, all_mix, strict=True)]

    def update_discriminator(self, batch: Batch) -> Update:
        """Make one step of the discriminator."""
        fake = forward(self._generator_shape.layers(self.generator), batch.z).outputs
        layers = self._discriminator_shape.layers(self.discriminator)
        done = forward(layers, torch.cat([batch.real, fake], dim=1))
        real_logits, fake_logits = done.outputs.squeeze(2).chunk(2, dim=1)
        slopes = logit_slopes(losses.discriminator_terms, self._kind.loss, real_logits, fake_logits)
        back = backward(layers, done)
        gradient = torch.empty_like(self.discriminator)
        parts = self._discriminator_shape.layers(gradient)
        write_weight_gradient(done, back.scaled(slopes[:, :, None]), parts)
        if self._kind.penalty == "squared":
            outer = input_gradient(layers, back) * (self._penalties / self._kind.batch_size)
            add_penalty_gradient(layers, done, back, outer, parts)
        elif self._kind.penalty == "interpolation":
            self._add_interpolation_penalty(layers, batch, fake, parts)
        self._discriminator_updates = [count + 1 for count in self._discriminator_updates]
        self._descend(
            self.discriminator,
            gradient,
            self._discriminator_squares,
            self._discriminator_updates,
            self._discriminator_rates,
        )
        return Update(batch, fake, real_logits, fake_logits, gradient)

    def _add_interpolation_penalty(self, layers: Layers, batch: Batch, fake: Tensor, parts: Layers) -> None:
        """Add the gradient of lambda E (|d score / d x| - 1)^2 at points between (Gulrajani et al. 2017)."""
        assert batch.mix is not None
        done = forward(layers, torch.lerp(fake, batch.real, batch.mix))
        back = backward(layers, done)
        gradients = input_gradient(layers, back)
        lengths = gradients.norm(dim=2, keepdim=True)
        directions = gradients / lengths.clamp_min(1e-12)
        outer = (lengths - 1) * directions * (2 * self._penalties / self._kind.batch_size)
        add_penalty_gradient(layers, done, back, outer, parts)

    def update_generator(self, batch: Batch, opponent: Tensor | None = None) -> Update:
        """Make one step of the generator.

        Args:
            batch: What it reads.
            opponent: The discriminators that it learns from, as of `opponent`.
        """
        own_layers = self._generator_shape.layers(self.generator)
        made = forward(own_layers, batch.z)
        layers = self._discriminator_shape.layers(self.discriminator if opponent is None else opponent)
        done = forward(layers, torch.cat([batch.real, made.outputs], dim=1))
        real_logits, fake_logits = done.outputs.squeeze(2).chunk(2, dim=1)
        slopes = logit_slopes(losses.generator_terms, self._kind.loss, real_logits, fake_logits)
        at_all_points = input_gradient(layers, backward(layers, done)) * slopes[:, :, None]
        at_points = at_all_points[:, self._kind.batch_size :]
        gradient = torch.empty_like(self.generator)
        back = backward(own_layers, made, at_points)
        write_weight_gradient(made, back, self._generator_shape.layers(gradient))
        self._generator_updates = [count + 1 for count in self._generator_updates]
        self._descend(
            self.generator, gradient, self._generator_squares, self._generator_updates, self._generator_rates
        )
        arrows = at_points * -float(self._kind.batch_size)
        return Update(batch, made.outputs, real_logits, fake_logits, gradient, arrows)

    def _descend(
        self, weights: Tensor, gradient: Tensor, squares: Tensor, updates: Sequence[int], rates: Tensor
    ) -> None:
        """Move the weights against the gradient: SGD, or Adam (Kingma & Ba 2015) without momentum."""
        if self._kind.optimiser == "sgd":
            weights.sub_(rates * gradient)
            return
        squares.mul_(DECAY).addcmul_(gradient, gradient, value=1 - DECAY)
        correction = torch.tensor([[1 - DECAY**count] for count in updates])
        weights.sub_(rates * gradient / ((squares / correction).sqrt() + EPSILON))


def logit_slopes(terms: "losses.Terms", kind: GameLoss, real: Tensor, fake: Tensor) -> Tensor:
    """Return the derivative of each game's loss, a mean, with respect to its logits: (G, 2 B), real ones first.

    Args:
        terms: `losses.discriminator_terms` or `losses.generator_terms`.
        kind: The loss.
        real: (G, B).
        fake: (G, B).
    """
    with torch.enable_grad():
        real, fake = real.detach().requires_grad_(), fake.detach().requires_grad_()
        total = terms(kind, real, fake).mean(dim=1).sum()
        parts = torch.autograd.grad(total, (real, fake), allow_unused=True, materialize_grads=True)
    return torch.cat(parts, dim=1)


@torch.no_grad()
def advance(pairs: Sequence[Pair], rounds: int = 1, action: Action = "both") -> None:
    """Make rounds, or steps of one player, in games of any kinds.

    Args:
        pairs: Games; each gets its new state.
        rounds: How many for each.
        action: Who moves.
    """
    kinds: dict[Kind, list[Pair]] = {}
    for pair in pairs:
        kinds.setdefault(kind_of(pair.config), []).append(pair)
    for alike in kinds.values():
        for start in range(0, len(alike), MOST_STACKED):
            stack = Stack(alike[start : start + MOST_STACKED])
            for _ in range(rounds):
                stack.advance(action)
            stack.store()
