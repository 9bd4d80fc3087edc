"""All visitors' games: who moves, how fast, and what is refused; time is a number that the tests move."""

from contextlib import suppress
from dataclasses import replace

import pytest
import torch

from genai.errors import ConfigError, GenaiError
from genai.learn.game import arena as arena_module
from genai.learn.game.arena import TURN_SECONDS, Arena
from genai.learn.game.config import GameConfig
from genai.learn.game.pair import make_pair
from genai.learn.game.rounds import advance

CONFIG = GameConfig(width=8, batch_size=32)


class Clock:
    """A clock that each reading moves on by a fixed time, and the tests by what they like."""

    def __init__(self, tick=0.0):
        self.now, self.tick = 100.0, tick

    def __call__(self):
        self.now += self.tick
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def arena(clock):
    return Arena(clock)


def start(arena, speed=40, config=CONFIG, twin=None):
    game_id = arena.open({"game": str(config), "twin": twin})["id"]
    arena.watch(game_id, watched=True)
    arena.act({"id": game_id, "do": "play", "speed": speed})
    return game_id


def turns(arena, clock, count):
    states = {}
    for _ in range(count):
        clock.now += TURN_SECONDS
        states.update(arena.turn())
    return states


def test_a_game_makes_the_rounds_of_its_speed(arena, clock):
    game_id = start(arena, speed=40)
    state = turns(arena, clock, 21)[game_id]
    assert state["step"] in (41, 42)
    assert state["rate"] == pytest.approx(40, abs=2)
    assert state["waiting"] is None
    assert state["playing"]


def test_the_fifth_game_of_a_visitor_ends_the_first_and_no_one_elses(arena):
    others = start(arena)
    asked = {"game": str(CONFIG), "visitor": "me"}
    opened = [arena.open(asked) for _ in range(5)]
    assert [answer["ended"] for answer in opened] == [[], [], [], [], [opened[0]["id"]]]
    with pytest.raises(GenaiError, match="not on the server"):
        arena.act({"id": opened[0]["id"], "do": "both"})
    for game_id in (others, opened[1]["id"], opened[4]["id"]):
        arena.act({"id": game_id, "do": "both"})


def test_a_game_without_a_viewer_stands_still_at_once(arena, clock):
    game_id = start(arena)
    turns(arena, clock, 3)
    arena.watch(game_id, watched=False)
    assert not arena.is_moving
    assert turns(arena, clock, 5) == {}
    arena.watch(game_id, watched=True)
    assert turns(arena, clock, 2)[game_id]["step"] <= 6 + 4  # nothing is made up for


def test_paused_and_moved_by_hand(arena, clock):
    game_id = start(arena)
    turns(arena, clock, 3)
    state = arena.act({"id": game_id, "do": "pause"})["state"]
    assert not state["playing"]
    assert state["step"] in (5, 6)
    assert arena.act({"id": game_id, "do": "both"})["state"]["step"] == state["step"] + 1
    assert turns(arena, clock, 3)[game_id]["step"] == state["step"] + 1
    assert arena.act({"id": game_id, "do": "back", "to": 2})["state"]["step"] == 2
    assert arena.act({"id": game_id, "do": "reset"})["state"]["step"] == 0


def test_games_beyond_the_budget_share_it_and_say_so():
    clock = Clock(tick=0.004)
    arena = Arena(clock)
    ids = [start(arena, speed=500), start(arena, speed=500), start(arena, speed=20)]
    states = turns(arena, clock, 60)
    fast, other, slow = (states[game_id] for game_id in ids)
    assert fast["step"] == pytest.approx(other["step"], rel=0.05)
    assert 0 < fast["waiting"] < 0.9
    assert fast["rate"] == pytest.approx(500 * fast["waiting"], rel=0.05)
    assert slow["waiting"] is None  # who wants less than a share gets all of it


def test_a_game_in_company_is_the_game_alone(arena, clock):
    ids = [start(arena, config=replace(CONFIG, seed=seed), speed=20 + seed) for seed in range(4)]
    ids.append(start(arena, config=replace(CONFIG, loss="hinge"), twin=str(replace(CONFIG, width=16))))
    states = turns(arena, clock, 20)
    for seed, game_id in enumerate(ids[:4]):
        pair = make_pair(replace(CONFIG, seed=seed))
        advance([pair], states[game_id]["step"])
        alone = arena._seats[game_id].game.pairs[0].state
        assert torch.equal(pair.state.generator, alone.generator)


def test_many_games_take_turns_in_being_shown():
    clock = Clock(tick=0.002)
    arena = Arena(clock)
    ids = [start(arena) for _ in range(12)]
    first = turns(arena, clock, 1)
    assert 0 < len(first) < 12
    assert set(turns(arena, clock, 12)) == set(ids)


def test_games_are_forgotten_and_make_room(arena, clock, monkeypatch):
    monkeypatch.setattr(arena_module, "MOST_GAMES", 3)
    ids = [start(arena) for _ in range(3)]
    with pytest.raises(ConfigError, match="3 games are open"):
        arena.open({"game": ""})
    arena.watch(ids[1], watched=False)
    clock.now += arena_module.RESERVED_SECONDS + 1
    start(arena)
    with pytest.raises(ConfigError, match="not on the server any more"):
        arena.act({"id": ids[1], "do": "both"})
    for game_id in ids:
        arena.watch(game_id, watched=False)
    clock.now += arena_module.FORGOTTEN_SECONDS + 1
    arena.turn()
    assert len(arena) == 1


def test_a_game_that_explodes_stops_and_can_go_back(arena, clock):
    config = replace(CONFIG, loss="wasserstein", penalty=0.0, optimiser="sgd", generator_rate=1.0)
    game_id = start(arena, config=replace(config, discriminator_rate=1.0), speed=500)
    state = turns(arena, clock, 20)[game_id]
    assert state["exploded"]
    assert not state["playing"]
    with pytest.raises(ConfigError, match="grown beyond all numbers"):
        arena.act({"id": game_id, "do": "play"})
    assert not arena.act({"id": game_id, "do": "back", "to": 0})["state"]["exploded"]
    assert len(arena.slow({"id": game_id})["frames"]) == 7


def test_the_same_settings_and_seed_give_the_same_game(arena):
    first, second = (arena.open({"game": str(CONFIG)}) for _ in range(2))
    assert first["id"] != second["id"]
    assert len(first["id"]) >= 22
    ours, theirs = (arena.act({"id": opened["id"], "do": "both"})["state"] for opened in (first, second))
    assert ours == theirs


JUNK = [
    None,
    True,
    0,
    -1,
    1.5,
    float("nan"),
    10**30,
    "",
    "ring",
    "both",
    "x" * 3000,
    [],
    [1],
    {},
    {"id": 1},
    "\ud800",
]


@pytest.mark.parametrize("name", ["open", "act", "change", "slow", "dirac"])
def test_any_json_is_answered_or_refused_with_a_sentence(arena, name):
    rng = torch.Generator().manual_seed(5)
    real_id = arena.open({"game": str(CONFIG)})["id"]
    keys = ("id", "do", "speed", "to", "game", "twin", "loss", "rate", "penalty", "update", "steps")
    for _ in range(12 if name == "slow" else 150):
        chosen = torch.randint(len(JUNK), (len(keys),), generator=rng).tolist()
        question = {key: JUNK[place] for key, place in zip(keys, chosen, strict=True) if place % 3 or place == 9}
        if torch.rand(1, generator=rng) < 0.6:
            question["id"] = real_id
        with suppress(GenaiError):
            assert isinstance(arena.ask(name, question), dict)
