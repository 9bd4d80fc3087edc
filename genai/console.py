"""Standard output in an encoding that lacks some characters, as Windows-1252 lacks all Chinese ones."""

import io
import sys


def escape_unknown_characters() -> None:
    r"""Let standard output show a character that its encoding lacks as an escape sequence such as \u5510.

    By default Python raises an error, and the rest of the output is lost. Standard error is like this already.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # not in a notebook
        sys.stdout.reconfigure(errors="backslashreplace")


def output_encoding() -> str:
    """Return the encoding of standard output."""
    return getattr(sys.stdout, "encoding", None) or "utf-8"


def can_print(text: str) -> bool:
    """Return whether the encoding of standard output has all characters of a text."""
    try:
        text.encode(output_encoding())
    except UnicodeEncodeError:
        return False
    return True


def print_whole(text: str) -> None:
    """Print a text that must not be changed: in UTF-8 where the encoding of standard output lacks a character."""
    if can_print(text):
        print(text)
        return
    print(f"The text is printed in UTF-8, since {output_encoding()} lacks some of its characters.", file=sys.stderr)
    sys.stdout.flush()
    sys.stdout.buffer.write(f"{text}\n".encode())
