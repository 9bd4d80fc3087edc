"""What the page asks about rooms, and the sentences for what cannot be."""

import random

import pytest

from genai.classroom.activities import Services
from genai.classroom.questions import RoomQuestions
from genai.classroom.rooms import ClassRooms
from genai.language.strings import both
from genai.serving.guard.visitors import set_current_visitor
from genai.serving.rooms.word import GUESSES_PER_MINUTE, TeachersWord
from tests.load.fuzz import NAMES, anything

ADDRESS = "http://school.test:7860/"
TEXT = {"en": "What?", "zh-CN": "什么？"}
POLL = {"question": TEXT, "answers": [TEXT, TEXT]}


def questions(word=None, is_required=False, clock=lambda: 0.0):
    rooms = RoomQuestions(
        ClassRooms(lambda *_: None), TeachersWord(word, is_required, clock), Services(), lambda: 0
    )
    return {question.__name__: question for question in rooms.all()}


@pytest.fixture
def ask():
    asked = questions()

    def answer(name, visitor="teacher", /, **question):
        set_current_visitor(visitor, has_cookie=True)
        return asked[name](question)

    return answer


@pytest.fixture
def room(ask):
    opened = ask("room_open", address=ADDRESS)
    return {"code": opened["code"], "token": opened["token"]}


def english(answer):
    return answer["sentence"]["en"]


def test_a_teacher_opens_a_room_and_comes_back_to_it(ask):
    opened = ask("room_open", address=ADDRESS)
    code = opened["code"]
    assert opened["link"] == f"{ADDRESS}?room={code}"
    assert opened["qr"].startswith("data:image/svg+xml")
    assert (opened["topic"], opened["host"]) == (f"room/{code}", f"room/{code}/host-{opened['token']}")
    assert ask("room_again", code=code, token=opened["token"], address=ADDRESS) == opened
    assert "teacher's page" in english(ask("room_again", code=code, token="guessed", address=ADDRESS))


def test_a_phone_votes_and_a_reload_shows_its_vote(ask, room):
    joined = ask("room_join", "pupil", code=room["code"].lower(), seat="phone-0001")
    assert joined["topic"] == f"room/{room['code']}"
    assert joined["seat"] == "phone-0001"
    ask("room_start", **room, activity="poll", settings=POLL)
    mine = {"code": room["code"], "seat": joined["seat"]}
    turn = ask("room_look", "pupil", **mine)["turn"]
    assert ask("room_answer", "pupil", **mine, turn=turn, value=1)["phone"]["choice"] == 1
    assert ask("room_join", "pupil", **mine)["phone"]["choice"] == 1


def test_emptied_storage_does_not_give_a_second_vote(ask, room):
    ask("room_start", **room, activity="poll", settings=POLL)
    first = ask("room_join", "pupil", code=room["code"], seat="phone-0001")
    ask("room_answer", "pupil", code=room["code"], seat="phone-0001", turn="1.0", value=0)
    again = ask("room_join", "pupil", code=room["code"], seat="another-id")
    assert again["seat"] == first["seat"]
    assert again["phone"]["choice"] == 0
    asked = ask("room_answer", "pupil", code=room["code"], seat="a-third-id", turn="1.0", value=1)
    assert asked["phone"]["choice"] == 1
    assert ask("room_look", "other", code=room["code"], seat="phone-0002")["phone"]["choice"] is None


def test_only_the_teacher_starts_acts_and_ends(ask, room):
    for name in ("room_start", "room_act", "room_keep", "room_end"):
        assert "teacher's page" in english(ask(name, code=room["code"], token="\ud83d", do="reveal"))
    assert ask("room_end", **room) == {}
    assert "no room" in english(ask("room_join", "pupil", code=room["code"], seat="phone-0001"))


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ({"activity": "chess"}, "There are: poll"),
        ({"activity": None}, "There are: poll"),
        ({"activity": "poll", "settings": 3}, "JSON object"),
        ({"activity": "poll", "settings": {}}, "answers"),
    ],
)
def test_what_cannot_be_started_is_named(ask, room, question, named):
    assert named in english(ask("room_start", **room, **question))


