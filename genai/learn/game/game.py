"""One visitor's game: a network pair, or twins that differ in their settings and move in lockstep."""

import math
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, TypedDict, cast

import torch
from torch import Tensor

from genai.learn.game import losses, picture
from genai.learn.game.config import GameConfig, begins_anew
from genai.learn.game.kept import Kept
from genai.learn.game.pair import Pair, make_pair
from genai.learn.game.rounds import Action, Batch, Stack, Update, advance

DEFAULT_SPEED = 30
"""Rounds a second."""


class GameState(TypedDict):
    """A game as the page gets it.

    Attributes:
        step: Rounds so far.
        playing: Whether it goes on by itself while somebody watches.
        speed: Rounds a second that are wanted.
        rate: Rounds a second that were made lately.
        waiting: The share of the speed that this server can give now; None where it gives all.
        game: The settings.
        twin: Those of the twin; None without one.
        exploded: Whether weights are no numbers any more; then only going back or a new start helps.
        networks: Of the game and of its twin.
        real: Real points, as `picture.encode_places`.
    """

    step: int
    playing: bool
    speed: int
    rate: float
    waiting: float | None
    game: str
    twin: str | None
    exploded: bool
    networks: list[picture.NetState]
    real: str


class Frame(TypedDict):
    """One of the seven steps of a round in slow motion: its own numbers by symbol, and the picture then."""

    phase: int
    state: GameState
    numbers: dict[str, float]


class Game:
    """A game.

    Args:
        config: Its settings.
        twin: Those of a twin.
    """

    def __init__(self, config: GameConfig, twin: GameConfig | None = None) -> None:
        self.playing = False
        self.speed = DEFAULT_SPEED
        self.rate = 0.0
        self.waiting: float | None = None
        self.pairs: list[Pair] = []
        self.kept = Kept()
        self._measured: list[picture.Measurement] = []
        self._begin([config] if twin is None else [config, twin])

    def _begin(self, configs: Sequence[GameConfig]) -> None:
        self.pairs = [make_pair(config) for config in configs]
        self.kept = Kept()
        self._measured = []
        self.keep()

    @property
    def step(self) -> int:
        """Rounds so far."""
        return self.pairs[0].state.step

    @property
    def exploded(self) -> bool:
        """Whether weights are no numbers any more."""
        return not all(pair.state.is_finite for pair in self.pairs)

    def keep(self) -> None:
        """Keep the networks as they are now, if it is their turn."""
        self.kept.add(tuple(pair.state for pair in self.pairs))

    def move(self, action: Action) -> None:
        """Make one round, or one step of one player."""
        advance(self.pairs, action=action)
        self.keep()

    def move_both(self, discriminator: int, generator: int) -> None:
        """Make so many steps of each player, those of the one evenly among those of the other; D begins."""
        most = max(discriminator, generator)
        for number in range(most):
            for action, count in (("discriminator", discriminator), ("generator", generator)):
                if (number + 1) * count // most > number * count // most:
                    self.move(cast(Action, action))

    def reset(self) -> None:
        """Begin anew, with the settings as they are."""
        self._begin([pair.config for pair in self.pairs])

    def back(self, to: int | None) -> None:
        """Go back to the last state kept at a step or before it; None: to the one before now."""
        moment = self.kept.nearest(min(self.step - 1, self.step - 1 if to is None else to))
        for pair, state in zip(self.pairs, moment.states, strict=True):
            pair.state = state
        self.kept.forget_from(moment.step + 1)
        self._measured = []

    def change(self, config: GameConfig) -> None:
        """Change settings: of the twin too, but for those in which it differs.

        Rates, penalty, discriminator steps, order and loss change while the game goes on; others begin it anew.
        """
        old = self.pairs[0].config
        configs = [config] + [_follow(old, config, twin.config) for twin in self.pairs[1:]]
        if any(begins_anew(pair.config, new) for pair, new in zip(self.pairs, configs, strict=True)):
            self._begin(configs)
            return
        for pair, new in zip(self.pairs, configs, strict=True):
            pair.config = new
        self._measured = []

    def state(self, *, measure: bool = True) -> GameState:
        """Return the picture of now.

        Args:
            measure: Whether distances and the best reply are computed; else they are those of the last time.
        """
        if measure or not self._measured:
            self._measured = [picture.measure(pair) for pair in self.pairs]
        nets = [
            picture.net_state(picture.look(pair), measured)
            for pair, measured in zip(self.pairs, self._measured, strict=True)
        ]
        return {
            "step": self.step,
            "playing": self.playing,
            "speed": self.speed,
            "rate": round(self.rate, 1),
            "waiting": self.waiting,
            "game": str(self.pairs[0].config),
            "twin": str(self.pairs[1].config) if len(self.pairs) > 1 else None,
            "exploded": self.exploded,
            "networks": nets,
            "real": picture.encode_places(self.pairs[0].pool[: picture.SHOWN]),
        }

    @torch.no_grad()
    def slow(self) -> list[Frame]:
        """Make one round in seven steps; the game is then where one ordinary round brings it."""
        return _SlowRound(self).frames()


