"""A piece of the page with its own HTML and JavaScript."""

import re
from pathlib import Path

import gradio as gr

from genai.ui.languages import markup

SHARED = Path(__file__).with_name("view.js")
KEY = re.compile(r"\[\[([\w.]+)\]\]")


def view(folder: Path, stem: str, value: object = None, *, elem_id: str) -> gr.HTML:
    """Show a JSON value by the files `<stem>.html` and `<stem>.js` of a folder; `[[key]]` in the HTML is a string.

    The value never enters the template: Gradio evaluates a filled-in template as JavaScript, so that a prompt with
    `${...}` would run on whoever opens the link. The script puts the value into the document as text instead.
    (A function and not a subclass, because Gradio writes a stub file beside the module of every subclass.)

    Args:
        folder: Where the files are.
        stem: Their name without ending.
        value: What to show at first; JSON.
        elem_id: Its id on the page.
    """
    template = (folder / f"{stem}.html").read_text(encoding="utf-8")
    return gr.HTML(
        value,
        html_template=KEY.sub(lambda found: markup(found[1]), template),
        js_on_load=SHARED.read_text(encoding="utf-8") + (folder / f"{stem}.js").read_text(encoding="utf-8"),
        apply_default_css=False,
        elem_id=elem_id,
    )
