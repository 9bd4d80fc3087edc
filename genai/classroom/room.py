"""A room: the phones of a class, and the activity that goes on in it."""

import threading
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Any

from genai.classroom.activities import Activity, Json, Make, Services
from genai.errors import ConfigError
from genai.serving.rooms.seats import Seat, Seats

LONGEST_SECONDS = 3 * 3600.0
"""Of a room."""
GRACE_SECONDS = 600.0
"""For which a room waits for its teacher's page, which may be reloaded, or asleep behind slides."""

Publish = Callable[[str, object], None]
"""Sends the state of a topic to all who watch it."""


class ClassRoom:
    """A room. Everything that changes it happens under its lock, so that no vote is lost or counted twice.

    Args:
        code: Four letters, by which phones join.
        token: By which the teacher's page is known.
        publish: Sends the state of `room/CODE`.
        clock: Returns seconds of a monotonic clock.
    """

    def __init__(self, code: str, token: str, publish: Publish, clock: Callable[[], float] = monotonic) -> None:
        self.code = code
        self.token = token
        self._publish = publish
        self._clock = clock
        self._lock = threading.RLock()
        self._seats = Seats()
        self._activity: Activity | None = None
        self._starts = 0
        self._is_locked = False
        self._has_ended = False
        self._opened = self._teacher_seen = clock()
        self._is_watched_by_teacher = False

    @property
    def topic(self) -> str:
        """What all who are in the room watch."""
        return f"room/{self.code}"

    @property
    def host_topic(self) -> str:
        """What only the teacher's page watches: while it does, the room stays."""
        return f"room/{self.code}/host-{self.token}"

    @property
    def is_over(self) -> bool:
        """Whether the teacher ended it, has left it for too long, or it is too old."""
        now = self._clock()
        is_left = not self._is_watched_by_teacher and now - self._teacher_seen > GRACE_SECONDS
        return self._has_ended or is_left or now - self._opened > LONGEST_SECONDS

    def join(self, seat_id: object, visitor: str | None, address: str = "") -> Seat:
        """Return the seat of a phone, a new one or that which it had.

        Args:
            seat_id: The random id that the phone keeps; the seat's own is to be kept from now on.
            visitor: Who has the phone, by the cookie.
            address: From which it asks.

        Raises:
            ConfigError: if the id is not one, the browser keeps no cookie, or no more phones are let in.
            DataError: if the room is full, or the address has too many phones in it.
        """
        with self._lock:
            found = self._seats.find(seat_id, visitor)
            if found is None and self._is_locked:
                raise ConfigError("The teacher lets no more phones into this room: ask to be let in.")
            if found is None and visitor is None:
                raise ConfigError(
                    "This browser has kept no cookie of the page, by which phones are told apart. Allow cookies, "
                    "and open the address of the room again."
                )
            seat = self._seats.take(seat_id, visitor, address)
            if found is None:
                self._show()
            return seat

    def start(self, make: Make, settings: Json, services: Services, seed: int) -> None:
        """Begin an activity, in place of the one before.

        Raises:
            GenaiError: if it cannot be made, or the room has ended meanwhile.
        """
        made: list[Activity] = []

        def update(change: Callable[[], None]) -> None:
            with self._lock:
                change()
                if made and made[0] is self._activity:
                    self._show()

        activity = make(settings, replace(services, update=update), seed)  # which may take seconds
        with self._lock:
            if self._has_ended:
                activity.close()
                raise ConfigError("The room has ended meanwhile: open another one.")
            made.append(activity)
            self._close_activity()
            self._activity = activity
            self._starts += 1
            self._show()

    def answer(self, seat: Seat, turn: object, value: object) -> Json:
        """Take the answer of a phone.

        Args:
            seat: Of the phone.
            turn: As the state of the room names it.
            value: What the activity asks for.

        Raises:
            ConfigError: if the class is at another turn, or it is no answer.
        """
        activity = self._asked(turn)
        prepared = activity.prepare(value)
        with self._lock:
            if self._asked(turn) is not activity:
                raise _late()
            activity.answer(seat.number, prepared)
            self._show()
            return self.look(seat)

    def _asked(self, turn: object) -> Activity:
        with self._lock:
            if self._activity is None or self._has_ended or turn != self._turn():
                raise _late()
            return self._activity

    def look(self, seat: Seat) -> Json:
        """Return what only a phone sees, and the turn that it belongs to."""
        with self._lock:
            own = self._activity.phone(seat.number) if self._activity else {}
            return {"turn": self._turn(), "phone": own}

    def act(self, do: object, value: object) -> None:
        """Carry out a button of the teacher: of the room ("stop", "lock", "unlock"), else of the activity.

        Raises:
            ConfigError: if there is no such button.
        """
        with self._lock:
            if do == "stop":
                self._close_activity()
            elif do in ("lock", "unlock"):
                self._is_locked = do == "lock"
            elif self._activity is None or not isinstance(do, str):
                raise ConfigError("Nothing goes on in this room: start an activity first.")
            else:
                self._activity.act(do, value)
            self._show()

    def end(self) -> None:
        """End the room, and tell all who are in it."""
        with self._lock:
            self._has_ended = True
            self._close_activity()
            self._seats = Seats()
            self._show()

    def keep(self) -> None:
        """Note that the teacher's page is there."""
        self._teacher_seen = self._clock()

    def watch(self, is_watched: bool) -> None:
        """Note that the teacher's page watches, or does not any more."""
        self._is_watched_by_teacher = is_watched
        self.keep()

    def state(self) -> Json:
        """Return the state of `room/CODE`."""
        with self._lock:
            return {
                "code": self.code,
                "seats": len(self._seats),
                "locked": self._is_locked,
                "activity": self._activity.name if self._activity else None,
                "turn": self._turn(),
                "screen": self._activity.screen() if self._activity else {},
                "ended": self._has_ended,
            }

    def _turn(self) -> str:
        """Return a name for the turn that no other turn of this room has, also not of an activity before."""
        return f"{self._starts}.{self._activity.turn}" if self._activity else f"{self._starts}"

    def _close_activity(self) -> None:
        if self._activity is not None:
            self._activity.close()
        self._activity = None

    def _show(self) -> None:
        self._publish(self.topic, self.state())


def _late() -> ConfigError:
    return ConfigError("The class has gone on meanwhile: this answer came too late to be counted.")


class RoomSource:
    """What the event stream asks about the topics `room/CODE` and `room/CODE/host-TOKEN`.

    Args:
        find: Returns the room with a code.
        teach: Returns the room of a code and a token.
    """

    def __init__(self, find: Callable[[str], ClassRoom], teach: Callable[[str, str], ClassRoom]) -> None:
        self._find = find
        self._teach = teach

    def open(self, topic: str) -> Any:  # noqa: ANN401
        """Return the room as it is now.

        Raises:
            ConfigError: if there is no such room, or the token is another.
        """
        _, code, *host = topic.split("/")
        if not host:
            return self._find(code).state()
        room = self._teach(code, host[0].removeprefix("host-"))
        room.watch(True)
        return {"code": code}

    def close(self, topic: str) -> None:
        """Note that the teacher's page does not watch any more; the room waits for it for a while."""
        _, code, *host = topic.split("/")
        if not host:
            return
        try:
            self._teach(code, host[0].removeprefix("host-")).watch(False)
        except ConfigError:
            return  # it has ended
