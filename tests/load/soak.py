"""Half an hour of mixed requests, people who leave and people who stop: python -m tests.load.soak --minutes 30.

Among them are some who train on own data and some who play the game in the plane.
Prints memory, threads and temporary files of the server every half minute, and at the end what each has grown by
since the warm-up was over.
"""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import tyro

from tests.load.learner import LearnPage, play, train
from tests.load.served import Served, serve
from tests.load.visitor import Pages, RefusedError, Visitor, Wish, door

MODELS = {
    "text": ("shakespeare", "python", "tang"),
    "image": ("fashion", "characters", "calligraphy"),
    "audio": ("digits", "drums", "notes"),
}

Deed = Callable[[LearnPage, random.Random, Counter[str]], Awaitable[None]]

LONGEST_VISIT = 300  # seconds; some ten requests at a server that is full


@dataclass(frozen=True)
class Soak:
    """How long, how many, and which dice."""

    minutes: float = 30.0
    warm_up_minutes: float = 5.0
    visitors: int = 12
    trainers: int = 2
    """Who train, one after the other: one training runs at a time on two cores, the other waits in the queue."""
    players: int = 4
    seed: int = 0


@dataclass(frozen=True)
class Reading:
    """The server at one moment."""

    minutes: float
    megabytes: float
    threads: int
    files: int
    file_megabytes: float

    def __str__(self) -> str:
        memory = f"{self.megabytes:7.1f} MiB, {self.threads} threads"
        return f"{self.minutes:5.1f} min {memory}, {self.files} files of {self.file_megabytes:.1f} MiB;"


def wish(dice: random.Random) -> Wish:
    """Anything that a page could ask for; one of ten asks for something that is not allowed."""
    tab = dice.choice(list(MODELS))
    model, seed = dice.choice(MODELS[tab]), dice.randrange(2**32)
    if dice.random() < 0.1:
        seed = -1
    if tab == "text":
        return Wish(
            tab, (model, "", dice.choice((50, 300, 1000)), dice.random(), 0, 1.0, 1.0, seed, dice.random() < 0.5)
        )
    if tab == "image":
        return Wish(tab, (model, "any", dice.choice((1, 16, 64)), seed, 1.0, "any"))
    return Wish(tab, (model, "any", seed, 1.0, "any"))


async def behave(visitor: Visitor, dice: random.Random, told: Counter[str]) -> bool:
    """Ask for something, and see it through, press Stop or close the tab in the middle; tells whether one stays."""
    chosen, mood = wish(dice), dice.choices(("stay", "leave", "stop"), (6, 2, 2))[0]
    if mood == "stay":
        outcome = await visitor.ask(chosen)
        told[mood if outcome.error is None else "refused"] += 1
        if outcome.error and "cannot be used" not in outcome.error:
            told[outcome.error] += 1
        return True
    function = visitor.pages.functions[chosen.tab]
    event = await visitor.press(function, chosen.values)
    following, patience = asyncio.create_task(follow(visitor, event)), dice.random()
    await asyncio.wait([following], timeout=patience)
    if mood == "stop" and not following.done():
        await visitor.cancel(function, event)
        await following  # a page goes on listening until it is told that this has ended
    following.cancel()
    told[mood] += 1
    return mood == "stop"


async def follow(visitor: Visitor, event: str) -> None:
    """Listen to what comes of a press until it ends."""
    async for _ in visitor.messages(event):
        pass


async def live(
    come: Callable[[], aiohttp.ClientSession], pages: Pages, dice: random.Random, end: float, told: Counter[str]
) -> None:
    """Come, do some things and go, again and again; a silence of minutes is counted, and ends a visit."""
    while time.monotonic() < end:
        visitor = Visitor(come(), pages)
        try:
            async with asyncio.timeout(LONGEST_VISIT):
                await visitor.open()
                for _ in range(dice.randrange(1, 8)):
                    if not await behave(visitor, dice, told):
                        break
                    await asyncio.sleep(dice.random())
        except TimeoutError:
            told["no end"] += 1


async def learn(
    come: Callable[[], aiohttp.ClientSession], do: Deed, dice: random.Random, end: float, told: Counter[str]
) -> None:
    """Come to the Learn tab, do one thing and go, again and again; what is refused or never ends is counted."""
    while time.monotonic() < end:
        try:
            async with asyncio.timeout(LONGEST_VISIT):
                await do(await LearnPage.open(come()), dice, told)
        except RefusedError as refusal:
            told[str(refusal)[:100]] += 1
        except TimeoutError:
            told[f"no end of {do.__name__}"] += 1


def read(served: Served, began: float) -> Reading:
    """Look at the server's process and at its folder of temporary files."""
    sizes = [path.stat().st_size for path in Path(served.folder).rglob("*") if path.is_file()]
    minutes = (time.monotonic() - began) / 60
    return Reading(minutes, served.megabytes, served.threads, len(sizes), sum(sizes) / 2**20)


async def soak(served: Served, plan: Soak) -> tuple[list[Reading], Counter[str]]:
    """Let visitors live until the time is over, then wait for what they left to be cleared away."""
    began, told, readings = time.monotonic(), Counter[str](), []
    async with door(served.address) as come:
        pages = await Pages.of(come())
        end = began + 60 * plan.minutes
        lives = [
            asyncio.create_task(live(come, pages, random.Random(f"{plan.seed}-{n}"), end, told))
            for n in range(plan.visitors)
        ]
        for do, count in ((train, plan.trainers), (play, plan.players)):
            lives += [
                asyncio.create_task(learn(come, do, random.Random(f"{plan.seed}-{do.__name__}-{n}"), end, told))
                for n in range(count)
            ]
        while not all(task.done() for task in lives):
            await asyncio.wait(lives, timeout=30)
            readings.append(read(served, began))
            print(readings[-1], sum(told.values()), "done", flush=True)
        await asyncio.gather(*lives)
    await asyncio.sleep(5)
    return [*readings, read(served, began)], told


def main(plan: Soak) -> None:
    """Print the readings, the counts and the growth, then how long the server takes to stop."""
    with serve() as served:
        readings, told = asyncio.run(soak(served, plan))
        report(plan, readings, told)
        began = time.monotonic()
    print(f"stopped {time.monotonic() - began:.1f} s after SIGTERM; within 10 s wanted")


def report(plan: Soak, readings: list[Reading], told: Counter[str]) -> None:
    """Print what has grown since the warm-up was over."""
    warm = next(reading for reading in readings if reading.minutes >= plan.warm_up_minutes)
    last = readings[-1]
    growth = {name: getattr(last, name) - getattr(warm, name) for name in ("megabytes", "threads", "files")}
    print(
        f"since minute {warm.minutes:.1f}: {growth['megabytes'] / warm.megabytes:+.1%} memory, "
        f"{growth['threads']:+} threads, {growth['files']:+} files; {dict(told)}",
        flush=True,
    )
    print(json.dumps({"growth": growth, "warm": vars(warm), "last": vars(last), "told": told}), flush=True)


if __name__ == "__main__":
    main(tyro.cli(Soak, description=__doc__))
