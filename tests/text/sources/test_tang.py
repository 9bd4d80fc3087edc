import hashlib
import json
from dataclasses import replace

import pytest

from genai.errors import DataError
from genai.text.sources import tang

STORK = "白日依山盡，黃河入海流。欲窮千里目，更上一層樓。"
SPRING = "春眠不覺曉，處處聞啼鳥。夜來風雨聲，花落知多少。"
SIMPLIFIED = [
    "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。",
    "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。",
]


def keep(text):
    return text


def convert(text):
    return tang.import_optional("opencc", "").OpenCC("t2s").convert(text)


def test_poems_become_simplified():
    assert tang.simplify([STORK, SPRING], convert) == SIMPLIFIED


def test_repeats_notes_and_lost_characters_are_dropped():
    broken = ["白日□山盡，黃河入海流。", "春眠不覺曉（一作「曙」）。", "𤞇兒撼起鐘聲動。", ""]
    assert tang.simplify([STORK, *broken, STORK], keep) == [STORK]


@pytest.mark.parametrize(("length", "lines"), tang.FORMS)
def test_the_four_regular_forms_are_kept_with_plain_marks(length, lines):
    poem = "？".join("山" * length for _ in range(lines)) + "！"
    (chosen,) = tang.choose([poem])
    assert chosen == ("山" * length + "，" + "山" * length + "。") * (lines // 2)


@pytest.mark.parametrize(
    "poem", ["山山山山，" * 4, "山山山山山，" * 6, "山山山山山，山山山山山山山。" * 2, "山山山山山"]
)
def test_other_forms_are_not(poem):
    assert tang.choose([poem]) == []


def test_a_poem_with_a_rare_character_is_dropped():
    common, rare = "山水山水山，" * 4, "山水山水龘，" * 4
    assert len(tang.choose([common, common, rare], vocabulary=4)) == 2  # 山 水 ， 。
    assert len(tang.choose([common, common, rare], vocabulary=5)) == 3


def test_poems_come_form_by_form():
    lushi, jueju = "水水水水水，" * 8, "山山山山山，" * 4
    assert [poem[0] for poem in tang.choose([lushi, jueju])] == ["山", "水"]


@pytest.fixture
def collection(tmp_path, serve, monkeypatch):
    """A collection of two poems in one file, at a public place of its own."""
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.setenv("GENAI_CACHE", str(tmp_path / "cache"))
    poems = [{"title": "", "author": "", "paragraphs": [poem[:12], poem[12:]]} for poem in (STORK, SPRING)]
    content = json.dumps(poems, ensure_ascii=False).encode()
    (tmp_path / "全唐诗").mkdir()
    (tmp_path / "全唐诗/poet.tang.0.json").write_bytes(content)
    source = replace(
        tang.COLLECTION,
        url=f"{serve(tmp_path)}/全唐诗",
        files=("poet.tang.0.json",),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    monkeypatch.setattr(tang, "COLLECTION", source)


@pytest.mark.usefixtures("collection")
def test_preparing_gives_a_poem_a_line(monkeypatch):
    expected = hashlib.sha256("".join(f"{poem}\n" for poem in SIMPLIFIED).encode()).hexdigest()
    monkeypatch.setattr(tang, "SHA256", expected)
    assert tang.poems() == SIMPLIFIED


@pytest.mark.usefixtures("collection")
def test_preparing_checks_what_came_out(monkeypatch):
    monkeypatch.setattr(tang, "SHA256", "0")
    with pytest.raises(DataError, match="pip install opencc-python-reimplemented"):
        tang.poems()


def test_the_collection_has_the_58_files():
    assert len(tang.COLLECTION.files) == 58
    assert tang.COLLECTION.files[-1] == "poet.tang.57000.json"