@pytest.mark.parametrize("do", [None, 3, "reveal", ["lock"]])
def test_a_button_without_an_activity_is_a_sentence(ask, room, do):
    assert "start an activity" in english(ask("room_act", **room, do=do))


@pytest.mark.parametrize("seed", range(5))
def test_any_json_is_answered_and_never_by_a_bug(ask, room, seed):
    dice = random.Random(seed)
    names = (
        "room_open",
        "room_again",
        "room_start",
        "room_act",
        "room_keep",
        "room_join",
        "room_answer",
        "room_look",
        "room_alone",
    )
    for _ in range(300):
        question = {name: anything(dice) for name in dice.sample(NAMES, 12)}
        known = {**room, "seat": "phone-0001", "activity": "poll", "address": ADDRESS, "turn": "1.0"}
        question |= {name: known[name] for name in known if dice.random() < 0.8}
        answer = ask(dice.choice(names), **question)
        assert answer.get("sentence") != both("bug"), question


def start_alone(ask, visitor="pupil", activity="poll"):
    return ask("room_alone", visitor, activity=activity, seat="phone-0001", settings=POLL)


@pytest.fixture
def alone(monkeypatch):
    """Let polls be played alone: what the games need of models is tested with them."""
    monkeypatch.setattr("genai.classroom.questions.ALONE", ("poll",))


@pytest.mark.usefixtures("alone")
def test_one_person_plays_alone_and_nobody_else_joins(ask):
    game = start_alone(ask)
    mine = {"code": game["code"], "seat": game["seat"]}
    assert ask("room_answer", "pupil", **mine, turn=game["turn"], value=1)["phone"]["choice"] == 1
    assert ask("room_act", "pupil", code=game["code"], token=game["token"], do="reveal") == {}
    assert "no more phones" in english(ask("room_join", "other", code=game["code"], seat="phone-0002"))
    again = start_alone(ask)
    assert again["code"] != game["code"]
    assert "no room" in english(ask("room_look", "pupil", **mine)), "one game of a visitor at a time"
    assert "seat" in start_alone(ask, "other"), "that of another is not touched"
    assert "turn" in ask("room_look", "pupil", code=again["code"], seat=again["seat"])


@pytest.mark.usefixtures("alone")
def test_alone_no_teachers_word_is_asked_for():
    asked = questions("swordfish", is_required=True)
    set_current_visitor("pupil", has_cookie=True)
    assert "code" in asked["room_alone"]({"activity": "poll", "settings": POLL, "seat": "phone-0001"})


@pytest.mark.parametrize("activity", ["poll", "teams", None, ["fool"]])
def test_what_cannot_be_played_alone_is_named(ask, activity):
    assert "There are: real_or_made, next_letter, fool" in english(start_alone(ask, activity=activity))


def test_an_address_that_is_none(ask):
    assert "address" in english(ask("room_open", address="javascript:alert(1)"))


def opened(asked, word, visitor="teacher"):
    set_current_visitor(visitor, has_cookie=True)
    return asked["room_open"]({"address": ADDRESS, "word": word})


def test_a_public_page_opens_rooms_only_with_the_teachers_word():
    asked = questions("swordfish", is_required=True)
    assert "not the teacher's word" in english(opened(asked, "guess"))
    assert "not the teacher's word" in english(opened(asked, None))
    assert "code" in opened(asked, " swordfish ")
    assert "--teacher-word" in english(opened(questions(None, is_required=True), "anything"))
    assert "code" in opened(questions(), None)


def test_guesses_are_limited_and_one_who_guesses_does_not_shut_the_teacher_out():
    now = 0.0
    asked = questions("swordfish", is_required=True, clock=lambda: now)
    for guess in range(GUESSES_PER_MINUTE):
        opened(asked, f"guess {guess}", "pupil")
    assert "Too many" in english(opened(asked, "swordfish", "pupil"))
    assert "code" in opened(asked, "swordfish", "teacher")
    now = 61.0
    assert "code" in opened(asked, "swordfish", "pupil")
