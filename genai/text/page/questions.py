"""The questions of the Text tab's script.

As in `genai.ui.views.questions`, a browser may send anything: whoever takes a value out of a question checks it.
"""

from genai.ui.views.questions import ModelQuestion
from genai.validation import check_range


class TextQuestion(ModelQuestion, total=False):
    """A question about a text.

    Attributes:
        text: The text, prompt included.
        pasted: Whether a person typed it, who may indent by spaces.
    """

    text: str
    pasted: bool


class NeuronQuestion(TextQuestion, total=False):
    """A question about one neuron: its layer and unit, both from 1."""

    layer: int
    unit: int


class CharacterQuestion(TextQuestion, total=False):
    """A question about one character of a text.

    Attributes:
        place: Its index, from 0.
        kept: Whether the text is the one in the X-ray, which has read it.
    """

    place: int
    kept: bool


def whole_number(name: str, value: object, low: int, high: int) -> int:
    """Return a value of a question if it is a whole number in a range.

    Raises:
        ConfigError: if it is not.
    """
    check_range(name, value, low, high, whole=True)
    assert isinstance(value, int)
    return value
