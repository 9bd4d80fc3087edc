"""A visitor's game: rewind, twins, changes, slow motion."""

from dataclasses import replace

import pytest
import torch

from genai.learn.game import kept
from genai.learn.game.config import GameConfig
from genai.learn.game.game import Game

CONFIG = GameConfig(width=8, batch_size=32)


def weights(game):
    return [tensor for pair in game.pairs for tensor in (pair.state.generator, pair.state.discriminator)]


def same(first, second):
    return all(torch.equal(one, other) for one, other in zip(first, second, strict=True))


def play(game, rounds):
    for _ in range(rounds):
        game.move("both")


def test_going_back_and_on_gives_the_same_to_the_bit():
    game = Game(CONFIG)
    play(game, 20)
    expected = [tensor.clone() for tensor in weights(game)]
    game.back(11)
    assert game.step == 11
    assert not same(weights(game), expected)
    play(game, 9)
    assert same(weights(game), expected)
    game.back(None)
    assert game.step == 19
    game.back(0)
    assert same(weights(game), weights(Game(CONFIG)))
    game.back(0)  # there is nothing before the start
    assert game.step == 0


def test_the_states_kept_reach_back_to_the_start_and_are_bounded(monkeypatch):
    monkeypatch.setattr(kept, "MOST", 10)
    game = Game(CONFIG)
    play(game, 45)
    assert len(game.kept) <= 10
    assert game.kept.steps == list(range(0, 45, game.kept.interval))
    game.back(30)
    assert game.step == 24  # the nearest one kept before
    play(game, 4)
    other = Game(CONFIG)
    play(other, 28)
    assert same(weights(game), weights(other))


def test_wide_networks_have_fewer_states(monkeypatch):
    monkeypatch.setattr(kept, "MOST_BYTES", 20_000)
    game = Game(CONFIG)
    play(game, 40)
    size = sum(pair.state.size for pair in game.pairs)
    assert 2 <= len(game.kept) <= 20_000 // size


def test_twins_move_in_lockstep_and_follow_changes_but_for_their_difference():
    game = Game(CONFIG, replace(CONFIG, generator_rate=0.1))
    alone = Game(CONFIG)
    play(game, 5)
    play(alone, 5)
    assert same(weights(game)[:2], weights(alone))
    assert not same(weights(game)[:2], weights(game)[2:])
    assert [pair.state.step for pair in game.pairs] == [5, 5]
    game.change(replace(CONFIG, penalty=1.0))
    assert [(pair.config.penalty, pair.config.generator_rate) for pair in game.pairs] == [(1.0, 0.01), (1.0, 0.1)]
    assert game.step == 5
    state = game.state()
    assert len(state["networks"]) == 2
    assert state["twin"] == str(game.pairs[1].config)
    assert state["networks"][0]["numbers"] != state["networks"][1]["numbers"]


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ({"generator_rate": 0.1}, 3),
        ({"loss": "wasserstein"}, 3),
        ({"discriminator_steps": 5}, 3),
        ({"penalty": 0.0}, 3),
        ({"seed": 1}, 0),
        ({"data": "moons"}, 0),
        ({"latent_size": 1}, 0),
    ],
)
def test_what_changes_while_it_runs_and_what_begins_anew(change, step):
    game = Game(CONFIG)
    play(game, 3)
    game.change(replace(CONFIG, **change))
    assert game.step == step
    assert game.state()["game"] == str(replace(CONFIG, **change))
    play(game, 2)


@pytest.mark.parametrize("steps", [1, 3])
def test_a_round_in_slow_motion_is_an_ordinary_one(steps):
    config = replace(CONFIG, discriminator_steps=steps)
    game, other = Game(config, replace(config, loss="hinge")), Game(config, replace(config, loss="hinge"))
    play(game, 4)
    play(other, 4)
    before = game.state()
    frames = game.slow()
    play(other, 1)
    assert same(weights(game), weights(other))
    assert [frame["phase"] for frame in frames] == [1, 2, 3, 4, 5, 6, 7]
    maps = [frame["state"]["networks"][0]["map"] for frame in frames]
    fakes = [frame["state"]["networks"][0]["fake"] for frame in frames]
    assert maps[:4] == 4 * [before["networks"][0]["map"]]  # the discriminator learns in the fifth
    assert maps[4] != maps[3]
    assert maps[4:] == 3 * maps[4:5]
    assert fakes[:6] == 6 * [before["networks"][0]["fake"]]  # the generator in the seventh
    assert fakes[6] != fakes[5]
    assert frames[6]["state"]["networks"] == other.state()["networks"]
    assert [frame["state"]["step"] for frame in frames] == [4, 4, 4, 4, 4, 4, 5]


def test_the_numbers_in_slow_motion_belong_together():
    numbers = {}
    for frame in Game(replace(CONFIG, loss="hinge")).slow():
        numbers.update(frame["numbers"])
    assert numbers["L(D)"] == pytest.approx(1, abs=1.5)
    assert 0 < numbers["D(x)"] < 1
    assert numbers["|∇L(D)|"] > 0
    assert numbers["|∂L(G)/∂x|"] > 0
    assert -1 <= numbers["z₂"] <= 1
