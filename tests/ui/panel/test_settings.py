"""Settings are checked for their types; links can be read by hand and parsed back."""

from urllib.parse import parse_qs

import pytest

from genai.errors import ConfigError
from genai.ui.panel.links import link, requested_values
from genai.ui.panel.settings import Setting

WORDS, WHOLE, REAL = Setting("prompt", ""), Setting("length", 400), Setting("temperature", 0.8)
YES = Setting("finish", False, opening=True)


@pytest.mark.parametrize(
    ("setting", "value", "read"),
    [
        (WORDS, "Hi", "Hi"),
        (WORDS, None, ""),
        (WORDS, 3, "3"),
        (WHOLE, 5, 5),
        (WHOLE, 5.0, 5),
        (REAL, 1, 1.0),
        (REAL, 0.5, 0.5),
        (YES, True, True),
        (YES, 1, True),
        (YES, 0, False),
    ],
)
def test_read(setting, value, read):
    assert setting.read(value) == read
    assert type(setting.read(value)) is type(setting.default)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        (WORDS, ["a"]),
        (WORDS, True),
        (WORDS, 0.5),
        (WHOLE, "5"),
        (WHOLE, True),
        (WHOLE, 5.5),
        (WHOLE, None),
        (WHOLE, float("nan")),
        (WHOLE, float("inf")),
        (REAL, "1"),
        (REAL, False),
        (REAL, float("nan")),
        (REAL, 10**400),
        (REAL, {}),
        (YES, None),
        (YES, 2),
        (YES, "true"),
        (YES, [1]),
    ],
)
def test_wrong_types_are_refused(setting, value):
    with pytest.raises(ConfigError, match=setting.title):
        setting.read(value)


def test_parse():
    assert [WHOLE.parse("7"), REAL.parse("0.25"), WORDS.parse("7")] == [7, 0.25, "7"]
    for written in ("seven", "", "1.5", "9" * 5000):
        with pytest.raises(ConfigError):
            WHOLE.parse(written)
    for written in ("nan", "inf", "x"):
        with pytest.raises(ConfigError):
            REAL.parse(written)


def test_a_link_can_be_parsed_back():
    settings = (Setting("label", "any"), Setting("count", 16), Setting("seed", 0), Setting("truncation", 1.0))
    values = {"label": "运动鞋", "count": 16, "seed": 7, "truncation": 0.8}
    address = link("image", "fashion", values)
    query = {name: found[0] for name, found in parse_qs(address[1:]).items()}
    assert query.pop("tab") == "image"
    assert query.pop("model") == "fashion"
    assert requested_values(query, settings) == values


def test_a_link_can_be_read_by_hand():
    values = {"label": "sneaker", "count": 16, "seed": 7, "truncation": 1.0}
    assert link("image", "fashion", values) == "?tab=image&model=fashion&label=sneaker&count=16&seed=7&truncation=1"


def test_a_setting_that_is_off_is_left_out_of_links_and_off_in_those_from_before_it():
    assert link("text", "tang", {"seed": 3, "finish": False}) == "?tab=text&model=tang&seed=3"
    assert link("text", "tang", {"seed": 3, "finish": True}) == "?tab=text&model=tang&seed=3&finish=1"
    assert requested_values({"seed": "3"}, (YES,)) == {"finish": False}
    assert [YES.parse("1"), YES.parse("0")] == [True, False]
    for written in ("yes", "", "2", "0.5"):
        with pytest.raises(ConfigError, match="Finish"):
            YES.parse(written)
