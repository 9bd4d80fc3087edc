"""A class that a script sets on the whole page must not be that of a view, whose rules would reach all of it."""

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[3] / "genai"
SET = re.compile(r'(?:\broot|documentElement)\.classList\.(?:add|toggle)\("([a-z-]+)"')
OF_THE_PAGE = sorted({name for path in PACKAGE.rglob("*.js") for name in SET.findall(path.read_text("utf-8"))})


def test_the_classes_of_the_page_are_found():
    assert {"lab-touring", "lab-tour-beside", "lab-locked"} <= set(OF_THE_PAGE)


@pytest.mark.parametrize("name", OF_THE_PAGE)
def test_no_element_of_a_view_has_a_class_of_the_page(name):
    name = rf'[^"]*(?<![\w-]){name}(?![\w-])'
    given = re.compile(rf'class="{name}|make\("\w+", "{name}')  # in a template, or by a script
    views = [path for suffix in ("html", "py", "js") for path in PACKAGE.rglob(f"*.{suffix}")]
    assert [path.name for path in views if given.search(path.read_text("utf-8"))] == []
