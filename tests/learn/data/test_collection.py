"""Collections: what is taken, what is missing, what is written."""

import threading

import numpy as np
import pytest
from PIL import Image

from genai import image
from genai.audio.data import load as load_sounds
from genai.datasets.folders import original_name, variation_name
from genai.errors import ConfigError, DataError
from genai.image.data import load as load_pictures
from genai.learn.data.content import Sketch, Text, read_picture, read_recording
from genai.learn.data.forms import form_for
from genai.learn.data.nearest import nearest
from genai.learn.data.raster import Form
from genai.learn.data.store import Collections
from genai.learn.data.strokes import read_drawing
from genai.serving.models import Registry
from genai.text.data import load as load_text
from genai.ui.views.files import from_base64
from tests.learn.data.made import picture, recording, star


@pytest.fixture
def collections():
    return Collections()


def sketch(turn, points=5):
    return Sketch(read_drawing(star(turn, points)))


def filled(collections, labels=("",), each=20):
    made = collections.make("image")
    for number, label in enumerate(labels):
        for n in range(each):
            made.add(sketch(3 * n, 3 + number), label)
    return made


def test_items_are_counted_removed_and_put_back(collections):
    made = collections.make("image")
    first, second = made.add(sketch(0), "star"), made.add(sketch(10), "sun")
    assert made.counts == {"star": 1, "sun": 1}
    made.remove(first.number)
    made.remove(second.number)
    assert made.items == []
    assert made.restore() == second
    assert made.restore() == first
    assert made.items == [first, second]
    with pytest.raises(ConfigError, match="Nothing was removed"):
        made.restore()
    with pytest.raises(ConfigError, match="no item 9"):
        made.remove(9)


def test_the_same_item_is_not_taken_twice_and_the_other_is_named(collections):
    made = collections.make("image")
    made.add(sketch(0))
    with pytest.raises(DataError, match="same as number 1"):
        made.add(sketch(0))


