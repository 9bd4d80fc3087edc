"""What all tabs have in common: model chooser and card, seed with a die, Generate and Stop, the notice."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr

from genai.checkpoint.header import Header
from genai.labels import ANY, Labels
from genai.language.strings import Bilingual
from genai.serving.models import Registry
from genai.ui.panel.settings import Value
from genai.ui.views.card import FOLDER as VIEWS
from genai.ui.views.card import card
from genai.ui.views.training_history import training_history
from genai.ui.views.view import view
from genai.ui.words.phrasebook import Phrasebook

FOLDER = Path(__file__).parent
TOUR = FOLDER.parent / "tour"


class TabFrame:
    """The common components of a tab.

    Args:
        phrasebook: For the strings.
        name: The modality.
        registry: Its models.
    """

    def __init__(self, phrasebook: Phrasebook, name: str, registry: Registry[Any]) -> None:
        self._mark, self._term = phrasebook.mark, phrasebook.term
        self._name, self._registry = name, registry
        self._first = registry.first

    @contextmanager
    def around(self, folder: Path, **more: Any) -> Iterator[None]:  # noqa: ANN401
        """Lay out the tab: settings in the left column, the result by the folder's view in the right one.

        Args:
            folder: Of the modality.
            more: Parts and questions of the view.
        """
        mark, name = self._mark, self._name
        with gr.Tab(mark(f"tab.{name}"), id=name, elem_id=f"tab-{name}") as self.tab:  # noqa: SIM117 - reads as the page does
            with gr.Row(elem_classes="lab-columns", equal_height=False):
                with gr.Column(scale=4, min_width=300, elem_classes="lab-settings"):
                    self.guide = view(TOUR, "start", elem_id=f"{name}-tour")
                    self._model()
                    yield
                    self._seed()
                    self._buttons()
                with gr.Column(scale=8, min_width=300, elem_classes="lab-result"):
                    self.notice = view(FOLDER, "notice", elem_id=f"{self._name}-notice")
                    self.result = view(folder, "view", elem_id=f"{self._name}-view", **more)

    def _model(self) -> None:
        choices = [(self._term(title), name) for name, title in titles(self._registry).items()]
        self.chooser = gr.Radio(
            choices,
            value=self._first,
            label=self._mark("model"),
            info=self._mark("model.info"),
            elem_id=f"{self._name}-model",
            elem_classes="lab-chips lab-model",
            visible=bool(choices),
        )
        self.card = view(VIEWS, "card", card(self._registry, self._first), elem_id=f"{self._name}-card",
                         questions=[training_history(self._registry)])  # fmt: skip

    def _seed(self) -> None:
        with gr.Row(elem_classes="lab-seed", equal_height=True):
            self.seed = gr.Number(
                0,
                label=self._mark("seed"),
                info=self._mark("seed.info"),
                precision=0,
                elem_id=f"{self._name}-seed",
                scale=8,
                min_width=120,
            )
            self.roll = gr.Button(
                self._mark("roll"),  # the style sheet draws a die; the words are for screen readers
                elem_id=f"{self._name}-roll",
                elem_classes="lab-roll",
                scale=0,
                min_width=56,
            )

    def _buttons(self) -> None:
        with gr.Row(elem_classes="lab-buttons"):
            self.generate = gr.Button(
                self._mark("generate"),
                variant="primary",
                elem_id=f"{self._name}-generate",
                elem_classes="lab-generate",
                scale=3,
                min_width=120,
            )
            self.stop = gr.Button(
                self._mark("stop"), elem_id=f"{self._name}-stop", elem_classes="lab-stop", scale=1, min_width=80
            )


def titles(registry: Registry[Any]) -> dict[str, Bilingual]:
    """The title of each model, with its file's name where another model has the same."""
    known = {name: registry.header(name).title for name in registry.names}
    return {
        name: {lang: f"{text} ({name})" for lang, text in title.items()}
        if list(known.values()).count(title) > 1 else title
        for name, title in known.items()
    }  # fmt: skip


def label_chips(phrasebook: Phrasebook, name: str, registry: Registry[Any]) -> gr.Radio:
    """The chooser of a class; its choices follow the model."""
    for known in registry.names:  # terms have to be known when the page is launched
        _choices(phrasebook, registry.header(known))
    header = registry.header(registry.first) if registry.first else None
    return gr.Radio(
        _choices(phrasebook, header) if header else [(phrasebook.mark("label.any"), ANY)],
        value=ANY,
        label=phrasebook.mark("label"),
        info=phrasebook.mark("label.info" if header and header.classes else "label.none"),
        elem_id=f"{name}-label",
        elem_classes="lab-chips lab-label",
    )


def canonical(header: Header, label: Value) -> str:
    """The name under which the class chooser has a label, which may be given as a number too.

    Raises:
        ConfigError: if the model does not know the label.
    """
    index = Labels(tuple(header.classes)).index(str(label))
    return ANY if index is None else header.classes[index]["en"]


def class_names(phrasebook: Phrasebook, header: Header, label: Value) -> gr.Radio:
    """An update of the class chooser for another model: its classes, and the label under its own name.

    Raises:
        ConfigError: if the model does not know the label.
    """
    info = "label.info" if header.classes else "label.none"
    return gr.Radio(
        choices=_choices(phrasebook, header),
        value=canonical(header, label),
        label=phrasebook.mark("label"),
        info=phrasebook.mark(info),
    )


def _choices(phrasebook: Phrasebook, header: Header) -> list[tuple[Any, str]]:
    return [(phrasebook.mark("label.any"), ANY), *((phrasebook.term(c), c["en"]) for c in header.classes)]
