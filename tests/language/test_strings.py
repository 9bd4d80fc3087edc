"""The two languages say the same things, and every error that the code can raise has its translation."""

import ast
import json
import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from genai import checkpoint
from genai.audio import tab as audio_tab
from genai.check import Kind
from genai.check.content import EncodingName
from genai.errors import ConfigError, GenaiError
from genai.image import tab as image_tab
from genai.labels import Labels
from genai.language.strings import CHINESE, ENGLISH, LANGUAGES, both, markup, strings
from genai.learn.improve.experiments import PAIRS
from genai.learn.museum.exhibits import EXHIBITS
from genai.provenance import Label
from genai.text import tab as text_tab
from genai.ui.panel.settings import Setting
from genai.ui.views.view import template
from genai.ui.words.errors import chinese, sentence
from genai.ui.words.phrasebook import Phrasebook

ROOT = Path(__file__).parents[2]
SOURCES = [*sorted((ROOT / "genai").rglob("*.py")), ROOT / "app.py"]
BAG = {"en": "Bag", "zh-CN": "包"}
ERRORS = {"GenaiError", "ConfigError", "UnknownCharactersError", "DataError", "CheckpointError"}


def fields(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def raised():
    """(file, line, first argument) of each construction of one of our errors."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) in ERRORS:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.args[0] if node.args else None


def test_key_sets_are_equal():
    assert set(strings(ENGLISH)) == set(strings(CHINESE))


@pytest.mark.parametrize("key", sorted(strings(ENGLISH)))
def test_fields_are_equal_and_nothing_is_empty(key):
    texts = [strings(language)[key] for language in LANGUAGES]
    assert fields(texts[0]) == fields(texts[1])
    assert all(text.strip() for text in texts)


@pytest.mark.parametrize("key", sorted(strings(CHINESE)))
def test_chinese_is_chinese(key):
    """Every Chinese string holds a Chinese character, except the few that are the same in both languages."""
    same = {"text.top_k", "card.size_only"}
    assert key in same or re.search(r"[\u4e00-\u9fff]", strings(CHINESE)[key])


def test_every_error_is_a_literal_template():
    assert [place for place, first in raised() if not isinstance(first, ast.Constant)] == []


def test_every_error_is_translated_with_the_same_fields():
    templates = {first.value for _, first in raised() if isinstance(first, ast.Constant)}
    assert sorted(templates - set(chinese())) == []
    assert [t for t in templates if fields(t) != fields(chinese()[t])] == []


def test_no_string_is_unused():
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "genai").rglob("*.py"))
    pages = "".join(template(path.parent, path.stem) for path in (ROOT / "genai").rglob("*.html"))
    sources += re.sub(r'[\w-]+="[^"]*"', lambda found: found[0] if "[[" in found[0] else "", pages)
    pair_parts = ("", ".text", ".before", ".after")
    sources += json.dumps([f"learn.improve.{name}{part}" for name in PAIRS for part in pair_parts])
    sources += json.dumps([f"learn.museum.{name}{part}" for name in EXHIBITS for part in ("", ".cure")])
    sources += json.dumps([f"{name}.variant{part}" for name in ("image", "audio") for part in ("", ".info")])
    sources += json.dumps([f"tab.{name}" for name in ("text", "image", "audio")])
    sources += json.dumps([f"check.{name}" for name in (*get_args(Kind), *Label.__dataclass_fields__)])
    sources += json.dumps([f"check.encoding.{name}" for name in get_args(EncodingName)])
    assert [key for key in strings(ENGLISH) if f'"{key}"' not in sources and f"[[{key}]]" not in sources] == []


def test_sentence_translates_template_and_words():
    error = ConfigError("{name} {value} cannot be used: it must be {kind} from {low} to {high}.",
                        name="Length", value="0", kind="a whole number", low=1, high=5000)  # fmt: skip
    assert sentence(error) == {
        ENGLISH: "Length 0 cannot be used: it must be a whole number from 1 to 5000.",
        CHINESE: "长度不能是 0：必须是 1 到 5000 的整数。",
    }


@pytest.mark.parametrize(
    ("mistake", "chinese_sentence"),
    [
        (lambda: Setting("top_k", 0).read("abc"), "Top-k的值是 'abc'：这里需要一个整数，例如 0。"),
        (lambda: Setting("seed", 0).read(None), "种子的值是 空：这里需要一个整数，例如 0。"),
        (lambda: Setting("truncation", 1.0).read([]), "截断的值是 []：这里需要一个数字，例如 1.0。"),
        (lambda: Labels((BAG,)).index("hat"), "这个模型不认识类别 'hat'：可选的类别有 包，或者填 any（任意）。"),
        (lambda: checkpoint.find("nope", "audio", ROOT / "tests"), "没有名为 'nope' 的声音模型。现有的：无。"),
    ],
)
def test_the_words_within_a_sentence_are_translated_too(mistake, chinese_sentence):
    with pytest.raises(GenaiError) as caught:
        mistake()
    assert sentence(caught.value)[CHINESE] == chinese_sentence


@pytest.mark.parametrize("name", [s.title for tab in (text_tab, image_tab, audio_tab) for s in tab.SETTINGS])
def test_every_setting_has_a_name_in_chinese(name):
    assert name in chinese()


def test_every_name_in_a_range_error_is_translated():
    checks = {"check_range", "check_list_length", "range_error"}
    calls = [node for path in SOURCES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
             if isinstance(node, ast.Call) and getattr(node.func, "id", None) in checks]  # fmt: skip
    names = {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}
    assert "Seconds" in names
    flags = {name for name in names if name.startswith("--")}
    assert names - flags - set(chinese()) == {"x", "y"}  # coordinates


def test_a_bug_is_logged_and_not_shown(caplog):
    shown = sentence(ZeroDivisionError("secret detail"))
    assert shown == both("bug")
    assert "secret detail" in caplog.text


def test_markup_cannot_be_taken_for_code(monkeypatch):
    monkeypatch.setattr("genai.language.strings.both", lambda _: {"en": "<b>${1+1}`{{x}}\\"})
    shown = markup("k")
    assert not set("$`{}\\") & set(shown)
    assert "<b>" not in shown


def test_terms_keep_their_languages():
    book = Phrasebook()
    marker = book.term({"en": "sneaker", "zh-CN": "运动鞋"})
    assert {lang: words[marker.key] for lang, words in book.translations().translations_dict.items()} == {
        ENGLISH: "sneaker", CHINESE: "运动鞋"
    }  # fmt: skip
    with pytest.raises(KeyError):
        book.mark("no such key")
