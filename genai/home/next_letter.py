"""The odds of the next letter in a text that a model wrote, for the figure of the recurrent network."""

from typing import TypedDict

from genai.text.internals import choices, read
from genai.text.sampling import TextModel
from genai.text.vocabulary import Vocabulary

PLACES = 28
"""Characters of the text whose odds are shown."""
LIKELIEST = 5


class Place(TypedDict):
    """What the network expected at one place of a text.

    Attributes:
        character: Which stands there.
        probability: That the network gave to it.
        nats: Minus the logarithm of that.
        likeliest: Up to 5 characters with their probabilities, the likeliest first.
    """

    character: str
    probability: float
    nats: float
    likeliest: list[tuple[str, float]]


def next_letters(model: TextModel, vocabulary: Vocabulary, prompt: str, written: str) -> list[Place]:
    """Return what the network expected at the first places after a prompt."""
    shown = written[:PLACES]
    reading = read(model, prompt + shown)
    places: list[Place] = []
    for index, character in enumerate(shown, len(prompt)):
        expected = choices(reading.logits[index], character, vocabulary)
        [probability] = [choice.probability for choice in expected if choice.chosen]
        likeliest = [(choice.character, round(choice.probability, 4)) for choice in expected[:LIKELIEST]]
        places.append(
            {
                "character": character,
                "probability": round(probability, 4),
                "nats": round(reading.surprise[index].item(), 3),
                "likeliest": likeliest,
            }
        )
    return places
