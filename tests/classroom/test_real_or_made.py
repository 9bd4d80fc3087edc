"""Real or made?: rounds, votes, the board, and who gets advice."""

import json

import pytest

from genai.classroom.activities import Services
from genai.classroom.activities.real_or_made import RealOrMade, advice_of, draw_advised, make
from genai.classroom.deck.deck import Deck, Item
from genai.classroom.deck.draw import Threshold
from genai.errors import ConfigError
from genai.quality.figures import wilson_interval

TRUTH = (True, False, False)
MACHINE = (True, True, False)  # what it says: wrong in the second round


def small_deck():
    items = [
        Item({"text": f"passage {n}"}, real, float(says), says, "" if real else f"?seed={n}")
        for n, (real, says) in enumerate(zip(TRUTH, MACHINE, strict=True))
    ]
    return Deck(
        "text", "tiny", {"en": "Plays", "zh-CN": "戏剧"}, "nobody", Threshold(0.5, 0.8, 64, 64), items, False
    )


def play(game, votes):
    """Play all rounds with a list of votes for each, one a seat; None does not vote."""
    for of_round in votes:
        for seat, vote in enumerate(of_round):
            if vote:
                game.answer(seat, vote)
        game.act("reveal", None)
        game.act("next", None)


def test_nothing_says_what_an_item_is_before_it_is_shown():
    game = RealOrMade(small_deck())
    game.answer(0, "made")
    screen = game.screen()
    assert (screen["phase"], screen["answered"], screen["item"]) == ("vote", 1, {"text": "passage 0"})
    assert not {"truth", "machine", "link", "counts", "votes"} & set(screen)
    assert game.phone(0)["right"] is None
    assert game.phone(0)["advice"] is None


def test_a_vote_can_be_changed_until_the_item_is_shown_and_counts_once():
    game = RealOrMade(small_deck())
    for vote in ("made", "real", "made", "real"):
        game.answer(7, vote)
    game.answer(8, "made")
    game.act("reveal", None)
    shown = game.screen()
    assert shown["counts"] == {"real": 1, "made": 1}
    assert (shown["truth"], shown["machine"]["says"], shown["link"]) == ("real", "real", "")
    assert (game.phone(7)["right"], game.phone(8)["right"], game.phone(9)["right"]) == (True, False, None)
    with pytest.raises(ConfigError, match="vote is over"):
        game.answer(7, "made")


@pytest.mark.parametrize("value", ["both", None, 1, True, ["real"], {"real": 1}])
def test_what_is_no_answer(value):
    with pytest.raises(ConfigError, match="no answer here"):
        RealOrMade(small_deck()).answer(0, value)


def test_the_board_counts_class_majority_machine_and_what_fooled_most():
    game = RealOrMade(small_deck())
    play(game, [("real", "real", "made"), ("real", "real", "made"), ("made", None, None)])
    board = game.screen()
    assert (board["phase"], board["turn"]) == ("board", 3)
    rows = board["rows"]
    assert (rows["class"]["count"], rows["class"]["n"]) == (4, 7)
    assert rows["class"]["bounds"] == wilson_interval(4, 7)
    assert (rows["majority"]["count"], rows["majority"]["n"]) == (2, 3)
    assert (rows["machine"]["count"], rows["machine"]["n"]) == (2, 3)
    assert [item["round"] for item in board["items"]] == [1, 0, 2]
    assert board["items"][0]["link"] == "?seed=1"
    assert board["effect"] is None
    assert [game.phone(seat)["score"]["count"] for seat in range(3)] == [2, 1, 1]
    assert game.phone(1)["score"]["n"] == 2
    json.dumps(board)


def test_buttons_work_only_in_their_phase():
    game = RealOrMade(small_deck())
    with pytest.raises(ConfigError):
        game.act("next", None)
    play(game, [(), (), ()])
    for button in ("reveal", "next", "stop the game"):
        with pytest.raises(ConfigError, match="no button"):
            game.act(button, None)
    with pytest.raises(ConfigError, match="vote is over"):
        game.answer(0, "real")
    assert game.screen()["rows"]["class"]["share"] is None


def test_of_each_two_seats_one_gets_advice_by_a_fair_coin_and_keeps_it():
    for seed in range(5):
        advised = [draw_advised(seed, seat) for seat in range(200)]
        assert all(advised[n] != advised[n + 1] for n in range(0, 200, 2))
        assert advised == [draw_advised(seed, seat) for seat in range(200)]
        assert 30 < sum(advised[0::2]) < 70
    assert [draw_advised(1, seat) for seat in range(40)] != [draw_advised(2, seat) for seat in range(40)]


def test_only_those_who_get_advice_see_it_and_their_votes_are_counted_apart():
    game = RealOrMade(small_deck(), advice_of(3))
    advised = [seat for seat in range(2) if game.phone(seat)["advised"]]
    [alone] = {0, 1} - set(advised)
    assert len(advised) == 1
    assert game.phone(advised[0])["advice"] == "real"
    assert game.phone(alone)["advice"] is None
    for truth in ("real", "made", "made"):
        game.answer(advised[0], game.phone(advised[0])["advice"])  # follows the machine
        game.answer(alone, truth)
        game.act("reveal", None)
        game.act("next", None)
    right, wrong = game.screen()["effect"]
    assert [(row["rounds"], row["advised"]["share"], row["alone"]["share"]) for row in (right, wrong)] == [
        (2, 1.0, 1.0),
        (1, 0.0, 1.0),
    ]


@pytest.mark.parametrize(
    "settings",
    [{"rounds": 3}, {"rounds": "10"}, {"advice": 1}, {"modality": "video"}, {"modality": None}, {"model": "../x"}],
)
def test_settings_that_cannot_be(settings):
    with pytest.raises(ConfigError):
        make(settings, Services(), 0)
