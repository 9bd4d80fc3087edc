"""The page's words in English and Chinese, two languages of equal rank.

A bilingual text is a dictionary, language to text. The server never asks which language a page is in: it sends
both, and the page shows one.
"""

import html
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ENGLISH = "en"
CHINESE = "zh-CN"
LANGUAGES = (ENGLISH, CHINESE)
FOLDER = Path(__file__).parent

Bilingual = dict[str, str]


@cache
def strings(language: str) -> Mapping[str, str]:
    """All strings of the page in a language, by key."""
    words: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return words


def both(key: str, **values: object) -> Bilingual:
    """A string in every language, its fields filled in.

    Raises:
        KeyError: if there is no such key.
    """
    return {language: strings(language)[key].format(**values) for language in LANGUAGES}


def markup(key: str) -> str:
    """A string in every language as HTML, of which the style sheet shows the page's one.

    What a template literal or Handlebars would take for code is written as character references.
    """
    return "".join(
        f'<span class="t" lang="{language}">{_inert(text)}</span>' for language, text in both(key).items()
    )


def _inert(text: str) -> str:
    escaped = html.escape(text)
    for character in "\\`${}":
        escaped = escaped.replace(character, f"&#{ord(character)};")
    return escaped
