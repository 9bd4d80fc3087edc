"""The duels that visitors watch: each belongs to one of them, and is trained only while its page asks."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from genai.errors import ConfigError
from genai.language.strings import both
from genai.learn.improve.wrong import Duel, passage
from genai.ui.words.errors import ErrorAnswer, answer_errors

SLICE = 0.2  # seconds of training for a question; with the report it stays below 0.3
SECONDS = 10.0  # in all
MAX_DUELS = 32  # at a time; each has two networks of some 100 kB


@dataclass
class _Running:
    """A duel, how long it has been trained, and a lock: a visitor's questions may overlap."""

    duel: Duel
    seconds: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Duels:
    """Answers the page's questions; the duel that nobody asked about for longest makes room for a new one."""

    def __init__(self) -> None:
        self._running: OrderedDict[str, _Running] = OrderedDict()
        self._lock = threading.Lock()

    def duel(self, question: Mapping[str, object]) -> dict[str, object] | ErrorAnswer:
        """Return the report of a duel after another slice of training; without an id, of a new one."""
        return answer_errors(self._train)(question)

    def _train(self, question: Mapping[str, object]) -> dict[str, object]:
        name, running = self._find(question.get("id"))
        with running.lock:
            if running.seconds < SECONDS:
                running.duel.train(SLICE)
                running.seconds += SLICE
            report = asdict(running.duel.report())
        is_over = running.seconds >= SECONDS
        if is_over:
            self._forget(name)
        when = both("learn.wrong.progress", step=report["step"], seconds=f"{running.seconds:.1f}")
        return {"id": name, "when": when, "over": is_over, **report}

    def _find(self, name: object) -> tuple[str, _Running]:
        if name is None:
            return self._begin()
        with self._lock:
            running = self._running.get(name) if isinstance(name, str) else None
            if running is None:
                raise ConfigError("This run is over, or too many others began since: start it again.")
            self._running.move_to_end(str(name))
            return str(name), running

    def _begin(self) -> tuple[str, _Running]:
        name = secrets.token_urlsafe(16)
        running = _Running(Duel(passage()))
        with self._lock:
            self._running[name] = running
            while len(self._running) > MAX_DUELS:
                self._running.popitem(last=False)
        return name, running

    def _forget(self, name: str) -> None:
        with self._lock:
            self._running.pop(name, None)
