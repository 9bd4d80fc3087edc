"""A class votes on its phones: python -m tests.load.room --phones 60 --rooms 2.

Each room has a teacher's page and phones, all of which watch it. In each round the teacher asks, every phone votes
within a moment and then changes its vote. Prints the time from a vote to the event on the teacher's screen that
counts it, whether any vote was lost, counted twice or came into another room, and the memory of the page.

The screen shows counts and no names: the n-th vote that was sent is taken to be counted by the first event that
counts n votes.
"""

import asyncio
import json
import random
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import tyro
import uvloop

from tests.load.classroom import p95
from tests.load.served import Served, serve
from tests.load.streams import page_megabytes, settled
from tests.load.visitor import Pages, Visitor, Wish, door

TEXT = {"en": "?", "zh-CN": "？"}
ANSWERS = 4
POLL = {"question": TEXT, "answers": [TEXT] * ANSWERS, "right": 1}
PATIENCE_SECONDS = 30
LIMIT_SECONDS = 0.5
"""Of the 95th percentile."""


@dataclass(frozen=True)
class Lesson:
    """How many vote, and how."""

    phones: int = 60
    """In each room."""
    rooms: int = 2
    rounds: int = 10
    spread: float = 2.0
    """Seconds within which all vote; 0 is all at once."""
    writers: int = 0
    """Visitors who generate texts meanwhile, one after another."""
    seed: int = 0
    flags: tuple[str, ...] = ("--device", "cpu")
    """Of the page."""


class Asker:
    """One open page that asks about rooms.

    Args:
        client: With a visitor's cookies.
        view: The number of the room's view.
    """

    def __init__(self, client: aiohttp.ClientSession, view: int) -> None:
        self._client = client
        self._view = view
        self.events: list[tuple[float, dict[str, Any]]] = []
        self._changed = asyncio.Event()

    async def come(self) -> None:
        """Get the page, and with it the cookie."""
        async with self._client.get("/", raise_for_status=True) as page:
            await page.read()

    async def ask(self, name: str, **question: Any) -> dict[str, Any]:
        """Ask a question; a sentence is an error."""
        body = {"data": question, "fn_name": name, "component_id": self._view, "session_hash": "load"}
        async with self._client.post("/gradio_api/component_server", json=body) as answer:
            answered = await answer.json()
        if not answer.ok or "sentence" in answered:
            raise RuntimeError(f"{name}: {answered}")
        return answered  # type: ignore[no-any-return]

    async def watch(self, *topics: str) -> None:
        """Note the states of topics and when they came, until it is cancelled."""
        async with self._client.get("/lab/stream", params={"topics": ",".join(topics)}, timeout=None) as stream:
            async for line in stream.content:
                if line.startswith(b"data: "):
                    self.events.append((time.perf_counter(), json.loads(line[6:])))
                    self._changed.set()

    async def until(self, is_there: Any) -> None:
        """Wait for a state."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not any(is_there(state) for _, state in self.events):
                self._changed.clear()
                await self._changed.wait()


@dataclass
class Class:
    """A room with its teacher and its phones, and what came of it."""

    teacher: Asker
    phones: list[Asker]
    key: dict[str, str] = field(default_factory=dict)
    turn: str = ""
    delays: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    async def open(self, address: str) -> list[str]:
        """Open the room and let all in; returns the topics that the teacher watches."""
        await asyncio.gather(*(page.come() for page in (self.teacher, *self.phones)))
        opened = await self.teacher.ask("room_open", address=address)
        self.key = {"code": opened["code"], "token": opened["token"]}
        return [opened["topic"], opened["host"]]

    async def join(self) -> None:
        """Let all phones in."""
        await asyncio.gather(
            *(phone.ask("room_join", code=self.key["code"], seat=_seat(n)) for n, phone in enumerate(self.phones))
        )
        await self.teacher.until(lambda state: state.get("seats") == len(self.phones))

    async def vote(self, dice: random.Random, spread: float) -> None:
        """Ask, let all vote and change their votes, and compare the counts with what was sent."""
        self.teacher.events.clear()
        await self.teacher.ask("room_start", **self.key, activity="poll", settings=POLL)
        await self.teacher.until(lambda state: state.get("screen", {}).get("answered") == 0)
        turn = next(state["turn"] for _, state in self.teacher.events if state.get("activity"))
        first = [dice.randrange(ANSWERS) for _ in self.phones]
        sent = sorted(
            await asyncio.gather(
                *(self._send(n, turn, first[n], spread * dice.random()) for n in range(len(self.phones)))
            )
        )
        await self.teacher.until(lambda state: _answered(state) == len(self.phones))
        for count, moment in enumerate(sent, start=1):
            self.delays.append(next(at for at, state in self.teacher.events if _answered(state) >= count) - moment)
        last = [dice.randrange(ANSWERS) for _ in self.phones]
        await asyncio.gather(
            *(self._send(n, turn, last[n], spread * dice.random()) for n in range(len(self.phones)))
        )
        expected = [last.count(answer) for answer in range(ANSWERS)]
        try:
            await self.teacher.until(lambda state: state.get("screen", {}).get("counts") == expected)
        except TimeoutError:
            self.wrong.append(f"{expected} sent, {self.teacher.events[-1][1]['screen']['counts']} shown")

    async def _send(self, number: int, turn: str, choice: int, wait: float) -> float:
        """Vote after a while; returns when it was sent."""
        await asyncio.sleep(wait)
        began = time.perf_counter()
        question = {"code": self.key["code"], "seat": _seat(number), "turn": turn, "value": choice}
        answer = await self.phones[number].ask("room_answer", **question)
        self.answers.append(time.perf_counter() - began)
        if answer["phone"]["choice"] != choice:
            self.wrong.append(f"phone {number} sent {choice} and was told {answer['phone']}")
        return began


@dataclass(frozen=True)
class Voted:
    """What came of it.

    Args:
        delays: From votes to the screen, in seconds, in order.
        answers: From votes, and changes of votes, to what the phone is answered, in seconds, in order.
        wrong: What was lost, counted twice or mixed.
        megabytes: Memory of the page's process before anybody came, and while all were there.
        texts: That were written meanwhile.
    """

    delays: Sequence[float]
    answers: Sequence[float]
    wrong: Sequence[str]
    megabytes: tuple[float, float]
    texts: int


async def teach(lesson: Lesson, served: Served) -> Voted:
    """Open the rooms, and let all vote in all of them at the same time."""
    await settled(served)
    before = page_megabytes(served)
    async with door(served.address) as come, AsyncExitStack() as stack:
        async with come().get("/config", raise_for_status=True) as answer:
            config = await answer.json()
        view = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "lab-room")
        classes = [
            Class(Asker(come(), view), [Asker(come(), view) for _ in range(lesson.phones)])
            for _ in range(lesson.rooms)
        ]
        for one in classes:
            topics = await one.open(served.address)
            await stack.enter_async_context(_running(one.teacher.watch(*topics)))
            await one.join()
            for phone in one.phones:
                await stack.enter_async_context(_running(phone.watch(topics[0])))
        pages = await Pages.of(come())
        texts: list[str] = []
        for number in range(lesson.writers):
            await stack.enter_async_context(_running(_write(Visitor(come(), pages), number, texts)))
        dice = [random.Random(lesson.seed + number) for number in range(lesson.rooms)]
        for _ in range(lesson.rounds):
            await asyncio.gather(*(one.vote(mine, lesson.spread) for one, mine in zip(classes, dice, strict=True)))
        after = page_megabytes(served)
        for one in classes:
            await one.teacher.ask("room_end", **one.key)
            await one.teacher.until(lambda state: state.get("ended"))
    delays = sorted(delay for one in classes for delay in one.delays)
    answers = sorted(seconds for one in classes for seconds in one.answers)
    return Voted(delays, answers, [what for one in classes for what in one.wrong], (before, after), len(texts))


@asynccontextmanager
async def _running(work: Any) -> AsyncIterator[None]:
    """Let work go on until the end of the block."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _write(visitor: Visitor, number: int, texts: list[str]) -> None:
    """Generate one text after another."""
    while True:
        seed = 1000 * number + len(texts)
        shown = await visitor.ask(
            Wish("text", ("shakespeare", "A", 300, 0.8, 0, 1.0, 1.0, seed, False)), look=False
        )
        texts.append(shown.error or "")


