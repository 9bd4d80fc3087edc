"""One who has the page open and presses Generate: asks as the page in a browser does, and waits for the end."""

import json
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

LANGUAGE = "en"  # of the page, which says with what model the Text tab opens
LONGEST_LINE = 2**23  # bytes of one message; a sound's is a quarter of a million
IDLE_SECONDS = 3  # that a connection is kept: the server closes it after 5, maybe just as it is used again


class RefusedError(Exception):
    """The page answered with a sentence, or the server with a status that says no."""


@dataclass(frozen=True)
class Wish:
    """What to press and with which values.

    Args:
        tab: text, image or audio.
        values: Of the tab's model chooser and controls, in the page's order.
    """

    tab: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of it: seconds to the first thing to see and to the end, and what the view showed last."""

    wish: Wish
    first: float
    seconds: float
    shown: dict[str, Any]
    error: str | None = None


@dataclass(frozen=True)
class Pages:
    """What the page's configuration says: the numbers of each tab's function, of its view, and of what opens it."""

    functions: dict[str, int]
    views: dict[str, int]
    opening: list[int]

    @classmethod
    async def of(cls, client: aiohttp.ClientSession) -> "Pages":
        async with client.get("/config", raise_for_status=True) as answer:
            config = await answer.json()
        ids = {c["props"].get("elem_id"): c["id"] for c in config["components"]}
        functions = {
            tab: function["id"]
            for tab in ("text", "image", "audio")
            for function in config["dependencies"]
            if [ids[f"{tab}-generate"], "click"] in function["targets"]
        }
        opening = [
            function["id"] for function in config["dependencies"]
            if function["backend_fn"] and "load" in [event for _, event in function["targets"]]
        ]  # fmt: skip
        return cls(functions, {tab: ids[f"{tab}-view"] for tab in functions}, opening)


@asynccontextmanager
async def door(address: str) -> AsyncIterator[Callable[[], aiohttp.ClientSession]]:
    """Let visitors in: a client for each, with cookies and connections of its own, as browsers have them.

    They share the machine with the page: this library reads HTTP in C, in a third of the time that httpx takes.
    """
    async with AsyncExitStack() as rooms:

        def come() -> aiohttp.ClientSession:
            client = aiohttp.ClientSession(
                address,
                cookie_jar=aiohttp.CookieJar(unsafe=True),  # from an address that is a number too
                connector=aiohttp.TCPConnector(keepalive_timeout=IDLE_SECONDS),
                timeout=aiohttp.ClientTimeout(300),
                read_bufsize=LONGEST_LINE,
            )
            rooms.push_async_callback(client.close)
            return client

        yield come


@dataclass
class Visitor:
    """One open page.

    Args:
        client: To the server, with this visitor's cookies.
        pages: Of this server.
        session: As the page's script draws it.
    """

    client: aiohttp.ClientSession
    pages: Pages
    session: str = field(default_factory=lambda: secrets.token_hex(6))

    async def open(self) -> float:
        """Get the page and let its tabs be filled, as the browser does; returns seconds."""
        began = time.perf_counter()
        async with self.client.get("/", raise_for_status=True) as page:
            await page.read()
        await self.fill()
        return time.perf_counter() - began

    async def fill(self) -> None:
        """Let the tabs be filled with what they open with."""
        events = [await self.press(number, [LANGUAGE]) for number in self.pages.opening]
        async for _ in self.messages(*events):
            pass

    async def ask(self, wish: Wish, *, look: bool = True) -> Outcome:
        """Press Generate and wait; then ask for the strip above the result, as the page does where it did not come.

        Args:
            wish: What to ask for.
            look: Whether the strip is asked for; its time is part of the outcome's.
        """
        began = time.perf_counter()
        first, shown, error = began, {}, None
        try:
            first, shown = await self._seen(await self.press(self.pages.functions[wish.tab], wish.values))
            if look and not shown.get("strip"):
                await self._look(wish, shown)
        except RefusedError as refusal:
            error = str(refusal)
        return Outcome(wish, first - began, time.perf_counter() - began, shown, error)

    async def _seen(self, event: str) -> tuple[float, dict[str, Any]]:
        """When there was something to see, and what there was in the end."""
        first, shown = None, {}
        async for message in self.messages(event):
            first = first or (time.perf_counter() if message["msg"] != "process_starts" else None)
            if message["msg"] == "process_completed":
                if not message["success"]:
                    raise RefusedError(str(message["output"]))
                shown, notice = message["output"]["data"]
                if "sentence" in notice:
                    raise RefusedError(notice["sentence"]["en"])
        return first or time.perf_counter(), shown

    async def press(self, function: int, values: Sequence[Any]) -> str:
        """Join the queue; returns the event's name.

        Raises:
            RefusedError: if the server refuses.
        """
        body = {"data": list(values), "fn_index": function}
        return str((await self._post("queue/join", body))["event_id"])

    async def cancel(self, function: int, event: str) -> None:
        """Press Stop."""
        await self._post("cancel", {"fn_index": function, "event_id": event})

    async def messages(self, *events: str) -> AsyncIterator[dict[str, Any]]:
        """What comes of some presses, in the making and at the end; of earlier ones, nothing."""
        query, open_events = {"session_hash": self.session}, set(events)
        async with self.client.get("/gradio_api/queue/data", params=query) as stream:
            async for line in stream.content:
                message = json.loads(line.removeprefix(b"data: ")) if line.startswith(b"data: ") else {}
                if message.get("event_id") in open_events and message["msg"].startswith("process_"):
                    yield message
                    if message["msg"] == "process_completed":
                        open_events.remove(message["event_id"])
                if not open_events:
                    return

    async def _look(self, wish: Wish, shown: dict[str, Any]) -> None:
        body = {"data": about(wish, shown), "component_id": self.pages.views[wish.tab], "fn_name": "strip"}
        answer = await self._post("component_server", body)
        if "sentence" in answer:
            raise RefusedError(answer["sentence"]["en"])

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        body = {**body, "session_hash": self.session}
        async with self.client.post(f"/gradio_api/{path}", json=body) as answer:
            if not answer.ok:
                raise RefusedError(f"HTTP {answer.status}: {(await answer.text())[:200]}")
            return await answer.json()


def about(wish: Wish, shown: dict[str, Any]) -> dict[str, Any]:
    """The question that the strip asks about a result."""
    if wish.tab == "text":
        read = shown["prompt"] + shown["written"]
        place = min(len(shown["prompt"]) + 16, len(read) - 1)  # BEGIN of the strip's script
        return {"model": wish.values[0], "text": read[: place + 1], "place": place, "kept": False}
    cell = shown["cells"][0] if wish.tab == "image" else shown
    truncation, _ = wish.values[-2:]  # the last one is the variant
    return {
        "model": wish.values[0],
        "seed": cell["seed"],
        "label": cell["number"],
        "variant": cell["variantNumber"],
        "truncation": truncation,
    }
