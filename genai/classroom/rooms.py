"""All class rooms of a server: opened by a teacher, ended with the teacher's page or after three hours."""

import threading
import time
from collections.abc import Callable

from genai.classroom.room import ClassRoom, Publish
from genai.serving.rooms.register import Register

SWEEP_SECONDS = 15.0
ALONE_CODE_LENGTH = 8
"""Letters of the code of a room for one person: nobody types it, and no room of a class has the same."""


class ClassRooms:
    """The rooms of a server.

    Args:
        publish: Sends the state of a topic to all who watch it.
        clock: Returns seconds of a monotonic clock.
    """

    def __init__(self, publish: Publish, clock: Callable[[], float] = time.monotonic) -> None:
        self._publish = publish
        self._clock = clock
        self._register = Register[ClassRoom](lambda room: room.is_over)
        self._alone = Register[ClassRoom](lambda room: room.is_over, code_length=ALONE_CODE_LENGTH)
        self._lock = threading.Lock()
        self._of_visitor: dict[str, ClassRoom] = {}

    def open(self) -> ClassRoom:
        """Open a room.

        Raises:
            DataError: if there are too many.
        """
        self.sweep()  # before the register forgets those that are over, which nobody would end then
        return self._register.add(lambda code, token: ClassRoom(code, token, self._publish, self._clock))

    def open_alone(self, visitor: str) -> ClassRoom:
        """Open a room for one visitor; the one that the visitor had before ends.

        Raises:
            DataError: if there are too many.
        """
        with self._lock:
            before = self._of_visitor.pop(visitor, None)
            if before is not None:
                self.end(before)
            self.sweep()
            room = self._alone.add(lambda code, token: ClassRoom(code, token, self._publish, self._clock))
            self._of_visitor = {one: own for one, own in self._of_visitor.items() if not own.is_over}
            self._of_visitor[visitor] = room
            return room

    def find(self, code: object) -> ClassRoom:
        """Return the room with a code, in capital letters or not.

        Raises:
            ConfigError: if there is none.
        """
        return self._register_of(code).find(code)

    def teach(self, code: object, token: object) -> ClassRoom:
        """Return the room of a teacher.

        Raises:
            ConfigError: if there is none, or the token is another.
        """
        return self._register_of(code).teach(code, token)

    def _register_of(self, code: object) -> Register[ClassRoom]:
        is_alone = isinstance(code, str) and len(code.strip()) == ALONE_CODE_LENGTH
        return self._alone if is_alone else self._register

    def end(self, room: ClassRoom) -> None:
        """End a room at once, and forget it."""
        room.end()
        self.sweep()

    def sweep(self) -> None:
        """End and forget the rooms that are over."""
        for room in (*self._register.forget(), *self._alone.forget()):
            room.end()

    def sweep_periodically(self) -> None:
        """Do so again and again, in a thread of its own."""

        def work() -> None:
            while True:
                time.sleep(SWEEP_SECONDS)
                self.sweep()

        threading.Thread(target=work, name="sweep-rooms", daemon=True).start()
