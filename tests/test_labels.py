"""Finding a class by what a person types."""

import pytest

from genai.errors import ConfigError
from genai.labels import Labels
from genai.seeds import make_rng

CLOTHES = Labels(({"en": "Sneaker", "zh-CN": "运动鞋"}, {"en": "Bag", "zh-CN": "包"}))


@pytest.mark.parametrize("label", ["sneaker", " Sneaker ", "运动鞋", "0", 0])
def test_a_class_is_found_by_name_in_either_language_and_by_number(label):
    assert CLOTHES.index(label) == 0


@pytest.mark.parametrize("label", ["any", "ANY", "", None])
def test_any_leaves_the_choice_open(label):
    assert CLOTHES.index(label) is None


@pytest.mark.parametrize("label", ["hat", "2", -1, 2, "１9"])
def test_an_unknown_class_is_refused_with_the_known_ones(label):
    with pytest.raises(ConfigError, match="Sneaker, Bag"):
        CLOTHES.index(label)


def test_a_name_wins_over_a_number():
    assert Labels(({"en": "1"}, {"en": "0"})).index("0") == 1


def test_a_class_is_drawn_as_often_as_the_data_has_it():
    rng = make_rng(0)
    rare = Labels(CLOTHES.names, shares=(0.9, 0.1))
    assert sum(rare.draw(rng) for _ in range(1000)) == pytest.approx(100, abs=40)
    assert sum(CLOTHES.draw(rng) for _ in range(1000)) == pytest.approx(500, abs=65)


NOTES = Labels(
    names=({"en": "A4", "zh-CN": "A4"}, {"en": "B4", "zh-CN": "B4"}),
    performers=(
        {"en": "Harp", "zh-CN": "竖琴"},
        {"en": "Banjo", "zh-CN": "班卓琴"},
        {"en": "Koto", "zh-CN": "日本筝"},
    ),
)


@pytest.mark.parametrize("performer", ["banjo", "班卓琴", "1", 1])
def test_a_performer_is_found_like_a_class(performer):
    assert NOTES.performer_index(performer) == 1


def test_any_performer_and_those_that_are_unknown():
    assert NOTES.performer_index("any") is None
    assert CLOTHES.performer_index(None) is None
    with pytest.raises(ConfigError, match=r"'flute' is no instrument.*Harp, Banjo, Koto"):
        NOTES.performer_index("flute")
    with pytest.raises(ConfigError, match=r"neither instruments nor speakers .* 'Harp'"):
        CLOTHES.performer_index("Harp")


def test_a_label_of_a_model_without_classes_is_refused():
    assert Labels(()).index("any") is None
    with pytest.raises(ConfigError, match="no classes: leave the label 'Bag' out"):
        Labels(()).index("Bag")


def test_a_condition_is_one_number_for_class_and_performer():
    pairs = [(label, performer) for label in range(2) for performer in range(3)]
    conditions = [NOTES.condition(*pair) for pair in pairs]
    assert conditions == [0, 1, 2, 3, 4, 5]
    assert [NOTES.split(condition) for condition in conditions] == pairs
    assert CLOTHES.condition(1, None) == 1
    assert CLOTHES.split(1) == (1, None)
    assert NOTES.split(None) == (None, None)
