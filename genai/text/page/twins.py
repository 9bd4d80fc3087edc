"""The twin of a text model: the other kind of network, trained on the same text."""

from typing import Any

from genai.checkpoint.header import Header
from genai.errors import ConfigError, quoted
from genai.serving.models import Registry
from genai.text.networks import GPT, LSTM
from genai.text.pair.listing import fits

NAMES = {LSTM: "LSTM", GPT: "GPT"}
"""What the page calls each kind of network."""


def are_twins(one: Header, other: Header) -> bool:
    """Return whether two models are an LSTM and a GPT that read the same text in the same way."""
    return fits(one, other) or fits(other, one)


def twin_of(registry: Registry[Any], name: object) -> str | None:
    """Return the name of a model's twin, the first of several; None if it has none.

    Args:
        registry: The text models.
        name: Of the model.

    Raises:
        GenaiError: if there is no such model.
    """
    header = registry.header(name)
    return next((other for other in registry.names if are_twins(header, registry.header(other))), None)


def needed_twin(registry: Registry[Any], name: object) -> str:
    """Return the name of a model's twin.

    Raises:
        GenaiError: if there is no such model, or it has no twin.
    """
    twin = twin_of(registry, name)
    if twin is None:
        raise ConfigError(
            "{name} has no other network beside it: that would be a GPT or an LSTM trained on the same text.",
            name=quoted(name),
        )
    return twin
