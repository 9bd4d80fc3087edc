"""Patches that skip per-event and per-visitor work this page never uses.

They rely on private behaviour of Gradio and change the whole process, so all of them are in this module, with a
reading of Gradio's queue (`estimated_wait`) that has no public counterpart. None changes what the page shows: where
a new version of Gradio does the work differently, a patch saves nothing, and a test says so.
"""

import importlib.util
import inspect
import logging
import sys
from collections.abc import Callable

import gradio as gr

CONFIG_ATTRIBUTES = ("_undoable", "_retryable", "likeable")
"""What `Block.get_config` looks up on every component, beside the parameters of its class."""


def skip_unused_work(blocks: gr.Blocks) -> None:
    """Apply all patches; to be called once the server runs.

    Args:
        blocks: The page.
    """
    skip_matplotlib_search()
    skip_access_log()
    skip_signatures(blocks)
    skip_script_searches(blocks)


def skip_matplotlib_search() -> None:
    """Have Python fail at once where Gradio imports matplotlib, unless it is installed.

    Gradio tries the import before and after every event, to set the backend of plots. Python does not cache a
    failed import: it searches all its folders each time, an eighth of the server's work while a class is served.

    None in `sys.modules` is Python's documented sign for a module that cannot be imported. Were the module needed
    after all, the import would fail as it does without the patch.
    """
    if "matplotlib" not in sys.modules and importlib.util.find_spec("matplotlib") is None:
        sys.modules["matplotlib"] = None  # type: ignore[assignment]


def skip_access_log() -> None:
    """Keep uvicorn from formatting a log line for each request.

    Gradio sets uvicorn's log level so that access lines are never shown. uvicorn formats them nevertheless as long
    as their logger has a handler. Were they shown by a new version of Gradio, they would be missing.
    """
    logging.getLogger("uvicorn.access").handlers.clear()


def skip_signatures(blocks: gr.Blocks) -> None:
    """Store the signature of each component class, which Gradio derives anew for each visitor and each update.

    It saves about a third of the 23 ms that Gradio takes for the components of a new visitor.

    `inspect.signature` returns a function's `__signature__` where there is one. Gradio wraps the initialisers of
    components, and asks for the signature of both layers. Were it to change an initialiser while the page is
    served, it would still see the old parameters.

    Args:
        blocks: The page.
    """
    for component_class in {type(block) for block in blocks.blocks.values()}:
        initialiser: Callable[..., None] = component_class.__init__
        signature = inspect.signature(initialiser)
        for layer in (initialiser, inspect.unwrap(initialiser)):
            setattr(layer, "__signature__", signature)  # noqa: B010 - mypy knows no such attribute of a function


def skip_script_searches(blocks: gr.Blocks) -> None:
    """Set the attributes that HTML components lack, for which Gradio searches their scripts for each new visitor.

    A name that is no attribute of an HTML component could be a custom event, so `HTML.__getattr__` searches for it
    in the whole script, up to 39,000 characters. That is more than half of the same 23 ms. An attribute that is
    None needs no search and, like a missing one, is not sent to browsers. "is_template" stays missing, since Gradio
    only asks whether it exists. Were Gradio to send None to browsers, or to ask of other attributes only whether
    they exist, the components that visitors get would change: a test compares them.

    Args:
        blocks: The page.
    """
    for block in blocks.blocks.values():
        if isinstance(block, gr.HTML):
            parameters = inspect.signature(type(block).__init__).parameters
            missing = {*parameters, *CONFIG_ATTRIBUTES}.difference(dir(block))
            for name in missing:
                setattr(block, name, None)


def estimated_wait(blocks: gr.Blocks, batch_size: int) -> float:
    """Estimate the seconds until a request that joins Gradio's queue now is served.

    The queue is served batch after batch, each taking as long as the average run so far; one second before any run.
    Gradio tells its own estimate only to the visitors in the queue, not to one who finds it full. Without these
    private attributes that visitor's refusal would be a server error: a test fills a queue.

    Args:
        blocks: The page.
        batch_size: Requests served together.
    """
    queue = blocks._queue
    seconds = [times.avg_time for times in queue.process_time_per_fn.values()]
    average = sum(seconds) / len(seconds) if seconds else 1.0
    return float(len(queue) / batch_size * average)
