"""How code is indented: by tabs, one character a level, whatever its author typed."""

import re

LEVELS = re.compile(r"^(?: {4})+", re.MULTILINE)


def spaces_to_tabs(text: str) -> str:
    """Write each four spaces that a line begins with as one tab; what is left of them stays.

    A level of indentation is one decision, so it should be one character: a network that writes it as four spaces
    spends a sixth of its characters on them, and most of what it then copies is white space.
    """
    return LEVELS.sub(lambda spaces: "\t" * (len(spaces[0]) // 4), text)


def is_tab_indented(text: str) -> bool:
    """Tell whether lines of a text are indented by tabs, and none by four spaces.

    What a model of such a text is asked to read is then written so too: a page has no Tab key, and who pastes code
    pastes spaces.
    """
    return re.search(r"^\t", text, re.MULTILINE) is not None and LEVELS.search(text) is None
