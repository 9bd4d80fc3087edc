"""The strings of the page in English and Chinese, two languages of equal rank.

A bilingual text is a dictionary from language to text. The server does not know the language of a page: it sends
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
    """Return all strings of a language, by key."""
    texts: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return texts


def both(key: str, **values: object) -> Bilingual:
    """Return a string in both languages, its fields filled in.

    Raises:
        KeyError: if there is no such key.
    """
    return {language: strings(language)[key].format(**values) for language in LANGUAGES}


def markup(key: str) -> str:
    """Return a string in both languages as HTML; the style sheet shows the one of the page.

    Characters that mean code in a template literal or to Handlebars are written as character references.
    """
    return "".join(
        f'<span class="t" lang="{language}">{_escape(text)}</span>' for language, text in both(key).items()
    )


def _escape(text: str) -> str:
    escaped = html.escape(text)
    for character in "\\`${}":
        escaped = escaped.replace(character, f"&#{ord(character)};")
    return escaped
