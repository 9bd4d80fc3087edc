"""Files that the HTTP interface hands out."""

import atexit
import base64
import hashlib
import shutil
import tempfile
import threading
from functools import cache
from pathlib import Path

import gradio as gr

from genai.atomic_write import atomic_write

LOCK = threading.Lock()  # a cache alone lets two threads make two folders
KEPT = 500
"""Files that stay; of more, the oldest go, whose download is long over."""


def folder() -> Path:
    """A folder of this process, served as it is and removed at the end."""
    with LOCK:
        return _made()


@cache
def _made() -> Path:
    place = Path(tempfile.mkdtemp(prefix="genai-lab-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    gr.set_static_paths([place])
    return place


def data_url(kind: str, content: bytes) -> str:
    """Write a file of a media type as an address that holds it."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def serve_file(content: bytes, name: str) -> gr.FileData:
    """Put a file where the interface can serve it.

    Equal content is one file, written once under another name and then renamed: two visitors who ask for the same
    at once never see half of it, as they would if Gradio's cache wrote it for each.
    """
    place = folder() / hashlib.sha256(content).hexdigest()[:32]
    path = place / name
    if not path.exists():
        with LOCK:  # two who clear at once would stumble over each other
            with atomic_write(path) as temporary:
                temporary.write_bytes(content)
            _clear(place.parent)
    return gr.FileData(path=str(path), orig_name=name, size=len(content)).model_dump()  # type: ignore[return-value]


def _clear(files: Path) -> None:
    for place in sorted(files.iterdir(), key=lambda place: place.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(place, ignore_errors=True)
