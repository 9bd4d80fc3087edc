"""What all tabs have in common: model chooser and card, seed with a die, Generate and Stop, the notice."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import gradio as gr
from gradio.i18n import I18nData

from genai.checkpoint.header import Header
from genai.labels import ANY
from genai.language.strings import Bilingual
from genai.serving.models import Registry
from genai.ui.panel.settings import Value
from genai.ui.tour.content import further_tours
from genai.ui.views.card import FOLDER as VIEWS
from genai.ui.views.card import card
from genai.ui.views.training_history import training_history
from genai.ui.views.view import view
from genai.ui.words.phrasebook import Phrasebook

FOLDER = Path(__file__).parent
TOUR = FOLDER.parent / "tour"
Model = TypeVar("Model")


@dataclass(frozen=True)
class ControlGroups:
    """Where a tab creates its controls.

    Args:
        main: Above the seed and the buttons: what most requests change.
        finer: Below the buttons: the rest.
    """

    main: gr.Column
    finer: gr.Column


class TabFrame(Generic[Model]):
    """The common components of a tab.

    Args:
        phrasebook: For the strings.
        name: The modality.
        registry: Its models.
        openings: The model that the tab opens with, by language of the page.
        chooser_classes: Of the chooser of models, for styles of the modality's own.
    """

    def __init__(
        self,
        phrasebook: Phrasebook,
        name: str,
        registry: Registry[Model],
        openings: Mapping[str, str | None],
        chooser_classes: Sequence[str] = (),
    ) -> None:
        self._openings = openings
        self._chooser_classes = chooser_classes
        self._mark = phrasebook.mark
        self._phrasebook = phrasebook
        self._name = name
        self._registry = registry

    @contextmanager
    def layout(
        self, folder: Path, parts: Sequence[Path], questions: Sequence[Callable[..., object]]
    ) -> Iterator[ControlGroups]:
        """Lay out the tab: settings in the left column, the result by the folder's view and the card in the right.

        What a first request needs comes first, so that it fits on a projector's screen with the button.

        Args:
            folder: Of the modality's view.
            parts: Of the view, see `genai.ui.views.view`.
            questions: Functions that the view's script may call.
        """
        mark = self._mark
        name = self._name
        with gr.Tab(mark(f"tab.{name}"), id=name, elem_id=f"tab-{name}") as self.tab:  # noqa: SIM117 - reads as the page does
            with gr.Row(elem_classes="lab-columns", equal_height=False):
                with gr.Column(scale=4, min_width=300, elem_classes="lab-settings"):
                    start = {"openings": self._openings, "tours": further_tours(name, self._registry.names)}
                    self.guide = view(TOUR, "start", start, elem_id=f"{name}-tour")
                    self.language = gr.Textbox(visible=False)  # the browser fills it in when it opens the page
                    self._add_model()
                    main = gr.Column(elem_classes="lab-group")
                    self._add_seed()
                    self._add_buttons()
                    finer = gr.Column(elem_classes="lab-group")
                    yield ControlGroups(main, finer)
                with gr.Column(scale=8, min_width=300, elem_classes="lab-result"):
                    self.notice = view(FOLDER, "notice", elem_id=f"{name}-notice")
                    self.result = view(folder, "view", elem_id=f"{name}-view", parts=parts, questions=questions)
                    self._add_card()

    def _add_model(self) -> None:
        first = self._registry.first
        choices = model_choices(self._phrasebook, self._registry)
        self.chooser = gr.Radio(
            choices,
            value=first,
            label=self._mark("model"),
            info=self._mark("model.info"),
            elem_id=f"{self._name}-model",
            elem_classes=["lab-chips", "lab-model", *self._chooser_classes],
            visible=bool(choices),
        )

    def _add_card(self) -> None:
        self.card = view(
            VIEWS,
            "card",
            card(self._registry, self._registry.first),
            elem_id=f"{self._name}-card",
            parts=[VIEWS / "past", VIEWS / "player"],
            questions=[training_history(self._registry)],
        )

    def _add_seed(self) -> None:
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

    def _add_buttons(self) -> None:
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


def model_choices(phrasebook: Phrasebook, registry: Registry[Model]) -> list[tuple[I18nData, str]]:
    """Return the models as the chooser offers them: titles and names."""
    return [(phrasebook.term(title), name) for name, title in titles(registry).items()]


def titles(registry: Registry[Model]) -> dict[str, Bilingual]:
    """Return the title of each model by name; models with equal titles have the name of their file added."""
    all_titles = {name: registry.header(name).title for name in registry.names}
    occurrences = list(all_titles.values())
    return {
        name: title if occurrences.count(title) == 1 else _with_name(title, name)
        for name, title in all_titles.items()
    }


def _with_name(title: Bilingual, name: str) -> Bilingual:
    return {language: f"{text} ({name})" for language, text in title.items()}


def label_chips(phrasebook: Phrasebook, name: str, registry: Registry[Model]) -> gr.Radio:
    """Create the chooser of a class; `class_names` updates it for another model."""
    classes = _names_of_first(phrasebook, registry, lambda header: header.classes)
    return gr.Radio(
        _choices(phrasebook, classes),
        value=ANY,
        label=phrasebook.mark("label"),
        info=phrasebook.mark("label.info" if classes else "label.none"),
        elem_id=f"{name}-label",
        elem_classes="lab-chips lab-label",
    )


def variant_chips(phrasebook: Phrasebook, name: str, registry: Registry[Model]) -> gr.Radio:
    """Create the chooser of a variant, such as a hairstyle; `variant_names` updates it for another model."""
    variants = _names_of_first(phrasebook, registry, lambda header: header.variants)
    return gr.Radio(
        _choices(phrasebook, variants),
        value=ANY,
        label=phrasebook.mark(f"{name}.variant"),
        info=phrasebook.mark(f"{name}.variant.info"),
        elem_id=f"{name}-variant",
        elem_classes="lab-chips lab-label",
        visible=len(variants) > 1,
    )


def _names_of_first(
    phrasebook: Phrasebook, registry: Registry[Model], names_of: Callable[[Header], list[Bilingual]]
) -> list[Bilingual]:
    """Return the names that the first model has, after those of all models have become terms of the phrasebook.

    The phrasebook needs all terms before the page is launched.
    """
    for model in registry.names:
        _choices(phrasebook, names_of(registry.header(model)))
    return names_of(registry.header(registry.first)) if registry.first else []


def truncation_slider(phrasebook: Phrasebook, name: str) -> gr.Slider:
    """Create the slider of the truncation."""
    label, info = phrasebook.mark("truncation"), phrasebook.mark("truncation.info")
    return gr.Slider(0, 1, 1, step=0.05, label=label, info=info, elem_id=f"{name}-truncation")


def canonical(header: Header, label: Value) -> str:
    """Return the class chooser's value for a label, which may be the number of a class too.

    Raises:
        ConfigError: if the model does not know the label.
    """
    index = header.labels.index(str(label))
    return ANY if index is None else header.classes[index]["en"]


def class_names(phrasebook: Phrasebook, header: Header, label: Value) -> gr.Radio:
    """Return an update of the class chooser for another model: its classes, with the label chosen.

    Raises:
        ConfigError: if the model does not know the label.
    """
    info = "label.info" if header.classes else "label.none"
    return gr.Radio(
        choices=_choices(phrasebook, header.classes),
        value=canonical(header, label),
        label=phrasebook.mark("label"),
        info=phrasebook.mark(info),
    )


def canonical_variant(header: Header, variant: Value) -> str:
    """Return the variant chooser's value for a variant, which may be a number too.

    Raises:
        ConfigError: if the model does not know the variant.
    """
    index = header.labels.variant_index(str(variant))
    return ANY if index is None else header.variants[index]["en"]


def variant_names(phrasebook: Phrasebook, header: Header, variant: Value) -> gr.Radio:
    """Return an update of the variant chooser for another model; without variants it is hidden.

    Raises:
        ConfigError: if the model does not know the variant.
    """
    return gr.Radio(
        choices=_choices(phrasebook, header.variants),
        value=canonical_variant(header, variant),
        visible=len(header.variants) > 1,
    )


def _choices(phrasebook: Phrasebook, names: Sequence[Bilingual]) -> list[tuple[I18nData | str, str]]:
    return [(phrasebook.mark("label.any"), ANY), *((_class(phrasebook, name), name["en"]) for name in names)]


def _class(phrasebook: Phrasebook, name: Bilingual) -> I18nData | str:
    """Return the name of a class; one that is the same in all languages, as of a visitor, has no translation."""
    return name["en"] if len(set(name.values())) == 1 else phrasebook.term(name)
