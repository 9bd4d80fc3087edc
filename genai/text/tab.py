"""The Text tab: a prompt, and the text that the network writes after it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

import gradio as gr
from gradio.i18n import I18nData

from genai import checkpoint, text
from genai.checkpoint import Entry
from genai.checkpoint.header import Header
from genai.errors import UnknownCharactersError
from genai.language.strings import CHINESE
from genai.serving.models import Registry, replaced_error
from genai.text.networks import PAIR
from genai.text.origin import label
from genai.text.page.beside import Beside, WriteLink
from genai.text.page.offers import models_that_know
from genai.text.page.strip import CharacterStrip, first_strip
from genai.text.page.twins import NAMES, twin_of
from genai.text.page.xray import XRay
from genai.text.pair.listing import are_in_rows, available, find_pair
from genai.text.request import MAX_LENGTH
from genai.text.vocabulary import Vocabulary
from genai.text.worker import TextWorkers, WorkerText
from genai.ui.panel import links
from genai.ui.panel.context import Context
from genai.ui.panel.panel import Panel
from genai.ui.panel.ratio import ratio_number
from genai.ui.panel.requests import PanelRequest
from genai.ui.panel.settings import Setting, Value
from genai.ui.panel.streamed import StreamedPanel
from genai.ui.panel.updates import ViewValue
from genai.ui.words.errors import Offer

FOLDER = Path(__file__).parent / "page"
PARTS = [
    FOLDER / name
    for name in ("sampler", "stations", "strip", "xray", "odds", "pace", "beside", "differ", "context")
]  # of the view
NAME = "text"
WARMEST = 1.5
"""End of the temperature's slider: above it texts are noise. Links and the HTTP interface go on to 5."""
PREFERRED = "shakespeare"
NETWORKS = {**NAMES, PAIR: "LSTM + GPT"}
"""What the strip calls each kind of network."""
SETTINGS = (
    Setting("prompt", ""),
    Setting("length", 400),
    Setting("temperature", 0.8),
    Setting("top_k", 0),
    Setting("top_p", 1.0),
    Setting("typical_p", 1.0),
    Setting("seed", 0),
    Setting("finish", False, opening=True),
)


@dataclass(frozen=True)
class TextCheckpoint:
    """The name and header of a model, which may be a pair; its network is in the workers."""

    name: str
    header: Header


def find_checkpoint(name_or_path: str, *, device: str | None, folder: Path | None) -> TextCheckpoint:
    """Read a checkpoint's header; takes what a facade's load function takes.

    Raises:
        CheckpointError: if there is no such file, or its header cannot be used.
    """
    pair = find_pair(name_or_path, folder)
    if pair is not None:
        return TextCheckpoint(pair.name, pair.header)
    path = checkpoint.find(name_or_path, NAME, folder)
    return TextCheckpoint(checkpoint.name_of(path), checkpoint.read_header(path))


class TextPanel(StreamedPanel[TextCheckpoint]):
    """The panel of the Text tab."""

    preferred_in = MappingProxyType({CHINESE: "tang"})

    def chooser_classes(self) -> list[str]:
        """Have models of one text shown in a row, if all can be."""
        headers = {name: self.registry.header(name) for name in self.registry.names}
        return ["lab-model-rows"] if are_in_rows(headers) else []

    def available(self, modality: str, folder: Path | None) -> list[Entry]:
        """List the checkpoints and the pairs of them."""
        return available(modality, folder)

    def offers(self, error: Exception, request: PanelRequest) -> list[Offer]:
        """Offer to write the text with a model that knows its prompt, where this model does not."""
        if not isinstance(error, UnknownCharactersError):
            return []
        return models_that_know(self.registry, str(request.values["prompt"]), request.values)


def to_request(values: Mapping[str, Value]) -> text.TextRequest:
    """Return the request with these settings.

    Raises:
        ConfigError: if a value is out of its range.
    """
    return text.TextRequest(**values)  # type: ignore[arg-type]  # the request checks its own values


def writer(
    workers: TextWorkers, find_twin: Callable[[object], str | None]
) -> Callable[[TextCheckpoint, Mapping[str, Value]], Iterator[ViewValue]]:
    """Return the function that writes a text as the view shows it, growing several times a second.

    Args:
        workers: They write.
        find_twin: Finds the name of a model's twin.
    """

    def write(model: TextCheckpoint, values: Mapping[str, Value]) -> Iterator[ViewValue]:
        request = to_request(values)
        twin = find_twin(model.name)
        with closing(workers.write(model.name, request, model.header.architecture)) as growing:
            for written in growing:
                check_header(model, written)
                yield {**_shown(model, written), "twin": twin, "running": True}
        strip = first_strip(Vocabulary(model.header.vocabulary), written)
        yield {**_shown(model, written), "twin": twin, "strip": strip}

    return write


def link_writer(panel: Panel[TextCheckpoint], workers: TextWorkers) -> WriteLink:
    """Return the function that writes what a link asks for by another model."""

    def write(link: str, name: str) -> ViewValue:
        request = panel.reader.from_link(links.parse_query(link))
        model = panel.registry.get(name)
        *_, written = workers.write(model.name, to_request(request.values), model.header.architecture)
        check_header(model, written)
        return panel.add_frame(PanelRequest(model.name, request.values), _shown(model, written))

    return write


