"""A class draws together: nothing is lost, late ones join, a reload keeps the seat."""

import threading

import pytest

from genai.errors import ConfigError, DataError
from genai.learn.data.rooms import Rooms
from genai.learn.data.store import Collections
from genai.serving.rooms.register import LETTERS
from tests.learn.data.made import star


@pytest.fixture
def published():
    return []


@pytest.fixture
def rooms(published):
    return Rooms(Collections(), lambda topic, state: published.append((topic, state)))


def test_thirty_phones_send_at_once_and_no_drawing_is_lost(rooms, published):
    room = rooms.open()

    def phone(number):
        for n in range(3):
            rooms.send(room.code, f"seat-{number:04d}", star(3 * number, 3 + n))

    threads = [threading.Thread(target=phone, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    topic, state = published[-1]
    assert topic == f"wall/{room.code}"
    assert len(state["items"]) == 90
    assert state["phones"] == 30
    assert state["summary"]["id"] is None
    assert [len(rooms.own(room, f"seat-{number:04d}")) for number in range(30)] == [3] * 30


def test_a_code_has_four_letters_that_cannot_be_confused(rooms):
    codes = {rooms.open().code for _ in range(50)}
    assert len(codes) == 50
    assert all(len(code) == 4 and set(code) <= set(LETTERS) for code in codes)
    assert not set(LETTERS) & set("IO01")


def test_a_reload_gives_the_same_seat_and_a_code_is_read_in_small_letters(rooms):
    room = rooms.open(["star", "sun"])
    rooms.send(room.code.lower(), "seat-0001", star(), "star")
    assert rooms.join(f" {room.code} ", "seat-0001") is room
    assert len(rooms.own(room, "seat-0001")) == 1
    assert rooms.own(room, "another-seat") == []
    assert room.collection.counts == {"star": 1}


def test_only_the_teacher_removes_and_the_phone_sees_it(rooms):
    room = rooms.open()
    item = rooms.send(room.code, "seat-0001", star())
    with pytest.raises(ConfigError, match="teacher"):
        rooms.remove(room.code, "wrong", item.number)
    rooms.remove(room.code, room.token, item.number)
    assert rooms.own(room, "seat-0001") == [{"item": 1, "removed": True}]
    rooms.restore(room.code, room.token)
    assert len(rooms.own(room, "seat-0001")) == 1


def test_a_phone_that_floods_is_stopped_and_the_others_go_on(rooms):
    room = rooms.open()
    for n in range(40):
        rooms.send(room.code, "seat-0001", star(n))
    with pytest.raises(DataError, match="enough"):
        rooms.send(room.code, "seat-0001", star(50))
    assert rooms.send(room.code, "seat-0002", star(51)).number == 41


@pytest.mark.parametrize("code", [None, "", "ABCD", 3, "x" * 10_000, ["A"]])
def test_a_wrong_code_says_what_a_code_is(rooms, code):
    with pytest.raises(ConfigError, match="four"):
        rooms.join(code, "seat-0001")


def test_wrong_seats_tasks_and_drawings_are_refused(rooms):
    room = rooms.open(["star"])
    for seat in (None, "", "short", "x" * 65, 3):
        with pytest.raises(ConfigError, match="seat"):
            rooms.join(room.code, seat)
    with pytest.raises(ConfigError, match="not to be drawn"):
        rooms.send(room.code, "seat-0001", star(), "moon")
    with pytest.raises(DataError, match="blank"):
        rooms.send(room.code, "seat-0001", [])
    with pytest.raises(ConfigError, match="at most"):
        rooms.open(["a"] * 11)
    assert rooms.open(["a", "a", " "]).tasks == ["a"]


def test_a_room_ends_with_its_drawings():
    now = 0.0
    rooms = Rooms(Collections(clock=lambda: now, idle_seconds=60), lambda *_: None)
    room = rooms.open()
    now = 61.0
    rooms.open()
    with pytest.raises(ConfigError, match="no room"):
        rooms.join(room.code, "seat-0001")
