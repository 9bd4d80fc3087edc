"""Tang poems in regular forms, in simplified script, from the JSON files of chinese-poetry."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from genai.datasets.cache import cached
from genai.datasets.downloads import Source, digest, fetch
from genai.datasets.optional_import import import_optional
from genai.errors import DataError

VOCABULARY = 3_000
FORMS = ((5, 4), (7, 4), (5, 8), (7, 8))  # characters per verse, verses: jueju and lushi
MARKS = "，。？！、；："

COLLECTION = Source(
    name="text/tang-collection",
    url="https://raw.githubusercontent.com/chinese-poetry/chinese-poetry/99ebbef7e1345c0985c44b9fd96a3f9e776f117b/全唐诗",
    files=tuple(f"poet.tang.{first}.json" for first in range(0, 58_000, 1_000)),
    sha256="3f7d2ecd229e8f4cca51255f6cc584509e2ad481f7c13cab8b02e1c656a065a0",
)
SHA256 = "91023c36c64b05ef9b03c10ca5245838b64fcc8213386cf86365875543059fa3"


def poems() -> list[str]:
    """Return the 23,234 poems, strings such as "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。".

    Raises:
        DataError: if they cannot be downloaded, or opencc is needed and missing.
    """
    path = cached(f"text/tang/regulated-v{VOCABULARY}.txt", prepare)
    return path.read_text("utf-8").splitlines()


def prepare(target: Path) -> None:
    """Download the collection, convert it to simplified script, and write the regular poems, one per line.

    Raises:
        DataError: if the file has another SHA-256 than the one that the shipped model was trained on.
    """
    convert = import_optional("opencc", "opencc-python-reimplemented==0.1.7").OpenCC("t2s").convert
    folder = fetch(COLLECTION)
    originals: list[str] = []
    for file in COLLECTION.files:
        entries = json.loads((folder / file).read_text("utf-8"))
        originals.extend("".join(entry["paragraphs"]) for entry in entries)
    regular = choose(simplify(originals, convert))
    target.write_text("".join(f"{poem}\n" for poem in regular), "utf-8", newline="\n")
    if digest(target.parent, (target.name,)) != SHA256:
        raise DataError(
            "The Tang poems came out otherwise than they should: another version of the converter may be "
            "installed. pip install opencc-python-reimplemented==0.1.7, and try again."
        )


def simplify(texts: Iterable[str], convert: Callable[[str], str]) -> list[str]:
    """Convert poems to simplified script; drop repeated ones and those with notes or marks for lost characters.

    Args:
        texts: Poems in traditional script.
        convert: Converts traditional to simplified script.
    """
    pattern = re.compile(f"[一-\u9fff{MARKS}]+")
    simplified = dict.fromkeys(convert(text) for text in texts)
    return [text for text in simplified if pattern.fullmatch(text)]


def choose(texts: Iterable[str], vocabulary: int = VOCABULARY) -> list[str]:
    """Keep poems of 4 or 8 verses of 5 or 7 characters that consist of the most frequent characters.

    Args:
        texts: Poems with any punctuation marks between their verses.
        vocabulary: Number of the most frequent characters, with the two marks that remain.

    Returns:
        The poems, form by form, with "，" after odd and "。" after even verses.
    """
    forms: dict[tuple[int, int], list[str]] = {form: [] for form in FORMS}
    for text in texts:
        verses = [verse for verse in re.split(f"[{MARKS}]", text) if verse]
        lengths = {len(verse) for verse in verses}
        if len(lengths) != 1:
            continue
        form = (lengths.pop(), len(verses))
        if form in forms:
            forms[form].append("".join(verse + "，。"[index % 2] for index, verse in enumerate(verses)))
    regular = [poem for form in FORMS for poem in forms[form]]
    common = {character for character, _ in Counter("".join(regular)).most_common(vocabulary)}
    return [poem for poem in regular if common.issuperset(poem)]
