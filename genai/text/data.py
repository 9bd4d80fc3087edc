"""Text to train on: three named corpora, or a .txt file of one's own."""

import platform
import re
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import charset_normalizer

from genai.datasets.card import DataCard
from genai.datasets.downloads import Source, fetch
from genai.datasets.folders import held_out
from genai.errors import DataError
from genai.text.indentation import spaces_to_tabs
from genai.text.sources import tang

NAMES = ("shakespeare", "python", "tang")
MIN_CHARACTERS = 10_000
MAX_MODULE_CHARACTERS = 120_000
RULED = re.compile(r"^[ \t]*# ?([#=*~+-])\1{8,}[ #]*\n", re.MULTILINE)  # a comment that only draws a line

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
    """A text in three parts that share no passage.

    Args:
        train: What the network learns from.
        dev: For choosing settings and the moment to stop.
        validation: For the figure that is reported, looked at last.
        card: The papers of the text.
    """

    train: str
    dev: str
    validation: str
    card: DataCard

    def learnt(self, *, final: bool, characters: int | None) -> str:
        """Return what a run learns from: with `final` the dev part too; of that the first so many characters."""
        return (self.train + self.dev if final else self.train)[:characters]


def load(name_or_path: str) -> Corpus:
    """Load a named corpus, or a .txt file of at least 10,000 characters in UTF-8, GB 18030 or the like.

    A running text is split as nanoGPT does it: the last 10 % are for validation; here the last 5 % of the rest
    are the dev part. Poems and modules are dealt out by the hash of their text or name, in the same shares.

    Args:
        name_or_path: One of NAMES, or a path.

    Raises:
        DataError: if there is no such corpus, or the file is missing, too short or not text.
    """
    if name_or_path == "shakespeare":
        text = (fetch(SHAKESPEARE) / "input.txt").read_text("utf-8")
        return _cut(text, CARDS[name_or_path])
    if name_or_path == "python":
        return _deal(_modules(), CARDS[name_or_path])
    if name_or_path == "tang":
        return _deal([(poem, f"{poem}\n") for poem in tang.poems()], CARDS[name_or_path])
    path = Path(name_or_path).expanduser()
    if not path.exists():
        raise DataError(
            "There is no text {value}: the named ones are {names}; for your own, give the path of a .txt file.",
            value=repr(name_or_path),
            names=", ".join(NAMES),
        )
    return _own(path)


def _modules() -> list[tuple[str, str]]:
    """The top-level modules of the running Python that are not huge and in ASCII, as pairs of name and text.

    They are indented by tabs, and comments that only draw a line are left out: rows of one sign are no code, and
    what is written a hundred times is what a network learns to recite.
    """
    folder = Path(sysconfig.get_paths()["stdlib"])
    modules = []
    for path in sorted(folder.glob("*.py")):
        if path.stem in sys.stdlib_module_names:
            text = path.read_text("utf-8")
            if len(text) < MAX_MODULE_CHARACTERS and text.isascii():
                modules.append((path.name, f"{spaces_to_tabs(RULED.sub('', text))}\n"))
    if not modules:
        raise DataError(
            "This Python comes without the source of its standard library: nothing is in {folder}. Install "
            "Python from python.org, or train on another text.",
            folder=str(folder),
        )
    return modules


def _own(path: Path) -> Corpus:
    if path.is_dir():
        raise DataError("{path} is a folder: name one .txt file in it.", path=str(path))
    try:
        text = decode(path.read_bytes(), path.name)
    except OSError as error:
        raise DataError("{file} cannot be read: {reason}.", file=path.name, reason=str(error)) from error
    if len(text) < MIN_CHARACTERS:
        raise DataError(
            "{file} has {count} characters, which is too little to learn from: at least {least} are needed.",
            file=path.name,
            count=len(text),
            least=MIN_CHARACTERS,
        )
    title = {"en": path.stem, "zh-CN": path.stem}
    return _cut(text, DataCard(path.stem, title, "not stated", "own data", path.name))


def decode(data: bytes, name: str) -> str:
    """Read text in UTF-8, or in whatever encoding it seems to be: GB 18030, GBK, Big5, UTF-16 and so on.

    Args:
        data: The bytes of a file.
        name: The file's name, for what is told of it.

    Returns:
        The text, without a byte order mark, lines ending in a line feed.

    Raises:
        DataError: if it is no text, or its encoding cannot be told.
    """
    text: str | None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        guess = _guess(data)
        text = str(guess) if guess else None
        if guess:
            print(f"{name} is read as {guess.encoding}.", file=sys.stderr)
    if text is None or "\0" in text:
        raise DataError(
            "{file} is not text in an encoding that can be told: open it in an editor and save it as UTF-8.",
            file=name,
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _guess(data: bytes) -> charset_normalizer.CharsetMatch | None:
    """The likeliest reading; Spanish reads as well in Eastern Europe's encoding: then the commoner one."""
    found = charset_normalizer.from_bytes(data)
    if (best := found.best()) is None:
        return None
    alike = (one for one in found if (one.chaos, one.coherence) == (best.chaos, best.coherence))
    return next((one for one in alike if "cp1252" in one.could_be_from_charset), best)


def _cut(text: str, card: DataCard) -> Corpus:
    end = int(len(text) * 0.9)
    dev = int(end * 0.95)
    return Corpus(text[:dev], text[dev:end], text[end:], card)


def _deal(pieces: list[tuple[str, str]], card: DataCard) -> Corpus:
    keys = [key for key, _ in pieces]
    parts = {"train": "", "dev": "", "validation": ""}
    for (_, text), tested, held in zip(pieces, held_out(keys, 0.1), held_out(keys, 0.145), strict=True):
        parts["validation" if tested else "dev" if held else "train"] += text
    return Corpus(**parts, card=card)
