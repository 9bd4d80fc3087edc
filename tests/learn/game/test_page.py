"""What the page of the game is given: phrases and presets in both languages, and the settings of its lists."""

import re
from dataclasses import fields

from genai.language.strings import LANGUAGES
from genai.learn.game.config import RATES, SIZES, WORDS, GameConfig, format_number
from genai.learn.game.page import FOLDER, phrases, presets
from genai.learn.game.presets import PRESETS

SETTINGS = (FOLDER / "settings.js").read_text(encoding="utf-8")
HTML = (FOLDER / "settings.html").read_text(encoding="utf-8")


def test_every_phrase_that_a_script_names_is_there():
    scripts = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.js"))
    named = set(re.findall(r'phrase\("(\w+)"', scripts))
    assert len(named) > 5
    assert named <= set(phrases())
    assert all(set(text) == set(LANGUAGES) for text in phrases().values())


def test_every_preset_has_its_words():
    healthy, *ill = presets()
    assert (healthy["game"], healthy["cure"]) == (str(GameConfig()), None)
    for preset, shown in zip(PRESETS, ill, strict=True):
        assert str(GameConfig.parse(shown["game"])) == preset.game
        assert str(GameConfig.parse(shown["cure"])) == preset.cure
        assert set(shown["words"]) == {"title", "why", "cure", "cured"}


def test_the_lists_offer_what_a_game_allows():
    assert listed("RATES") == [format_number(rate) for rate in RATES]
    for name, sizes in SIZES.items():
        assert listed(name) == [str(size) for size in sizes]
    assert listed("LOSSES") == list(WORDS["loss"])
    assert re.findall(r'data-data="(\w+)"', HTML) == list(WORDS["data"])


def test_addresses_have_the_settings_in_the_same_order():
    assert [*listed("SETTINGS"), "points", "order"] == [field.name for field in fields(GameConfig)]


def listed(name):
    """The strings of a list in the script."""
    body = re.search(rf"\b{name}(?: =|:) \[(.*?)\]", SETTINGS, re.DOTALL)[1]
    return re.findall(r'"([^"]+)"', body)
