"""Snapshots of a training run: what the model made of the same noise after log-spaced numbers of steps.

They are the samples in the run's folder and the metrics logged beside them, small enough for the checkpoint.
"""

import bisect
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from genai.training.journal import Journal
from genai.training.kept_models import superfluous

MIN_STEP = 20  # earlier samples are mere noise
WEBP_QUALITY = 80  # 0 to 100
WEBP_SIDE = 16_383  # pixels, the most that the format has
CURVE_POINTS = 100
VORBIS_COMPRESSION = 0.9  # 0 to 1; ten seconds of noise at 16 kHz take 22 kB


@dataclass(frozen=True)
class Snapshot:
    """A sample file, and the metrics logged last before it, with its step and the minutes.

    Metrics that the snapshot before it has already are left out: they say nothing about this step.
    """

    path: Path
    metrics: dict[str, Any]


def list_snapshots(journal: Journal, suffix: str, most: int | None = None) -> list[Snapshot]:
    """List the samples of a run, from its 20th step on.

    Args:
        journal: Of the run.
        suffix: Of the samples' files, such as ".png".
        most: How many are listed, at least 2: the first, the last, and others spread by the ratio of their steps.
            None lists all.
    """
    lines = _read_metrics(journal)
    logged_steps = [int(line["step"]) for line in lines]
    first = max(MIN_STEP, logged_steps[0]) if logged_steps else math.inf
    files = {}
    for path in (journal.folder / "samples").glob(f"step-*{suffix}"):
        step = int(path.stem.removeprefix("step-"))
        if step >= first:
            files[step] = path
    while most is not None and len(files) > most:
        del files[superfluous(sorted(files))]
    snapshots = []
    seen = 0
    for step, path in sorted(files.items()):
        end = bisect.bisect_right(logged_steps, step)
        metrics: dict[str, float] = {"minutes": lines[end - 1]["minutes"]}
        for line in lines[seen:end]:
            metrics |= line
        metrics["step"] = step
        snapshots.append(Snapshot(path, {name: round(value, 3) for name, value in metrics.items()}))
        seen = end
    return snapshots


def metric_curve(journal: Journal) -> dict[str, list[float | None]]:
    """Return the metrics of a run at up to 100 evenly spaced lines of its log.

    Returns:
        By name, the steps under "step"; None where a metric was not logged yet.
    """
    newest: dict[str, float] = {}
    rows = []
    for line in _read_metrics(journal):
        newest = newest | line
        rows.append(newest)
    positions = np.linspace(0, len(rows) - 1, min(CURVE_POINTS, len(rows)))
    curve = [rows[round(position)] for position in positions]
    return {name: [_round(row.get(name)) for row in curve] for name in newest}


def _read_metrics(journal: Journal) -> list[dict[str, float]]:
    return [json.loads(line) for line in journal.lines()]


def _round(value: float | None) -> float | None:
    """Round to four significant digits."""
    return None if value is None else float(f"{value:.4g}")


def text_history(journal: Journal) -> list[dict[str, Any]]:
    """Return the snapshots of a run on text: metrics, and the text written then under "text"."""
    snapshots = list_snapshots(journal, ".txt")
    return [{**snapshot.metrics, "text": snapshot.path.read_text("utf-8")} for snapshot in snapshots]


def picture_history(journal: Journal, side: int, labels: int) -> tuple[list[dict[str, Any]], dict[str, Tensor]]:
    """Return the snapshots of a run on pictures, and one WebP picture with a row for each, top to bottom.

    Of a run with more snapshots than such a picture has room for, some are left out.

    Args:
        journal: Of the run; its samples are grids of ten pictures a row, a row for each of up to ten labels.
        side: Of a picture, in pixels.
        labels: Number of classes; with some, a row shows the first picture of each class, else the first ten.

    Returns:
        The metrics, and the file's bytes (N,) uint8 under the name "history"; both empty without samples.
    """
    snapshots = list_snapshots(journal, ".png", most=WEBP_SIDE // side)
    if not snapshots:
        return [], {}
    rows = [_picture_row(snapshot.path, side, labels) for snapshot in snapshots]
    file = io.BytesIO()
    Image.fromarray(np.concatenate(rows)).save(file, "WEBP", quality=WEBP_QUALITY, method=6)
    return [snapshot.metrics for snapshot in snapshots], {"history": as_tensor(file.getvalue())}


def _picture_row(path: Path, side: int, labels: int) -> NDArray[np.uint8]:
    """Read the pictures that a row of the history shows: (side, N x side, 3)."""
    with Image.open(path) as grid:
        pixels = np.asarray(grid.convert("RGB"))
    tiles: Sequence[NDArray[np.uint8]]
    if labels > 1:
        tiles = list(pixels[:, :side].reshape(-1, side, side, 3))  # the first of each row
    else:
        tiles = [pixels[:side, x : x + side] for x in range(0, pixels.shape[1], side)]
    return np.concatenate(tiles, axis=1)


def sound_history(journal: Journal) -> tuple[list[dict[str, Any]], dict[str, Tensor]]:
    """Return the snapshots of a run on sound: metrics, and Ogg Vorbis files, bytes (N,) uint8, "history.STEP"."""
    snapshots = list_snapshots(journal, ".wav")
    files = {f"history.{snapshot.metrics['step']}": as_tensor(_to_ogg(snapshot.path)) for snapshot in snapshots}
    return [snapshot.metrics for snapshot in snapshots], files


def _to_ogg(path: Path) -> bytes:
    with path.open("rb") as stream:  # soundfile fails on a path that is not UTF-8
        sound, rate = soundfile.read(stream, dtype="float32")
    file = io.BytesIO()
    soundfile.write(file, sound, rate, format="OGG", subtype="VORBIS", compression_level=VORBIS_COMPRESSION)
    return file.getvalue()


def as_tensor(data: bytes) -> Tensor:
    """Return bytes as a tensor (N,) uint8, as a checkpoint stores them."""
    return torch.frombuffer(bytearray(data), dtype=torch.uint8)
