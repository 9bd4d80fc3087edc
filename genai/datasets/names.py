"""Names of files and folders as text: some are not UTF-8, some are not printable, some are too long for more."""

import hashlib
import os
from pathlib import Path
from unicodedata import category

MAX_BYTES = 120  # of a name that others are made of: some file systems allow 143, and suffixes follow
NAMELESS = "data"  # the name of a disk's topmost folder, which has none
CONTROL = ("Cc", "Cs", "Zl", "Zp")  # Unicode's categories: control characters, surrogates, ends of lines
SEPARATORS = '/\\:*?"<>|'  # what some system does not allow in a name


def printable(name: str) -> str:
    """Return a name, or a path with slashes, as text that can be printed and encoded; most stay as they are.

    Bytes that are not UTF-8, as in an archive that was packed on a Chinese Windows, are read as GB 18030, or become
    escape sequences. Control characters, and halves of characters that a browser may send, become underscores.
    """
    readable = "/".join(_decoded(part) for part in name.split("/"))
    return "".join("_" if category(character) in CONTROL else character for character in readable)


def _decoded(name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError:
        pass
    else:
        return name
    try:
        original = os.fsencode(name)  # Python stands lone surrogates for the bytes of a name that it cannot decode
    except UnicodeEncodeError:  # others stand for no byte
        return name
    try:
        return original.decode("gb18030")
    except UnicodeDecodeError:
        return original.decode("utf-8", "backslashreplace")


def folder_name(folder: Path) -> str:
    """Return the name of a folder, also of "." and ".."; empty for a disk's topmost one."""
    return Path(os.path.abspath(folder)).name


def short_name(name: str) -> str:
    """Return a name for the files of a training: printable, allowed on every system, at most 120 bytes in UTF-8.

    A longer one is cut; its end is then a digest of the whole, so that two long names stay different.

    Args:
        name: Of the file or folder that holds the data, without a suffix.
    """
    allowed = "".join("_" if character in SEPARATORS else character for character in printable(name))
    text = allowed.strip(" .") or NAMELESS
    encoded = text.encode()
    if len(encoded) <= MAX_BYTES:
        return text
    digest = hashlib.sha256(encoded).hexdigest()[:8]
    beginning = encoded[: MAX_BYTES - len(digest) - 1].decode("utf-8", "ignore")
    return f"{beginning}-{digest}"
