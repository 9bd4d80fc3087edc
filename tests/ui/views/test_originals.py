"""The training item on the page: read once, without keeping anybody waiting."""

import threading

import pytest

from genai import image
from genai.errors import DataError
from genai.image.page.renderer import RENDERER
from genai.serving.models import Registry
from genai.ui.views.originals import KEPT, Originals

IMAGES = Registry("image", image.load, device="cpu")


def final_answer(originals, **data):
    """The answer at last: a busy machine may say "loading" first."""
    while (answer := originals.original({"model": "fashion", "row": 0, **data})) == {"loading": True}:
        pass
    return answer


def test_it_is_read_once_however_often_it_is_asked_for():
    read = []
    originals = Originals(IMAGES, lambda model, name: read.append((model.name, name)) or {"source": name})
    assert [final_answer(originals, row=7) for _ in range(3)] == [{"source": "7"}] * 3
    assert read == [("fashion", "7")]


def test_while_it_is_being_read_one_is_told_to_ask_again():
    ready = threading.Event()
    originals = Originals(IMAGES, lambda model, name: ready.wait(30) and {"source": name})
    assert originals.original({"model": "fashion", "row": 3}) == {"loading": True}
    ready.set()
    assert final_answer(originals, row=3) == {"source": "3"}


def test_only_the_last_ones_are_kept():
    read = []
    originals = Originals(IMAGES, lambda model, name: read.append(name) or {"source": name})
    for row in (*range(KEPT + 1), KEPT, 0):
        final_answer(originals, row=row)
    assert read == [*map(str, range(KEPT + 1)), "0"]


def test_without_the_data_it_is_absent(tmp_path, monkeypatch):
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.setenv("GENAI_CACHE", str(tmp_path))
    assert final_answer(Originals(IMAGES, RENDERER.read_original)) == {"absent": True}


def test_data_that_came_or_was_mended_meanwhile_is_found():
    def broken():
        raise DataError("{file} is broken: remove it and get it again.", file="x.npz")

    answers = iter([lambda: None, broken, lambda: {"source": "now"}])
    originals = Originals(IMAGES, lambda model, name: next(answers)())
    assert final_answer(originals) == {"absent": True}
    assert "x.npz" in final_answer(originals)["sentence"]["en"]
    assert [final_answer(originals) for _ in range(2)] == [{"source": "now"}] * 2


def test_broken_data_is_told(caplog):
    def broken(model, name):
        raise DataError("{file} is broken: remove it and get it again.", file="x.npz")

    assert "x.npz" in final_answer(Originals(IMAGES, broken))["sentence"]["zh-CN"]
    assert caplog.text == ""


@pytest.mark.parametrize("wrong", [{"row": -1}, {"row": 60_000}, {"row": "0"}, {"row": None}, {"model": "../x"}])
def test_a_bad_question_is_answered_by_a_sentence(wrong, caplog):
    answer = final_answer(Originals(IMAGES, RENDERER.read_original), **wrong)
    assert {"en", "zh-CN"} == answer["sentence"].keys()
    assert caplog.text == ""