class _SlowRound:
    """A round of a game, step by step; the numbers are those of its first pair."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._stacks = [Stack([pair]) for pair in game.pairs]
        self._loss = game.pairs[0].config.loss
        self._frames: list[Frame] = []

    def frames(self) -> list[Frame]:
        """Make the round."""
        batches = [stack.batches() for stack in self._stacks]
        opponents = [stack.opponent() for stack in self._stacks]
        updates = self._update_discriminators(batches)
        self._show_discriminator(updates)
        last = [
            stack.update_generator(batch[0], opponent)
            for stack, batch, opponent in zip(self._stacks, batches, opponents, strict=True)
        ]
        self._show_generator(last[0], batches[0][0])
        return self._frames

    def _update_discriminators(self, batches: Sequence[Sequence[Batch]]) -> list[Update]:
        """Make all discriminator steps, and return the first pair's."""
        made = [
            [stack.update_discriminator(batch) for batch in own[1:]]
            for stack, own in zip(self._stacks, batches, strict=True)
        ]
        return made[0]

    def _show_discriminator(self, updates: Sequence[Update]) -> None:
        first = updates[0]
        self._add(1, _components("z", first.batch.z[0, 0]))
        self._add(2, _components("G(z)", first.fake[0, 0]))
        self._add(3, {"D(x)": _mean(first.real_logits.sigmoid()), "D(G(z))": _mean(first.fake_logits.sigmoid())})
        loss = losses.discriminator_terms(self._loss, first.real_logits, first.fake_logits)
        self._add(4, {"L(D)": _mean(loss)})
        self._store()
        self._add(5, {"|∇L(D)|": float(first.gradient.norm()), "n": len(updates)})

    def _show_generator(self, update: Update, batch: Batch) -> None:
        assert update.arrows is not None
        loss = losses.generator_terms(self._loss, update.real_logits, update.fake_logits)
        self._add(6, {"L(G)": _mean(loss), "|∂L(G)/∂x|": _mean(update.arrows.norm(dim=2))})
        for stack in self._stacks:
            stack.end_step()
        self._store()
        self._game.keep()
        self._add(7, {"|∇L(G)|": float(update.gradient.norm()), **_components("z", batch.z[0, 0])})

    def _store(self) -> None:
        for stack in self._stacks:
            stack.store()
        for pair in self._game.pairs:
            pair.state = pair.state.detached()  # the stack goes on to change its own tensors

    def _add(self, phase: int, numbers: dict[str, float]) -> None:
        finite = {name: value for name, value in numbers.items() if math.isfinite(value)}
        self._frames.append({"phase": phase, "state": self._game.state(), "numbers": finite})


def _follow(old: GameConfig, new: GameConfig, twin: GameConfig) -> GameConfig:
    """Return the twin's settings after those of the game have changed."""
    changes: dict[str, Any] = {
        field.name: getattr(new, field.name)
        for field in fields(old)
        if getattr(twin, field.name) == getattr(old, field.name)
    }
    return replace(twin, **changes)


def _components(symbol: str, values: Tensor) -> dict[str, float]:
    return {f"{symbol}{index}": float(value) for index, value in zip("₁₂", values, strict=False)}


def _mean(values: Tensor) -> float:
    return float(values.mean())
