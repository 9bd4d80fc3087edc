"""The seats of a room: each phone has one, and comes back to it after a reload or a lost connection."""

from collections import Counter
from dataclasses import dataclass

from genai.errors import ConfigError, DataError

MAX_SEATS = 200
MAX_ADDRESS_SEATS = 100
"""Of one address. All phones of a school may share one, so that a class of sixty must find room; but whoever takes
seats with more and more cookies leaves half of the room to other addresses."""
SHORTEST, LONGEST = 8, 64
"""Characters of the random id that a phone keeps."""


@dataclass
class Seat:
    """The seat of a phone.

    Args:
        number: From 0, in the order in which seats were taken.
        id: Random, kept by the phone, known to nobody else.
        visitor: Who had the phone last; None where visitors are not told apart.
    """

    number: int
    id: str
    visitor: str | None = None


class Seats:
    """The seats of a room; whoever owns them must hold a lock around each call.

    A seat is found by the id that its phone keeps. Where visitors are told apart (by their cookies), it is also
    found by the visitor: a phone that has forgotten its id, because somebody emptied the browser's storage, gets
    the seat that it had and not a second one.

    Args:
        most: Seats.
        most_of_address: Seats of one address.
    """

    def __init__(self, most: int = MAX_SEATS, most_of_address: int = MAX_ADDRESS_SEATS) -> None:
        self._most = most
        self._most_of_address = most_of_address
        self._by_address = Counter[str]()
        self._by_id: dict[str, Seat] = {}
        self._by_visitor: dict[str, Seat] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def find(self, seat_id: object, visitor: str | None = None) -> Seat | None:
        """Return the seat that a phone has; None where it has none."""
        found = self._by_id.get(seat_id) if isinstance(seat_id, str) else None
        if found is None and visitor is not None:
            found = self._by_visitor.get(visitor)
        return found

    def take(self, seat_id: object, visitor: str | None = None, address: str = "") -> Seat:
        """Return a phone's seat: that which it has, or a new one.

        Args:
            seat_id: The id that the phone keeps. The seat may have another, which the phone must keep from now on.
            visitor: Who has the phone; None where visitors are not told apart.
            address: From which the phone asks.

        Raises:
            ConfigError: if the id is not one.
            DataError: if all seats are taken, or all that one address may take.
        """
        if not isinstance(seat_id, str) or not SHORTEST <= len(seat_id) <= LONGEST:
            raise ConfigError("This phone has no seat: open the address of the room again.")
        seat = self.find(seat_id, visitor) or self._new(seat_id, address)
        if visitor is not None and visitor not in self._by_visitor:
            self._by_visitor.pop(seat.visitor or "", None)  # the cookie of a browser that was closed
            seat.visitor = visitor
            self._by_visitor[visitor] = seat
        return seat

    def _new(self, seat_id: str, address: str) -> Seat:
        if len(self._by_id) >= self._most:
            raise DataError("The room is full: {count} phones are in it.", count=self._most)
        if self._by_address[address] >= self._most_of_address:
            raise DataError(
                "{count} phones have joined from this address, and no more are let in from it: use a phone that is "
                "in the room already, or ask the teacher to open another room.",
                count=self._most_of_address,
            )
        self._by_address[address] += 1
        seat = Seat(len(self._by_id), seat_id)
        self._by_id[seat_id] = seat
        return seat