def test_no_item_is_lost_when_many_send_at_once(collections):
    made = collections.make("image")
    threads = [
        threading.Thread(target=lambda k=k: [made.add(sketch(3 * k, 3 + n)) for n in range(10)]) for k in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [item.number for item in made.items] == [*range(1, 101)]


def test_what_is_missing_is_named(collections):
    assert "at least 20" in filled(collections, each=3).problems()[0]["en"]
    few = filled(collections, ("star", "sun"), each=18)
    for item in few.items[:14]:
        few.remove(item.number)
    assert ["star has 4" in problem["en"] for problem in few.problems()] == [True]
    unnamed = filled(collections, ("star", ""))
    assert ["no class" in problem["en"] for problem in unnamed.problems()] == [True]
    assert filled(collections).is_ready
    with pytest.raises(DataError, match="at least 20"):
        filled(collections, each=2).folder()


def test_a_text_must_be_long_and_must_not_repeat_itself(collections):
    made = collections.make("text")
    made.add(Text("To be, or not to be. " * 100))
    assert "2,101" not in made.problems()[0]["en"]
    assert "2,100" in made.problems()[0]["en"]
    made.add(Text("To be, or not to be, that is the question. " * 400))
    assert "same again" in made.problems()[0]["en"]


def test_a_text_is_written_as_the_command_reads_it(collections):
    made = collections.make("text")
    words = " ".join(str(number**3) for number in range(2_500))
    made.add(Text(words))
    made.add(Text("春眠不觉晓\n"))
    corpus = load_text(str(made.folder()))
    assert corpus.train + corpus.dev + corpus.validation == f"{words}\n春眠不觉晓\n"
    assert corpus.card.name == "own-text"


def test_drawings_become_many_pictures_and_no_held_out_one_is_learnt(collections):
    made = filled(collections, ("star", "sun"), each=20)
    folder = made.folder()
    assert made.folder() == folder
    data = load_pictures(str(folder))
    assert data.train.shape[1:] == (1, 32, 32)
    assert len(data.train) + len(data.test) == 40 * 25
    assert data.labels.names == ({"en": "star", "zh-CN": "star"}, {"en": "sun", "zh-CN": "sun"})
    originals = {original_name(name) for name in data.train_ids}
    assert len(originals) == 36  # a tenth of each class is held out, with all its variations
    assert len(data.test) == 4 * 25
    made.remove(1)
    assert made.folder() != folder


@pytest.mark.parametrize(("form", "shape"), [(Form(64, (255,) * 3, (0,) * 3), (1, 64, 64)),
                                             (Form(64, (255,) * 3, (32, 42, 120)), (3, 64, 64))])  # fmt: skip
def test_pictures_have_the_channels_and_the_size_of_the_form(collections, form, shape):
    made = filled(collections)
    folder = made.folder(form)
    assert load_pictures(str(folder), form.size).train.shape[1:] == shape
    corner = np.asarray(Image.open(next(folder.rglob("*.png"))))[0, 0]
    assert corner.tolist() == [255, 255, 255]


def test_photographs_and_sounds_are_enough_for_the_commands(collections):
    photos = collections.make("image")
    for n in range(20):
        photos.add(read_picture(from_base64(picture(n), 10**6)))
    data = load_pictures(str(photos.folder(Form(64, (255,) * 3, (32, 42, 120)))), 64)
    assert data.train.shape[1:] == (3, 64, 64)
    sounds = collections.make("audio")
    for n in range(20):
        sounds.add(read_recording(from_base64(recording(1, 200 + 30 * n), 10**6))[0], "low" if n < 10 else "high")
    clips = load_sounds(str(sounds.folder()))
    assert clips.labels.names[0]["en"] == "high"
    assert len({original_name(f"{name}.wav") for name in clips.train_ids}) == 18


def test_a_variation_belongs_to_the_file_it_was_made_of():
    assert variation_name("star/7.png", 12) == "star/7~12.png"
    assert original_name("star/7~12.png") == "star/7.png"
    for other in ("star/7.png", "a~1/7.png", "draft~.png", "a~b.png", "a~1"):
        assert original_name(other) == other


def test_a_recording_becomes_as_many_sounds_as_it_has():
    sounds = read_recording(from_base64(recording(4), 10**6))
    assert len(sounds) == 4
    assert sounds[0].preview()["seconds"] == pytest.approx(0.38, abs=0.03)


@pytest.mark.parametrize(
    ("value", "message"),
    [(None, "whole"), (3, "whole"), ("%%%", "whole"), ("A" * 3_000_000, "too large"), ("aGFsbG8=", "as a picture"),
     (picture(colour=(254, 254, 254)), "blank"), (picture(size=2100), "million pixels"),
     (picture(kind="GIF"), "as a picture")],
)  # fmt: skip
def test_a_picture_that_cannot_be_used_is_refused_with_a_sentence(value, message):
    with pytest.raises(DataError, match=message):
        read_picture(from_base64(value, 1_400_000))


def test_data_that_nobody_uses_is_deleted_with_its_files():
    now = 0.0
    collections = Collections(clock=lambda: now, idle_seconds=60)
    kept, left = filled(collections), filled(collections)
    folder = left.folder()
    now = 50.0
    collections.get(kept.id)
    now = 70.0
    collections.sweep()
    assert not folder.exists()
    assert collections.get(kept.id) is kept
    with pytest.raises(DataError, match="deleted"):
        collections.get(left.id)


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden", "x" * 25, None, 3, "__all"])
def test_a_class_cannot_have_every_name(collections, name):
    with pytest.raises(ConfigError, match="class"):
        collections.make("image").add(sketch(0), name)


def test_the_nearest_own_picture_is_the_same_one_moved_a_little(collections):
    own = [item.content.picture(Form()) for item in filled(collections, ("a", "b", "c"), each=4).items]
    samples = [np.roll(own[7], 1, axis=0), np.roll(own[2], -1, axis=1)]
    matches = nearest(samples, own)
    assert [match.row for match in matches] == [7, 2]
    assert all(match.likeness > 0.9 for match in matches)
    assert nearest([np.zeros((32, 32, 3), np.uint8)], own)[0].likeness == 0


def test_the_forms_of_the_shipped_models():
    registry = Registry("image", image.load)
    forms = [form_for(registry.header(name)) for name in ("fashion", "characters", "calligraphy")]
    assert [form.size for form in forms] == [32, 64, 64]
    assert [form.is_grey for form in forms] == [True, False, True]
    assert [form.paper[0] for form in forms] == [0, 255, 255]
    assert form_for(None) == Form()
