"""How a model learnt: what it made of always the same noise, at log-spaced steps of its training.

The samples of a run's folder and the numbers beside them, small enough to travel inside the checkpoint.
"""

import bisect
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from PIL import Image
from torch import Tensor

from genai.training.journal import Journal

LEAST = 20  # steps; what is made before is noise much like the first
WEBP_QUALITY = 80
CURVE = 100  # points
COMPRESSION = 0.9  # 0 to 1: ten seconds of noise at 16 kHz take 22 kB


def list_moments(journal: Journal, suffix: str) -> list[tuple[dict[str, Any], Path]]:
    """List the samples of a run from its 20th step on: step, minutes and the numbers logged last, and the file."""
    lines = [json.loads(line) for line in journal.metrics.read_text().splitlines()]
    steps, result = [int(line["step"]) for line in lines], []
    for path in sorted((journal.folder / "samples").glob(f"step-*{suffix}")):
        step = int(path.stem.removeprefix("step-"))
        newest = {k: v for line in lines[: bisect.bisect_right(steps, step)] for k, v in line.items()}
        if step >= LEAST and newest:
            result.append(({name: round(value, 3) for name, value in (newest | {"step": step}).items()}, path))
    return result


def metric_curve(journal: Journal) -> dict[str, list[float | None]]:
    """Return the numbers of a run at up to 100 evenly spaced steps: each by name, the steps under "step"."""
    lines = [json.loads(line) for line in journal.metrics.read_text().splitlines()]
    newest: dict[str, float] = {}
    rows = [newest := newest | line for line in lines]
    chosen = [rows[round(place)] for place in np.linspace(0, len(rows) - 1, min(CURVE, len(rows)))]
    return {name: [_rounded(row.get(name)) for row in chosen] for name in newest}


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def text_history(journal: Journal) -> list[dict[str, Any]]:
    """Return the moments of a run on text, each with the text written then."""
    return [{**numbers, "text": path.read_text("utf-8")} for numbers, path in list_moments(journal, ".txt")]


def picture_history(journal: Journal, side: int, labels: int) -> tuple[list[dict[str, Any]], dict[str, Tensor]]:
    """Return the moments of a run on pictures, and one WebP picture: a row a moment, top to bottom.

    Args:
        journal: Of the run; its samples are walls of ten pictures a row, a row for each of up to ten labels.
        side: Of a picture, in pixels.
        labels: Number of classes; with some, a row shows the first picture of each, else the first ten.

    Returns:
        The numbers, and the file's bytes (N,) uint8 under the name "history"; nothing of either without samples.
    """
    found, rows = list_moments(journal, ".png"), []
    for _, path in found:
        with Image.open(path) as wall:
            pixels = np.asarray(wall.convert("RGB"))
        tiles = pixels[:, :side].reshape(-1, side, side, 3) if labels > 1 else _tiles(pixels[:side], side)
        rows.append(np.concatenate(list(tiles), axis=1))
    if not rows:
        return [], {}
    file = io.BytesIO()
    Image.fromarray(np.concatenate(rows)).save(file, "WEBP", quality=WEBP_QUALITY, method=6)
    return [numbers for numbers, _ in found], {"history": as_tensor(file.getvalue())}


def _tiles(row: np.ndarray[Any, np.dtype[np.uint8]], side: int) -> Sequence[np.ndarray[Any, np.dtype[np.uint8]]]:
    return [row[:, x : x + side] for x in range(0, row.shape[1], side)]


def sound_history(journal: Journal) -> tuple[list[dict[str, Any]], dict[str, Tensor]]:
    """Return the moments of a run on sound, and an Ogg Vorbis file of each: bytes (N,) uint8, "history.STEP"."""
    found = list_moments(journal, ".wav")
    return [n for n, _ in found], {f"history.{n['step']}": as_tensor(_ogg(path)) for n, path in found}


def _ogg(path: Path) -> bytes:
    sound, rate = soundfile.read(path, dtype="float32")
    file = io.BytesIO()
    soundfile.write(file, sound, rate, format="OGG", subtype="VORBIS", compression_level=COMPRESSION)
    return file.getvalue()


def as_tensor(data: bytes) -> Tensor:
    """Return bytes as a tensor (N,) uint8, as a checkpoint stores them."""
    return torch.frombuffer(bytearray(data), dtype=torch.uint8)
