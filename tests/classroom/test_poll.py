"""A question: votes can be changed until it is revealed; what is right is not to be seen before."""

import pytest

from genai.classroom.activities import ACTIVITIES, Services
from genai.errors import ConfigError

TEXT = {"en": "What?", "zh-CN": "什么？"}
REPLIES = [{"en": f"reply {n}", "zh-CN": f"回应 {n}"} for n in range(3)]
SETTINGS = {"question": TEXT, "answers": [TEXT] * 3, "right": 2, "reply": REPLIES}


def make(**changes):
    return ACTIVITIES["poll"]({**SETTINGS, **changes}, Services(), 0)


def test_the_last_choice_of_a_phone_counts_until_the_answer_is_shown():
    poll = make()
    for seat, choice in ((0, 1), (1, 1), (0, 2)):
        poll.answer(seat, choice)
    assert poll.screen()["counts"] == [0, 1, 1]
    assert poll.screen()["answered"] == 2
    assert poll.phone(0) == {"choice": 2, "reply": None}
    poll.act("reveal", None)
    assert poll.phone(0) == {"choice": 2, "reply": REPLIES[2]}
    assert poll.phone(7) == {"choice": None, "reply": None}
    with pytest.raises(ConfigError, match="over"):
        poll.answer(0, 1)


def test_what_is_right_is_shown_only_when_it_is_revealed():
    poll = make()
    assert poll.screen()["right"] is None
    poll.act("reveal", None)
    assert poll.screen()["right"] == 2
    assert "reply" not in poll.screen()


def test_the_interval_holds_the_share_and_there_is_none_without_votes():
    poll = make()
    assert poll.screen()["bounds"] is None
    for seat in range(10):
        poll.answer(seat, seat % 2)
    low, high = poll.screen()["bounds"][0]
    assert 0.2 < low < 0.5 < high < 0.8
    assert poll.screen()["bounds"][2][0] == pytest.approx(0)


def test_a_second_vote_has_the_first_beside_it():
    poll = make()
    poll.answer(0, 1)
    poll.act("reveal", None)
    poll.act("again", None)
    screen = poll.screen()
    assert (screen["turn"], screen["phase"], screen["counts"]) == (1, "asked", [0, 0, 0])
    assert screen["before"] == [0, 1, 0]
    assert poll.phone(0)["choice"] is None


@pytest.mark.parametrize("value", [None, -1, 3, True, 1.0, "1", [1], 10**400])
def test_what_is_no_answer_is_refused(value):
    poll = make()
    with pytest.raises(ConfigError, match="choose one of the 3"):
        poll.answer(0, value)
    assert poll.screen()["answered"] == 0


def test_what_is_no_button_is_refused():
    with pytest.raises(ConfigError, match="'explode'"):
        make().act("explode", None)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"question": "text"}, "question must be"),
        ({"question": {"en": "only English"}}, "question must be"),
        ({"question": {"en": "a", "zh-CN": " "}}, "question must be"),
        ({"question": {"en": "a", "zh-CN": "\ud83d"}}, "question must be"),
        ({"question": {"en": "a" * 601, "zh-CN": "a"}}, "question must be"),
        ({"answers": None}, "answers must be"),
        ({"answers": [TEXT] * 1}, "2 to 6"),
        ({"answers": [TEXT] * 7}, "answers must be"),
        ({"answers": [TEXT, 3]}, "answers must be"),
        ({"right": 3}, "none of the answers"),
        ({"right": True}, "none of the answers"),
        ({"right": "1"}, "none of the answers"),
        ({"reply": REPLIES[:2]}, "reply to each"),
        ({"reply": 5}, "reply must be"),
    ],
)
def test_a_bad_setting_is_named(changes, named):
    with pytest.raises(ConfigError, match=named):
        make(**changes)


def test_a_question_without_a_right_answer():
    poll = make(right=None, reply=None)
    poll.answer(0, 0)
    poll.act("reveal", None)
    assert poll.screen()["right"] is None
    assert poll.phone(0) == {"choice": 0, "reply": None}
