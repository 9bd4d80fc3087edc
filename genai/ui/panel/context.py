"""The argument of every tab's build function."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from genai.serving.guard.limits import Limits
from genai.serving.live.hub import Hub
from genai.serving.rooms.word import TeachersWord
from genai.ui.words.phrasebook import Phrasebook

DEVICE_QUEUE = "device"
"""Name of the queue that handlers which compute with a model share."""


@dataclass(frozen=True)
class Context:
    """Settings of the server, and the phrasebook; the same for all visitors.

    Args:
        phrasebook: Collects the strings of the page while it is built.
        folder: Where the checkpoints are; None is the repository's own.
        device: Where the models run, such as "cpu"; None chooses.
        limits: How much visitors may request.
        hub: Passes on what changes while somebody watches.
        language: Of visitors whose address and browser storage name none; None leaves it to their browser.
        teacher_word: Which whoever opens a room must give; None where none was set.
    """

    phrasebook: Phrasebook = field(default_factory=Phrasebook)
    folder: Path | None = None
    device: str | None = None
    limits: Limits = field(default_factory=Limits)
    hub: Hub = field(default_factory=Hub)
    language: str | None = None
    teacher_word: str | None = None

    @cached_property
    def word(self) -> TeachersWord:
        """The teacher's word, one for all kinds of rooms, so that guesses are counted together."""
        return TeachersWord(self.teacher_word, self.limits.rooms_need_word)
