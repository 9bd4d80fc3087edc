"""A class presses Generate together: python -m tests.load.classroom --visitors 60.

A third asks for a text of 300 characters, a third for 16 pictures, a third for one sound, all of different seeds
(--asked text: all for a text). All have the page open. The same is asked of the page without batching, in the same
run, round by round in turn.
"""

import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import tyro
import uvloop
from aiohttp import ClientSession

from tests.load.served import Served, serve
from tests.load.visitor import Outcome, Pages, Visitor, Wish, door

LIMITS_SECONDS = {"text": 8.0, "image": 4.0, "audio": 4.0}  # of the 95th percentile
WAKING_SECONDS = 0.2  # in which a page catches up with what it has slept through


@dataclass(frozen=True)
class Lesson:
    """How many come, and how often."""

    visitors: int = 60
    rounds: int = 12
    compare: bool = True
    """With the page without batching: a round of either in turn, since a machine's speed changes by the minute."""
    models: tuple[str, str, str] = ("shakespeare", "fashion", "digits")
    """Of text, image and audio."""
    asked: tuple[Literal["text", "image", "audio"], ...] = ("text", "image", "audio")
    """What visitors ask for, in turn: text alone is a lesson in which all write."""
    flags: tuple[str, ...] = field(default=())
    """More flags for the page."""


def wishes(lesson: Lesson, number: int) -> list[Wish]:
    """What the visitors of one round ask for, each with a seed of their own."""
    text, image, audio = lesson.models

    def wish(visitor: int) -> Wish:
        seed = 1000 * number + visitor
        values = {
            "text": (text, f"{'ABCDEFGHIJ'[visitor % 10]}", 300, 0.8, 0, 1.0, 1.0, seed, False),
            "image": (image, "any", 16, 100 * seed, 1.0, "any"),
            "audio": (audio, "any", seed, 1.0, "any"),
        }
        tab = lesson.asked[visitor % len(lesson.asked)]
        return Wish(tab, values[tab])

    return [wish(visitor) for visitor in range(lesson.visitors)]


class Room:
    """Visitors who have one page open, and what they have seen of it.

    Args:
        come: Lets a visitor in.
        pages: Of the server.
        count: Visitors.
    """

    def __init__(self, come: Callable[[], ClientSession], pages: Pages, count: int) -> None:
        self._visitors = [Visitor(come(), pages) for _ in range(count)]
        self.opened: list[float] = []  # the seconds that each page took
        self.outcomes: list[Outcome] = []
        self.seconds: list[float] = []  # of each round

    async def open(self, wishes: list[Wish]) -> None:
        """Let the models load by the first wishes, then open all pages together."""
        await asyncio.gather(*(self._visitors[n].ask(wish) for n, wish in enumerate(wishes)))
        self.opened = await asyncio.gather(*(visitor.open() for visitor in self._visitors))

    async def press(self, wishes: list[Wish]) -> None:
        """Let all press together, and wait until all have their results."""
        began, pairs = time.perf_counter(), zip(self._visitors, wishes, strict=True)
        self.outcomes += await asyncio.gather(*(visitor.ask(wish) for visitor, wish in pairs))
        self.seconds.append(time.perf_counter() - began)


@asynccontextmanager
async def awake(served: Served) -> AsyncIterator[None]:
    """Let a page run for a while: at other times it is not to take a moment from the one that is measured."""
    served.resume()
    try:
        await asyncio.sleep(WAKING_SECONDS)
        yield
    finally:
        served.suspend()


async def teach(lesson: Lesson, served: dict[str, Served]) -> dict[str, Room]:
    """Let a class open each page, then press in the rooms by turns."""
    rooms: dict[str, Room] = {}
    for page in served.values():
        page.suspend()
    async with AsyncExitStack() as doors:
        for name, page in served.items():
            come = await doors.enter_async_context(door(page.address))
            async with awake(page):
                rooms[name] = Room(come, await Pages.of(come()), lesson.visitors)
                await rooms[name].open(wishes(lesson, 0)[:3])
        for number in range(lesson.rounds):
            for name, room in rooms.items():
                async with awake(served[name]):
                    await room.press(wishes(lesson, number))
    return rooms


def figures(room: Room) -> dict[str, object]:
    """Counts, percentiles in seconds and requests a second."""
    seconds = sum(room.seconds)
    found: dict[str, object] = {
        "requests": len(room.outcomes), "seconds": seconds, "per_second": len(room.outcomes) / seconds,
        "errors": [outcome.error for outcome in room.outcomes if outcome.error],
        "opening_p95": p95(sorted(room.opened)),
    }  # fmt: skip
    for tab in sorted({outcome.wish.tab for outcome in room.outcomes}):
        mine = [outcome for outcome in room.outcomes if outcome.wish.tab == tab]
        times, firsts = sorted(one.seconds for one in mine), sorted(one.first for one in mine)
        found[tab] = {"n": len(times), "p50": statistics.median(times), "p95": p95(times), "max": times[-1],
                      "first_p95": p95(firsts)}  # fmt: skip
    return found


def p95(ordered: list[float]) -> float:
    """The 95th percentile of numbers in order."""
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


def main(lesson: Lesson) -> None:
    """Print the figures of both pages, as a table and as JSON."""
    with ExitStack() as pages:
        served = {"batched": pages.enter_context(serve(*lesson.flags))}
        if lesson.compare:
            alone = serve(*lesson.flags, program=("-m", "tests.load.alone"))
            served["one after another"] = pages.enter_context(alone)
        try:
            # The visitors share the machine with the page: the less of it they take, the more is the page's own.
            rooms = uvloop.run(teach(lesson, served))
            found = {name: {**figures(room), "megabytes": served[name].megabytes} for name, room in rooms.items()}
        finally:
            for page in served.values():
                page.resume()  # what sleeps cannot end
    _tabulate(found)
    if lesson.compare:
        fast, slow = (room.seconds for room in rooms.values())
        times = sorted(b / a for a, b in zip(fast, slow, strict=True))
        print(f"batching: {sum(slow) / sum(fast):.1f} times the requests a second; "
              f"of single rounds {times[0]:.1f} to {times[-1]:.1f}")  # fmt: skip
    print(json.dumps(found, indent=2))


def _tabulate(found: dict[str, Any]) -> None:
    print(f"{'page':18} {'of':6} {'n':>4} {'p50':>7} {'p95':>7} {'max':>7}  seconds")
    for name, page in found.items():
        for tab in [tab for tab in LIMITS_SECONDS if tab in page]:
            row, limit = page[tab], LIMITS_SECONDS[tab]
            times = " ".join(f"{row[key]:7.2f}" for key in ("p50", "p95", "max"))
            print(f"{name:18} {tab:6} {row['n']:4} {times}  (p95 limit {limit})")
        print(
            f"{name:18} {page['per_second']:.1f} requests a second, {len(page['errors'])} errors, "
            f"{page['megabytes']:.0f} MiB; all pages open after {page['opening_p95']:.1f} s (p95)"
        )


if __name__ == "__main__":
    main(tyro.cli(Lesson, description=__doc__))
