"""All rooms of one kind: phones find them by a code of four letters, the teacher's page is known by a token."""

import secrets
import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from genai.errors import ConfigError, DataError, quoted

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of codes: no I and O, which look like 1 and 0."""
CODE_LENGTH = 4
MAX_ROOMS = 100


class Room(Protocol):
    """What a register needs of a room."""

    @property
    def code(self) -> str:
        """Four letters, by which phones join."""

    @property
    def token(self) -> str:
        """By which the teacher's page is known; nobody else gets it."""


AnyRoom = TypeVar("AnyRoom", bound=Room)


class Register(Generic[AnyRoom]):
    """The rooms of one kind; may be used from any thread.

    Args:
        is_over: Whether a room has ended, and can be forgotten.
        most: Rooms at the same time.
        code_length: Letters of a code.
    """

    def __init__(
        self, is_over: Callable[[AnyRoom], bool], most: int = MAX_ROOMS, code_length: int = CODE_LENGTH
    ) -> None:
        self._is_over = is_over
        self._most = most
        self._code_length = code_length
        self._lock = threading.Lock()
        self._rooms: dict[str, AnyRoom] = {}

    def add(self, make: Callable[[str, str], AnyRoom]) -> AnyRoom:
        """Open a room.

        Args:
            make: Makes the room of a code and a token that are its own.

        Raises:
            DataError: if there are too many rooms.
        """
        self.forget()
        with self._lock:
            if len(self._rooms) >= self._most:
                raise DataError("There are too many rooms now: try again in half an hour.")
            room = make(self._free_code(), secrets.token_urlsafe(16))
            self._rooms[room.code] = room
            return room

    def find(self, code: object) -> AnyRoom:
        """Return the room with a code, in capital letters or not.

        Raises:
            ConfigError: if there is none, or it is over.
        """
        with self._lock:
            room = self._rooms.get(code.strip().upper()) if isinstance(code, str) else None
        if room is None or self._is_over(room):
            raise ConfigError(
                "There is no room {value}. Look at the code on the teacher's screen again: it has four "
                "letters, and I and O are not among them.",
                value=quoted(code),
            )
        return room

    def teach(self, code: object, token: object) -> AnyRoom:
        """Return the room of a teacher.

        Raises:
            ConfigError: if there is none, or the token is another.
        """
        room = self.find(code)
        if not isinstance(token, str) or not secrets.compare_digest(
            room.token.encode(), token.encode(errors="replace")
        ):
            raise ConfigError("Only the teacher's page can do that: open the room there.")
        return room

    def all(self) -> list[AnyRoom]:
        """Return all rooms, also those that are over and not forgotten yet."""
        with self._lock:
            return list(self._rooms.values())

    def forget(self) -> list[AnyRoom]:
        """Forget the rooms that are over, and return them."""
        over = [room for room in self.all() if self._is_over(room)]
        with self._lock:
            for room in over:
                self._rooms.pop(room.code, None)
        return over

    def _free_code(self) -> str:
        while True:
            code = "".join(secrets.choice(LETTERS) for _ in range(self._code_length))
            if code not in self._rooms:
                return code
