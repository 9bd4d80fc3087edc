"""Rhymes and tones of poems that are known to keep the rules, and of the same poems with a fault."""

import csv
from collections import Counter

import pytest

from genai.text.quality import prosody
from genai.text.quality.prosody import (
    Favourite,
    alternates,
    favourites,
    is_regulated,
    pairs,
    ratio,
    rhymes,
    shuffle,
)
from genai.text.quality.samples import POEM, verses

STORK_TOWER = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"  # Wang Zhihuan, oblique start
SPRING_VIEW = (
    "国破山河在，城春草木深。感时花溅泪，恨别鸟惊心。烽火连三月，家书抵万金。白头搔更短，浑欲不胜簪。"  # Du Fu
)
BAIDI = "朝辞白帝彩云间，千里江陵一日还。两岸猿声啼不住，轻舟已过万重山。"  # Li Bai, level start
QUIET_NIGHT = "床前明月光，疑是地上霜。举头望明月，低头思故乡。"  # Li Bai: an old poem, its tones are free


@pytest.mark.parametrize("poem", [STORK_TOWER, SPRING_VIEW, BAIDI])
def test_a_regulated_poem_rhymes_and_keeps_the_tones(poem):
    assert rhymes(verses(poem))
    assert all(alternates(verse) for verse in verses(poem))
    assert is_regulated(verses(poem))


def test_an_old_poem_rhymes_but_its_tones_are_free():
    assert rhymes(verses(QUIET_NIGHT))
    assert not alternates("低头思故乡") or not is_regulated(verses(QUIET_NIGHT))
    assert not is_regulated(verses(QUIET_NIGHT))


@pytest.mark.parametrize(
    ("old", "new", "rhyming"),
    [
        ("流", "山", False),  # another rhyme group, still level
        ("流", "楼", False),  # the same character twice
        ("流", "柳", False),  # oblique, of the rising tone
        ("河", "日", True),  # oblique, as the fourth character is
    ],
)
def test_a_fault_shows(old, new, rhyming):
    poem = verses(STORK_TOWER.replace(old, new, 1))
    assert rhymes(poem) is rhyming
    assert is_regulated(poem) is (old == "流" and new in "山楼")


@pytest.mark.parametrize("order", [(1, 0, 2, 3), (0, 1, 3, 2), (2, 3, 1, 0)])
def test_verses_in_another_order_break_the_rules(order):
    poem = verses(SPRING_VIEW)[:4]
    assert is_regulated(poem)
    assert not is_regulated([poem[n] for n in order])


def test_couplets_that_do_not_adhere_break_the_rules():
    poem = verses(SPRING_VIEW)
    assert not is_regulated(poem[:2] + poem[4:6])


def test_what_the_table_lacks_is_not_known():
    assert rhymes(verses(STORK_TOWER.replace("楼", "囧"))) is None
    assert alternates("白囧依山尽") is None
    assert alternates("囧日依山尽")  # at a place that does not count
    assert is_regulated(verses(STORK_TOWER.replace("日", "囧"))) is None


def test_the_table_has_the_106_groups_and_readings_of_merged_characters():
    with prosody.TABLE.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert Counter(tone for tone, _, _ in rows) == {"level": 30, "rising": 29, "departing": 30, "entering": 17}
    table = prosody.readings()
    assert len(table) > 2950
    groups = {character: {rows[n][1] for n in table[character].groups} for character in "流楼秋看后发"}
    assert groups["流"] == groups["楼"] == groups["秋"] == {"尤"}
    assert groups["看"] == {"寒", "翰"}
    assert groups["发"] == {"月"}  # 發 and 髮 are in one group
    assert (table["看"].level, table["看"].oblique) == (True, True)
    assert (table["流"].level, table["流"].oblique) == (True, False)


def test_a_pair_that_is_written_more_often_than_read_is_found():
    training = pairs(["不可", "不知", "不知", "山水"])
    generated = pairs(["不可", "不可", "山水", "山水"])
    assert favourites(generated, training, 2) == [Favourite("不可", 2.0), Favourite("山水", 2.0)]
    assert ratio("不知", generated, training) == 0
    assert ratio("不知", training, training) == 1
    assert pairs(["春风不", "度"]) == {"春风": 1, "风不": 1}
    assert favourites(Counter(), training) == []


def test_shuffled_poems_have_the_same_characters_and_form():
    poems = [SPRING_VIEW, STORK_TOWER]
    dealt = shuffle(poems)
    assert sorted("".join(dealt)) == sorted("".join(poems))
    assert [len(poem) for poem in dealt] == [len(poem) for poem in poems]
    assert all(POEM.fullmatch(poem) for poem in dealt)
    assert not any(rhymes(verses(poem)) for poem in dealt)
    assert shuffle(poems) == dealt != poems
