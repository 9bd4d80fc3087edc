"""The training item on the page: read once, without keeping anybody waiting."""

import threading

import pytest

from genai import image
from genai.errors import DataError
from genai.image import tab
from genai.ui.originals import KEPT, Originals
from genai.ui.registry import Registry

IMAGES = Registry("image", image.load, device="cpu")


def test_it_is_read_once_however_often_it_is_asked_for():
    read = []
    originals = Originals(IMAGES, lambda model, name: read.append((model.name, name)) or {"source": name})
    assert [originals.original({"model": "fashion", "row": 7}) for _ in range(3)] == [{"source": "7"}] * 3
    assert read == [("fashion", "7")]


def test_while_it_is_being_read_one_is_told_to_ask_again():
    ready = threading.Event()
    originals = Originals(IMAGES, lambda model, name: ready.wait(30) and {"source": name})
    asked = {"model": "fashion", "row": 3}
    assert originals.original(asked) == {"loading": True}
    ready.set()
    while (told := originals.original(asked)) == {"loading": True}:
        pass
    assert told == {"source": "3"}


def test_only_the_last_ones_are_kept():
    read = []
    originals = Originals(IMAGES, lambda model, name: read.append(name) or {"source": name})
    for row in (*range(KEPT + 1), KEPT, 0):
        originals.original({"model": "fashion", "row": row})
    assert read == [*map(str, range(KEPT + 1)), "0"]


def test_without_the_data_it_is_absent(tmp_path, monkeypatch):
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.setenv("GENAI_CACHE", str(tmp_path))
    assert Originals(IMAGES, tab.show_original).original({"model": "fashion", "row": 0}) == {"absent": True}


def test_broken_data_is_told(caplog):
    def broken(model, name):
        raise DataError("{file} is broken: remove it and get it again.", file="x.npz")

    assert "x.npz" in Originals(IMAGES, broken).original({"model": "fashion", "row": 0})["sentence"]["zh-CN"]
    assert caplog.text == ""


@pytest.mark.parametrize("wrong", [{"row": -1}, {"row": 60_000}, {"row": "0"}, {"row": None}, {"model": "../x"}])
def test_a_bad_question_is_answered_by_a_sentence(wrong, caplog):
    told = Originals(IMAGES, tab.show_original).original({"model": "fashion", "row": 0, **wrong})
    assert {"en", "zh-CN"} == told["sentence"].keys()
    assert caplog.text == ""
