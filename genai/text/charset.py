"""From the bytes of a text file to its characters: which encoding it has, and what to do with odd bytes."""

import codecs
import re
import sys
from collections import Counter
from dataclasses import dataclass, replace

import charset_normalizer

from genai.errors import ConfigError, DataError

COMMON = (
    "gb18030", "big5hkscs", "cp932", "euc_jp", "cp949",
    "cp1252", "cp1250", "cp1251", "iso8859_2", "koi8_r", "koi8_u", "cp1253", "iso8859_7", "cp1254", "cp1255",
    "cp1256", "cp1257", "cp874", "iso8859_5", "cp866", "cp850", "cp852", "mac_roman",
)  # fmt: skip
"""The encodings that are guessed, more usual ones first; rarer ones can be named."""
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
CHAOS = 0.01  # difference up to which charset-normalizer's measure of disorder counts as equal
SIGN = r"[\u0080-\u00a6\u00a8\u00a9\u00ac\u00ae-\u00b6\u00b8\u00b9\u00bc-\u00be\u00d7\u00f7\u20a0-\u2bff]"
SIGN_IN_WORD = re.compile(rf"(?<=[^\W\d_]){SIGN}|{SIGN}(?=[^\W\d_])|(?<=[^\W\d_])[«»¿¡](?=[^\W\d_])")
ALPHABETS = {
    "Catalan": "àçèéíïòóúü",
    "Czech, Slovak": "áäčďéěíĺľňóôŕřšťúůýž",
    "Danish, Norwegian, Swedish, Finnish": "åäæéöø",
    "Estonian": "äöõüšž",
    "French": "àâæçéèêëîïôœùûüÿ",
    "German": "äöüß",
    "Hungarian": "áéíóöőúüű",
    "Icelandic": "áæðéíóöþúý",
    "Italian": "àèéìíîòóùú",
    "Latvian": "āčēģīķļņšūž",
    "Lithuanian": "ąčęėįšųūž",
    "Polish": "ąćęłńóśźż",
    "Portuguese": "àáâãçéêíóôõúü",
    "Romanian": "ăâîșşțţ",
    "Serbian, Croatian, Slovene": "čćđšž",
    "Spanish": "áéíñóúü",
    "Turkish": "âçğıîöşûü\u0307",  # the lower case of İ is i with a dot above
}
"""The letters of languages in Latin script that are not in ASCII, in lower case."""
ACCENTED = re.compile("[\u00df-\u024f\u0300-\u036f]")
ESCAPE = "surrogateescape"
BROKEN = "\ufffd"
ODD = re.compile(f"\0|{BROKEN}|[\udc80-\udcff]+")
MAX_ODD_SHARE = 0.01  # of the characters
PARTS = 8  # that vote on the encoding of a text with odd bytes
SHOWN = 3
SAMPLE = 60  # characters


@dataclass(frozen=True)
class Odd:
    """Bytes that are no character in the encoding of the text around them.

    Args:
        data: The bytes; none where the text has only U+FFFD, the sign for a broken character, in their place.
        line: Number of their line, from 1.
        reading: The characters that they are read as; empty if they are left out.
    """

    data: bytes
    line: int
    reading: str

    def __str__(self) -> str:
        """Describe them for a person."""
        shown = " ".join(f"0x{byte:02X}" for byte in self.data[:SHOWN]) or "a broken character"
        more = " …" if len(self.data) > SHOWN else ""
        outcome = f"read as {self.reading}" if self.reading else "left out"
        return f"{shown}{more} in line {self.line}, {outcome}"


@dataclass(frozen=True)
class Decoded:
    """A text and how it was read.

    Args:
        text: Without a byte order mark.
        encoding: Its name.
        odd: The bytes that are no characters of that encoding.
        guessed: Whether the encoding follows neither from the bytes nor from the user.
    """

    text: str
    encoding: str
    odd: list[Odd]
    guessed: bool = False


def decode(data: bytes, name: str, encoding: str | None = None) -> str:
    """Decode a text; say on standard error what was guessed, and which bytes are odd.

    A byte order mark decides. Without one, what is UTF-8 but for a few odd bytes is UTF-8. Only for other texts
    the encoding is guessed.

    Args:
        data: The bytes of a file.
        name: The file's name, for messages.
        encoding: Name of the encoding; None finds it.

    Returns:
        The text, without a byte order mark, with lines that end in a line feed.

    Raises:
        ConfigError: if there is no encoding of that name.
        DataError: if the bytes are not text in the encoding, or none can be told.
    """
    decoded = _read_as(data, encoding) if encoding else _find_encoding(data)
    if decoded is None:
        raise DataError(
            "{file} is not text in an encoding that can be told: name the encoding with --encoding, such as "
            "gb18030, big5 or cp1252, or open the file in an editor and save it as UTF-8.",
            file=name,
        )
    if len(decoded.odd) > MAX_ODD_SHARE * len(decoded.text):
        raise DataError(
            "{file} is not text in {encoding}: {count} places in it are no characters of that encoding, the first "
            "is {first}. Name another one with --encoding, or save the file as UTF-8.",
            file=name,
            encoding=decoded.encoding,
            count=len(decoded.odd),
            first=str(decoded.odd[0]),
        )
    _report(decoded, name)
    return decoded.text.replace("\r\n", "\n").replace("\r", "\n")


