"""All class rooms of a server: opened by a teacher, ended with the teacher's page or after three hours."""

import threading
import time
from collections.abc import Callable

from genai.classroom.room import ClassRoom, Publish
from genai.serving.rooms.register import Register

SWEEP_SECONDS = 15.0


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

    def open(self) -> ClassRoom:
        """Open a room.

        Raises:
            DataError: if there are too many.
        """
        return self._register.add(lambda code, token: ClassRoom(code, token, self._publish, self._clock))

    def find(self, code: object) -> ClassRoom:
        """Return the room with a code, in capital letters or not.

        Raises:
            ConfigError: if there is none.
        """
        return self._register.find(code)

    def teach(self, code: object, token: object) -> ClassRoom:
        """Return the room of a teacher.

        Raises:
            ConfigError: if there is none, or the token is another.
        """
        return self._register.teach(code, token)

    def end(self, room: ClassRoom) -> None:
        """End a room at once, and forget it."""
        room.end()
        self.sweep()

    def sweep(self) -> None:
        """End and forget the rooms that are over."""
        for room in self._register.forget():
            room.end()

    def sweep_periodically(self) -> None:
        """Do so again and again, in a thread of its own."""

        def work() -> None:
            while True:
                time.sleep(SWEEP_SECONDS)
                self.sweep()

        threading.Thread(target=work, name="sweep-rooms", daemon=True).start()
