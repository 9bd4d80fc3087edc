"""Settings that every training run has."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from genai.datasets.names import printable
from genai.errors import ConfigError


@dataclass(frozen=True)
class RunConfig:
    """Settings that every training has."""

    steps: int = 10_000
    """Optimisation steps in all."""
    minutes: float | None = None
    """Time budget in minutes, over all sessions of this run; the learning rate falls to its end with it."""
    save_minutes: float = 5.0
    """Minutes from one saved state to the next."""
    seed: int = 0
    """Seed of every random stream of the run."""
    device: str | None = None
    """cpu, cuda, mps, ...; left out: the accelerator of this machine, else the CPU."""
    precision: Literal["auto", "bf16", "no"] = "auto"
    """bf16: bfloat16 autocast; no: float32 throughout; auto: whichever is faster here."""
    threads: int | None = None
    """CPU threads; left out: PyTorch's own choice."""
    folder: Path = Path("runs")
    """Where the folders of runs are made."""
    log_every: int = 10
    """Steps from one line of the log to the next."""
    first_sample: int = 10
    """Step of the first sample; more follow at 1, 2 and 5 times each power of ten, and at the end."""
    sample_minutes: float | None = None
    """Also write a sample after so many minutes without one; left out: no."""
    keep_models: int = 0
    """Of how many of the moments with a sample the model is kept too, so that one can look into it."""

    def __post_init__(self) -> None:
        self.check_counts("steps", "threads", "log_every", "first_sample")
        self.check_positive("minutes", "sample_minutes")
        self.check_amounts("save_minutes", "keep_models")

    def check_counts(self, *names: str) -> None:
        """Check that settings are at least 1, unless they are left out.

        Args:
            names: Of fields of this class.

        Raises:
            ConfigError: if one is less, naming its flag.
        """
        for flag, value in self._violations(names, lambda value: value >= 1):
            raise ConfigError(
                "{name} {value} is not possible: it must be a whole number, at least 1.", name=flag, value=value
            )

    def check_positive(self, *names: str) -> None:
        """Check that settings are finite and above 0, unless they are left out.

        Args:
            names: Of fields of this class.

        Raises:
            ConfigError: if one is not, naming its flag.
        """
        for flag, value in self._violations(names, lambda value: 0 < value < math.inf):
            raise ConfigError(
                "{name} {value} is not possible: it must be a number above 0.", name=flag, value=value
            )

    def check_amounts(self, *names: str) -> None:
        """Check that settings are finite and at least 0.

        Args:
            names: Of fields of this class.

        Raises:
            ConfigError: if one is not, naming its flag.
        """
        for flag, value in self._violations(names, lambda value: 0 <= value < math.inf):
            raise ConfigError(
                "{name} {value} is not possible: it must be a number, at least 0.", name=flag, value=value
            )

    def check_shares(self, *names: str) -> None:
        """Check that settings are from 0 to below 1, unless they are left out.

        Args:
            names: Of fields of this class.

        Raises:
            ConfigError: if one is not, naming its flag.
        """
        for flag, value in self._violations(names, lambda value: 0 <= value < 1):
            raise ConfigError(
                "{name} {value} is not possible: it must be a share from 0 to below 1.", name=flag, value=value
            )

    def _violations(self, names: Sequence[str], is_allowed: Callable[[float], bool]) -> Iterator[tuple[str, float]]:
        """Yield flag and value of each field that is set and not allowed."""
        for name in names:
            value = getattr(self, name)
            if value is not None and not is_allowed(value):
                yield f"--{name.replace('_', '-')}", value


def settings(config: RunConfig) -> dict[str, Any]:
    """Return the settings as JSON has them; without the folder, which says nothing about the training.

    Of a file only the name is left: the rest of its path is this machine's.
    """
    values = asdict(config)
    del values["folder"]
    return {name: _as_json(value) for name, value in values.items()}


def _as_json(value: object) -> object:
    if isinstance(value, Path):
        return printable(value.name)
    if isinstance(value, str):
        return printable(value)
    return [_as_json(each) for each in value] if isinstance(value, tuple) else value
