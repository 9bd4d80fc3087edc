"""What the event handlers of a tab return to Gradio."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, NotRequired, TypedDict

import gradio as gr

from genai.language.strings import Bilingual
from genai.ui.panel.settings import Setting
from genai.ui.views.card import Card
from genai.ui.words.errors import Offer

ViewValue = Mapping[str, object]
"""The JSON object that a view draws: keys of the modality, and for a result those of `ResultFrame`."""
Update = object
"""A component's new value, a component with new properties, or `gr.skip()`: Gradio has no type for all of them."""


class ResultFrame(TypedDict):
    """What the view of every modality shows of a result.

    Attributes:
        title: Of the model.
        link: Query string that reproduces the result.
        running: Whether more of it will come.
        asked: Identifies the run that a visitor asked for; an opening has none.
        reveal: Of an opening that a visitor asked for: the page scrolls to it where it is out of sight.
    """

    title: Bilingual
    link: str
    running: bool
    asked: NotRequired[str]
    reveal: NotRequired[str]


class Notice(TypedDict, total=False):
    """The value of the notice above the result.

    Attributes:
        empty: True hides the notice.
        sentence: An error message.
        offers: Ways out of the error.
        reveal: Another value for each error: the page scrolls to it where it is out of sight.
        follow: A link whose result is still to be generated; the page passes it on to `Panel.follow`.
    """

    empty: bool
    sentence: Bilingual
    offers: list[Offer]
    reveal: str
    follow: str


NO_NOTICE: Notice = {"empty": True}
NO_RESULT: ViewValue = {"empty": True}


class RunOutputs(NamedTuple):
    """The outputs of one visitor's run, in the order in which Gradio takes them."""

    result: ViewValue | Update
    notice: Notice | Update


def new_id() -> str:
    """Return an identifier that no other run or error of this server has."""
    return str(time.monotonic_ns())


def no_change() -> RunOutputs:
    """Leave result and notice as they are."""
    return RunOutputs(gr.skip(), gr.skip())


@dataclass(frozen=True)
class TabUpdate:
    """Updates of all components of a tab; what is left out stays as it is.

    Args:
        model: Name of the model, for the chooser.
        card: The model's card.
        settings: Of the controls, by the settings' names.
        result: What the view shows.
        notice: What the notice shows.
    """

    model: Update = field(default_factory=gr.skip)
    card: Card | Update = field(default_factory=gr.skip)
    settings: Mapping[str, Update] = field(default_factory=dict)
    result: ViewValue | Update = field(default_factory=gr.skip)
    notice: Notice | Update = field(default_factory=gr.skip)

    def outputs(self, settings: tuple[Setting, ...]) -> tuple[Update, ...]:
        """Return the updates in the order in which `Panel.connect` names the components to Gradio."""
        controls = [self.settings.get(setting.name, gr.skip()) for setting in settings]
        return (self.model, self.card, *controls, self.result, self.notice)
