"""A class draws together: phones join by a code and send drawings, which the teacher's wall shows.

A room is in memory. Its drawings are those of one collection, which has one writer at a time, so that no drawing is
lost when thirty phones send at once. A phone is a seat: a random id that the phone keeps, so that a reload or a
lost connection gives the same seat back. One can join at any time.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from genai.errors import ConfigError, DataError, quoted
from genai.learn.data.collection import Collection, class_name
from genai.learn.data.content import Item, Sketch
from genai.learn.data.store import Collections
from genai.learn.data.strokes import read_drawing
from genai.serving.guard.visitors import current_address
from genai.serving.rooms.register import Register
from genai.serving.rooms.seats import Seats

MAX_OF_A_SEAT = 40
"""Drawings of one phone."""
MAX_TASKS = 10

Publish = Callable[[str, object], None]
"""Sends the state of a topic to all who watch it."""


@dataclass
class Room:
    """A room.

    Args:
        code: Four letters, by which phones join.
        token: By which the teacher's page is known.
        collection: The drawings.
        tasks: What is to be drawn, which become the classes; empty where everybody draws what they like.
        seats: Of the phones.
        sent: The numbers of the drawings that each seat sent.
    """

    code: str
    token: str
    collection: Collection
    tasks: list[str] = field(default_factory=list)
    seats: Seats = field(default_factory=Seats)
    sent: dict[int, list[int]] = field(default_factory=dict)


class Rooms:
    """The rooms of a server.

    Args:
        collections: In which a room's drawings are.
        publish: Sends the state of `wall/CODE`.
    """

    def __init__(self, collections: Collections, publish: Publish) -> None:
        self._collections = collections
        self._publish = publish
        self._lock = threading.RLock()
        self._register = Register(self._is_over)

    def open(self, tasks: object = ()) -> Room:
        """Open a room.

        Args:
            tasks: Up to ten words for what is to be drawn.

        Raises:
            ConfigError: if a task is no proper name of a class.
            DataError: if there are too many rooms.
        """
        names = read_tasks(tasks)

        def make(code: str, token: str) -> Room:
            return Room(code, token, self._collections.make("image"), names)

        return self._register.add(make)

    def _is_over(self, room: Room) -> bool:
        """Return whether a room's drawings were deleted, because nobody was there."""
        return not self._collections.has(room.collection.id)

    def find(self, code: object) -> Room:
        """Return the room with a code, in capital letters or not; it counts as used now.

        Raises:
            ConfigError: if there is none.
        """
        room = self._register.find(code)
        self._collections.get(room.collection.id)
        return room

    def teach(self, code: object, token: object) -> Room:
        """Return the room of a teacher.

        Raises:
            ConfigError: if there is none, or the token is another.
        """
        room = self._register.teach(code, token)
        self._collections.get(room.collection.id)
        return room

    def join(self, code: object, seat: object) -> Room:
        """Give a phone its seat, a new one or that which it had.

        Raises:
            ConfigError: if there is no such room, or the id of the seat is not one.
            DataError: if the room is full, or the address has too many phones in it.
        """
        room = self.find(code)
        with self._lock:
            is_new = room.seats.find(seat) is None
            number = room.seats.take(seat, address=current_address()).number
            if is_new:
                room.sent[number] = []
                self._show(room)
        return room

    def send(self, code: object, seat: object, drawing: object, task: object = "") -> Item:
        """Take a drawing of a phone.

        Raises:
            ConfigError: if there is no such room, or no such task.
            DataError: if it is no drawing, is blank, was sent already, or the phone has sent too many.
        """
        content = Sketch(read_drawing(drawing))
        room = self.join(code, seat)
        if room.tasks and task not in room.tasks:
            raise ConfigError("{value} is not to be drawn in this room.", value=quoted(task))
        with self._lock:
            mine = room.sent[room.seats.take(seat).number]
            own = self._present(room, mine)
            if len(own) >= MAX_OF_A_SEAT:
                raise DataError("That is enough from one phone: {count} drawings.", count=MAX_OF_A_SEAT)
            item = room.collection.add(content, str(task) if room.tasks else "")
            mine.append(item.number)
            self._show(room)
            return item

    def remove(self, code: object, token: object, number: object) -> None:
        """Remove a drawing from the wall; only the teacher can.

        Raises:
            ConfigError: if the token is not the teacher's, or there is no such drawing.
        """
        room = self.teach(code, token)
        room.collection.remove(number)
        self._show(room)

    def restore(self, code: object, token: object) -> None:
        """Put back the drawing that was removed last.

        Raises:
            ConfigError: if the token is not the teacher's, or nothing was removed.
        """
        room = self.teach(code, token)
        room.collection.restore()
        self._show(room)

    def _present(self, room: Room, sent: list[int]) -> list[int]:
        """Return the numbers of a phone's drawings that the teacher has not removed."""
        there = {item.number for item in room.collection.items}
        return [number for number in sent if number in there]

    def own(self, room: Room, seat: str) -> list[dict[str, Any]]:
        """Return what a phone has sent, as the page shows it; what the teacher removed is marked."""
        items = {item.number: item for item in room.collection.items}
        with self._lock:
            found = room.seats.find(seat)
            sent = room.sent[found.number] if found else []
            return [
                items[number].to_json() if number in items else {"item": number, "removed": True} for number in sent
            ]

    def wall(self, room: Room) -> dict[str, Any]:
        """Return the state of `wall/CODE`: all drawings, and how many phones are there."""
        return {
            "code": room.code,
            "phones": len(room.seats),
            "tasks": room.tasks,
            "items": [item.to_json() for item in room.collection.items],
            "summary": {**room.collection.to_json(), "id": None},  # who knows the id may remove drawings
        }

    def _show(self, room: Room) -> None:
        self._publish(f"wall/{room.code}", self.wall(room))


class WallSource:
    """What the event stream asks about the topics `wall/CODE`.

    Args:
        rooms: Of the server.
    """

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def open(self, topic: str) -> object:
        """Return the wall as it is now.

        Raises:
            ConfigError: if there is no such room.
        """
        return self._rooms.wall(self._rooms.find(topic.partition("/")[2]))

    def close(self, topic: str) -> None:
        """Do nothing: the room stays, for those who come back."""


def read_tasks(value: object) -> list[str]:
    """Return the words for what is to be drawn.

    Raises:
        ConfigError: if there are too many, or one is no proper name of a class.
    """
    if not isinstance(value, list | tuple) or len(value) > MAX_TASKS:
        raise ConfigError("There can be at most {count} words for what is to be drawn.", count=MAX_TASKS)
    return list(dict.fromkeys(name for name in map(class_name, value) if name))
