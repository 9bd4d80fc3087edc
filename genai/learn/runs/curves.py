"""The log of a training as curves, read piece by piece while it grows."""

import json
from pathlib import Path

POINTS = 300
NAMES = {
    "loss": "learn.run.curve.loss",
    "held_out": "learn.run.curve.held_out",
    "discriminator": "learn.run.curve.discriminator",
    "generator": "learn.run.curve.generator",
    "real": "learn.run.curve.real",
    "fake": "learn.run.curve.fake",
}
"""The numbers that are shown, with the keys of their words."""
BASELINES = {
    "even odds": "learn.run.baseline.even_odds",
    "letters": "learn.run.baseline.letters",
    "2-gram": "learn.run.baseline.2gram",
    "3-gram": "learn.run.baseline.3gram",
}


class Curves:
    """The numbers in a log.

    Args:
        path: Of the log, one JSON object a line; it need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = 0
        self._rows: list[dict[str, float]] = []

    def update(self) -> None:
        """Read the lines that came since the last time; after a resumption the file is shorter, and read anew."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            if file.seek(0, 2) < self._read:
                self._read = 0
                self._rows = []
            file.seek(self._read)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            self._rows.append({**(self._rows[-1] if self._rows else {}), **json.loads(line)})

    def thinned(self) -> dict[str, list[float | None]]:
        """Return the steps, and the newest value of each number then; None before its first."""
        count = len(self._rows)
        kept = range(count) if count <= POINTS else [n * (count - 1) // (POINTS - 1) for n in range(POINTS)]
        rows = [self._rows[n] for n in kept]
        names = [name for name in NAMES if any(name in row for row in rows)]
        curves: dict[str, list[float | None]] = {"step": [row["step"] for row in rows]}
        for name in names:
            curves[name] = [_rounded(row.get(name)) for row in rows]
        return curves


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
