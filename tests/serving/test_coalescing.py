"""Questions that come while one is answered are answered by one computation, each with its own answer."""

import threading

from genai.serving.coalescing import Coalescer

PATIENCE_SECONDS = 20


class Desk:
    """Doubles numbers, at first only once it is let; keeps what it was asked together."""

    def __init__(self):
        self.groups = []
        self.begun, self.let = threading.Event(), threading.Event()
        self.together = Coalescer(self.answer)

    def answer(self, numbers):
        self.groups.append(list(numbers))
        self.begun.set()
        assert self.let.wait(PATIENCE_SECONDS)
        if 13 in numbers:
            raise ValueError("unlucky")
        return [2 * number for number in numbers]


def ask_all(desk, numbers):
    """Ask the first number; ask the others while it is being answered; return what each asker got."""
    got = {}

    def ask(number):
        try:
            got[number] = desk.together.ask(number)
        except ValueError as error:
            got[number] = str(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in numbers]
    threads[0].start()
    assert desk.begun.wait(PATIENCE_SECONDS)
    for thread in threads[1:]:
        thread.start()
    while len(desk.together._queue) < len(numbers) - 1:
        pass
    desk.let.set()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    return got


def test_each_gets_the_answer_to_its_own_question_from_two_computations():
    desk = Desk()
    assert ask_all(desk, range(1, 9)) == {number: 2 * number for number in range(1, 9)}
    assert desk.groups[0] == [1]
    assert sorted(desk.groups[1]) == list(range(2, 9))
    assert len(desk.groups) == 2


def test_an_error_reaches_all_whom_it_was_for_and_nobody_else():
    desk = Desk()
    assert ask_all(desk, [5, 13, 6]) == {5: 10, 13: "unlucky", 6: "unlucky"}
    assert desk.together.ask(7) == 14


def test_one_alone_is_answered_in_its_own_thread():
    here = []
    together = Coalescer(lambda numbers: here.append(threading.current_thread()) or numbers)
    assert together.ask(3) == 3
    assert here == [threading.current_thread()]


def test_nobody_is_left_waiting_or_answered_twice():
    answered = []
    together = Coalescer(lambda numbers: answered.extend(numbers) or numbers)
    threads = [threading.Thread(target=lambda n=n: [together.ask((n, k)) for k in range(200)]) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert sorted(answered) == [(n, k) for n in range(6) for k in range(200)]
