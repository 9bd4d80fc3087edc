"""One who has the page open and presses Generate: asks as the page in a browser does, and waits for the end."""

import json
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx


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
    async def of(cls, client: httpx.AsyncClient) -> "Pages":
        config = (await client.get("/config")).json()
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


@dataclass
class Visitor:
    """One open page.

    Args:
        client: To the server; many visitors may share it.
        pages: Of this server.
        session: As the page's script draws it.
    """

    client: httpx.AsyncClient
    pages: Pages
    session: str = field(default_factory=lambda: secrets.token_hex(6))

    async def open(self) -> float:
        """Get the page and let its tabs be filled, as the browser does; returns seconds."""
        began = time.perf_counter()
        (await self.client.get("/")).raise_for_status()
        for number in self.pages.opening:
            await self._press(number, [])
        async for _ in self._messages(len(self.pages.opening)):
            pass
        return time.perf_counter() - began

    async def ask(self, wish: Wish, *, look: bool = True) -> Outcome:
        """Press Generate and wait; then ask for the strip above the result, as the page does by itself.

        Args:
            wish: What to ask for.
            look: Whether the strip is asked for; its time is part of the outcome's.
        """
        began, first, shown = time.perf_counter(), None, {}

        def outcome(error: str | None = None) -> Outcome:
            return Outcome(wish, first or 0, time.perf_counter() - began, shown, error)

        if refused := await self._press(self.pages.functions[wish.tab], wish.values):
            return outcome(refused)
        async for message in self._messages(1):
            first = first or time.perf_counter() - began
            if message["msg"] == "process_completed":
                if not message["success"]:
                    return outcome(str(message["output"]))
                shown, notice = message["output"]["data"]
                if "sentence" in notice:
                    return outcome(notice["sentence"]["en"])
        if look:
            await self._look(wish, shown)
        return outcome()

    async def _press(self, function: int, values: Sequence[Any]) -> str | None:
        """Join the queue; returns the refusal, if it is one."""
        body = {"data": list(values), "fn_index": function, "session_hash": self.session}
        answer = await self.client.post("/gradio_api/queue/join", json=body)
        return None if answer.status_code == 200 else f"HTTP {answer.status_code}: {answer.text[:200]}"

    async def _messages(self, count: int) -> AsyncIterator[dict[str, Any]]:
        """What comes of as many presses: results in the making and at the end."""
        query = {"session_hash": self.session}
        async with self.client.stream("GET", "/gradio_api/queue/data", params=query) as stream:
            async for line in stream.aiter_lines():
                message = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
                if message.get("msg") in ("process_generating", "process_completed"):
                    yield message
                    count -= message["msg"] == "process_completed"
                if not count:
                    return

    async def _look(self, wish: Wish, shown: dict[str, Any]) -> None:
        data = about(wish, shown)
        body = {"data": data, "component_id": self.pages.views[wish.tab], "fn_name": "strip"}
        answer = await self.client.post("/gradio_api/component_server", json={**body, "session_hash": self.session})
        answer.raise_for_status()
        if "sentence" in answer.json():
            raise RuntimeError(answer.json()["sentence"]["en"])


def about(wish: Wish, shown: dict[str, Any]) -> dict[str, Any]:
    """The question that the strip asks about a result."""
    if wish.tab == "text":
        read = shown["prompt"] + shown["written"]
        dice = dict(zip(("temperature", "top_k", "top_p"), wish.values[3:6], strict=True))
        return {"model": wish.values[0], "text": read[:41], "place": min(40, len(read) - 1), "kept": False, **dice}
    cell = shown["cells"][0] if wish.tab == "image" else shown
    return {"model": wish.values[0], "seed": cell["seed"], "label": cell["number"], "truncation": wish.values[-1]}