def _read_as(data: bytes, encoding: str) -> Decoded:
    """Read bytes in the encoding that the user named."""
    try:
        name = codecs.lookup(encoding).name
        b"a".decode(name, "ignore")  # refuses codecs that are no encodings of text
    except LookupError as error:
        raise ConfigError(
            "--encoding {value} is not possible: there is no encoding of that name. Usual ones are utf-8, gb18030, "
            "big5, utf-16, shift_jis, euc-kr and cp1252.",
            value=encoding,
        ) from error
    for mark, marked in MARKS.items():
        if data.startswith(mark) and marked.startswith(name.removesuffix("-sig")):
            return _decode(data.removeprefix(mark), marked)
    return _decode(data, name)


def _find_encoding(data: bytes) -> Decoded | None:
    """Read bytes in the encoding that they show, or else in the likeliest one."""
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            return _decode(data.removeprefix(mark), encoding)
    wide = _wide_encoding(data)
    if wide:
        return replace(_decode(data, wide), guessed=True)
    decoded = _decode(data, "utf-8")
    if _is_nearly_utf8(decoded):
        return decoded
    guess = _guess(data.replace(b"\0", b""))
    return replace(_decode(data, guess), guessed=True) if guess else None


def _wide_encoding(data: bytes) -> str | None:
    """Return the byte order of UTF-16, whose line feeds and Latin letters have a zero byte, always on one side."""
    zeros = data.count(0)
    if zeros < 2 or len(data) % 2:
        return None
    odd_zeros = data[1::2].count(0)
    if odd_zeros > 0.9 * zeros:
        return "utf-16-le"
    return "utf-16-be" if odd_zeros < 0.1 * zeros else None


def _is_nearly_utf8(decoded: Decoded) -> bool:
    """Whether characters beyond ASCII are at least twice as many as odd bytes.

    In texts of other encodings, bytes that happen to be such characters are at most half as many as the odd ones.
    """
    odd = sum(odd.data != b"\0" for odd in decoded.odd)
    beyond_ascii = sum(not character.isascii() for character in decoded.text)
    return beyond_ascii >= 2 * odd


def _guess(data: bytes) -> str | None:
    """Return the likeliest encoding: that of most parts of the text, since an odd byte may spoil it for one."""
    lines = [line for line in data.splitlines(keepends=True) if not line.isascii()]
    size = max(1, len(lines) // PARTS)
    parts = [b"".join(lines[start : start + size]) for start in range(0, len(lines), size)]
    votes = Counter(filter(None, map(_likeliest, parts)))
    return votes.most_common(1)[0][0] if votes else None


def _likeliest(data: bytes) -> str | None:
    """Return the encoding that gives the most plausible words, among those with the least disorder.

    Spanish, for example, reads without disorder in the encoding of Eastern Europe too, but no language has the
    letters that it then has.
    """
    matches = list(charset_normalizer.from_bytes(data, cp_isolation=list(COMMON)))
    if not matches:
        return None
    least = min(match.chaos for match in matches)
    likely = {
        name: match
        for match in matches
        if match.chaos <= least + CHAOS
        for name in (match.encoding, *match.could_be_from_charset)
        if name in COMMON
    }

    def rank(name: str) -> tuple[int, float, int]:
        return _count_strange(str(likely[name])), -likely[name].coherence, COMMON.index(name)

    return min(likely, key=rank, default=None)


def _count_strange(text: str) -> int:
    """Count signs such as ¶ that stand in words, and accented letters beyond the best fitting alphabet."""
    accented = Counter(ACCENTED.findall(text.lower()))
    foreign = min(
        sum(count for letter, count in accented.items() if letter not in letters) for letters in ALPHABETS.values()
    )
    return len(SIGN_IN_WORD.findall(text)) + foreign


def _decode(data: bytes, encoding: str) -> Decoded:
    """Decode bytes so that an odd one spoils nothing but itself."""
    try:
        text = data.decode(encoding, ESCAPE)  # odd bytes become characters of their own
    except UnicodeDecodeError:  # by UTF-16, or for an odd byte below 128, which the escape does not cover
        text = data.decode(encoding, "replace")  # by U+FFFD
    pieces = []
    odd = []
    end = 0
    line = 1
    for place in ODD.finditer(text):
        between = text[end : place.start()]
        line += between.count("\n")
        after = text[place.end() : place.end() + 1]
        is_alone = len(place[0]) == 1 and after.isascii() and after and between[-1:].isascii()
        raw = b"" if place[0] == BROKEN else place[0].encode("utf-8", ESCAPE)
        reading = raw.decode("cp1252", "ignore") if is_alone and encoding == "utf-8" and raw > b"\0" else ""
        pieces += [between, reading]
        odd.append(Odd(raw, line, reading))
        end = place.end()
    text = "".join([*pieces, text[end:]])
    return Decoded(text.removeprefix("\ufeff"), encoding, odd)


def _report(decoded: Decoded, name: str) -> None:
    """Say on standard error what a person should check before anything is made of the text."""
    if decoded.guessed:
        sample = _sample(decoded.text)
        print(
            f"{name} is read as {decoded.encoding}, which is a guess. A line of it is “{sample}”. If that is "
            "wrong, name the encoding with --encoding.",
            file=sys.stderr,
        )
    if decoded.odd:
        places = "; ".join(str(odd) for odd in decoded.odd[:SHOWN])
        more = f"; and {len(decoded.odd) - SHOWN} more" if len(decoded.odd) > SHOWN else ""
        print(
            f"{name} is read as {decoded.encoding}. Bytes that are no characters of it: {len(decoded.odd)} "
            f"({places}{more}).",
            file=sys.stderr,
        )


def _sample(text: str) -> str:
    """Return the beginning of the line with the most characters beyond ASCII, by which a wrong encoding is seen."""
    lines = (line.strip()[:SAMPLE] for line in text.splitlines())
    return max(lines, key=lambda line: sum(not character.isascii() for character in line), default="")
