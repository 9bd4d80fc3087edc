"""How figures were measured, in Chinese: files have it in English, as clauses that a list translates one by one."""

import json
import re
from functools import cache
from pathlib import Path

from genai.language.strings import CHINESE, ENGLISH, Bilingual

CLAUSES = Path(__file__).with_suffix(".json")
FIELD = re.compile(r"\\\{(\w+)\\\}")  # of an escaped template


def protocol_in_both(protocol: str) -> Bilingual:
    """Return a protocol in both languages; one with a clause that is not on the list stays in English."""
    translated = [_translate(clause) for clause in protocol.split("; ")]
    known = [clause for clause in translated if clause is not None]
    chinese = "；".join(known) + "。" if len(known) == len(translated) else protocol
    return {ENGLISH: protocol, CHINESE: chinese}


def _translate(clause: str) -> str | None:
    """Return a clause in Chinese, its fields filled in; None if it is not on the list."""
    for pattern, chinese in _patterns():
        if match := pattern.fullmatch(clause):
            return chinese.format(**match.groupdict())
    return None


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return a pattern for each English template, and the Chinese template, in the order of the list."""
    pairs: list[tuple[str, str]] = json.loads(CLAUSES.read_text(encoding="utf-8"))
    return [(re.compile(FIELD.sub(r"(?P<\1>.+?)", re.escape(english))), chinese) for english, chinese in pairs]
