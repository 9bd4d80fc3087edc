"""Those who use the Learn tab: one trains on own data, another plays the game in the plane."""

import asyncio
import base64
import io
import json
import pydoc_data.topics
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
import numpy as np
from PIL import Image

from genai.benchmark import shapes
from genai.learn.game.config import GameConfig
from tests.load.visitor import RefusedError

CHARACTERS, DRAWINGS, SOUNDS = 12_000, 24, 24
SAMPLE_RATE, SOUND_SECONDS = 16_000, 0.4
NEAREST = {"text": "shakespeare", "image": "fashion", "audio": "digits"}
"""The shipped model from which a training goes on."""
ENDED = ("stopped", "failed", "done")

Question = dict[str, Any]


@dataclass(frozen=True)
class LearnPage:
    """An open Learn tab.

    Args:
        client: To the server, with this visitor's cookies.
        views: Numbers of the parts' components, by name.
    """

    client: aiohttp.ClientSession
    views: dict[str, int]

    @classmethod
    async def open(cls, client: aiohttp.ClientSession) -> Self:
        """Load the page as a browser does."""
        async with client.get("/", raise_for_status=True) as page:
            await page.read()
        async with client.get("/config", raise_for_status=True) as answer:
            config = await answer.json()
        ids = {component["props"].get("elem_id"): component["id"] for component in config["components"]}
        return cls(client, {part: ids[f"learn-{part}-view"] for part in ("game", "train")})

    async def ask(self, part: str, name: str, question: Question) -> Question:
        """Ask a question of a part.

        Raises:
            RefusedError: if it is answered by a sentence, or the server refuses.
        """
        body = {"component_id": self.views[part], "fn_name": name, "data": question, "session_hash": "x"}
        async with self.client.post("/gradio_api/component_server", json=body) as answer:
            if not answer.ok:
                raise RefusedError(f"HTTP {answer.status}: {(await answer.text())[:200]}")
            found: Question = await answer.json()
        if "sentence" in found:
            raise RefusedError(found["sentence"]["en"])
        return found

    async def watch(self, topic: str, is_enough: Callable[[Question], bool]) -> Question:
        """Watch a topic until a state is enough; the stream is closed then, as a closed tab closes it.

        Raises:
            RefusedError: if the stream is refused or ends before.
        """
        async with self.client.get("/lab/stream", params={"topics": topic}) as stream:
            if not stream.ok:
                raise RefusedError(f"stream: HTTP {stream.status}")
            async for line in stream.content:
                if line.startswith(b"data: "):
                    state: Question = json.loads(line[6:])
                    if is_enough(state):
                        return state
        raise RefusedError("the stream ended")


def own_items(modality: str, dice: random.Random) -> list[Question]:
    """Return own data as the page sends it: a text, drawings of shapes, or tones."""
    if modality == "text":
        prose = "".join(text for _, text in sorted(pydoc_data.topics.topics.items()))
        start = dice.randrange(len(prose) - CHARACTERS)
        return [{"kind": "text", "value": prose[start : start + CHARACTERS], "name": "text"}]
    if modality == "image":
        pictures, _ = shapes.labelled(DRAWINGS, seed=dice.randrange(1000))
        return [{"kind": "picture", "value": _png(picture[0].numpy()), "name": "drawing"} for picture in pictures]
    return [{"kind": "sound", "value": _tone(dice), "name": "tone"} for _ in range(SOUNDS)]


def _png(picture: np.ndarray[Any, Any]) -> str:
    """Return a picture (H, W) in -1...1 as a PNG in base64."""
    file = io.BytesIO()
    Image.fromarray(((picture + 1) * 127.5).astype(np.uint8)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def _tone(dice: random.Random) -> str:
    """Return a tone that fades, as 16-bit samples in base64."""
    seconds = np.arange(int(SAMPLE_RATE * SOUND_SECONDS)) / SAMPLE_RATE
    wave = 0.5 * np.sin(2 * np.pi * dice.uniform(200, 900) * seconds) * np.exp(-5 * seconds)
    return base64.b64encode((wave * 32767).astype("<i2").tobytes()).decode()


async def train(page: LearnPage, dice: random.Random, told: Counter[str]) -> None:
    """Collect data, train for half a minute, watch, and then stop, leave, fork or use the model."""
    modality = dice.choice(list(NEAREST))
    data = await page.ask("train", "collect", {"modality": modality})
    await page.ask("train", "add", {"id": data["id"], "items": own_items(modality, dice)})
    start_from = dice.choice((NEAREST[modality], None))
    wanted = {"modality": modality, "data": data["id"], "from": start_from, "minutes": 0.5, "settings": {}}
    run = await page.ask("train", "start", wanted)
    told[f"train {modality}"] += 1
    mood = dice.choices(("end", "stop", "leave"), (5, 3, 2))[0]
    if mood == "leave":
        await page.watch(run["topic"], lambda state: state["phase"] in ("running", *ENDED))
    elif mood == "stop":
        await page.watch(run["topic"], lambda state: state["step"] >= 1 or state["phase"] in ENDED)
        await page.ask("train", "control", {"id": run["id"], "do": "stop"})
    if mood != "leave":
        state = await page.watch(run["topic"], lambda state: state["phase"] in ENDED)
        told[f"training {state['phase']}"] += 1
        if state["checkpoint"]:
            await page.ask("train", "use", {"id": run["id"]})


async def play(page: LearnPage, dice: random.Random, told: Counter[str]) -> None:
    """Open a game with its twin or alone, play it for some seconds, and leave."""
    game = str(GameConfig(seed=dice.randrange(1000)))
    opened = await page.ask("game", "open", {"game": game, "twin": dice.choice((None, game))})
    await page.ask("game", "act", {"id": opened["id"], "do": "play", "speed": dice.choice((5, 30, 100))})
    told["game"] += 1
    end = asyncio.get_running_loop().time() + 10 * dice.random()
    await page.watch(opened["topic"], lambda _: asyncio.get_running_loop().time() > end)