def _seat(number: int) -> str:
    return f"phone-of-the-load-test-{number}"


def _answered(state: dict[str, Any]) -> int:
    return int(state.get("screen", {}).get("answered", -1))


def table(lesson: Lesson, voted: Voted) -> str:
    """What was asked and what came."""
    milliseconds = [1000 * delay for delay in voted.delays]
    rows = {
        "asked": f"{lesson.rooms} rooms with {lesson.phones} phones each, {lesson.rounds} rounds, all vote within "
        f"{lesson.spread:g} s and change their votes; {lesson.writers} generate texts",
        "votes": f"{len(milliseconds)} timed, as many changed",
        "delay": f"p50 {statistics.median(milliseconds):.0f} ms, p95 {p95(milliseconds):.0f} ms, longest "
        f"{milliseconds[-1]:.0f} ms (p95 limit {1000 * LIMIT_SECONDS:.0f} ms)",
        "wrong": f"{len(voted.wrong)} counts or answers {voted.wrong[:5] or ''}",
        "memory": f"{voted.megabytes[0]:.0f} MiB before, {voted.megabytes[1]:.0f} MiB with all in their rooms",
        "texts": f"{voted.texts} written meanwhile",
    }
    return "\n".join(f"{name:8} {text}" for name, text in rows.items())


def main(lesson: Lesson) -> None:
    """Print the table."""
    with serve(*lesson.flags) as served:
        voted = uvloop.run(teach(lesson, served))
    print(table(lesson, voted))


if __name__ == "__main__":
    main(tyro.cli(Lesson, description=__doc__))
