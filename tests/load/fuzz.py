"""Thousands of bad requests to the HTTP interface: python -m tests.load.fuzz --requests 20000.

Every answer must be a refusal or a sentence, never a server error; the page must still answer at the end, and be no
larger. Prints the counts by route and status, and what was answered with a server error.
"""

import asyncio
import json
import random
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import tyro

from tests.load.served import Served, serve

API = "/gradio_api"
ENDPOINTS = ("generate_text", "generate_images", "generate_audio", "run", "open", "follow", "nothing", "../x")
# fmt: off
QUESTIONS = ("strip", "strips", "inside", "look", "neuron", "odds", "original", "plane", "point", "arc", "ranking",
             "film", "moments", "pair", "exhibit", "duel", "truncations", "steps", "sounds", "classes", "census",
             "tours", "glossary", "instruments", "kit", "heard",
             "collect", "collection", "add", "remove", "restore", "clear", "hear", "nearest", "open_room", "wall",
             "join", "send", "remove_from_wall", "restore_to_wall",
             "act", "change", "slow", "dirac",
             "start", "control", "settings", "moment", "use", "runs", "item", "keep", "open",
             "attention", "beside", "differ", "cost", "by_place",
             "solution", "learning", "lessons", "pieces", "quiz",
             "room_open", "room_again", "room_join", "room_answer", "room_look", "room_start", "room_act",
             "room_keep", "room_end", "room_alone", "score_wav", "score_midi",
             "enlarged", "sheet", "__init__", "nothing")
TEXTS = ("", "a", "€", "\0", "\x1b[2J", "‮abc", "<script>alert(1)</script>", "${alert(1)}", "春", "🎲", "\ud83d",
         "../../etc/passwd", "a" * 20_000, "'; drop table", "NaN", "-1", "1e999",
         "shakespeare", "fashion", "digits") 
NUMBERS = (0, -1, 1, 2**31, 2**63, 2**70, 10**300, 0.5, -0.0, 1e308, 5000, 65, True, False, None)
NAMES = ("model", "text", "seed", "label", "truncation", "place", "places", "layer", "unit", "points", "seeds",
         "frames", "kind", "seconds", "temperature", "top_k", "top_p", "typical_p", "kept", "loop", "name", "step",
         "counts", "component", "id", "modality", "item", "items", "class", "code", "token", "seat", "strokes",
         "tasks", "address", "pictures", "value", "pair", "exhibit", "activity", "settings", "turn", "do", "word",
         "question", "answers", "right", "reply", "game", "ids", "minutes", "data", "from", "en", "zh-CN",
         "checkpoint", "sound", "to", "at", "kit", "events", "gain", "rate", "length", "group", "tempo", "count",
         "link")
TOPICS = ("nothing/x", "nothing/x/y", "game/x", "run/x", "room/ABCD", "room/ABCD/host-x", "room/x/y",
          "game/x,run/y", ",,", "x/" * 100, "a/b," * 40,
          "a/b\nid: 1")
# fmt: on
STREAM = "stream"
"""The route of live pictures: an answer that never ends, of which the first piece is read."""
SHOTS = 300
"""Of one visitor, then another comes: who asks on and on is refused by the limits, which are not tried here."""


@dataclass(frozen=True)
class Fuzz:
    """How much, and which dice."""

    requests: int = 20_000
    seed: int = 0
    at_once: int = 16
    flags: tuple[str, ...] = ()
    """More flags for the page."""


@dataclass(frozen=True)
class Shot:
    """One request."""

    route: str
    method: str
    path: str
    body: bytes
    headers: dict[str, str]


def anything(dice: random.Random, depth: int = 0) -> Any:
    """Any JSON: a text, a number, or a list or an object of such."""
    kind = dice.random()
    if depth > 3 or kind < 0.35:
        return dice.choice(TEXTS)
    if kind < 0.75:
        return dice.choice(NUMBERS)
    if kind < 0.85:
        return [anything(dice, depth + 1) for _ in range(dice.randrange(5))]
    return {dice.choice(NAMES): anything(dice, depth + 1) for _ in range(dice.randrange(6))}


def written(value: Any) -> bytes:
    """JSON, with lone surrogates and non-finite numbers as JavaScript would never send them."""
    return json.dumps(value).encode("utf-8", "surrogatepass")


