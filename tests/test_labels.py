"""Finding a class by what a person types."""

import pytest

from genai.errors import ConfigError
from genai.labels import Labels

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
