"""Indentation of code by tabs, one character per level."""

import re

LEVELS = re.compile(r"^(?: {4})+", re.MULTILINE)


def spaces_to_tabs(text: str) -> str:
    """Replace every four leading spaces of a line by one tab; up to three that remain stay.

    A level of indentation is one decision, so it should be one character. With four spaces a network spends a sixth
    of its characters on indentation, and most of what it copies is white space.
    """
    return LEVELS.sub(lambda spaces: "\t" * (len(spaces[0]) // 4), text)


def is_tab_indented(text: str) -> bool:
    """Return whether a text has lines indented by tabs and none indented by four spaces.

    The prompts of a model of such a text are then converted to tabs too, because the Tab key does not type into a
    page and pasted code has spaces.
    """
    has_tabs = re.search(r"^\t", text, re.MULTILINE) is not None
    return has_tabs and LEVELS.search(text) is None
