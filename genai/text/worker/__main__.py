"""The worker process: python -m genai.text.worker, started by the page, which talks to it through its pipes."""

import sys
from pathlib import Path

from genai.process import configure_for_serving, freeze_gc, trim_memory, trim_memory_periodically
from genai.serving.worker import take_standard_pipes
from genai.text import TextModel, load
from genai.text.worker.server import Server


def main(device: str, folder: str) -> None:
    """Serve on standard input and output until the page closes them.

    Args:
        device: Where the models run; empty chooses.
        folder: Folder of checkpoints; empty means the shipped ones.
    """
    requests, reports = take_standard_pipes()
    configure_for_serving()
    freeze_gc()
    trim_memory_periodically()

    def load_model(name: str) -> TextModel:
        model = load(name, device or None, Path(folder) if folder else None)
        trim_memory()
        return model

    Server(requests, reports, load_model).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
