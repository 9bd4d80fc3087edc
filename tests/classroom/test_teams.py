import base64
import dataclasses

import pytest

from genai.classroom.activities import teams
from genai.classroom.activities.activity import Services
from genai.classroom.activities.match import Match, Moves, Rules
from genai.classroom.activities.teams import Table, Teams, pool_cells, small_picture
from genai.errors import ConfigError
from genai.learn.game.arena import Arena
from genai.learn.game.config import GameConfig
from genai.learn.game.pair import make_pair
from genai.learn.game.rounds import advance

CONFIG = GameConfig(data="blobs", width=8, batch_size=32)


@pytest.fixture(scope="module")
def arena():
    return Arena()


@pytest.fixture
def table(arena):
    return Table(arena.ask, CONFIG)


def test_the_steps_of_both_players_are_mixed_evenly(arena):
    game_id = arena.open({"game": str(CONFIG)})["id"]
    state = arena.moves({"id": game_id, "discriminator": 2, "generator": 4})["state"]
    pair = make_pair(CONFIG)
    for action in ("generator", "discriminator", "generator", "generator", "discriminator", "generator"):
        advance([pair], action=action)
    assert state["step"] == 6
    again = arena.open({"game": str(CONFIG)})["id"]
    seat = arena._seat({"id": again})
    seat.game.pairs[0].state = pair.state
    assert seat.game.state()["networks"] == state["networks"]


@pytest.mark.parametrize("count", [-1, 101, 1.5, None, True])
def test_steps_that_cannot_be_made(arena, count):
    game_id = arena.open({"game": str(CONFIG)})["id"]
    with pytest.raises(ConfigError, match="Steps"):
        arena.ask("moves", {"id": game_id, "discriminator": count, "generator": 1})


def test_the_table_plays_the_match_and_the_even_game(table):
    first = table.play(Moves(3, 3, 3))
    assert first.moment.value == first.moment.even  # the same seed, the same steps
    second = table.play(Moves(0, 9, 1))
    assert second.moment.value != second.moment.even


def test_a_picture_is_small(table):
    picture = table.picture
    assert len(base64.b64decode(picture["map"])) == 400
    assert len(base64.b64decode(picture["real"])) == len(base64.b64decode(picture["fake"])) == 200
    assert sum(len(str(value)) for value in picture.values()) < 1500
    assert picture["modes_of"] == 8


def test_the_points_of_a_picture_are_where_they_were(arena):
    state = arena.open({"game": str(CONFIG)})["state"]
    fine = base64.b64decode(state["real"])
    coarse = base64.b64decode(small_picture(state)["real"])
    exact = [int.from_bytes(fine[place : place + 2], "little") for place in range(0, 400, 2)]
    assert all(abs(value / 65535 - byte / 255) < 1 / 255 for value, byte in zip(exact, coarse, strict=True))


def test_cells_are_pooled():
    assert pool_cells([0, 4, 10, 10, 4, 8, 10, 10, 1, 1, 2, 2, 1, 1, 2, 2], 4) == [4, 10, 1, 2]


def test_a_press_becomes_a_step_of_its_team(table):
    match = Match(Rules(rounds=1, seconds=60, presses=4, steps=40))
    activity = Teams(match, table, Services())
    of_phones = [activity.phone(seat)["team"] for seat in (4, 9)]
    assert of_phones == ["generator", "discriminator"]
    assert not activity.tick()
    activity.act("next", None)
    activity.answer(4, 2)
    assert activity.tick()
    screen = activity.screen()
    assert screen["teams"]["generator"]["played"] == 20
    assert screen["teams"]["discriminator"]["played"] == 0
    assert activity.phone(4)["pressed"] == 2
    assert len(screen["curve"]) == 1


def test_a_phone_that_joins_a_team_is_shown_at_once(table):
    shown = []
    activity = Teams(
        Match(Rules()), table, dataclasses.replace(Services(), update=lambda change: shown.append(change()))
    )
    for seat in (1, 2, 1):
        activity.phone(seat)
    assert len(shown) == 2


def test_games_that_are_lost_are_told_to_all(arena):
    def lose(name, question):
        if name == "open":
            return arena.ask(name, question)
        raise ConfigError(
            "This game is not on the server any more: begin it anew, with the same settings and the same seed."
        )

    activity = Teams(Match(Rules()), Table(lose, CONFIG), Services())
    activity.act("next", None)
    assert not activity.tick()
    assert "not on the server" in activity.screen()["trouble"]["en"]


def test_another_button(table):
    with pytest.raises(ConfigError, match="no button"):
        Teams(Match(Rules()), table, Services()).act("reveal", None)


def test_the_thread_plays_and_ends(table):
    updates = []

    def update(change):
        change()
        updates.append(1)
        if len(updates) > 3:
            activity.close()

    activity = Teams(Match(Rules()), table, dataclasses.replace(Services(), update=update))
    activity.act("next", None)
    activity._run()  # returns once it is closed
    assert len(updates) >= 4


def test_a_long_break_keeps_the_games(monkeypatch):
    now = [0.0]
    arena = Arena(clock=lambda: now[0])
    activity = Teams(Match(Rules()), Table(arena.ask, CONFIG), Services())
    monkeypatch.setattr(teams, "KEEP_SECONDS", 0.01)
    signs = []

    def keep():
        Table.keep(activity._table)
        signs.append(1)
        now[0] += 600
        arena.turn()  # forgets what nobody has asked for in 900 seconds
        if len(signs) == 3:
            activity._plays.set()

    activity._table.keep = keep
    activity._wait()
    activity.act("next", None)
    assert activity.tick()
    assert activity.screen()["trouble"] is None


def test_the_next_round_is_tried_after_a_trouble(table):
    busy = [True]

    def ask(name, question):
        if busy[0]:
            raise ConfigError("The games do not answer: this server is very busy. Try again in a minute.")
        return {"state": table._ask("moves", question)["state"]}

    match = Match(Rules(seconds=5))
    activity = Teams(match, table, Services())
    activity._table = Table(table._ask, CONFIG)
    activity._table._ask = ask
    activity.act("next", None)
    assert not activity.tick()
    assert activity.screen()["trouble"]
    busy[0] = False
    match.phase = "pause"
    activity.act("next", None)
    assert activity.tick()
    assert activity.screen()["trouble"] is None
