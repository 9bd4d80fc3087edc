"""Questions of many visitors, answered by one computation."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")


@dataclass(eq=False)
class _Asked(Generic[Question, Answer]):
    question: Question
    answer: Answer | None = None
    error: Exception | None = None
    done: bool = False


class Coalescer(Generic[Question, Answer]):
    """Answers at once what was asked while it was computing; who comes to a free one is answered without a wait.

    Args:
        answer: From questions to an answer for each, in their order.
    """

    def __init__(self, answer: Callable[[Sequence[Question]], Sequence[Answer]]) -> None:
        self._answer = answer
        self._waiting: list[_Asked[Question, Answer]] = []
        self._turn = threading.Lock()

    def ask(self, question: Question) -> Answer:
        """Return the answer, computed in this thread or in that of somebody who asked a little earlier.

        Raises:
            Exception: that of the computation, for all whom it was for.
        """
        mine: _Asked[Question, Answer] = _Asked(question)
        self._waiting.append(mine)  # lists take additions from all threads
        with self._turn:
            if not mine.done:
                self._compute()
        if mine.error is not None:
            raise mine.error
        return mine.answer  # type: ignore[return-value]  # set where there is no error

    def _compute(self) -> None:
        group = self._waiting[:]
        del self._waiting[: len(group)]
        try:
            for asked, answer in zip(group, self._answer([asked.question for asked in group]), strict=True):
                asked.answer = answer
        except Exception as error:  # raised again by each who waits for it
            for asked in group:
                asked.error = error
        for asked in group:
            asked.done = True
