"""Tabs for spaces, by hand and by what must hold of any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai.text.indentation import is_tab_indented, spaces_to_tabs


@pytest.mark.parametrize(
    ("spaced", "expected"),
    [
        ("if x:\n    y\n        z\n", "if x:\n\ty\n\t\tz\n"),
        ("f(a,\n       b)", "f(a,\n\t   b)"),  # what is left of a continuation stays
        ("  two\n   three", "  two\n   three"),
        ("x    = 1  # here    too", "x    = 1  # here    too"),
        ("\t    mixed", "\t    mixed"),
        ("    \n", "\t\n"),
        ("", ""),
    ],
)
def test_each_four_spaces_that_begin_a_line_are_a_tab(spaced, expected):
    assert spaces_to_tabs(spaced) == expected


@given(st.text(" ab\n\t", max_size=60))
def test_nothing_but_the_indentation_changes(text):
    once = spaces_to_tabs(text)
    assert spaces_to_tabs(once) == once
    assert [line.lstrip(" \t") for line in once.split("\n")] == [line.lstrip(" \t") for line in text.split("\n")]
    assert not any(line.startswith("    ") for line in once.split("\n"))


@given(st.text(" ab\n", max_size=60))
def test_the_page_shows_the_same_columns(text):
    assert [line.expandtabs(4) for line in spaces_to_tabs(text).split("\n")] == text.split("\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("if x:\n\ty\n\t  z\n", True),
        ("\tx", True),
        ("if x:\n    y\n\tz\n", False),  # both
        ("a\tb\nc\n", False),  # columns of a table
        ("if x:\n  y\n", False),
        ("", False),
    ],
)
def test_a_text_is_indented_by_tabs_if_none_of_its_lines_is_by_spaces(text, told):
    assert is_tab_indented(text) is told
