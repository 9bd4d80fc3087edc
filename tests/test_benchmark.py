"""The benchmark asks what the page asks, and times it."""

import time

import pytest

from genai.benchmark.views import View, measure, views


def test_the_median_of_all_but_the_first():
    asked = []

    def ask(data):
        asked.append(data["number"])
        time.sleep(0.3 if data["number"] == 0 else 0.02 * data["number"])
        return {}

    (figure,) = measure(iter([View("slow", ask, lambda n: {"number": n}, limit=0.1, rounds=3)])).values()
    assert asked == [0, 1, 2, 3]
    assert 40 <= figure.value < 60  # milliseconds
    assert figure.beside["limit"] == 100
    assert figure.n == 3


def test_a_refused_question_is_no_figure():
    with pytest.raises(RuntimeError, match="never was refused: No"):
        measure(iter([View("never", lambda data: {"sentence": {"en": "No."}}, lambda n: {})]))


def test_every_view_is_answered_and_no_question_comes_twice():
    names = set()
    for view in views("cpu"):
        assert "sentence" not in view.ask(view.data(view.rounds)), view.name
        questions = [str(view.data(number)) for number in range(view.rounds + 1)]
        assert len(set(questions)) == len(questions), view.name
        names.add(view.name.split(":")[0])
    assert names == {"text", "image", "audio"}
