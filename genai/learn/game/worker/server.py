"""The games' side: answers questions, and between them gives every game its turn."""

import queue
import threading
import time
from contextlib import suppress
from typing import IO

from genai.learn.game.arena import TURN_SECONDS, Arena
from genai.learn.game.worker.messages import Answered, Ask, Failed, Pictures, Report, Request, Watch
from genai.serving.worker import Closed, fill_inbox, portable, send

IDLE_SECONDS = 60.0
"""How long to wait for a question where no game moves; then games that nobody watches are looked through."""


class Server:
    """Plays the games of one page.

    Args:
        requests: Pickled `Request`s.
        reports: Receives pickled `Report`s.
        arena: The games.
    """

    def __init__(self, requests: IO[bytes], reports: IO[bytes], arena: Arena) -> None:
        self._requests = requests
        self._reports = reports
        self._arena = arena
        self._inbox: queue.SimpleQueue[Request | Closed] = queue.SimpleQueue()

    def run(self) -> None:
        """Play until the pipe of requests is closed, or nobody reads the reports any more."""
        receiver = (self._inbox, self._requests)
        threading.Thread(target=fill_inbox, args=receiver, name="game-requests", daemon=True).start()
        with suppress(BrokenPipeError):  # the page has died
            self._play()

    def _play(self) -> None:
        next_turn = time.perf_counter()
        while True:
            pause = max(0.0, next_turn - time.perf_counter()) if self._arena.is_moving else IDLE_SECONDS
            message = self._next(pause)
            if isinstance(message, Closed):
                return
            if message is not None:
                self._handle(message)
            if time.perf_counter() >= next_turn:
                next_turn = time.perf_counter() + TURN_SECONDS
                states = self._arena.turn()
                if states:
                    send(Pictures(states), self._reports)

    def _next(self, seconds: float) -> Request | Closed | None:
        with suppress(queue.Empty):
            return self._inbox.get(timeout=seconds) if seconds else self._inbox.get_nowait()
        return None

    def _handle(self, message: Request) -> None:
        match message:
            case Watch():
                self._arena.watch(message.game_id, watched=message.watched)
            case Ask():
                send(self._answer(message), self._reports)

    def _answer(self, message: Ask) -> Report:
        try:
            return Answered(message.number, self._arena.ask(message.name, message.question))
        except Exception as error:
            return Failed(message.number, portable(error))
