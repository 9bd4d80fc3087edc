"""A finding in words, in both languages."""

from genai.check.content import MAX_BYTES
from genai.check.examination import Finding
from genai.language.strings import LANGUAGES, Bilingual, both, strings


def verdict(finding: Finding) -> Bilingual:
    """Return the sentence that says whether a file is ours and unaltered."""
    return both(f"check.{finding.kind}", megabytes=MAX_BYTES // 1_000_000)


def saved_as(finding: Finding) -> Bilingual | None:
    """Return the sentence that another program has saved a file again, and in which encoding; None if none has."""
    if finding.saved_as is None:
        return None
    file = both(f"check.encoding.{finding.saved_as.encoding}")
    ours = both(f"check.encoding.{finding.saved_as.ours}")
    return {
        language: strings(language)["check.saved_as"].format(encoding=file[language], ours=ours[language])
        for language in LANGUAGES
    }
