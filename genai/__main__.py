"""What can be done without the page: python -m genai check FILE."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from tyro.conf import Positional
from tyro.extras import SubcommandApp

from genai.check import examine
from genai.check.content import MAX_BYTES
from genai.errors import DataError, GenaiError

app = SubcommandApp()


@app.command
def check(file: Positional[Path], *, checkpoints: Path | None = None) -> None:
    """Read a file's label, make what it says again, and compare; exit status 0: it does.

    Args:
        file: A PNG, WebP, MP4, WAV or text file.
        checkpoints: Folder of models; left out: the shipped ones.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DataError("{file} cannot be read: {reason}.", file=str(file), reason=error.strerror) from error
    found = examine(content, checkpoints)
    from genai.ui.languages import both  # takes seconds, and no other command needs it

    said = both(f"check.{found.kind}", megabytes=MAX_BYTES // 1_000_000)
    print(f"{file}: {said['en']} {said['zh-CN']}")
    if found.label is not None:
        print(json.dumps(asdict(found.label), ensure_ascii=False, indent=1))
    sys.exit(found.kind not in {"identical", "close", "compressed"})


if __name__ == "__main__":
    try:
        app.cli(prog="python -m genai", description=__doc__)
    except GenaiError as error:
        sys.exit(str(error))
