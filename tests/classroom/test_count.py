import threading

import pytest

from genai.classroom.activities import count
from genai.classroom.activities.activity import Services
from genai.classroom.activities.count import UNSURE, Count, Judged, Property, pooled
from genai.errors import ConfigError
from genai.quality.figures import wilson_interval
from tests.ui.tiny import save_all

HAIR = Property(
    {"en": "Hair", "zh-CN": "头发"},
    [{"en": "Long", "zh-CN": "长发"}, {"en": "Short", "zh-CN": "短发"}, {"en": "None", "zh-CN": "光头"}],
    [0.5, 0.3, 0.2],
)


def make_activity(*, pictures: int = 10, each: int = 2) -> Count:
    return Count(HAIR, [f"picture-{number}" for number in range(pictures)], each)


def test_the_pooled_count_has_wilsons_interval():
    result = pooled([0] * 30 + [1] * 60 + [2] * 60, 3)
    assert result["n"] == 150
    assert result["counts"] == [30, 60, 60]
    assert result["shares"] == [0.2, 0.4, 0.4]
    assert result["bounds"][0] == pytest.approx(wilson_interval(30, 150), abs=1e-4)


def test_nothing_counted_says_nothing():
    assert pooled([], 2) == {"n": 0, "counts": [0, 0], "shares": [None, None], "bounds": [[0, 1], [0, 1]]}


def test_the_class_is_pooled_and_the_unsure_are_left_out():
    activity = make_activity()
    activity.answer(7, [0, 1])
    activity.answer(8, [1, UNSURE])
    activity.answer(9, [None, 2])
    assert "result" not in activity.screen()
    assert activity.screen()["answered"] == 2
    activity.act("reveal", None)
    result = activity.screen()["result"]
    assert result["class"] == pooled([0, 1, 1, 2], 3)
    assert result["unsure"] == 1


def test_an_answer_replaces_the_one_before():
    activity = make_activity()
    activity.answer(0, [0, 0])
    activity.answer(0, [1, 1])
    activity.act("reveal", None)
    assert activity.screen()["result"]["class"]["counts"] == [0, 2, 0]


def test_each_phone_gets_its_own_pictures_and_keeps_them():
    activity = make_activity()
    seats = [11, 5, 3, 70, 2]
    numbers = [activity.numbers(seat) for seat in seats]
    assert sorted(number for five in numbers for number in five) == list(range(10))
    assert [activity.numbers(seat) for seat in seats] == numbers


def test_more_phones_than_pictures_begin_again():
    activity = make_activity(pictures=4)
    assert [activity.numbers(seat) for seat in range(3)] == [[0, 1], [2, 3], [0, 1]]


def test_the_judge_is_compared_picture_by_picture():
    activity = make_activity(pictures=4)
    activity.phone(0)
    activity.answer(1, [2, 2])  # pictures 2 and 3
    activity.answer(0, [0, 1])
    activity.set_judged(Judged([0, 0, 2, 2, 1]))
    activity.act("reveal", None)
    result = activity.screen()["result"]
    assert result["agreed"] == 3
    assert result["judge"] == pooled([0, 0, 2, 2, 1], 3)
    assert activity.phone(1)["judge"] == [2, 2]


def test_what_a_phone_sees_before_the_reveal():
    activity = make_activity()
    activity.set_judged(Judged([0] * 10))
    assert activity.phone(0) == {"pictures": ["picture-0", "picture-1"], "first": 0, "answer": [None, None]}
    activity.answer(0, [1, None])
    assert activity.phone(0)["answer"] == [1, None]


@pytest.mark.parametrize("value", [[0], [0, 1, 2], 0, None, "01", [0, 3], [0, -1], [0, True], [0, "x"], [0, 1.0]])
def test_an_answer_that_is_none(value):
    activity = make_activity()
    with pytest.raises(ConfigError):
        activity.answer(0, value)
    assert activity.screen()["given"] == 0


def test_after_the_reveal_counting_can_go_on():
    activity = make_activity()
    activity.act("reveal", None)
    with pytest.raises(ConfigError, match="no longer be changed"):
        activity.answer(0, [0, 0])
    with pytest.raises(ConfigError, match="choose one of"):
        activity.act("reveal", None)
    activity.act("back", None)
    activity.answer(0, [0, 0])
    assert activity.screen()["given"] == 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_all(tmp_path_factory.mktemp("checkpoints"))


def test_pictures_are_drawn_and_judged_while_the_class_counts(folder, monkeypatch):
    monkeypatch.setattr(count, "TOTAL", 12)
    monkeypatch.setattr(count, "FIRST", 8)
    monkeypatch.setattr(count, "BATCH", 4)
    judged = threading.Event()

    def update(change):
        change()
        if activity_of[0].screen()["judge"]:
            judged.set()

    activity_of = []
    gate = threading.Lock()

    def locked(change):
        with gate:
            update(change)

    with gate:
        activity_of.append(count.make({"pictures": 2}, Services(folder=folder, device="cpu", update=locked), 0))
    assert judged.wait(60)
    [activity] = activity_of
    own = activity.phone(3)
    assert all(picture.startswith("data:image/webp;base64,") for picture in own["pictures"])
    assert len(own["pictures"][0]) < 8000
    activity.answer(3, [0, 1])
    activity.act("reveal", None)
    result = activity.screen()["result"]
    assert result["judge"]["n"] == 12
    assert sum(result["data"]) == pytest.approx(1, abs=1e-3)
    assert len(result["class"]["counts"]) == len(activity.screen()["values"]) == 7


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"attribute": "Hairstyle"}, "too many to count"),
        ({"attribute": "Shoes"}, "Attribute 'Shoes'"),
        ({"attribute": None}, "Attribute"),
        ({"pictures": 11}, "Pictures"),
    ],
)
def test_settings_that_are_none(folder, settings, words):
    with pytest.raises(ConfigError, match=words):
        count.make(settings, Services(folder=folder, device="cpu"), 0)