def shot(dice: random.Random, functions: int, views: list[int]) -> Shot:
    """Draw a request: to an endpoint, the queue, a view, the uploads, a file, or with a body that is no JSON."""
    session = f"fuzz{dice.randrange(200)}"
    data = [anything(dice) for _ in range(dice.choice((0, 1, 3, 5, 7, 7, 9)))]
    question = {"fn_name": dice.choice(QUESTIONS), "component_id": dice.choice([*views, -1, 10**9, "x", None]),
                "data": anything(dice), "session_hash": session}  # fmt: skip
    queued = {"fn_index": dice.choice([*range(functions), -1, 10**9, "x", None]),
              "data": dice.choice((data, "x", None)),
              "session_hash": dice.choice((session, None, 3, "../x"))}  # fmt: skip
    kinds = {
        "call": lambda: (f"{API}/call/{dice.choice(ENDPOINTS)}", written({"data": data})),
        "call/v2": lambda: (f"{API}/call/v2/{dice.choice(ENDPOINTS)}", written(anything(dice))),
        "run": lambda: (f"{API}/run/{dice.choice(ENDPOINTS)}", written({"data": data, "session_hash": session})),
        "queue": lambda: (f"{API}/queue/join", written(queued)),
        "view": lambda: (f"{API}/component_server", written(question)),
        "cancel": lambda: (f"{API}/cancel", written({"session_hash": session, "fn_index": 0, "event_id": "x"})),
        "broken": lambda: (f"{API}/{dice.choice(('queue/join', 'component_server', 'call/generate_text'))}",
                           dice.choice((b"", b"{", b"\xff\xfe", b"[" * 3000, b"null", b"3", b'"x"'))),
        "reset": lambda: (f"{API}/reset", written(anything(dice))),
        "file": lambda: (f"{API}/file={dice.choice(('/etc/passwd', '../../x', 'app.py', '%00', 'a' * 3000))}", b""),
        "upload": lambda: (f"{API}/upload", dice.randbytes(dice.randrange(2000))),
        STREAM: lambda: (f"/lab/stream?{streamed(dice)}", b""),
    }  # fmt: skip
    route = dice.choice(list(kinds))
    path, body = kinds[route]()
    headers = {
        "content-type": dice.choice(("application/json", "application/json", "text/plain", "multipart/form-data"))
    }
    if route == STREAM and dice.random() < 0.5:
        headers["last-event-id"] = dice.choice(("", "x", "-1", "0-1", "9" * 5000, "a,b"))
    methods = {"file": ("GET",), STREAM: ("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")}
    return Shot(route, dice.choice(methods.get(route, ("POST",))), path, body, headers)


def streamed(dice: random.Random) -> str:
    """A query of the event stream: topics and what was seen of them."""
    names = ("topics", "topics", "topics", "last", "has", "x")
    pairs = [(dice.choice(names), dice.choice((*TOPICS, *TEXTS))) for _ in range(dice.randrange(5))]
    return urlencode(pairs, errors="surrogatepass")


async def answered(client: httpx.AsyncClient, one: Shot) -> httpx.Response:
    """The answer, of an event stream that is open only its beginning."""
    request = client.build_request(one.method, one.path, content=one.body, headers=one.headers)
    answer = await client.send(request, stream=True)
    try:
        if one.route == STREAM and answer.status_code == 200:
            async for _ in answer.aiter_bytes():
                break
        else:
            await answer.aread()
    finally:
        await answer.aclose()
    return answer


async def try_one(client: httpx.AsyncClient, one: Shot, counts: Counter[tuple[str, int]], wrong: list[str]) -> None:
    """Send one request and note what came of it."""
    try:
        answer = await answered(client, one)
    except httpx.InvalidURL:
        return
    except httpx.TransportError as error:
        wrong.append(f"{one.path} {one.body[:300]!r}: {error!r}")
        return
    counts[one.route, answer.status_code] += 1
    if answer.status_code >= 500 and answer.status_code != 503:
        wrong.append(f"{one.path} {one.body[:300]!r}: {answer.status_code}")


async def fire(served: Served, plan: Fuzz) -> tuple[Counter[tuple[str, int]], list[str]]:
    """Send everything; returns counts by route and status, and what a server error was the answer to."""
    dice, counts, wrong = random.Random(plan.seed), Counter[tuple[str, int]](), list[str]()
    async with AsyncExitStack() as rooms:

        def come() -> httpx.AsyncClient:
            """A visitor, with cookies of their own; to http, and here, so there are no certificates to load."""
            client = httpx.AsyncClient(base_url=served.address, timeout=300, verify=False)
            rooms.push_async_callback(client.aclose)
            return client

        config = (await come().get("/config")).json()
        views = [c["id"] for c in config["components"] if c["type"] == "html"]
        shots = [shot(dice, len(config["dependencies"]), views) for _ in range(plan.requests)]
        waiting = iter([shots[first : first + SHOTS] for first in range(0, len(shots), SHOTS)])

        async def send() -> None:
            for mine in waiting:
                client = come()
                (await client.get("/")).raise_for_status()
                for one in mine:
                    await try_one(client, one, counts, wrong)

        await asyncio.gather(*(send() for _ in range(plan.at_once)))
        (await come().get("/")).raise_for_status()
    return counts, wrong


def main(plan: Fuzz) -> None:
    """Print a table, what went wrong, and the memory before and after."""
    with serve(*plan.flags) as served:
        asyncio.run(fire(served, Fuzz(min(500, plan.requests), plan.seed + 1)))  # what is loaded once is loaded now
        before = served.megabytes
        counts, wrong = asyncio.run(fire(served, plan))
        after = served.megabytes
    for (route, status), number in sorted(counts.items()):
        print(f"{route:10} {status} {number:6}")
    print(f"{len(wrong)} server errors; {before:.0f} MiB before, {after:.0f} after")
    print(*sorted(wrong)[:40], sep="\n")


if __name__ == "__main__":
    main(tyro.cli(Fuzz, description=__doc__))
