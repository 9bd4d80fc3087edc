"""The page's side: starts the process of the games on demand, asks it, and publishes the pictures that come."""

import itertools
import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from genai.errors import GenaiError
from genai.learn.game.arena import too_many_games, topic_of, unknown_game
from genai.learn.game.curves import Curves
from genai.learn.game.worker.messages import Answered, Ask, Failed, Pictures, Report, Request, Watch
from genai.serving.worker import Pipes, WorkerProcess, received, send

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 60.0
"""The longest wait for an answer; the first one waits for the process to start."""

Publish = Callable[[str, object], None]
"""Sends the state of a topic to all who watch it, as `Hub.publish` does."""
Explain = Callable[[Exception], Mapping[str, str]]
"""Returns the sentence for an error, in both languages."""


class ProcessPipes(WorkerProcess):
    """The games in a process of their own."""

    def __init__(self) -> None:
        super().__init__("genai.learn.game.worker")


class _Known:
    """What the page knows of a game: its newest picture, and the curves up to it."""

    def __init__(self, state: dict[str, Any]) -> None:
        self._curves = Curves()
        self.update(state)

    def update(self, state: dict[str, Any]) -> None:
        """Take a newer picture into account."""
        self._state = state
        self._curves.add(state)

    def snapshot(self) -> dict[str, Any]:
        """Return the picture with the curves."""
        return {**self._state, "curves": self._curves.as_json()}


class _Connection:
    """One process and the questions that wait for its answers."""

    def __init__(self, pipes: Pipes, receive: Callable[[Pictures], None], ended: Callable[[], None]) -> None:
        self._pipes = pipes
        self._take_pictures = receive
        self._ended = ended
        self._lock = threading.Lock()
        self._outbox: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._numbers = itertools.count()
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        self.running = True
        threading.Thread(target=self._receive, name="game-reports", daemon=True).start()
        threading.Thread(target=self._send, name="game-requests", daemon=True).start()

    def ask(self, name: str, question: dict[str, Any]) -> Future[dict[str, Any]]:
        """Send a question; the answer comes into the future."""
        future: Future[dict[str, Any]] = Future()
        with self._lock:
            if not self.running:
                raise _stopped()
            number = next(self._numbers)
            self._waiting[number] = future
        self._outbox.put(Ask(number, name, question))
        return future

    def watch(self, game_id: str, *, watched: bool) -> None:
        """Send word that a game is watched; returns at once."""
        self._outbox.put(Watch(game_id, watched))

    def close(self) -> None:
        """End the process; questions that wait fail."""
        self._pipes.close()

    def _send(self) -> None:
        """Write to the pipe in a thread: the event loop must not wait for a process that is busy."""
        while (message := self._outbox.get()) is not None:
            try:
                send(message, self._pipes.requests)
            except (OSError, ValueError):  # the process has ended; `_receive` tells everybody
                return

    def _receive(self) -> None:
        try:
            for report in received(self._pipes.reports):
                self._deliver(report)
        except Exception:  # a bug: who waits gets the sentence all the same
            log.exception("A bug: a report of the games' process cannot be read")
        finally:
            self._end()

    def _deliver(self, report: Report) -> None:
        if isinstance(report, Pictures):
            self._take_pictures(report)
            return
        with self._lock:
            future = self._waiting.pop(report.number)
        match report:
            case Answered():
                future.set_result(report.answer)
            case Failed():
                future.set_exception(report.error)

    def _end(self) -> None:
        with self._lock:
            self.running = False
            abandoned = list(self._waiting.values())
            self._waiting.clear()
        self._outbox.put(None)
        for future in abandoned:
            future.set_exception(_stopped())
        self._pipes.reports.close()
        self._pipes.close()
        self._ended()


class GameProcess:
    """All games of a server. The first question starts their process; the next one after its death, another.

    It is a source of the hub's topics "game/ID".

    Args:
        publish: Sends a state to those who watch.
        explain: Returns the sentence for an error.
        start: Starts a process.
    """

    def __init__(self, publish: Publish, explain: Explain, start: Callable[[], Pipes] = ProcessPipes) -> None:
        self._publish = publish
        self._explain = explain
        self._start = start
        self._lock = threading.Lock()
        self._connection: _Connection | None = None
        self._known: dict[str, _Known] = {}

    def ask(self, name: str, question: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a question of the page, as `Arena.ask`.

        Raises:
            GenaiError: if it cannot be answered.
        """
        future = self._connect().ask(name, dict(question))
        try:
            answer = future.result(PATIENCE_SECONDS)
        except TimeoutError:
            raise GenaiError("The games do not answer: this server is very busy. Try again in a minute.") from None
        self._end_games(answer.pop("ended", []))
        self._note(answer.get("id", question.get("id")), answer)
        return answer

    def open(self, topic: str) -> object | None:
        """Take note that a game is watched, and return its newest picture with the curves.

        Raises:
            GenaiError: if there is no such game.
        """
        game_id = topic.partition("/")[2]
        with self._lock:
            known, connection = self._known.get(game_id), self._connection
        if known is None or connection is None:
            raise unknown_game()
        connection.watch(game_id, watched=True)
        return known.snapshot()

    def close(self, topic: str) -> None:
        """Take note that nobody watches a game any more; it stands still at once."""
        with self._lock:
            connection = self._connection
        if connection is not None:
            connection.watch(topic.partition("/")[2], watched=False)

    def end(self) -> None:
        """End the process and all games."""
        with self._lock:
            connection = self._connection
        if connection is not None:
            connection.close()

    def _connect(self) -> _Connection:
        with self._lock:
            if self._connection is None or not self._connection.running:
                self._connection = _Connection(self._start(), self._take_pictures, self._lose_games)
            return self._connection

    def _note(self, game_id: str | None, answer: Mapping[str, Any]) -> None:
        """Remember the picture in an answer."""
        frames = answer.get("frames")
        state = frames[-1]["state"] if frames else answer.get("state")
        if game_id is not None and state is not None:
            self._remember(game_id, state)

    def _remember(self, game_id: str, state: dict[str, Any]) -> None:
        with self._lock:
            if game_id in self._known:
                self._known[game_id].update(state)
            else:
                self._known[game_id] = _Known(state)

    def _take_pictures(self, report: Pictures) -> None:
        for game_id, state in report.states.items():
            self._remember(game_id, dict(state))
            self._publish(topic_of(game_id), state)

    def _end_games(self, ended: Sequence[str]) -> None:
        """Tell who watches games that have ended since their visitor has begun another."""
        with self._lock:
            for game_id in ended:
                self._known.pop(game_id, None)
        for game_id in ended:
            self._publish(topic_of(game_id), {"sentence": self._explain(too_many_games())})

    def _lose_games(self) -> None:
        """Tell all who watch that their games have gone with their process."""
        with self._lock:
            lost, self._known = list(self._known), {}
        for game_id in lost:
            self._publish(topic_of(game_id), {"sentence": self._explain(_stopped())})


def _stopped() -> GenaiError:
    return GenaiError(
        "The process that plays the games ended unexpectedly, and a new one takes its place: begin the game anew, "
        "with the same settings and the same seed."
    )
