"""Text to train on: three named corpora, or your own .txt file."""

import ast
import os
import platform
import re
import sys
import sysconfig
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from genai.datasets.card import OWN, DataCard
from genai.datasets.downloads import Source, fetch
from genai.datasets.fingerprint import fingerprint
from genai.datasets.folders import split_by_hash
from genai.datasets.names import printable, short_name
from genai.errors import ConfigError, DataError
from genai.text.charset import decode
from genai.text.indentation import spaces_to_tabs
from genai.text.sources import tang

NAMES = ("shakespeare", "python", "tang")
MIN_CHARACTERS = 10_000
MAX_MODULE_CHARACTERS = 120_000
LEAD_INS = {"python": "\n\n\n"}  # after two blank lines code begins at the top level
RULE_COMMENT = re.compile(r"^[ \t]*# ?([#=*~+-])\1{8,}[ #]*\n", re.MULTILINE)  # such as "# --------"

SHAKESPEARE = Source(
    name="text/shakespeare",
    url="https://raw.githubusercontent.com/karpathy/char-rnn/6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare",
    files=("input.txt",),
    sha256="86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
)

CARDS = {
    "shakespeare": DataCard(
        name="shakespeare",
        title={"en": "Tiny Shakespeare", "zh-CN": "莎士比亚戏剧选段"},
        licence="public domain",
        attribution="William Shakespeare; collected by Andrej Karpathy (char-rnn)",
        source=f"{SHAKESPEARE.url}/input.txt",
    ),
    "python": DataCard(
        name="python",
        title={"en": "Python's standard library", "zh-CN": "Python 标准库源代码"},
        licence="PSF-2.0",
        attribution="Python Software Foundation and the contributors to CPython",
        source=f"the standard library of Python {platform.python_version()}, "
        "indented by tabs, without lines of one sign",
    ),
    "tang": DataCard(
        name="tang",
        title={"en": "Tang poems in regular forms", "zh-CN": "唐诗（绝句与律诗）"},
        licence="MIT (the collection); the poems are in the public domain",
        attribution="Copyright (c) 2016 JackeyGao; poets of the Tang dynasty (618-907)",
        source="https://github.com/chinese-poetry/chinese-poetry",
    ),
}


@dataclass(frozen=True)
class Corpus:
    """A text in three disjoint parts.

    Args:
        train: For training.
        dev: For choosing settings and when to stop.
        validation: For the reported figures, used last.
        card: Title, licence and source of the text.
    """

    train: str
    dev: str
    validation: str
    card: DataCard

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the three parts."""
        return fingerprint(self.train, self.dev, self.validation)

    def training_text(self, *, final: bool, characters: int | None) -> str:
        """Return the text of a training run: with `final` the dev part too, cut to a number of characters."""
        text = self.train + self.dev if final else self.train
        return text[:characters]


def lead_in_of(card: DataCard) -> str:
    """Return what is read before each text of a data set; empty means a line break, as before all own texts."""
    return LEAD_INS.get(card.published_name, "")


class _Piece(NamedTuple):
    """A part of a text that is never split, and the key whose hash decides which part of the corpus it joins."""

    key: str
    text: str


def load(name_or_path: str, encoding: str | None = None) -> Corpus:
    """Load a named corpus, or a .txt file of at least 10,000 characters in UTF-8, GB 18030 or the like.

    A running text is split as in nanoGPT: the last 10 % are for validation; here the last 5 % of the rest are the
    dev part. Poems and modules are assigned by the hash of their text or name, in the same proportions.

    Args:
        name_or_path: One of NAMES, or a path.
        encoding: Of the file; None finds it, and says so on standard error if it is a guess.

    Raises:
        ConfigError: if there is no such encoding, or a named corpus is to have one.
        DataError: if there is no such corpus, or the file is missing, too short or not text.
    """
    if encoding and name_or_path in NAMES:
        raise ConfigError(
            "--encoding is not possible for {name}, whose encoding is known: it is for a .txt file of your own.",
            name=name_or_path,
        )
    if name_or_path == "shakespeare":
        text = (fetch(SHAKESPEARE) / "input.txt").read_text("utf-8")
        return _split_running_text(text, CARDS[name_or_path])
    if name_or_path == "python":
        return _split_pieces(_modules(), CARDS[name_or_path])
    if name_or_path == "tang":
        poems = [_Piece(poem, f"{poem}\n") for poem in tang.poems()]
        return _split_pieces(poems, CARDS[name_or_path])
    path = Path(os.path.expanduser(name_or_path))
    if not os.path.exists(path):  # unlike Path.exists, no error for a name that is too long
        raise DataError(
            "There is no text {value}: the named ones are {names}; for your own, give the path of a .txt file.",
            value=repr(name_or_path),
            names=", ".join(NAMES),
        )
    return _load_file(path, encoding)


def _modules() -> list[_Piece]:
    """Read the top-level modules of the running Python that are in ASCII and not too long.

    Their indentation becomes tabs; modules that are not indented by fours, as one that Debian changed, are left
    out. Comments that only draw a line are removed: they are not code, and a network learns to recite what is
    repeated a hundred times.
    """
    folder = Path(sysconfig.get_paths()["stdlib"])
    modules = []
    for path in sorted(folder.glob("*.py")):
        if path.stem in sys.stdlib_module_names:
            text = path.read_text("utf-8")
            if len(text) < MAX_MODULE_CHARACTERS and text.isascii():
                code = spaces_to_tabs(RULE_COMMENT.sub("", text))
                if _is_code(code):
                    modules.append(_Piece(path.name, f"{code}\n"))
    if not modules:
        raise DataError(
            "This Python comes without the source of its standard library: nothing is in {folder}. Install "
            "Python from python.org, or train on another text.",
            folder=str(folder),
        )
    return modules


def _is_code(text: str) -> bool:
    """Return whether Python can parse a text, in which tabs and spaces may be mixed up."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _load_file(path: Path, encoding: str | None) -> Corpus:
    if path.is_dir():
        raise DataError("{path} is a folder: name one .txt file in it.", path=str(path))
    try:
        text = decode(path.read_bytes(), path.name, encoding)
    except OSError as error:
        raise DataError("{file} cannot be read: {reason}.", file=path.name, reason=str(error)) from error
    if len(text) < MIN_CHARACTERS:
        raise DataError(
            "{file} has {count} characters, which is too little to learn from: at least {least} are needed.",
            file=path.name,
            count=len(text),
            least=MIN_CHARACTERS,
        )
    title = printable(path.stem)
    card = DataCard(short_name(path.stem), {"en": title, "zh-CN": title}, *OWN, printable(path.name))
    return _split_running_text(text, card)


def _split_running_text(text: str, card: DataCard) -> Corpus:
    end = int(len(text) * 0.9)
    dev = int(end * 0.95)
    return Corpus(text[:dev], text[dev:end], text[end:], card)


def _split_pieces(pieces: list[_Piece], card: DataCard) -> Corpus:
    keys = [piece.key for piece in pieces]
    in_validation = split_by_hash(keys, 0.1)
    in_validation_or_dev = split_by_hash(keys, 0.145)  # 5 % of the other 90 % are 4.5 %
    train: list[str] = []
    dev: list[str] = []
    validation: list[str] = []
    for piece, is_validation, is_either in zip(pieces, in_validation, in_validation_or_dev, strict=True):
        part = validation if is_validation else dev if is_either else train
        part.append(piece.text)
    return Corpus("".join(train), "".join(dev), "".join(validation), card)
