"""Finding a class by what a person types."""

from dataclasses import replace

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


def test_a_number_is_the_class_of_this_number_whatever_the_names():
    counted = Labels(({"en": "1"}, {"en": "2"}, {"en": "3"}))
    assert [counted.index(number) for number in range(3)] == [0, 1, 2]
    assert [counted.index(name) for name in "123"] == [0, 1, 2]


def test_a_number_of_thousands_of_digits_is_refused():
    with pytest.raises(ConfigError, match="Sneaker, Bag"):
        CLOTHES.index("9" * 5000)


def test_a_class_is_drawn_as_often_as_the_data_has_it():
    rng = make_rng(0)
    rare = Labels(CLOTHES.names, shares=(0.9, 0.1))
    assert sum(rare.draw(rng) for _ in range(1000)) == pytest.approx(100, abs=40)
    assert sum(CLOTHES.draw(rng) for _ in range(1000)) == pytest.approx(500, abs=65)


NOTES = Labels(
    names=({"en": "A4", "zh-CN": "A4"}, {"en": "B4", "zh-CN": "B4"}),
    variants=(
        {"en": "Harp", "zh-CN": "竖琴"},
        {"en": "Banjo", "zh-CN": "班卓琴"},
        {"en": "Koto", "zh-CN": "日本筝"},
    ),
)


@pytest.mark.parametrize("variant", ["banjo", "班卓琴", "1", 1])
def test_a_variant_is_found_like_a_class(variant):
    assert NOTES.variant_index(variant) == 1


def test_any_variant_and_those_that_are_unknown():
    assert NOTES.variant_index("any") is None
    assert CLOTHES.variant_index(None) is None
    with pytest.raises(ConfigError, match=r"'flute' is no variant.*Harp, Banjo, Koto"):
        NOTES.variant_index("flute")
    with pytest.raises(ConfigError, match=r"no variants, such as instruments, .* 'Harp'"):
        CLOTHES.variant_index("Harp")


HAIR = Labels(
    names=({"en": "Short", "zh-CN": "短发"}, {"en": "Long", "zh-CN": "长发"}, {"en": "Mask", "zh-CN": "口罩"}),
    variants=tuple({"en": name, "zh-CN": name} for name in ("Crew cut", "Quiff", "Braids")),
    variant_shares=((0.25, 0.75, 0), (0, 0, 1), (0.5, 0.25, 0.25)),
)


def test_each_variant_takes_up_its_share_of_the_positions():
    positions = [n / 1000 for n in range(1000)]
    for label, shares in enumerate(HAIR.variant_shares):
        chosen = [HAIR.variant_at(label, position) for position in positions]
        assert [chosen.count(variant) / 1000 for variant in range(3)] == pytest.approx(shares)
    assert [NOTES.variant_at(0, position) for position in (0, 0.4, 0.99)] == [0, 1, 2]


def test_a_class_is_drawn_as_often_as_it_has_the_variant():
    rng = make_rng(0)
    drawn = [HAIR.draw(rng, variant=2) for _ in range(1000)]
    assert [drawn.count(label) for label in range(3)] == pytest.approx([0, 800, 200], abs=40)
    weighted = replace(HAIR, shares=(0.8, 0.1, 0.1))  # of the pairs with braids, .1 * 1 to .1 * .25
    assert sum(weighted.draw(rng, variant=2) == 1 for _ in range(1000)) == pytest.approx(800, abs=40)
    assert sum(weighted.draw(rng) == 0 for _ in range(1000)) == pytest.approx(800, abs=40)


def test_a_class_that_never_has_a_variant_is_refused_with_those_that_it_has():
    HAIR.check_pair(2, 2)
    NOTES.check_pair(0, 2)
    with_comma = replace(HAIR, variants=({"en": "Crew, cut"}, {"en": "Quiff"}, {"en": "Braids"}))
    with pytest.raises(ConfigError, match=r"one of Crew, cut; Quiff\."):
        with_comma.check_pair(0, 2)
    with pytest.raises(ConfigError, match=r"Short does not go with Braids.* one of Crew cut, Quiff\."):
        HAIR.check_pair(0, 2)


def test_a_variant_that_no_class_has_is_refused():
    unused = replace(HAIR, variant_shares=((1, 0, 0), (1, 0, 0), (1, 0, 0)))
    with pytest.raises(ConfigError, match=r"Quiff does not occur in what this model has learnt: choose another"):
        unused.draw(make_rng(0), variant=1)


def test_names_are_listed_as_each_language_does():
    with pytest.raises(ConfigError) as caught:
        replace(HAIR, names=(*HAIR.names[:2], {"en": "Mask", "zh-CN": "口罩、面纱"})).index("Hat")
    assert caught.value.values["known"] == {"en": "Short, Long, Mask", "zh-CN": "短发；长发；口罩、面纱"}
    with pytest.raises(ConfigError) as caught:
        HAIR.index("Hat")
    assert caught.value.values["known"]["zh-CN"] == "短发、长发、口罩"


def test_a_label_of_a_model_without_classes_is_refused():
    assert Labels(()).index("any") is None
    with pytest.raises(ConfigError, match="no classes: leave the label 'Bag' out"):
        Labels(()).index("Bag")


def test_a_condition_is_one_number_for_class_and_variant():
    pairs = [(label, variant) for label in range(2) for variant in range(3)]
    conditions = [NOTES.condition(*pair) for pair in pairs]
    assert conditions == [0, 1, 2, 3, 4, 5]
    assert [NOTES.split(condition) for condition in conditions] == pairs
    assert CLOTHES.condition(1, None) == 1
    assert CLOTHES.split(1) == (1, None)
    assert NOTES.split(None) == (None, None)
