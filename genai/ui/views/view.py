"""A piece of the page with its own HTML and JavaScript."""

import json
import re
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path

import gradio as gr

from genai.errors import ConfigError
from genai.language.strings import both, markup
from genai.ui.words.errors import sentence

SHARED = Path(__file__).with_name("view.js")
BAR = Path(__file__).with_name("bar.html")
ASKING = Path(__file__).with_name("asking")
"""A part of views whose scripts write sentences."""
MICROPHONE = Path(__file__).with_name("microphone")
"""A part of views that take sounds."""
KEY = re.compile(r"\[\[([\w.]+)\]\]")


def view(
    folder: Path,
    stem: str,
    value: object = None,
    *,
    elem_id: str,
    parts: Sequence[Path] = (),
    questions: Sequence[Callable[..., object]] = (),
) -> gr.HTML:
    """Show a JSON value by the files `<stem>.html` and `<stem>.js` of a folder.

    The value never enters the template: Gradio evaluates a filled-in template as JavaScript, so that a prompt with
    `${...}` would run in the browser of whoever opens the link. The script inserts the value as text instead.
    (A function and not a subclass, because Gradio writes a stub file beside the module of every subclass.)

    Args:
        folder: Where the files are.
        stem: Their name without ending.
        value: What to show at first; JSON.
        elem_id: Its id on the page. `ELEMENT` stands for it in the HTML, so that ids differ where two views share a
            part.
        parts: More files, without ending: each .html, if there is one, replaces the comment of its name, each .js
            runs before the view's own.
        questions: Functions that the script may call by name, each with one JSON object.
    """
    markup_template = template(folder, stem)
    for part in parts:
        if not part.with_suffix(".html").exists():
            continue
        part_markup = part.with_suffix(".html").read_text(encoding="utf-8")
        markup_template = markup_template.replace(f"<!-- {part.name}.html -->", part_markup)
    markup_template = markup_template.replace("ELEMENT", elem_id)
    lost = json.dumps(both("lost"), ensure_ascii=False)
    shared = SHARED.read_text(encoding="utf-8").replace("LOST_SENTENCE", lost)
    scripts = [part.with_suffix(".js") for part in (*parts, folder / stem)]
    return gr.HTML(
        value,
        html_template=KEY.sub(lambda match: markup(match[1]), markup_template),
        js_on_load="".join([shared, *(script.read_text(encoding="utf-8") for script in scripts)]),
        server_functions=[_function(question) for question in questions],
        apply_default_css=False,
        elem_id=elem_id,
    )


def _function(question: Callable[..., object]) -> Callable[[object], object]:
    """Wrap a question for Gradio.

    Gradio sets an attribute on a view's functions, which methods do not allow, and lets any JSON through.
    """

    @wraps(question)
    def ask(data: object) -> object:
        if not isinstance(data, dict):
            return {"sentence": sentence(ConfigError("A question must be a JSON object with the names of values."))}
        return question(data)

    return ask


def template(folder: Path, stem: str) -> str:
    """Return a view's HTML, in which `[[key]]` stands for a string.

    The comment `bar.html` is replaced by the bar above each result, whose download button is named after the
    modality: the folder that holds the view's `page` folder.
    """
    bar = BAR.read_text(encoding="utf-8").replace("MODALITY", folder.parent.name)
    return (folder / f"{stem}.html").read_text(encoding="utf-8").replace("<!-- bar.html -->", bar)
