"""A piece of the page with its own HTML and JavaScript."""

import re
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import gradio as gr

from genai.errors import ConfigError
from genai.language.strings import markup
from genai.ui.words.errors import sentence

SHARED = Path(__file__).with_name("view.js")
BAR = Path(__file__).with_name("bar.html")
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
    `${...}` would run on whoever opens the link. The script puts the value into the document as text instead.
    (A function and not a subclass, because Gradio writes a stub file beside the module of every subclass.)

    Args:
        folder: Where the files are.
        stem: Their name without ending.
        value: What to show at first; JSON.
        elem_id: Its id on the page.
        parts: More files, without ending: the .html stands where the comment of its name is, the .js comes first.
        questions: Functions that the script may ask by name, with one JSON object each.
    """
    written = template(folder, stem)
    for part in parts:
        written = written.replace(
            f"<!-- {part.name}.html -->", part.with_suffix(".html").read_text(encoding="utf-8")
        )
    scripts = [SHARED, *(part.with_suffix(".js") for part in (*parts, folder / stem))]
    return gr.HTML(
        value,
        html_template=KEY.sub(lambda found: markup(found[1]), written),
        js_on_load="".join(script.read_text(encoding="utf-8") for script in scripts),
        server_functions=[_function(question) for question in questions],
        apply_default_css=False,
        elem_id=elem_id,
    )


def _function(question: Callable[..., object]) -> Callable[[Any], object]:
    """Gradio marks the functions of a view by an attribute, which methods cannot have; it lets any JSON through."""

    @wraps(question)
    def ask(data: Any) -> object:  # noqa: ANN401
        if not isinstance(data, dict):
            return {"sentence": sentence(ConfigError("A question must be a JSON object with the names of values."))}
        return question(data)

    return ask


def template(folder: Path, stem: str) -> str:
    """A view's HTML, in which `[[key]]` stands for a string.

    The comment `bar.html` stands for the bar above each result; its download button is named after the modality,
    whose folder holds the view's `page` folder.
    """
    bar = BAR.read_text(encoding="utf-8").replace("MODALITY", folder.parent.name)
    return (folder / f"{stem}.html").read_text(encoding="utf-8").replace("<!-- bar.html -->", bar)
