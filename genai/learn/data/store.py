"""All collections of a server, each for as long as its visitor is there."""

import atexit
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from genai.errors import ConfigError, DataError, quoted
from genai.learn.data.collection import MODALITIES, Collection, Modality, total_size

IDLE_SECONDS = 30 * 60.0
"""After which the data of a visitor who has gone is deleted."""
MAX_COLLECTIONS = 500
MAX_BYTES = 400_000_000
"""Of all items of all collections."""
SWEEP_SECONDS = 60.0


class Collections:
    """The collections of a server. Their files are in a folder of this process, which is removed at exit.

    Args:
        clock: Returns seconds of a monotonic clock.
        idle_seconds: After which a collection that nobody uses is deleted.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, idle_seconds: float = IDLE_SECONDS) -> None:
        self._clock = clock
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._collections: dict[str, Collection] = {}
        self._used: dict[str, float] = {}
        self._home: Path | None = None

    def make(self, modality: object) -> Collection:
        """Make an empty collection.

        Raises:
            ConfigError: if there is no such modality.
            DataError: if there are too many collections.
        """
        known: Modality | None = next((name for name in MODALITIES if name == modality), None)
        if known is None:
            raise ConfigError("There is no modality {value}: choose text, image or audio.", value=quoted(modality))
        self.sweep()
        with self._lock:
            if len(self._collections) >= MAX_COLLECTIONS or total_size([*self._collections.values()]) > MAX_BYTES:
                raise DataError(
                    "This server holds the data of too many people now. Try again in half an hour, or ask whoever "
                    "runs it to start it anew."
                )
            name = secrets.token_urlsafe(16)
            collection = Collection(name, known, self._folder() / name)
            self._collections[name] = collection
            self._used[name] = self._clock()
            return collection

    def get(self, name: object) -> Collection:
        """Return a collection by its id; it counts as used now.

        Raises:
            DataError: if there is none, or it was deleted.
        """
        with self._lock:
            collection = self._collections.get(name) if isinstance(name, str) else None
            if collection is None:
                raise DataError("This data was deleted, because nobody used it for half an hour. Begin anew.")
            self._used[collection.id] = self._clock()
            return collection

    def has(self, name: str) -> bool:
        """Return whether a collection is still there; it does not count as used by that."""
        with self._lock:
            return name in self._collections

    def delete(self, name: str) -> None:
        """Delete a collection and its files at once."""
        with self._lock:
            self._delete(name)

    def sweep(self) -> None:
        """Delete the collections that nobody has used for a while."""
        with self._lock:
            now = self._clock()
            for name in [name for name, used in self._used.items() if now - used > self._idle_seconds]:
                self._delete(name)

    def _delete(self, name: str) -> None:
        self._collections.pop(name, None)
        self._used.pop(name, None)
        if self._home is not None:
            shutil.rmtree(self._home / name, ignore_errors=True)

    def _folder(self) -> Path:
        """Return the folder of this process; it is made for the first collection."""
        if self._home is None:
            self._home = Path(tempfile.mkdtemp(prefix="genai-lab-data-"))
            atexit.register(shutil.rmtree, self._home, ignore_errors=True)
        return self._home

    def sweep_periodically(self) -> None:
        """Delete what nobody uses every minute, in a thread of its own."""

        def work() -> None:
            while True:
                time.sleep(SWEEP_SECONDS)
                self.sweep()

        threading.Thread(target=work, name="sweep-own-data", daemon=True).start()
