"""The words of the Home tab: in both languages, with ways that lead somewhere, and rules that have a source."""

import re
from pathlib import Path

import pytest

from genai import checkpoint
from genai.audio import tab as audio_tab
from genai.home.content import FIGURES, content
from genai.image import tab as image_tab
from genai.labels import Labels
from genai.language.strings import LANGUAGES
from genai.learn.improve.experiments import PAIRS
from genai.learn.museum.exhibits import EXHIBITS
from genai.lesson.content import LESSONS
from genai.serve import LEARN_PARTS, TABS
from genai.text import tab as text_tab
from genai.ui.panel import links
from genai.ui.tour.content import tours

ROOT = Path(__file__).parents[2]
SETTINGS = {"text": text_tab.SETTINGS, "image": image_tab.SETTINGS, "audio": audio_tab.SETTINGS}
PAGE = ROOT / "genai" / "home" / "page"
TAB_NAMES = {getattr(build, "func", build).__module__.split(".")[1] for build in TABS}  # one has its parts bound


def texts(value):
    """All bilingual texts within."""
    if isinstance(value, dict) and set(value) & set(LANGUAGES):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)


def ways(value):
    """All links within."""
    if isinstance(value, dict):
        if "link" in value:
            yield value["link"]
        for inner in value.values():
            yield from ways(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from ways(inner)


WAYS = sorted(set(ways(content())))


def test_both_languages_say_something():
    found = list(texts(content()))
    assert len(found) > 80
    for text in found:
        assert set(text) == set(LANGUAGES)
        assert text["en"].strip()
        assert re.search(r"[\u4e00-\u9fff]", text["zh-CN"]), text
        assert not re.search(r"[\u4e00-\u9fff]", text["en"]), text


def test_every_section_has_words_and_a_way_in():
    for section in content()["sections"]:
        assert list(ways(section)), section["id"]
        assert list(texts(section))
    assert all(question["ways"] for question in content()["questions"])


def test_every_figure_is_drawn_by_the_page():
    named = {section["figure"] for section in content()["sections"] if "figure" in section}
    assert named == set(FIGURES)
    scripts = "".join(path.read_text(encoding="utf-8") for path in PAGE.iterdir())
    for figure in named - {"kinds"}:
        assert f'data-part="figure-{figure}"' in scripts or f'"{figure}"' in scripts


@pytest.mark.parametrize("link", WAYS)
def test_a_way_leads_to_something_that_is_there(link):
    query = links.parse_query(link)
    if "lesson" in query:
        assert query["lesson"] in LESSONS
        return
    if "tour" in query:
        assert 1 <= int(query["step"]) <= len(tours()[query["tour"]]["steps"])
        return
    assert query["tab"] in TAB_NAMES
    if query["tab"] == "learn":
        assert query["part"] in LEARN_PARTS
        assert query.get("pair", "data") in PAIRS
        assert query.get("exhibit", "recites") in EXHIBITS
    elif query["tab"] in SETTINGS:
        settings = SETTINGS[query["tab"]]
        values = links.requested_values(query, settings)
        assert links.link(query["tab"], query["model"], values) == link  # as the page itself would write it
        header = {entry.name: entry for entry in checkpoint.available(query["tab"])}[query["model"]].header
        Labels(tuple(header.classes)).index(values.get("label"))
        assert set(values.get("prompt", "")) <= set(header.vocabulary or "")


def test_every_rule_has_a_date_and_a_source_that_the_documents_name():
    rules = content()["rules"]
    assert [rule["date"] for rule in rules] == sorted(rule["date"] for rule in rules)
    for name in ("sources.md", "sources.zh-CN.md"):
        document = (ROOT / "docs" / name).read_text(encoding="utf-8")
        for rule in rules:
            assert rule["source"] in document
