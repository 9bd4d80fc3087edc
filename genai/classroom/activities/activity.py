"""What an activity is, and what it gets from the server."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from genai.errors import ConfigError, quoted
from genai.serving.live.hub import Hub

Json = dict[str, Any]
Update = Callable[[Callable[[], None]], None]


def run_at_once(change: Callable[[], None]) -> None:
    """Carry out a change outside of any room, as in tests and for one person alone."""
    change()


@dataclass(frozen=True)
class Services:
    """What activities need of the server.

    Args:
        folder: Where the checkpoints are; None is the repository's own.
        device: Where the models run, such as "cpu"; None chooses.
        hub: Passes on what changes while somebody watches.
        update: Carries out a change of the activity under the lock of its room, and shows it to all. A thread that
            an activity has started changes the activity only through this.
    """

    folder: Path | None = None
    device: str | None = None
    hub: Hub = field(default_factory=Hub)
    update: Update = run_at_once


class Activity(Protocol):
    """What a class does together. The room calls everything but `prepare` under its lock, so it must be quick.

    What takes longer than some milliseconds (generating, scoring) is done before `make` returns, in `prepare`, or
    in a thread that reports by `Services.update`.
    """

    name: str
    turn: int
    """Counts the questions of this activity. An answer to another turn never gets here."""

    def prepare(self, value: object) -> object:
        """Return what `answer` is to be given for what a phone sent; runs without the lock, in many threads.

        Raises:
            ConfigError: if it is no answer.
        """

    def answer(self, seat: int, value: object) -> None:
        """Take the answer of a phone, in place of its earlier one.

        Raises:
            ConfigError: if it is no answer, or the turn takes none any more.
        """

    def act(self, do: str, value: object) -> None:
        """Carry out a button of the teacher.

        Raises:
            ConfigError: if there is no such button now.
        """

    def screen(self) -> Json:
        """Return what all see: "turn", "phase", "answered" (phones in this turn), and the activity's own.

        It is sent whole at each change: some kB of JSON at most, and nothing that is not to be known yet.
        """

    def phone(self, seat: int) -> Json:
        """Return what only this phone sees, such as its own answer."""

    def close(self) -> None:
        """End threads and games of its own; the activity is over.

        It must not wait for a thread that calls `Services.update`, which waits for the room's lock.
        """


Make = Callable[[Json, Services, int], Activity]
"""Makes an activity of its settings, the services, and the seed of its random numbers; runs without a lock. Raises
ConfigError naming a bad setting."""


class Quick:
    """The methods of an activity that has nothing to prepare and nothing to end, to inherit."""

    def prepare(self, value: object) -> object:
        """Return the value as it came."""
        return value

    def close(self) -> None:
        """Do nothing."""


def no_button(do: object) -> ConfigError:
    """Return the error for a button that an activity does not have."""
    return ConfigError("{value} is no button of this activity.", value=quoted(do))


def not_now(do: object, allowed: str) -> ConfigError:
    """Return the error for a button that cannot be pressed in the present phase."""
    return ConfigError(
        "{name} {value} cannot be used: choose one of {allowed}.", name="Action", value=quoted(do), allowed=allowed
    )
