"""The questions that the page asks about class rooms: each takes and returns a JSON object."""

from collections.abc import Callable, Iterable
from typing import Any

from genai.classroom.activities import ACTIVITIES, ALONE, Make, Services
from genai.classroom.room import ClassRoom
from genai.classroom.rooms import ClassRooms
from genai.errors import ConfigError, GenaiError, quoted
from genai.serving.guard.visitors import current_address, current_cookie, current_visitor
from genai.serving.lan import join_code, page_address
from genai.serving.rooms.seats import Seat
from genai.serving.rooms.word import TeachersWord
from genai.ui.words.errors import answer_errors

Question = dict[str, Any]
Answer = dict[str, Any]


class RoomQuestions:
    """Questions about class rooms.

    Args:
        rooms: Of the server.
        word: Which a teacher must know.
        services: For the activities.
        make_seed: Returns a seed for an activity.
    """

    def __init__(
        self, rooms: ClassRooms, word: TeachersWord, services: Services, make_seed: Callable[[], int]
    ) -> None:
        self._rooms = rooms
        self._word = word
        self._services = services
        self._make_seed = make_seed

    def all(self) -> list[Callable[..., object]]:
        """Return all questions, by whose names the page asks."""
        of_teacher = (
            self.room_open,
            self.room_again,
            self.room_start,
            self.room_act,
            self.room_keep,
            self.room_end,
        )
        of_phones = (self.room_join, self.room_answer, self.room_look, self.room_alone)
        return [answer_errors(question) for question in (*of_teacher, *of_phones)]

    def room_open(self, question: Question) -> Answer:
        """Open a room; `address` is that of the page, `word` the teacher's word where one is asked for."""
        address = page_address(question.get("address"))
        self._word.check(question.get("word"), current_visitor())
        return _opened(self._rooms.open(), address)

    def room_again(self, question: Question) -> Answer:
        """Return a teacher's room again, as after a reload."""
        address = page_address(question.get("address"))
        room = self._teach(question)
        room.keep()
        return _opened(room, address)

    def room_start(self, question: Question) -> Answer:
        """Begin an `activity` with its `settings`."""
        room = self._teach(question)
        make, settings = _activity(question, ACTIVITIES)
        room.start(make, settings, self._services, self._make_seed())
        return {}

    def room_act(self, question: Question) -> Answer:
        """Carry out a button of the teacher: `do`, and perhaps a `value`."""
        self._teach(question).act(question.get("do"), question.get("value"))
        return {}

    def room_keep(self, question: Question) -> Answer:
        """Note that the teacher's page is still there, although its stream sleeps."""
        self._teach(question).keep()
        return {}

    def room_end(self, question: Question) -> Answer:
        """End a room for all."""
        self._rooms.end(self._teach(question))
        return {}

    def room_join(self, question: Question) -> Answer:
        """Give a phone its `seat`: the answer has the id that it is to keep, and what only it sees."""
        room = self._rooms.find(question.get("code"))
        seat = _seat(room, question)
        return {"code": room.code, "topic": room.topic, "seat": seat.id, **room.look(seat)}

    def room_answer(self, question: Question) -> Answer:
        """Take the answer of a phone: the `value` for a `turn`, as the state of the room names it."""
        room = self._rooms.find(question.get("code"))
        return room.answer(_seat(room, question), question.get("turn"), question.get("value"))

    def room_look(self, question: Question) -> Answer:
        """Return what only this phone sees now."""
        room = self._rooms.find(question.get("code"))
        return room.look(_seat(room, question))

    def room_alone(self, question: Question) -> Answer:
        """Open a room for one visitor alone, and begin an `activity` with its `settings` in it.

        No teacher's word is asked for: nobody else can join. The answer has what a phone and its teacher know.
        """
        make, settings = _activity(question, ALONE)
        room = self._rooms.open_alone(current_visitor())
        try:
            seat = _seat(room, question)
            room.act("lock", None)
            room.start(make, settings, self._services, self._make_seed())
        except GenaiError:
            self._rooms.end(room)
            raise
        names = {"code": room.code, "token": room.token, "topic": room.topic, "host": room.host_topic}
        return {**names, "seat": seat.id, **room.look(seat)}

    def _teach(self, question: Question) -> ClassRoom:
        return self._rooms.teach(question.get("code"), question.get("token"))


def _activity(question: Question, names: Iterable[str]) -> tuple[Make, Question]:
    """Return what makes the activity that is asked for, one of some, and its settings."""
    known = list(names)
    name, settings = question.get("activity"), question.get("settings") or {}
    if not isinstance(name, str) or name not in known:
        raise ConfigError(
            "There is no activity {value}. There are: {known}.", value=quoted(name), known=", ".join(known)
        )
    if not isinstance(settings, dict):
        raise ConfigError("The settings must be a JSON object with the names of values.")
    return ACTIVITIES[name], settings


def _seat(room: ClassRoom, question: Question) -> Seat:
    return room.join(question.get("seat"), current_cookie(), current_address())


def _opened(room: ClassRoom, address: str) -> Answer:
    link = f"{address}?room={room.code}"
    names = {"code": room.code, "token": room.token, "topic": room.topic, "host": room.host_topic}
    return {**names, "link": link, "qr": join_code(link)}
