"""The two languages say the same things, and every error that the code can raise has its translation."""

import ast
import json
import re
from pathlib import Path
from string import Formatter

import pytest

from genai.errors import ConfigError
from genai.ui.errors import chinese, sentence
from genai.ui.languages import CHINESE, ENGLISH, LANGUAGES, Phrasebook, both, markup, strings
from genai.ui.view import template

ROOT = Path(__file__).parents[2]
SOURCES = [*sorted((ROOT / "genai").rglob("*.py")), ROOT / "app.py"]
ERRORS = {"GenaiError", "ConfigError", "DataError", "CheckpointError"}


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
    sources += "".join(template(path.parent, path.stem) for path in (ROOT / "genai").rglob("*.html"))
    sources += json.dumps([f"tab.{name}" for name in ("text", "image", "audio")])
    assert [key for key in strings(ENGLISH) if f'"{key}"' not in sources and f"[[{key}]]" not in sources] == []


def test_sentence_translates_template_and_words():
    error = ConfigError("{name} {value} cannot be used: it must be {kind} from {low} to {high}.",
                        name="Length", value="0", kind="a whole number", low=1, high=5000)  # fmt: skip
    assert sentence(error) == {
        ENGLISH: "Length 0 cannot be used: it must be a whole number from 1 to 5000.",
        CHINESE: "长度不能是 0：必须是 1 到 5000 的整数。",
    }


def test_a_bug_is_logged_and_not_shown(caplog):
    shown = sentence(ZeroDivisionError("secret detail"))
    assert shown == both("bug")
    assert "secret detail" in caplog.text


def test_markup_cannot_be_taken_for_code(monkeypatch):
    monkeypatch.setattr("genai.ui.languages.both", lambda _: {"en": "<b>${1+1}`{{x}}\\"})
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
