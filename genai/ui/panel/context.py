"""What every tab is given when it is built."""

from dataclasses import dataclass, field
from pathlib import Path

from genai.serving.guard.limits import Limits
from genai.ui.words.phrasebook import Phrasebook

DEVICE_QUEUE = "device"
"""Everything that computes with a model waits in this one queue."""


@dataclass(frozen=True)
class Context:
    """Settings of the server and the phrasebook; nothing of any visitor.

    Args:
        phrasebook: Collects the terms of the page while it is built.
        folder: Where the checkpoints are; None is the repository's own.
        device: Where the models run; None chooses.
        limits: How much visitors may ask for.
    """

    phrasebook: Phrasebook = field(default_factory=Phrasebook)
    folder: Path | None = None
    device: str | None = None
    limits: Limits = field(default_factory=Limits)
