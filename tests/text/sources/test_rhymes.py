"""The rhyme groups: the 206 rhymes, each once, and characters that stand for several."""

from genai.text.sources.rhymes import GROUPS, make_table


def test_every_rhyme_is_in_one_group():
    groups = [group for row in GROUPS.values() for group in row.split()]
    assert len(groups) == 106
    assert len("".join(groups)) == len(set("".join(groups))) == 206


def test_a_simplified_character_has_the_readings_of_all_that_it_stands_for():
    entries = [("後", "厚"), ("后", "候"), ("閒", "山"), ("流", "尤"), ("樓", "侯"), ("鑿", "鐸")]
    simplify = {"後": "后", "樓": "楼", "鑿": "凿"}.get
    rows = {
        (tone, rhyme): characters
        for tone, rhyme, characters in make_table(entries, "楼流后间也", lambda one: simplify(one, one))
    }
    assert rows["level", "尤"] == "楼流"  # 尤 and 侯 are one group
    assert rows["rising", "有"] == "后"
    assert rows["departing", "宥"] == "后"
    assert rows["level", "刪"] == "间"  # the book writes 閒
    assert sum(map(len, rows.values())) == 5
