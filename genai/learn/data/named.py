"""The published sets that are on this machine: nothing is downloaded for a visitor."""

from collections.abc import Mapping

from genai.audio.sources import cards as audio_cards
from genai.datasets.cache import find_local
from genai.datasets.card import DataCard
from genai.image.sources import cards as image_cards
from genai.language.strings import Bilingual
from genai.text.data import CARDS as TEXT_CARDS

CARDS: Mapping[str, Mapping[str, DataCard]] = {
    "text": TEXT_CARDS,
    "image": image_cards.CARDS,
    "audio": audio_cards.CARDS,
}
ALWAYS_THERE = ("python",)
"""The standard library of the Python that runs."""


def named_sets(modality: str) -> dict[str, Bilingual]:
    """Return the titles of the sets of a modality that are here, by name."""
    cards = CARDS[modality]
    return {name: card.title for name, card in cards.items() if _is_here(modality, name)}


def _is_here(modality: str, name: str) -> bool:
    return name in ALWAYS_THERE or find_local(f"{modality}/{name}") is not None
