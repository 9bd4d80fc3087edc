"""A class opens the page: what comes to a browser, and how much of it."""

import asyncio

import aiohttp
import pytest

from tests import loop
from tests.load.opening import figures, files, open_page
from tests.load.visitor import Pages

pytestmark = pytest.mark.browser


def test_the_page_comes_whole_and_small(chromium, server):
    paths = files(chromium, server)
    assert any(path.startswith("/assets/index-") for path in paths)

    async def opened():
        async with aiohttp.ClientSession(server, headers={"Accept-Encoding": "identity"}) as client:
            pages, plain = await Pages.of(client), 0
            for path in ("/", *paths):
                async with client.get(path, raise_for_status=True) as answer:
                    plain += len(await answer.read())
        return plain, await asyncio.gather(*(open_page(server, pages, paths) for _ in range(2)))

    plain, visits = loop.run(opened())
    found = figures(visits)
    assert found["n"] == 2
    assert 0 < found["p50"] <= found["p95"]
    assert found["kilobytes"] < 0.4 * plain / 1000
