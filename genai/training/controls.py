"""Who steers a run while it runs: pauses it, changes its settings, stops it."""

from typing import Protocol

from genai.training.config import RunConfig


class Steerable(Protocol):
    """What can be done with a run between two steps."""

    step: int
    """Steps that are done."""
    config: RunConfig
    """The settings of now."""

    def change(self, **values: float) -> None:
        """Give settings other values from the next step on.

        Raises:
            ConfigError: if a value is out of its range; then nothing changes.
        """

    def stop(self) -> None:
        """Let the run end after the step that is being done, as at a signal."""


class Controls(Protocol):
    """Asked before each step."""

    def before_step(self, run: Steerable) -> float:
        """Change or stop the run if that is wanted; return only when the next step may be done.

        Returns:
            Seconds of waiting, which the run's time budget does not count.
        """
