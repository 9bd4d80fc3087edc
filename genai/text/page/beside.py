"""Two networks side by side: what a model's twin writes for the same request, and how both read one text."""

from collections.abc import Callable

from genai.errors import ConfigError, quoted
from genai.serving.models import Registry
from genai.text.page.questions import LinkQuestion
from genai.text.page.twins import needed_twin
from genai.text.sampling import TextModel
from genai.ui.panel.updates import ViewValue
from genai.ui.words.errors import answer_errors

WriteLink = Callable[[str, str], ViewValue]
"""Writes what a link asks for by the model of a name, as the view shows it."""


class Beside:
    """Answers for all visitors.

    Args:
        registry: The text models.
        write: Writes in the worker processes, as for the tab itself.
    """

    def __init__(self, registry: Registry[TextModel], write: WriteLink) -> None:
        self._registry = registry
        self._write = write

    @answer_errors
    def beside(self, question: LinkQuestion) -> ViewValue:
        """Write a text once more by the twin of its model: the same prompt, seed and settings."""
        twin = needed_twin(self._registry, question.get("model"))
        link = question.get("link")
        if not isinstance(link, str):
            raise ConfigError("{name} is {value}: a link to a text is needed.", name="Link", value=quoted(link))
        return self._write(link, twin)
