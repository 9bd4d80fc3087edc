"""Strings for Gradio's components: markers that Gradio replaces by the string in the language of the page."""

import hashlib
import json

import gradio as gr
from gradio.i18n import I18nData

from genai.language.strings import ENGLISH, LANGUAGES, Bilingual, strings

PREFIX = "lab."  # Gradio has keys of its own, such as "label", in the same dictionary


class Phrasebook:
    """Returns markers for strings and terms, and collects their translations for Gradio."""

    def __init__(self) -> None:
        self._words = {
            language: {PREFIX + key: text for key, text in strings(language).items()} for language in LANGUAGES
        }

    def mark(self, key: str) -> I18nData:
        """Return a marker for a key of the string files.

        Raises:
            KeyError: if there is no such key.
        """
        for language in LANGUAGES:
            strings(language)[key]
        return I18nData(PREFIX + key)

    def term(self, text: Bilingual) -> I18nData:
        """Return a marker for a text that is in no string file, such as a class of a data set.

        Call it before the page is launched: Gradio takes its translations then.
        """
        digest = hashlib.sha256(json.dumps(text, sort_keys=True).encode()).hexdigest()[:16]
        key = f"{PREFIX}term-{digest}"
        for language in LANGUAGES:
            self._words[language][key] = text.get(language) or text[ENGLISH]
        return I18nData(key)

    def translations(self) -> gr.I18n:
        """Return all strings and terms, as Gradio's launch takes them."""
        return gr.I18n(**self._words)
