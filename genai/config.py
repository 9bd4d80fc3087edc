"""Settings that every training run has."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class RunConfig:
    """Settings that every training has."""

    steps: int = 10_000
    """Optimisation steps in all."""
    minutes: float | None = None
    """Time budget over all sessions of this run; the learning rate falls so as to end with it."""
    save_minutes: float = 5.0
    """Minutes between two saved states."""
    seed: int = 0
    """Start of every random stream of the run."""
    device: str | None = None
    """cpu, cuda, mps, ...; left out: the accelerator of this machine, else the CPU."""
    precision: Literal["auto", "bf16", "no"] = "auto"
    """bf16: bfloat16 autocast; no: float32 throughout; auto: whichever is faster here."""
    threads: int | None = None
    """CPU threads; left out: PyTorch's own choice."""
    folder: Path = Path("runs")
    """Where run folders are made."""


def settings(config: RunConfig) -> dict[str, Any]:
    """Return the settings as JSON has them, without the folder, which names a place."""
    plain = asdict(config)
    del plain["folder"]
    return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}