def check_header(model: TextCheckpoint, written: WorkerText) -> None:
    """Check that a worker has read the same file as the page at its start.

    Raises:
        CheckpointError: if the file was replaced since, so that the page describes another model.
    """
    if written.header_sha256 != model.header.sha256:
        raise replaced_error(model.name)


def _shown(model: TextCheckpoint, written: WorkerText) -> ViewValue:
    return {
        "network": NETWORKS[model.header.architecture],
        "pair": model.header.architecture == PAIR,
        "prompt": written.request.prompt,
        "file": f"{written.name}-seed{written.request.seed}.txt",
        "footer": label(written, written.request).footer(),
        "written": written.text,
    }


def build(context: Context) -> Panel[TextCheckpoint]:
    """Lay out the tab and its endpoint."""
    workers = TextWorkers(context.device, context.folder)
    # The views read texts here, in the page's process; its copies of the networks stay on the CPU, so that a GPU
    # holds each model once.
    readers = Registry(NAME, text.load, PREFERRED, "cpu", context.folder, available)
    write = writer(workers, partial(twin_of, readers))
    panel = TextPanel(context, NAME, SETTINGS, find_checkpoint, to_request, write, PREFERRED)
    xray = XRay(readers)
    strip = CharacterStrip(readers, xray)
    beside = Beside(readers, xray, link_writer(panel, workers))
    questions = [
        *(strip.strip, strip.strips),
        *(xray.look, xray.neuron, xray.attention, xray.odds),
        *(beside.beside, beside.differ, beside.cost, beside.by_place),
    ]
    mark = context.phrasebook.mark
    with panel.tab(FOLDER, PARTS, questions) as groups:
        with groups.main:
            prompt = gr.Textbox(
                label=mark("text.prompt"),
                info=mark("text.prompt.info"),
                placeholder=mark("text.prompt.example"),
                lines=2,
                max_lines=8,
                elem_id="text-prompt",
            )
        with groups.finer:
            length = ratio_number(
                context.phrasebook,
                "text.length",
                "text.length.info",
                value=400,
                high=context.limits.ceilings.get("length", MAX_LENGTH),
                elem_id="text-length",
            )
            temperature = gr.Slider(
                0,
                WARMEST,
                0.8,
                step=0.05,
                label=mark("text.temperature"),
                info=mark("text.temperature.info"),
                elem_id="text-temperature",
            )
            with gr.Accordion(mark("text.finer"), open=False, elem_id="text-finer"):
                top_k = gr.Number(
                    0, precision=0, label=mark("text.top_k"), info=mark("text.top_k.info"), elem_id="text-top-k"
                )
                top_p = _share_slider(mark("text.top_p"), mark("text.top_p.info"), "text-top-p")
                typical_p = _share_slider(mark("text.typical_p"), mark("text.typical_p.info"), "text-typical-p")
                finish = gr.Checkbox(
                    True, label=mark("text.finish"), info=mark("text.finish.info"), elem_id="text-finish"
                )
    panel.connect(
        prompt=prompt,
        length=length,
        temperature=temperature,
        top_k=top_k,
        top_p=top_p,
        typical_p=typical_p,
        finish=finish,
    )
    _offer(panel, workers)
    return panel


def _share_slider(label: I18nData, info: I18nData, elem_id: str) -> gr.Slider:
    """Lay out a slider for the share of the probability that is drawn from; at first that is all of it."""
    return gr.Slider(0.01, 1, 1, step=0.01, label=label, info=info, elem_id=elem_id)


def _offer(panel: Panel[TextCheckpoint], workers: TextWorkers) -> None:
    def generate_text(  # noqa: PLR0913, PLR0917 - its arguments are those of the endpoint
        prompt: str = "",
        checkpoint: str = PREFERRED,
        length: int = 400,
        temperature: float = 0.8,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int = 0,
        finish: bool = False,
        typical_p: float = 1.0,
    ) -> str:
        """Write a text with a character LSTM, a GPT, or a pair of both; returns what comes after the prompt.

        Args:
            prompt: Text to go on from, at most 10,000 characters that the model knows.
            checkpoint: Name of a text model; "LSTM+GPT" with two names writes by the mean of their probabilities.
            length: Characters to write, 1 to 5000.
            temperature: 0 to 5; 0 always takes the likeliest character.
            top_k: Draw from the k likeliest characters; 0 draws from all.
            top_p: Draw from the likeliest characters that together have this probability, above 0 to 1.
            seed: 0 to 4294967295; the same seed and settings give the same text.
            finish: Whether to write on, at most 80 characters, to the end of a block or a line.
            typical_p: Draw from the characters whose surprise is nearest to the expected one, as many as together
                have this probability, above 0 to 1.
        """
        model, values = panel.read(
            checkpoint,
            prompt=prompt,
            length=length,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            seed=seed,
            finish=finish,
            typical_p=typical_p,
        )
        *_, written = workers.write(model.name, to_request(values), model.header.architecture)
        check_header(model, written)
        return written.text

    panel.endpoint(generate_text)
