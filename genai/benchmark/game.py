"""How many rounds a second the games of the Learn tab make, alone and many at a time."""

import os
import time
from dataclasses import replace

from genai.learn.game.config import GameConfig
from genai.learn.game.worker import GameProcess
from genai.quality.figures import Figure, Figures

SECONDS = 8.0
WARM_UP_SECONDS = 2.0
FASTEST, USUAL = 500, 30
"""Rounds a second that are wanted: of one game, and of each of many."""
CROWDS = (8, 20, 60)
CONFIG = GameConfig(loss="relativistic")
PROTOCOL = (
    f"rounds of D and G with {{speed}} wanted, in a process on one thread beside the pictures, all watched, "
    f"for {SECONDS:.0f} seconds after {WARM_UP_SECONDS:.0f}; relativistic loss with R1 + R2, two layers of "
    f"{CONFIG.width}, batch {CONFIG.batch_size}, Adam; seeds from 0; {os.cpu_count()} cores"
)


def measure() -> Figures:
    """Return the rounds a second of one game, and of each of 8, 20 and 60."""
    figures = {"game: one, rounds a second": _measured(1, FASTEST, CONFIG)}
    for count in CROWDS:
        figures[f"game: each of {count}, rounds a second"] = _measured(count, USUAL, CONFIG)
    return figures


class _Counter:
    """Counts what is published."""

    def __init__(self) -> None:
        self.pictures = 0

    def __call__(self, topic: str, state: object) -> None:
        self.pictures += 1


def _measured(count: int, speed: int, config: GameConfig) -> Figure:
    """Play some games for a while."""
    counter = _Counter()
    games = GameProcess(counter, lambda error: {"en": str(error)})
    try:
        opened = [games.ask("open", {"game": str(replace(config, seed=seed))}) for seed in range(count)]
        for game in opened:
            games.open(game["topic"])
            games.ask("act", {"id": game["id"], "do": "play", "speed": speed})
        time.sleep(WARM_UP_SECONDS)
        before, pictures, began = _steps(games, opened), counter.pictures, time.perf_counter()
        time.sleep(SECONDS)
        after, passed = _steps(games, opened), time.perf_counter() - began
        rates = [(last - first) / passed for first, last in zip(before, after, strict=True)]
        frames = (counter.pictures - pictures) / passed / count
    finally:
        games.end()
    beside = {"slowest": min(rates), "wanted": float(speed), "pictures a second": frames}
    return Figure(sum(rates) / count, count, PROTOCOL.format(speed=speed), beside)


def _steps(games: GameProcess, opened: list[dict[str, object]]) -> list[int]:
    """Return the newest step of each game that a viewer has seen."""
    snapshots = [games.open(str(game["topic"])) for game in opened]
    return [snapshot["step"] for snapshot in snapshots if isinstance(snapshot, dict)]
