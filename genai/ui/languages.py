"""The page's words in English and Chinese, two languages of equal rank.

A bilingual text is a dictionary, language to text. The server never asks which language a page is in: it sends
both, and the page shows one.
"""

import hashlib
import html
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import gradio as gr
from gradio.i18n import I18nData

ENGLISH = "en"
CHINESE = "zh-CN"
LANGUAGES = (ENGLISH, CHINESE)
FOLDER = Path(__file__).parent

PREFIX = "lab."  # Gradio has keys of its own, such as "label", in the same dictionary

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


class Phrasebook:
    """Hands out markers that Gradio's components replace by the string of the page's language."""

    def __init__(self) -> None:
        self._words = {
            language: {PREFIX + key: text for key, text in strings(language).items()} for language in LANGUAGES
        }

    def mark(self, key: str) -> I18nData:
        """A marker for a key of the string files.

        Raises:
            KeyError: if there is no such key.
        """
        for language in LANGUAGES:
            strings(language)[key]
        return I18nData(PREFIX + key)

    def term(self, text: Bilingual) -> I18nData:
        """A marker for a text that is in no string file, such as a class of a data set.

        Terms have to be known when the page is launched.
        """
        digest = hashlib.sha256(json.dumps(text, sort_keys=True).encode()).hexdigest()[:16]
        key = f"{PREFIX}term-{digest}"
        for language in LANGUAGES:
            self._words[language][key] = text.get(language) or text[ENGLISH]
        return I18nData(key)

    def translations(self) -> gr.I18n:
        """All strings and terms, as Gradio's launch takes them."""
        return gr.I18n(**self._words)
