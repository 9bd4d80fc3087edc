"""The Text tab: a prompt, and what the network writes after it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import gradio as gr

from genai import text
from genai.text.labelled import label
from genai.text.page.strip import CharacterStrip, first_strip
from genai.text.page.xray import XRay
from genai.text.sampling import start_draft
from genai.text.scheduler import Scheduler
from genai.ui.panel.context import Context
from genai.ui.panel.panel import Panel
from genai.ui.panel.settings import Setting, Value
from genai.ui.panel.streamed import StreamedPanel

FOLDER = Path(__file__).parent / "page"
PARTS = [FOLDER / name for name in ("strip", "xray", "odds")]  # of the view
NAME = "text"
PREFERRED = "shakespeare"
SETTINGS = (
    Setting("prompt", ""),
    Setting("length", 400),
    Setting("temperature", 0.8),
    Setting("top_k", 0),
    Setting("top_p", 1.0),
    Setting("seed", 0),
)


def writer(scheduler: Scheduler) -> Callable[[text.TextModel, Mapping[str, Value]], Iterator[dict[str, Any]]]:
    """How a text is written: beside all others that the scheduler has."""

    def write(model: text.TextModel, values: Mapping[str, Value]) -> Iterator[dict[str, Any]]:
        """Write a text as the view shows it, growing several times a second."""
        request = text.TextRequest(**values)  # type: ignore[arg-type]  # the request checks its own values
        draft = start_draft(model, request)
        shown: dict[str, Any] = {
            "prompt": draft.request.prompt,
            "file": f"{model.name}-seed{request.seed}.txt",
            "footer": label(model, draft.request).footer(),
        }
        with closing(scheduler.write(model, draft)) as growing:
            for written in growing:
                yield {**shown, "written": written, "running": True}
            yield {**shown, "written": draft.text, "strip": first_strip(model, draft)}

    return write


def build(context: Context) -> Panel[text.TextModel]:
    """Lay out the tab and its endpoint."""
    scheduler = Scheduler()
    panel = StreamedPanel(context, NAME, SETTINGS, text.load, writer(scheduler), PREFERRED)
    mark = context.phrasebook.mark
    xray = XRay(panel.registry)
    questions = [CharacterStrip(panel.registry, xray).strip, xray.look, xray.neuron, xray.odds]
    with panel.tab(FOLDER, PARTS, questions):
        prompt = gr.Textbox(
            label=mark("text.prompt"),
            info=mark("text.prompt.info"),
            placeholder=mark("text.prompt.example"),
            lines=2,
            max_lines=8,
            elem_id="text-prompt",
        )
        length = gr.Slider(
            1, context.limits.ceilings.get("length", 5000), 400, step=1, label=mark("text.length"),
            info=mark("text.length.info"), elem_id="text-length",
        )  # fmt: skip
        temperature = gr.Slider(
            0,
            5,
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
            top_p = gr.Slider(
                0.01, 1, 1, step=0.01, label=mark("text.top_p"), info=mark("text.top_p.info"), elem_id="text-top-p"
            )
    panel.connect(prompt=prompt, length=length, temperature=temperature, top_k=top_k, top_p=top_p)
    _offer(panel, scheduler)
    return panel


def _offer(panel: Panel[text.TextModel], scheduler: Scheduler) -> None:
    def generate_text(
        prompt: str = "",
        checkpoint: str = PREFERRED,
        length: int = 400,
        temperature: float = 0.8,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int = 0,
    ) -> str:
        """Write a text with a character LSTM; returns what comes after the prompt.

        Args:
            prompt: Text to go on from, at most 10,000 characters that the model knows.
            checkpoint: Name of a text model.
            length: Characters to write, 1 to 5000.
            temperature: 0 to 5; 0 always takes the likeliest character.
            top_k: Draw from the k likeliest characters; 0 draws from all.
            top_p: Draw from the likeliest characters that together have this probability, above 0 to 1.
            seed: 0 to 4294967295; the same seed and settings give the same text.
        """
        model, values = panel.read(
            checkpoint,
            prompt=prompt,
            length=length,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            seed=seed,
        )
        draft = start_draft(model, text.TextRequest(**values))  # type: ignore[arg-type]
        *_, written = scheduler.write(model, draft)
        return written

    panel.endpoint(generate_text)
