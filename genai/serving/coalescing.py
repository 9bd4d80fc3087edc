"""Request coalescing: questions that arrive during a computation share the next one."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")


@dataclass(eq=False)
class _Pending(Generic[Question, Answer]):
    question: Question
    answer: Answer | None = None
    error: Exception | None = None
    done: bool = False


class Coalescer(Generic[Question, Answer]):
    """Answers all questions that have arrived by one computation; a question that finds it idle does not wait.

    Args:
        compute: From questions to an answer for each, in their order.
    """

    def __init__(self, compute: Callable[[Sequence[Question]], Sequence[Answer]]) -> None:
        self._compute = compute
        self._queue: list[_Pending[Question, Answer]] = []
        self._lock = threading.Lock()

    def ask(self, question: Question) -> Answer:
        """Return the answer, computed in this thread or together with others in another visitor's thread.

        Raises:
            Exception: whatever the computation raises; all of its questions get the same exception.
        """
        pending: _Pending[Question, Answer] = _Pending(question)
        self._queue.append(pending)  # outside of the lock: appending to a list is atomic
        with self._lock:
            if not pending.done:
                self._answer_queue()
        if pending.error is not None:
            raise pending.error
        return pending.answer  # type: ignore[return-value]  # set where there is no error

    def _answer_queue(self) -> None:
        batch = self._queue[:]
        del self._queue[: len(batch)]  # questions may have been appended since the copy
        try:
            answers = self._compute([pending.question for pending in batch])
            for pending, answer in zip(batch, answers, strict=True):
                pending.answer = answer
        except Exception as error:  # each `ask` raises it
            for pending in batch:
                pending.error = error
        for pending in batch:
            pending.done = True
