"""A class opens the page together: python -m tests.load.opening --visitors 60.

Each browser asks for the page, for every file that Chromium asked for when it opened the page just before, and for
what the tabs open with. The same is asked of the page as Gradio alone sends it, in the same run, in turn.
"""

import asyncio
import json
import statistics
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp
import tyro
import uvloop
from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.load.classroom import awake, p95
from tests.load.served import Served, serve
from tests.load.visitor import LONGEST_LINE, Pages, Visitor

FOLDERS = ("/assets/", "/static/", "/theme.css")
AT_ONCE = 6  # connections of a browser to one site
ACCEPTED = {"Accept-Encoding": "gzip, deflate, br"}  # and what comes is left compressed, to be counted


@dataclass(frozen=True)
class Lesson:
    """How many come, and how often."""

    visitors: int = 60
    rounds: int = 3
    compare: bool = True
    """With the page as Gradio alone sends it: a round of either in turn."""
    flags: tuple[str, ...] = field(default=())
    """More flags for the page."""


def files(chromium: Browser, address: str) -> list[str]:
    """What a browser asks for besides the page itself: paths of scripts, styles and fonts."""
    page = chromium.new_page()
    page.goto(address)
    page.wait_for_function("() => document.querySelector('#home-view')?.innerText.length > 40")
    names = page.evaluate("() => performance.getEntriesByType('resource').map((entry) => entry.name)")
    page.close()
    paths = [urlsplit(name)._replace(scheme="", netloc="").geturl() for name in names]
    return [path for path in paths if path.startswith(FOLDERS)]


async def open_page(address: str, pages: Pages, paths: list[str]) -> tuple[float, int]:
    """Open the page as a browser that has never seen it: seconds, and bytes of the page and its files."""
    began = time.perf_counter()
    connections = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(address, headers=ACCEPTED, auto_decompress=False, connector=connections,
                                     read_bufsize=LONGEST_LINE) as client:  # fmt: skip

        async def got(path: str) -> int:
            async with client.get(path, raise_for_status=True) as answer:
                return len(await answer.read())

        size = await got("/") + sum(await asyncio.gather(*map(got, paths)))
        await Visitor(client, pages).fill()
    return time.perf_counter() - began, size


async def teach(lesson: Lesson, served: dict[str, Served], paths: list[str]) -> dict[str, list[tuple[float, int]]]:
    """Let a class open each page by turns, after one visitor who does it alone and is not counted."""
    opened: dict[str, list[tuple[float, int]]] = {name: [] for name in served}
    for page in served.values():
        page.suspend()
    for number in range(lesson.rounds + 1):
        for name, page in served.items():
            async with awake(page), aiohttp.ClientSession(page.address) as client:
                pages = await Pages.of(client)
                came = range(lesson.visitors if number else 1)
                found = await asyncio.gather(*(open_page(page.address, pages, paths) for _ in came))
                opened[name] += found if number else []
    return opened


def main(lesson: Lesson) -> None:
    """Print how long it took, as a table and as JSON."""
    with ExitStack() as pages:
        served = {"the page": pages.enter_context(serve(*lesson.flags))}
        if lesson.compare:
            served["Gradio alone"] = pages.enter_context(
                serve(*lesson.flags, program=("-m", "tests.load.uncached"))
            )
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            paths = files(chromium, served["the page"].address)
            chromium.close()
        try:
            opened = uvloop.run(teach(lesson, served, paths))
        finally:
            for page in served.values():
                page.resume()  # what sleeps cannot end
    found = {name: figures(visits) for name, visits in opened.items()}
    print(f"{lesson.visitors} visitors, {lesson.rounds} rounds; the page and {len(paths)} files each")
    for name, row in found.items():
        print(f"{name:14} open after {row['p50']:.1f} s (p50), {row['p95']:.1f} s (p95); {row['kilobytes']:.0f} kB")
    print(json.dumps(found, indent=2))


def figures(visits: list[tuple[float, int]]) -> dict[str, float]:
    """Percentiles of the seconds, and the kilobytes of one visit."""
    seconds = sorted(second for second, _ in visits)
    return {"n": len(visits), "p50": statistics.median(seconds), "p95": p95(seconds),
            "kilobytes": statistics.median(size for _, size in visits) / 1000}  # fmt: skip


if __name__ == "__main__":
    main(tyro.cli(Lesson, description=__doc__))
