"""A class presses Generate together: python -m tests.load.classroom --visitors 60.

A third asks for a text of 300 characters, a third for 16 pictures, a third for one sound, all of different seeds.
All have the page open. The same is asked of the page without batching, in the same run.
"""

import asyncio
import json
import statistics
import time
from dataclasses import dataclass, field

import tyro
import uvloop

from tests.load.served import Served, serve
from tests.load.visitor import Outcome, Pages, Visitor, Wish, door

LIMITS_SECONDS = {"text": 8.0, "image": 4.0, "audio": 4.0}  # of the 95th percentile


@dataclass(frozen=True)
class Lesson:
    """How many come, and how often."""

    visitors: int = 60
    rounds: int = 3
    alone_rounds: int = 1
    """Of the page without batching; 0 leaves it out."""
    models: tuple[str, str, str] = ("shakespeare", "fashion", "digits")
    """Of text, image and audio."""
    flags: tuple[str, ...] = field(default=())
    """More flags for the page."""


def wishes(lesson: Lesson, number: int) -> list[Wish]:
    """What the visitors of one round ask for, each with a seed of their own."""
    text, image, audio = lesson.models

    def wish(visitor: int) -> Wish:
        seed = 1000 * number + visitor
        kinds = (
            Wish("text", (text, f"{'ABCDEFGHIJ'[visitor % 10]}", 300, 0.8, 0, 1.0, seed)),
            Wish("image", (image, "any", 16, 100 * seed, 1.0)),
            Wish("audio", (audio, "any", seed, 1.0)),
        )
        return kinds[visitor % 3]

    return [wish(visitor) for visitor in range(lesson.visitors)]


async def attend(address: str, rounds: list[list[Wish]]) -> tuple[list[Outcome], list[float], float]:
    """Let all open the page together, then in every round press together, the next when all have their results.

    Returns:
        What came of every wish, the seconds that each page took to open, and the seconds of all rounds.
    """
    async with door(address) as come:
        pages = await Pages.of(come())
        visitors = [Visitor(come(), pages) for _ in rounds[0]]
        await asyncio.gather(*(visitors[n].ask(wish) for n, wish in enumerate(rounds[0][:3])))  # the models load
        opened = await asyncio.gather(*(visitor.open() for visitor in visitors))
        began, outcomes = time.perf_counter(), []
        for wishes in rounds:
            pairs = zip(visitors, wishes, strict=True)
            outcomes += await asyncio.gather(*(visitor.ask(wish) for visitor, wish in pairs))
        return outcomes, opened, time.perf_counter() - began


def figures(outcomes: list[Outcome], seconds: float) -> dict[str, object]:
    """Counts, percentiles in seconds and requests a second."""
    found: dict[str, object] = {
        "requests": len(outcomes), "seconds": seconds, "per_second": len(outcomes) / seconds,
        "errors": [outcome.error for outcome in outcomes if outcome.error],
    }  # fmt: skip
    for tab in LIMITS_SECONDS:
        times = sorted(outcome.seconds for outcome in outcomes if outcome.wish.tab == tab)
        firsts = sorted(outcome.first for outcome in outcomes if outcome.wish.tab == tab)
        found[tab] = {"n": len(times), "p50": statistics.median(times), "p95": _p95(times), "max": times[-1],
                      "first_p95": _p95(firsts)}  # fmt: skip
    return found


def _p95(ordered: list[float]) -> float:
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


def teach(lesson: Lesson, served: Served, rounds: int) -> dict[str, object]:
    """Run some rounds against a page."""
    # The visitors share the machine with the page: the less of it they take, the more is the page's own time.
    outcomes, opened, seconds = uvloop.run(attend(served.address, [wishes(lesson, n) for n in range(rounds)]))
    return {
        **figures(outcomes, seconds),
        "opening_p95": _p95(sorted(opened)),
        "megabytes": served.megabytes,
        "threads": served.threads,
    }


def main(lesson: Lesson) -> None:
    """Print the figures of both pages, as a table and as JSON."""
    with serve(*lesson.flags) as served:
        found = {"batched": teach(lesson, served, lesson.rounds)}
    if lesson.alone_rounds:
        with serve(*lesson.flags, program=("-m", "tests.load.alone")) as served:
            found["one after another"] = teach(lesson, served, lesson.alone_rounds)
    print(f"{'page':18} {'of':6} {'n':>4} {'p50':>7} {'p95':>7} {'max':>7}  seconds")
    for name, page in found.items():
        for tab, limit in LIMITS_SECONDS.items():
            row = page[tab]
            times = " ".join(f"{row[key]:7.2f}" for key in ("p50", "p95", "max"))
            print(f"{name:18} {tab:6} {row['n']:4} {times}  (p95 limit {limit})")
        print(
            f"{name:18} {page['per_second']:.1f} requests a second, {len(page['errors'])} errors, "
            f"{page['megabytes']:.0f} MiB; all pages open after {page['opening_p95']:.1f} s (p95)"
        )
    if len(found) == 2:
        ratio = found["batched"]["per_second"] / found["one after another"]["per_second"]
        print(f"batching: {ratio:.1f} times the requests a second")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main(tyro.cli(Lesson, description=__doc__))
