"""A few viewers of a page in a process of its own, which ends at once although one still watches."""

import asyncio

from tests import loop
from tests.load.served import STOP_SECONDS, serve
from tests.load.streams import PROGRAM, Show, Viewer, table, watch
from tests.ui.tiny import save_all


def test_states_come_to_all_and_a_page_that_is_watched_ends(tmp_path):
    show = Show(viewers=6, rate=10, topics=2, slow=1, size=100_000, seconds=2)
    with serve("--checkpoints", str(save_all(tmp_path)), "--device", "cpu", program=PROGRAM) as served:
        watched = loop.run(watch(served, show))
        loop.run(end_while_watched(served, show))
    assert watched.dropped == 0
    assert len(watched.delays) <= 1.1 * watched.expected
    ping = watched.pings[len(watched.pings) // 2]  # a busy machine is late with all: a few ms, or a second
    assert watched.fewest > 0.5 * watched.expected / show.viewers / (1 + 50 * ping)
    assert watched.delays[len(watched.delays) // 2] < 1 + 5 * ping
    assert "0 connections" in table(show, watched)


async def end_while_watched(served, show):
    """End the page while one stream is read and one is not: it waits long for what does not end by itself."""
    (reader, reading), (_, idle) = [await Viewer().come(served.address, show.topic(0)) for _ in range(2)]
    await reader.readline()
    served.process.terminate()
    served.process.wait(STOP_SECONDS)
    for writer in (reading, idle):
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)
