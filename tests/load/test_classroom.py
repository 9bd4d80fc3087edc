"""A small class in one room with the server: each gets their own, and who leaves frees their place."""

import asyncio
import json
import time

import httpx
import pytest

from genai import image, text
from genai.audio import tab as audio_tab
from genai.image import tab as image_tab
from genai.text import tab as text_tab
from genai.ui.page.page import Page
from genai.ui.panel import streamed
from genai.ui.panel.context import Context
from tests import loop
from tests.load.classroom import Lesson, Room, figures, wishes
from tests.load.visitor import Pages, Visitor, Wish, door
from tests.text.worker.threads import STARTED
from tests.ui.tiny import save_all

LONG = Wish("text", ("large", "A", 5000, 0.8, 0, 1.0, 1.0, 1, False))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_all(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture
def address(folder):
    STARTED.clear()  # other tests in this process may have left a text that is being written
    page = Page([tab.build for tab in (text_tab, image_tab, audio_tab)], Context(folder=folder, device="cpu"))
    yield page.launch("127.0.0.1", None)
    page.blocks.close()


def writing():
    """Texts that workers of this process's pages are writing."""
    return [pipes for pipes in STARTED if pipes.server.writing]


async def until(stream, word):
    """The lines of a stream up to the first that has the word."""
    async for line in stream.aiter_lines():
        yield line
        if word in line:
            return


async def soon(condition):
    end = time.monotonic() + 3
    while not condition() and time.monotonic() < end:
        await asyncio.sleep(0.02)
    return condition()


def test_thirty_visitors_get_what_they_asked_for_and_nobody_else_s(address, folder):
    asked = wishes(Lesson(visitors=30), 0)

    async def attend():
        async with door(address) as come:
            room = Room(come, await Pages.of(come()), len(asked))
            await room.open(asked[:3])
            await room.press(asked)
        return room

    room = loop.run(attend())
    assert figures(room)["errors"] == []
    assert len(room.opened) == 30
    writer, painter = text.load("shakespeare", "cpu", folder), image.load("fashion", "cpu", folder)
    for wish, outcome in zip(asked, room.outcomes, strict=True):
        shown = outcome.shown
        if wish.tab == "text":
            prompt, length, seed = wish.values[1], wish.values[2], wish.values[7]
            request = text.TextRequest(prompt, length, seed=seed)
            assert (shown["prompt"], shown["written"]) == (prompt, text.generate(writer, [request])[0].text)
        if wish.tab == "image":
            requests = image_tab.requests({"label": "any", "count": 16, "seed": wish.values[3], "truncation": 1.0})
            sources = [image_tab.encode(painter, result) for result in image.generate(painter, requests)]
            assert [cell["source"] for cell in shown["cells"]] == [
                image_tab.data_url("image/png", source) for source in sources]  # fmt: skip
        if wish.tab == "audio":
            assert shown["seed"] == wish.values[2]


def test_a_closed_tab_frees_its_place_at_once(address):
    async def leave():
        async with door(address) as come:
            visitor = Visitor(come(), await Pages.of(come()))
            event = await visitor.press(visitor.pages.functions["text"], LONG.values)
            async for message in visitor.messages(event):
                if message["msg"] == "process_generating":
                    break
            assert writing()
        return await soon(lambda: not writing())

    assert loop.run(leave())


def test_stop_frees_its_place_at_once(address):
    async def stop():
        async with door(address) as come:
            visitor = Visitor(come(), await Pages.of(come()))
            function = visitor.pages.functions["text"]
            event = await visitor.press(function, LONG.values)
            async for message in visitor.messages(event):
                if message["msg"] == "process_generating":
                    break
            await visitor.cancel(function, event)
        return await soon(lambda: not writing())

    assert loop.run(stop())


def test_who_has_to_wait_is_told_the_place_in_the_queue(folder, monkeypatch):
    monkeypatch.setattr(streamed, "MAX_STREAMS", 1)
    page = Page([text_tab.build], Context(folder=folder, device="cpu"))
    address = page.launch("127.0.0.1", None)

    async def wait():
        async with httpx.AsyncClient(base_url=address, timeout=60) as http:
            config = (await http.get("/config")).json()
            button = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "text-generate")
            function = next(f["id"] for f in config["dependencies"] if [button, "click"] in f["targets"])
            bodies = [{"data": list(LONG.values), "fn_index": function, "session_hash": f"s{n}"} for n in range(3)]
            for body in bodies:
                (await http.post("/gradio_api/queue/join", json=body)).raise_for_status()
            query = {"session_hash": "s2"}
            async with http.stream("GET", "/gradio_api/queue/data", params=query) as stream:
                lines = [line async for line in until(stream, "estimation")]
            return json.loads(lines[-1].removeprefix("data: "))

    try:
        message = loop.run(wait())
    finally:
        page.blocks.close()
    assert (message["rank"], message["queue_size"]) == (1, 2)
