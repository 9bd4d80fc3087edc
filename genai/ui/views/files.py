"""Files for the page and the HTTP interface: as data URLs, or in a folder that is served."""

import atexit
import base64
import binascii
import hashlib
import shutil
import tempfile
import threading
from collections import OrderedDict
from functools import cache
from pathlib import Path

import gradio as gr

from genai.atomic_write import atomic_write
from genai.errors import DataError

LOCK = threading.Lock()
MAX_BYTES = 500_000_000
"""Size of the files that are kept; beyond that those are removed that were served longest ago. It is far more than
the games of a whole class need: each plays for minutes with files of its own, of some kilobytes."""

_kept: OrderedDict[Path, int] = OrderedDict()
"""Folder of each file and its size in bytes; the last one served is the last."""


def folder() -> Path:
    """Return the folder of this process, which Gradio serves as static files; removed at exit."""
    with LOCK:  # functools.cache alone could let two threads make two folders
        return _make_folder()


@cache
def _make_folder() -> Path:
    path = Path(tempfile.mkdtemp(prefix="genai-lab-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    gr.set_static_paths([path])
    return path


def data_url(media_type: str, content: bytes) -> str:
    """Encode a file of a media type as a data URL."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def from_base64(value: object, most: int) -> bytes:
    """Return the bytes of a base64 text, or of a data URL.

    Args:
        value: That a browser sent.
        most: Bytes that are allowed.

    Raises:
        DataError: if it is not base64 or too large.
    """
    if not isinstance(value, str):
        raise DataError("The file did not arrive whole: send it again.")
    encoded = value.rpartition(",")[2]
    if len(encoded) > most * 4 // 3 + 4:
        raise DataError("The file is too large: at most {megabytes} MB are possible.", megabytes=f"{most / 1e6:g}")
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DataError("The file did not arrive whole: send it again.") from error


def serve_file(content: bytes, name: str) -> gr.FileData:
    """Put a file where the interface can serve it.

    Equal content is one file, written atomically: two visitors who ask for the same at once never get half a file,
    as they could if Gradio's cache wrote it for each.
    """
    subfolder = folder() / hashlib.sha256(content).hexdigest()[:32]
    path = subfolder / name
    with LOCK:
        if not path.exists():
            with atomic_write(path, durable=False) as temporary:  # it can be made again
                temporary.write_bytes(content)
        _kept[subfolder] = len(content)
        _kept.move_to_end(subfolder)
        _remove_oldest()
    return gr.FileData(path=str(path), orig_name=name, size=len(content)).model_dump()  # type: ignore[return-value]


def _remove_oldest() -> None:
    total = sum(_kept.values())
    while total > MAX_BYTES and len(_kept) > 1:
        oldest, size = _kept.popitem(last=False)
        shutil.rmtree(oldest, ignore_errors=True)
        total -= size
