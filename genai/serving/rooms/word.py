"""The word that a teacher gives to open a room of either kind, and how often a wrong one may be given."""

import secrets
import threading
import time
from collections.abc import Callable

from genai.errors import ConfigError
from genai.serving.guard.rate_limit import TokenBucket

GUESSES_PER_MINUTE = 5
"""Of one visitor."""
ALL_GUESSES_PER_MINUTE = 30


class TeachersWord:
    """The word that whoever opens a room must know.

    Args:
        word: The word; None where none was set.
        is_required: Whether rooms can be opened only with a word, as on a public page.
        clock: Returns seconds of a monotonic clock.
    """

    def __init__(self, word: str | None, is_required: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._word = word
        self._is_required = is_required
        self._lock = threading.Lock()
        self._guesses = TokenBucket(GUESSES_PER_MINUTE, clock)
        self._all_guesses = TokenBucket(ALL_GUESSES_PER_MINUTE, clock)

    @property
    def is_asked(self) -> bool:
        """Whether a teacher must give a word."""
        return self._word is not None or self._is_required

    def check(self, word: object, visitor: str) -> None:
        """Let a teacher pass.

        Raises:
            ConfigError: if the word is wrong, there were too many wrong ones, or none was set where one must be.
        """
        if not self.is_asked:
            return
        if self._word is None:
            raise ConfigError(
                "On a public page rooms need a teacher's word, and none was set: whoever runs the page sets one "
                "with --teacher-word."
            )
        with self._lock:
            if max(self._guesses.wait(visitor), self._all_guesses.wait(None)) > 0:
                raise ConfigError("Too many wrong words: wait a minute, then try again.")
            given = word.strip() if isinstance(word, str) else ""
            if not secrets.compare_digest(given.encode(errors="replace"), self._word.encode()):
                self._guesses.take(visitor)
                self._all_guesses.take(None)
                raise ConfigError("This is not the teacher's word: ask whoever runs this page for it.")
