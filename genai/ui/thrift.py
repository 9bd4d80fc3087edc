"""Work that Gradio and its server would do at every event for nobody."""

import importlib.util
import logging
import sys


def spare() -> None:
    """Leave it out; to be called once the server runs.

    Gradio looks for matplotlib before and after every event; without it all folders of Python are searched each
    time, an eighth of what the server does while a class is served. And the server words a line of an access log
    for every request, which Gradio has set not to be shown.
    """
    if "matplotlib" not in sys.modules and importlib.util.find_spec("matplotlib") is None:
        sys.modules["matplotlib"] = None  # type: ignore[assignment]  # Python's own sign for what cannot be imported
    logging.getLogger("uvicorn.access").handlers.clear()
