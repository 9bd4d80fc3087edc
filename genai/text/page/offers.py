"""Buttons that switch to a model that knows the characters of a text."""

from collections.abc import Mapping
from typing import Any

from genai.checkpoint.header import Header
from genai.language.strings import LANGUAGES, Bilingual, strings
from genai.serving.models import Registry
from genai.text.indentation import spaces_to_tabs
from genai.text.vocabulary import Vocabulary
from genai.ui.panel import links
from genai.ui.words.errors import Offer

MAX_OFFERS = 3


def models_that_know(registry: Registry[Any], text: str, settings: Mapping[str, object]) -> list[Offer]:
    """Offer the models that know every character of a text, at most three.

    Args:
        registry: The text models.
        text: As a person typed it.
        settings: Of the link that an offer opens; without any, it opens the model's opening.
    """
    names = [name for name in registry.names if knows(registry.header(name), text)]
    return [_offer(name, registry.header(name).title, settings) for name in names[:MAX_OFFERS]]


def knows(header: Header, text: str) -> bool:
    """Return whether a model knows every character of a text that a person typed."""
    return not Vocabulary(header.vocabulary).unknown(spaces_to_tabs(text) if header.tabs else text)


def _offer(name: str, title: Bilingual, settings: Mapping[str, object]) -> Offer:
    label = {language: strings(language)["model.switch"].format(model=title[language]) for language in LANGUAGES}
    return {"label": label, "link": links.link("text", name, settings)}
