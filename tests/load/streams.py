"""Viewers of live pictures: python -m tests.load.streams --viewers 60 --rate 10.

All watch for a while, on this machine. Prints the delay from publishing to receiving, the core time and the memory
of the page's process, and the connections that were dropped.
"""

import asyncio
import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from urllib.parse import urlsplit

import tyro
import uvloop

from tests.load.classroom import p95
from tests.load.served import Served, serve

PROGRAM = ("-m", "tests.load.streaming")
LONGEST_LINE = 2**20
AT_ONCE = 50
"""Connections that are opened at the same time."""
PING_SECONDS = 0.1
"""Between two small requests that tell how busy the machine is."""
MOST_LOADING_SECONDS = 60
QUIET_CORES = 0.05
"""Core time of a page at which nobody looks."""
MOST_VIEWERS, MOST_SECONDS = 1000, 300
CORES = {"60 viewers, 10 a second": "2 %", "500 viewers, 5 a second": "7 %"}
"""Core time that a bare prototype of such a stream took, which had no page around it."""


@dataclass(frozen=True)
class Show:
    """How many watch what."""

    viewers: int = 60
    rate: int = 10
    """States a second of each topic."""
    size: int = 4000
    """Bytes of a state."""
    topics: int = 1
    """Topics, among which the viewers are shared out: 1 is a class that watches one picture."""
    slow: int = 0
    """More viewers who read nothing: they must cost no memory."""
    seconds: float = 20.0
    flags: tuple[str, ...] = ("--device", "cpu")
    """Of the page."""

    def __post_init__(self) -> None:
        if not (0 < self.viewers + self.slow <= MOST_VIEWERS and 0 < self.seconds <= MOST_SECONDS):
            raise ValueError(f"at most {MOST_VIEWERS} viewers and {MOST_SECONDS} seconds")

    def topic(self, number: int) -> str:
        """What a viewer watches."""
        return f"load/{number % self.topics}/{self.rate}-{self.size}"


