"""A few viewers of a page in a process of its own, which ends at once although one still watches."""

import asyncio
import time

from tests import loop
from tests.load.served import serve
from tests.load.streams import PROGRAM, Show, Viewer, table, watch
from tests.ui.tiny import save_all


def test_states_come_to_all_and_a_page_that_is_watched_ends(tmp_path):
    show = Show(viewers=6, rate=10, topics=2, slow=1, size=100_000, seconds=2)
    with serve("--checkpoints", str(save_all(tmp_path)), "--device", "cpu", program=PROGRAM) as served:
        watched = loop.run(watch(served, show))
        leaving = loop.run(end_while_watched(served, show))
    assert watched.dropped == 0
    assert 0.5 * watched.expected < len(watched.delays) <= 1.1 * watched.expected
    assert watched.delays[len(watched.delays) // 2] < 1
    assert "0 connections" in table(show, watched)
    assert leaving < 4  # Gradio waits 5 s for connections that do not end by themselves


async def end_while_watched(served, show):
    """Seconds from SIGTERM to the end of the process, with a stream that is read and one that is not."""
    (reader, reading), (_, idle) = [await Viewer().come(served.address, show.topic(0)) for _ in range(2)]
    await reader.readline()
    begin = time.monotonic()
    served.process.terminate()
    served.process.wait(20)
    seconds = time.monotonic() - begin
    for writer in (reading, idle):
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)
    return seconds
