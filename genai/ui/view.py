"""A piece of the page with its own HTML and JavaScript."""

import re
from pathlib import Path

import gradio as gr

from genai.ui.languages import markup

SHARED = Path(__file__).with_name("view.js")
BAR = Path(__file__).with_name("bar.html")
KEY = re.compile(r"\[\[([\w.]+)\]\]")


def view(folder: Path, stem: str, value: object = None, *, elem_id: str) -> gr.HTML:
    """Show a JSON value by the files `<stem>.html` and `<stem>.js` of a folder.

    The value never enters the template: Gradio evaluates a filled-in template as JavaScript, so that a prompt with
    `${...}` would run on whoever opens the link. The script puts the value into the document as text instead.
    (A function and not a subclass, because Gradio writes a stub file beside the module of every subclass.)

    Args:
        folder: Where the files are.
        stem: Their name without ending.
        value: What to show at first; JSON.
        elem_id: Its id on the page.
    """
    return gr.HTML(
        value,
        html_template=KEY.sub(lambda found: markup(found[1]), template(folder, stem)),
        js_on_load=SHARED.read_text(encoding="utf-8") + (folder / f"{stem}.js").read_text(encoding="utf-8"),
        apply_default_css=False,
        elem_id=elem_id,
    )


def template(folder: Path, stem: str) -> str:
    """A view's HTML, in which `[[key]]` stands for a string.

    The comment `bar.html` stands for the bar above each result; its download button is named after the folder.
    """
    bar = BAR.read_text(encoding="utf-8").replace("MODALITY", folder.name)
    return (folder / f"{stem}.html").read_text(encoding="utf-8").replace("<!-- bar.html -->", bar)
