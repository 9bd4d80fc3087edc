"""Work that Gradio and its server would do at every event, or for every visitor, for nobody."""

import importlib.util
import inspect
import logging
import sys
from typing import Any

import gradio as gr

LOOKED_FOR = ("_undoable", "_retryable", "likeable")  # on every component, beside its parameters


def skip_unused_work(blocks: gr.Blocks) -> None:
    """Leave it out; to be called once the server runs.

    Gradio looks for matplotlib before and after every event; without it all folders of Python are searched each
    time, an eighth of what the server does while a class is served. And the server words a line of an access log
    for every request, which Gradio has set not to be shown.

    Args:
        blocks: The page.
    """
    if "matplotlib" not in sys.modules and importlib.util.find_spec("matplotlib") is None:
        sys.modules["matplotlib"] = None  # type: ignore[assignment]  # Python's own sign for what cannot be imported
    logging.getLogger("uvicorn.access").handlers.clear()
    _describe(blocks)


def _describe(blocks: gr.Blocks) -> None:
    """Say once what Gradio finds out about each component for each new visitor, and at each update.

    It derives the signatures of their classes anew. And an HTML component looks for each parameter that it keeps no
    attribute of by a search through all of its script, since there it might be the name of an event. (Of
    "is_template" it asks only whether it is there, so that one is left to be searched for.)
    """
    for block in blocks.blocks.values():
        function: Any = type(block).__init__
        signature = inspect.signature(function)
        for layer in (function, inspect.unwrap(function)):
            layer.__signature__ = signature
        if isinstance(block, gr.HTML):
            for name in {*signature.parameters, *LOOKED_FOR}.difference(dir(block)):
                setattr(block, name, None)  # as good as missing: nothing that is None is sent to a browser
