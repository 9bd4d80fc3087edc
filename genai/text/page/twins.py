"""The twin of a text model: the other kind of network, trained on the same text."""

from typing import Any

from genai.checkpoint.header import Header
from genai.errors import ConfigError, quoted
from genai.serving.models import Registry
from genai.text.networks import GPT, LSTM

NAMES = {LSTM: "LSTM", GPT: "GPT"}
"""What the page calls each kind of network."""
SHARED = ("data_set", "vocabulary", "tabs", "lead_in")
"""Fields of the headers that are the same where both networks read a text in the same way."""


def are_twins(one: Header, other: Header) -> bool:
    """Return whether two models are of different kinds, and read the same text in the same way."""
    if {one.architecture, other.architecture} != set(NAMES):
        return False
    return all(getattr(one, name) == getattr(other, name) for name in SHARED)


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
