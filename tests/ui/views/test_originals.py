"""The training item on the page: read once, without keeping anybody waiting."""

import threading
from dataclasses import replace

import pytest

from genai import audio, image
from genai.audio.page.renderer import RENDERER as SOUNDS
from genai.errors import CheckpointError, DataError
from genai.image.page.renderer import RENDERER
from genai.serving.models import Registry
from genai.ui.views.inside import load_index
from genai.ui.views.originals import KEPT, Originals
from genai.ui.words.errors import sentence

IMAGES = Registry("image", image.load, device="cpu")
AUDIO = Registry("audio", audio.load, device="cpu")


def exact(source):
    """An item as it is in the data."""
    return {"source": source, "compressed": False}


def final_answer(originals, **data):
    """The answer at last: a busy machine may say "loading" first."""
    while (answer := originals.original({"model": "fashion", "row": 0, **data})) == {"loading": True}:
        pass
    return answer


def test_it_is_read_once_however_often_it_is_asked_for():
    read = []
    originals = Originals(IMAGES, lambda model, _, row: read.append((model.name, row)) or exact(row))
    assert [final_answer(originals, row=7) for _ in range(3)] == [exact(7)] * 3
    assert read == [("fashion", 7)]


def test_while_it_is_being_read_one_is_told_to_ask_again():
    ready = threading.Event()
    originals = Originals(IMAGES, lambda model, index, row: ready.wait(30) and exact(row))
    assert originals.original({"model": "fashion", "row": 3}) == {"loading": True}
    ready.set()
    assert final_answer(originals, row=3) == exact(3)


def test_only_the_last_ones_are_kept():
    read = []
    originals = Originals(IMAGES, lambda model, index, row: read.append(row) or exact(row))
    for row in (*range(KEPT + 1), KEPT, 0):
        final_answer(originals, row=row)
    assert read == [*range(KEPT + 1), 0]


@pytest.fixture
def no_data(tmp_path, monkeypatch):
    """No data set is on this machine."""
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.setenv("GENAI_CACHE", str(tmp_path))


BOTH = pytest.mark.parametrize(
    ("registry", "renderer"), [(IMAGES, RENDERER), (AUDIO, SOUNDS)], ids=["image", "audio"]
)


@pytest.mark.usefixtures("no_data")
@BOTH
def test_without_the_data_the_copy_in_the_index_is_shown(registry, renderer):
    name = registry.first
    answer = final_answer(Originals(registry, renderer.read_original), model=name)
    assert answer["compressed"] is True
    assert answer["source"].startswith("data:image/png;base64,")
    assert answer.get("sound", "data:audio/wav").startswith("data:audio/wav")
    assert ("sound" in answer) == (registry is AUDIO)


@pytest.mark.usefixtures("no_data")
@BOTH
def test_an_old_index_without_copies_is_to_be_made_anew(registry, renderer):
    model = registry.get(registry.first)
    _, index = load_index(registry.modality, model.header.data_set)
    old = replace(index, files=())
    with pytest.raises(CheckpointError, match=rf"python -m genai\.{registry.modality}\.indexing") as error:
        renderer.read_original(model, old, 0)
    assert all(text.strip() for text in sentence(error.value).values())
    assert sentence(error.value)["zh-CN"] != sentence(error.value)["en"]


def test_data_that_came_or_was_mended_meanwhile_is_found():
    def broken():
        raise DataError("{file} is broken: remove it and get it again.", file="x.npz")

    answers = iter([lambda: {"source": "small", "compressed": True}, broken, lambda: exact("now")])
    originals = Originals(IMAGES, lambda model, index, row: next(answers)())
    assert final_answer(originals)["source"] == "small"
    assert "x.npz" in final_answer(originals)["sentence"]["en"]
    assert [final_answer(originals) for _ in range(2)] == [exact("now")] * 2


def test_broken_data_is_told(caplog):
    def broken(model, index, row):
        raise DataError("{file} is broken: remove it and get it again.", file="x.npz")

    assert "x.npz" in final_answer(Originals(IMAGES, broken))["sentence"]["zh-CN"]
    assert caplog.text == ""


@pytest.mark.parametrize("wrong", [{"row": -1}, {"row": 60_000}, {"row": "0"}, {"row": None}, {"model": "../x"}])
def test_a_bad_question_is_answered_by_a_sentence(wrong, caplog):
    answer = final_answer(Originals(IMAGES, RENDERER.read_original), **wrong)
    assert {"en", "zh-CN"} == answer["sentence"].keys()
    assert caplog.text == ""
