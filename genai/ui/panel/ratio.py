"""A number with a slider on which equal distances are equal ratios: 10 to 20 is as far as 1,000 to 2,000."""

import json
from pathlib import Path

import gradio as gr

from genai.language.strings import both
from genai.ui.views.view import view
from genai.ui.words.phrasebook import Phrasebook

FOLDER = Path(__file__).parent
STEPS = (10, 15, 20, 30, 40, 50, 70)
"""Of a slider, and the same times 10, 100 and so on. The number itself may be any other."""


def ratio_number(phrasebook: Phrasebook, label: str, info: str, value: int, high: int, elem_id: str) -> gr.Number:
    """Create a whole number and its slider.

    Args:
        phrasebook: For the strings.
        label: Key of the number's label.
        info: Key of what is said below the label.
        value: To begin with.
        high: The slider's right end; it begins at 10.
        elem_id: Of the number; that of the slider ends in "-slider".
    """
    number = gr.Number(
        value,
        precision=0,
        label=phrasebook.mark(label),
        info=phrasebook.mark(info),
        elem_id=elem_id,
        elem_classes="lab-ratio-number",
    )
    settings = {"label": both(label), "steps": steps(high), "box": f"#{elem_id} input"}
    slider = view(FOLDER, "ratio", {**settings, "value": value}, elem_id=f"{elem_id}-slider")
    follow = f"(value) => ({{...{json.dumps(settings)}, value}})"
    number.change(None, [number], [slider], js=follow, api_visibility="private", show_progress="hidden")
    return number


def steps(high: int) -> list[int]:
    """Return the values at which the slider stops, from 10 to `high`."""
    values: list[int] = []
    scale = 1
    while STEPS[0] * scale < high:
        values.extend(step * scale for step in STEPS if step * scale < high)
        scale *= 10
    return [*values, high]
