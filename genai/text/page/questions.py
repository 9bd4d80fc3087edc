"""The questions of the Text tab's script, and the request that sampling settings stand for.

As in `genai.ui.views.questions`, a browser may send anything: whoever takes a value out of a question checks it.
"""

from genai.text.request import TextRequest
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


class LinkQuestion(ModelQuestion, total=False):
    """A question about the text of a link.

    Attributes:
        link: The query string with the settings of the text.
    """

    link: str


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


class AttentionQuestion(CharacterQuestion, total=False):
    """A question about what a layer of a GPT, from 1, looked at when it chose a character."""

    layer: int


class MotionQuestion(TextQuestion, total=False):
    """A question about some characters of a text.

    Attributes:
        places: Their indexes, from 0.
        temperature: As in `TextRequest`.
        top_k: As in `TextRequest`.
        top_p: As in `TextRequest`.
        typical_p: As in `TextRequest`.
    """

    places: list[int]
    temperature: float
    top_k: int
    top_p: float
    typical_p: float


def sampling_request(question: MotionQuestion) -> TextRequest:
    """Return a request with the sampling settings of a question.

    Raises:
        ConfigError: if one of them is out of its range.
    """
    return TextRequest(
        temperature=question.get("temperature", TextRequest.temperature),
        top_k=question.get("top_k", TextRequest.top_k),
        top_p=question.get("top_p", TextRequest.top_p),
        typical_p=question.get("typical_p", TextRequest.typical_p),
    )


def whole_number(name: str, value: object, low: int, high: int) -> int:
    """Return a value of a question if it is a whole number in a range.

    Raises:
        ConfigError: if it is not.
    """
    check_range(name, value, low, high, whole=True)
    assert isinstance(value, int)
    return value
