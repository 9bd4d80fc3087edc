"""A deck: the rounds of "Real or made?" with their items, and who plays against the class."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict

from genai.classroom.deck.draw import Threshold
from genai.language.strings import Bilingual

Kind = Literal["picture", "sound", "text"]


class Shown(TypedDict):
    """An item as the page shows it: nothing in it says whether it is real.

    Attributes:
        picture: Path of a PNG that the page serves; of a sound, its spectrogram.
        sound: Path of a WAV.
        text: A passage.
    """

    picture: NotRequired[str]
    sound: NotRequired[str]
    text: NotRequired[str]


@dataclass(frozen=True)
class Item:
    """An item of a round.

    Args:
        shown: As the page shows it.
        is_real: Whether it comes from the data set.
        score: Which the machine gives it: a logit; for a text, the mean surprise in nats for a character.
        says_real: Whether the machine takes it for real.
        link: Address that makes a made item again in its tab; empty for a real one.
    """

    shown: Shown
    is_real: bool
    score: float
    says_real: bool
    link: str


@dataclass(frozen=True)
class Deck:
    """The items of a game.

    Args:
        kind: Of the items.
        model: Name of the model that made the made ones.
        title: Of its data set.
        credit: Authors and licence of the real ones.
        threshold: Of the machine.
        items: One for each round.
        has_chosen_errors: Whether the rounds were drawn so that the machine errs in some.
    """

    kind: Kind
    model: str
    title: Bilingual
    credit: str
    threshold: Threshold
    items: Sequence[Item]
    has_chosen_errors: bool