@dataclass
class Viewer:
    """One stream: the delays of the states that came, in seconds, and whether it was dropped."""

    delays: list[float] = field(default_factory=list)
    dropped: bool = False
    cookie: str = ""

    async def come(self, address: str, topic: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open the stream as a browser that has the page's cookie."""
        host = urlsplit(address)
        reader, writer = await asyncio.open_connection(host.hostname, host.port, limit=LONGEST_LINE)
        for method in ("HEAD", "GET"):
            request = f"{method} /lab/stream?topics={topic} HTTP/1.1\r\nHost: {host.netloc}\r\n{self.cookie}\r\n"
            writer.write(request.encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            if " 200 " not in head.partition("\r\n")[0]:
                raise ConnectionError(head)
            given = [line for line in head.split("\r\n") if line.lower().startswith("set-cookie: ")]
            if given:
                self.cookie = f"Cookie: {given[0].partition(': ')[2].partition(';')[0]}\r\n"
        return reader, writer

    async def watch(self, reader: asyncio.StreamReader) -> None:
        """Read until the stream ends, which it must not by itself."""
        while line := await reader.readline():
            if line.startswith(b"data: "):
                self.delays.append(monotonic() - json.loads(line[6:])["sent"])
        self.dropped = True


@dataclass(frozen=True)
class Watched:
    """What came of it.

    Args:
        delays: In seconds, in order.
        dropped: Connections that ended, or could not be opened.
        pings: Seconds that a small request took meanwhile, in order: a busy machine is late with all.
        fewest: States that came to the viewer who got the fewest.
        expected: States that were to come.
        cores: Core time of the page's process in cores.
        megabytes: Memory of the page's process before anybody came, and while all watched.
    """

    delays: Sequence[float]
    pings: Sequence[float]
    fewest: int
    dropped: int
    expected: float
    cores: float
    megabytes: tuple[float, float]


async def watch(served: Served, show: Show) -> Watched:
    """Let all viewers come, then measure for a while."""
    await settled(served)
    before = page_megabytes(served)
    viewers = [Viewer() for _ in range(show.viewers)]
    crowd = [*viewers, *(Viewer() for _ in range(show.slow))]
    gate, numbers = asyncio.Semaphore(AT_ONCE), count()

    async def come(viewer: Viewer) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        async with gate:
            try:
                return await viewer.come(served.address, show.topic(next(numbers)))
            except (OSError, EOFError):
                viewer.dropped = True
                return None

    streams = await asyncio.gather(*(come(viewer) for viewer in crowd))
    pairs = [pair for pair in zip(viewers, streams, strict=False) if pair[1] is not None]
    reading = [asyncio.create_task(viewer.watch(stream[0])) for viewer, stream in pairs]
    await asyncio.sleep(1)  # what was on its way when the last came
    for viewer in viewers:
        viewer.delays.clear()
    used, began = _core_seconds(served), monotonic()
    pings = []
    while (seconds := monotonic() - began) < show.seconds:
        pings.append(await _ping(served.address))
        await asyncio.sleep(PING_SECONDS)
    cores = _core_seconds(served) - used
    megabytes = (before, page_megabytes(served))
    for task in reading:
        task.cancel()
    await asyncio.gather(*reading, return_exceptions=True)
    for stream in streams:
        if stream is not None:
            stream[1].close()
            await asyncio.gather(stream[1].wait_closed(), return_exceptions=True)
    delays = sorted(delay for viewer in viewers for delay in viewer.delays)
    dropped = sum(viewer.dropped for viewer in crowd)
    fewest = min(len(viewer.delays) for viewer in viewers)
    expected = show.viewers * show.rate * seconds
    return Watched(delays, sorted(pings), fewest, dropped, expected, cores / seconds, megabytes)


async def _ping(address: str) -> float:
    """Seconds from the request for a small file to its answer."""
    began, host = monotonic(), urlsplit(address)
    reader, writer = await asyncio.open_connection(host.hostname, host.port)
    writer.write(f"GET /theme.css HTTP/1.1\r\nHost: {host.netloc}\r\nConnection: close\r\n\r\n".encode())
    await reader.read()
    writer.close()
    await asyncio.gather(writer.wait_closed(), return_exceptions=True)
    return monotonic() - began


async def settled(served: Served) -> None:
    """Wait until the page has loaded its models, which it does while it is served."""
    for _ in range(MOST_LOADING_SECONDS):
        used = _core_seconds(served)
        await asyncio.sleep(1)
        if _core_seconds(served) - used < QUIET_CORES:
            return
    raise RuntimeError(f"the page still computes after {MOST_LOADING_SECONDS} s, although nobody is there")


def _core_seconds(served: Served) -> float:
    times = served.process.cpu_times()
    return float(times.user + times.system)


def page_megabytes(served: Served) -> float:
    return float(served.process.memory_full_info().pss / 2**20)


def table(show: Show, watched: Watched) -> str:
    """What was asked and what came."""
    milliseconds = [1000 * delay for delay in watched.delays]
    bare = CORES.get(f"{show.viewers} viewers, {show.rate} a second", "not measured")
    rows = {
        "asked": f"{show.viewers} viewers of {show.topics} topics, {show.slow} more who do not read, {show.rate} "
        f"states a second of {show.size / 1000:g} kB, for {show.seconds:g} s",
        "came": f"{len(milliseconds)} of {watched.expected:.0f} states",
        "delay": f"p50 {statistics.median(milliseconds):.1f} ms, p95 {p95(milliseconds):.1f} ms, "
        f"longest {milliseconds[-1]:.1f} ms",
        "core time": f"{100 * watched.cores:.1f} % of a core (a bare prototype: {bare})",
        "memory": f"{watched.megabytes[0]:.0f} MiB before, {watched.megabytes[1]:.0f} MiB while all watch",
        "dropped": f"{watched.dropped} connections",
    }
    return "\n".join(f"{name:10} {text}" for name, text in rows.items())


def main(show: Show) -> None:
    """Print the table."""
    with serve(*show.flags, program=PROGRAM) as served:
        watched = uvloop.run(watch(served, show))
    print(table(show, watched))


if __name__ == "__main__":
    main(tyro.cli(Show, description=__doc__))
