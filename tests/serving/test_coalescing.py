"""Questions that arrive during a computation share the next one, each with its own answer."""

import threading

from genai.serving.coalescing import Coalescer

TIMEOUT_SECONDS = 20


class Doubler:
    """Doubles numbers, once `proceed` is set; records its batches."""

    def __init__(self):
        self.batches = []
        self.started = threading.Event()
        self.proceed = threading.Event()
        self.coalescer = Coalescer(self.answer)

    def answer(self, numbers):
        self.batches.append(list(numbers))
        self.started.set()
        assert self.proceed.wait(TIMEOUT_SECONDS)
        if 13 in numbers:
            raise ValueError("unlucky")
        return [2 * number for number in numbers]


def ask_all(doubler, numbers):
    """Ask the first number, and the others while it is computed; return the answers by number."""
    answers = {}

    def ask(number):
        try:
            answers[number] = doubler.coalescer.ask(number)
        except ValueError as error:
            answers[number] = str(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in numbers]
    threads[0].start()
    assert doubler.started.wait(TIMEOUT_SECONDS)
    for thread in threads[1:]:
        thread.start()
    while len(doubler.coalescer._queue) < len(numbers) - 1:
        pass
    doubler.proceed.set()
    for thread in threads:
        thread.join(TIMEOUT_SECONDS)
    return answers


def test_questions_that_arrive_during_a_computation_share_the_next():
    doubler = Doubler()
    assert ask_all(doubler, range(1, 9)) == {number: 2 * number for number in range(1, 9)}
    assert doubler.batches[0] == [1]
    assert sorted(doubler.batches[1]) == list(range(2, 9))
    assert len(doubler.batches) == 2


def test_an_error_is_raised_for_its_whole_batch_and_no_other():
    doubler = Doubler()
    assert ask_all(doubler, [5, 13, 6]) == {5: 10, 13: "unlucky", 6: "unlucky"}
    assert doubler.coalescer.ask(7) == 14


def test_a_single_question_is_answered_in_its_own_thread():
    here = []
    coalescer = Coalescer(lambda numbers: here.append(threading.current_thread()) or numbers)
    assert coalescer.ask(3) == 3
    assert here == [threading.current_thread()]


def test_every_question_is_answered_exactly_once():
    answered = []
    coalescer = Coalescer(lambda numbers: answered.extend(numbers) or numbers)
    threads = [threading.Thread(target=lambda n=n: [coalescer.ask((n, k)) for k in range(200)]) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT_SECONDS)
    assert sorted(answered) == [(n, k) for n in range(6) for k in range(200)]
