"""A room: no vote is lost or counted twice, every phone finds its seat, the room ends and leaves nothing."""

import threading

import pytest

from genai.classroom.activities import Services, poll
from genai.classroom.room import GRACE_SECONDS, LONGEST_SECONDS, RoomSource
from genai.classroom.rooms import ClassRooms
from genai.errors import ConfigError

TEXT = {"en": "What?", "zh-CN": "什么？"}
YES_NO = {"question": TEXT, "answers": [TEXT, TEXT], "right": 1, "reply": [TEXT, TEXT]}


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def published():
    return []


@pytest.fixture
def rooms(published, clock):
    return ClassRooms(lambda topic, state: published.append((topic, state)), clock)


def ask(room, settings=YES_NO):
    room.start(poll.make, settings, Services(), 0)


def join(room, number):
    return room.join(f"phone-{number:04d}", f"visitor {number}")


def test_sixty_phones_change_their_votes_at_once_and_each_counts_once(rooms, published):
    room = rooms.open()
    ask(room)

    def phone(number):
        seat = join(room, number)
        for choice in (0, 1, 0, 1, number % 2):
            room.answer(seat, room.state()["turn"], choice)

    threads = [threading.Thread(target=phone, args=(number,)) for number in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    topic, state = published[-1]
    assert topic == f"room/{room.code}"
    assert state["seats"] == 60
    assert state["screen"]["counts"] == [30, 30]
    assert state["screen"]["answered"] == 60


def test_a_late_answer_is_refused_even_where_the_next_question_has_the_same_number(rooms):
    room = rooms.open()
    seat = join(room, 1)
    ask(room)
    turn = room.state()["turn"]
    ask(room)
    with pytest.raises(ConfigError, match="too late"):
        room.answer(seat, turn, 1)
    assert room.state()["screen"]["answered"] == 0
    room.act("again", None)
    with pytest.raises(ConfigError, match="too late"):
        room.answer(seat, "2.0", 1)
    assert room.answer(seat, "2.1", 1) == {"turn": "2.1", "phone": {"choice": 1, "reply": None}}


def test_an_answer_that_is_prepared_while_the_class_goes_on_is_refused(rooms):
    room = rooms.open()
    seat = join(room, 1)

    class Slow(poll.Poll):
        def prepare(self, value):
            room.act("again", None)
            return value

    room.start(lambda *_: Slow(poll.make(YES_NO, Services(), 0)._question), {}, Services(), 0)
    with pytest.raises(ConfigError, match="too late"):
        room.answer(seat, "1.0", 1)
    assert room.state()["screen"]["answered"] == 0


def test_an_activity_changes_by_itself_only_while_it_goes_on(rooms, published):
    room = rooms.open()
    updates = []

    def make(settings, services, seed):
        updates.append(services.update)
        return poll.make(settings, services, seed)

    room.start(make, YES_NO, Services(), 0)
    before = len(published)
    updates[0](lambda: None)
    assert len(published) == before + 1
    ask(room)
    before = len(published)
    updates[0](lambda: None)
    assert len(published) == before


def test_an_activity_that_is_made_while_the_room_ends_is_closed(rooms):
    room, closed = rooms.open(), []

    class Closed(poll.Poll):
        def close(self):
            closed.append(self)

    def make(*_):
        room.end()
        return Closed(None)

    with pytest.raises(ConfigError, match="ended"):
        room.start(make, {}, Services(), 0)
    assert len(closed) == 1
    assert room.state()["activity"] is None


def test_no_more_phones_but_those_that_were_there(rooms):
    room = rooms.open()
    seat = join(room, 1)
    room.act("lock", None)
    with pytest.raises(ConfigError, match="no more phones"):
        join(room, 2)
    assert join(room, 1) is seat
    room.act("unlock", None)
    assert join(room, 2).number == 1


def test_a_browser_without_a_cookie_gets_no_seat(rooms):
    with pytest.raises(ConfigError, match="cookie"):
        rooms.open().join("phone-0001", None)


def test_two_rooms_never_mix(rooms, published):
    one, other = rooms.open(), rooms.open()
    ask(one)
    ask(other)
    room_of = {one.topic: one, other.topic: other}
    one.answer(join(one, 1), "1.0", 0)
    other.answer(join(other, 1), "1.0", 1)
    last = {topic: state for topic, state in published if topic in room_of}
    assert last[one.topic]["screen"]["counts"] == [1, 0]
    assert last[other.topic]["screen"]["counts"] == [0, 1]
    with pytest.raises(ConfigError, match="teacher"):
        rooms.teach(one.code, other.token)


def test_a_room_ends_some_time_after_its_teachers_page(rooms, clock):
    room = rooms.open()
    source = RoomSource(rooms.find, rooms.teach)
    source.open(room.host_topic)
    clock.now = 2 * GRACE_SECONDS
    assert rooms.find(room.code) is room
    source.close(room.host_topic)
    clock.now += GRACE_SECONDS - 1
    source.open(room.host_topic)  # a reload
    source.close(room.host_topic)
    clock.now += GRACE_SECONDS - 1
    room.keep()  # behind slides
    clock.now += GRACE_SECONDS - 1
    assert rooms.find(room.code) is room
    clock.now += 2
    with pytest.raises(ConfigError, match="no room"):
        rooms.find(room.code)


def test_a_room_ends_after_three_hours_and_leaves_nothing(rooms, clock, published):
    room = rooms.open()
    RoomSource(rooms.find, rooms.teach).open(room.host_topic)
    join(room, 1)
    ask(room)
    clock.now = LONGEST_SECONDS + 1
    rooms.sweep()
    topic, state = published[-1]
    assert (topic, state["ended"], state["seats"], state["screen"]) == (room.topic, True, 0, {})
    assert rooms._register.all() == []


def test_the_teacher_ends_it_at_once(rooms, published):
    room = rooms.open()
    ask(room)
    seat = join(room, 1)
    rooms.end(room)
    assert published[-1][1]["ended"]
    with pytest.raises(ConfigError, match="too late"):
        room.answer(seat, "1.0", 1)
    RoomSource(rooms.find, rooms.teach).close(room.host_topic)  # the page leaves afterwards


@pytest.mark.parametrize("opened", ["open", "open_alone"])
def test_a_room_that_is_over_ends_before_the_next_one_opens(rooms, clock, opened):
    make = {"open": rooms.open, "open_alone": lambda: rooms.open_alone("visitor")}[opened]
    ended = []
    old = rooms.open_alone("somebody") if opened == "open_alone" else rooms.open()
    end = old.end
    old.end = lambda: (ended.append(old.code), end())
    clock.now += 4 * 3600
    make()
    assert ended == [old.code]
