"""The page's words as Gradio takes them: markers in its components, which it replaces in the page's language."""

import hashlib
import json

import gradio as gr
from gradio.i18n import I18nData

from genai.language.strings import ENGLISH, LANGUAGES, Bilingual, strings

PREFIX = "lab."  # Gradio has keys of its own, such as "label", in the same dictionary


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
