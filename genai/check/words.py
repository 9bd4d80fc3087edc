"""A finding in words, in both languages."""

from collections.abc import Mapping

from genai.check.content import MAX_BYTES
from genai.check.examination import FACADES, Finding
from genai.checkpoint.header import Header
from genai.errors import ConfigError
from genai.labels import Labels
from genai.language.strings import CHINESE, LANGUAGES, Bilingual, both, strings

Row = list[Bilingual | str]
"""A term, and its value: a text in both languages, or one that is the same in all."""
SETTING_TERMS = {
    "label": "label",
    "seed": "seed",
    "truncation": "truncation",
    "prompt": "text.prompt",
    "temperature": "text.temperature",
    "top_k": "text.top_k",
    "top_p": "text.top_p",
    "typical_p": "text.typical_p",
    "seeds": "check.walk.seeds",
    "frames": "check.walk.frames",
    "seconds": "check.walk.seconds",
    "loop": "check.walk.loop",
    "training": "check.training",
    "kit": "check.score.kit",
    "events": "check.score.events",
    "tempo": "play.drums.tempo",
    "count": "check.sheet.count",
    "enlarged": "check.enlarged",
}
"""From the name of a setting in a label to the key of its term in the string files."""
WITH_VARIANTS = ("image", "audio")
"""Modalities with a term of their own for variants."""
REQUESTS = ("walk", "score", "sheet")
"""Settings that are requests of several results; their fields are shown instead."""
NAMED = ("label", "variant")
"""Settings whose values have names in both languages."""
COUNTED = ("kit", "events")
"""Settings that are lists, too long for a table."""
HIDDEN = "lead_in"
"""A setting that consists of line breaks, which say nothing in a table."""


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


def label_rows(finding: Finding) -> list[Row]:
    """Return the label of a file as rows of terms and values."""
    label = finding.label
    if label is None:
        return []
    rows: list[Row] = [
        [both("check.modality"), both(f"tab.{label.modality}") if label.modality in FACADES else label.modality],
        [both("check.model"), _model_name(label.model, finding.header)],
        [both("check.weights"), label.sha256],
        [both("check.precision"), label.precision],
        [both("check.version"), label.version],
    ]
    settings = dict(label.settings)
    for name in REQUESTS:
        request = settings.get(name)
        if isinstance(request, Mapping):
            del settings[name]
            settings = {**request, **settings}
    is_walk = "walk" in label.settings
    rows += [
        [_term(name, label.modality), _value(name, value, finding.header, is_walk=is_walk)]
        for name, value in settings.items()
        if name != HIDDEN
    ]
    return [row for row in rows if row[1] != ""]


def _model_name(name: str, header: Header | None) -> Bilingual | str:
    if header is None:
        return name
    return {
        language: f"{title}（{name}）" if language == CHINESE else f"{title} ({name})"
        for language, title in header.title.items()
    }


def _term(name: str, modality: str) -> Bilingual:
    if name == "variant" and modality in WITH_VARIANTS:
        return both(f"{modality}.variant")
    if name in SETTING_TERMS:
        return both(SETTING_TERMS[name])
    return dict.fromkeys(LANGUAGES, name)


def _value(name: str, value: object, header: Header | None, *, is_walk: bool) -> Bilingual | str:
    """Return the value of a setting for people; labels of strangers may hold any JSON."""
    if isinstance(value, bool):
        return both("check.yes" if value else "check.no")
    if name in NAMED:
        return _variant_name(value, header) if name == "variant" else _class_name(value, header, is_walk=is_walk)
    if name == "top_k" and value == 0:
        return both("check.off")
    if name == "prompt" and value == "":
        return both("check.empty")
    if isinstance(value, list):
        return str(len(value)) if name in COUNTED else " → ".join(str(item) for item in value)
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


def _variant_name(value: object, header: Header | None) -> Bilingual | str:
    labels = header.labels if header else Labels(())
    try:
        number = labels.variant_index(value if isinstance(value, str | int) else None)
    except ConfigError:
        return str(value)
    return "" if number is None else labels.variants[number]


def _class_name(value: object, header: Header | None, *, is_walk: bool) -> Bilingual | str:
    labels = header.labels if header else Labels(())
    try:
        number = labels.index(value if isinstance(value, str | int) else None)
    except ConfigError:
        return str(value)
    if number is not None:
        return labels.names[number]
    if header is not None and not labels.names:
        return ""  # a model without classes
    return both("check.walk.class" if is_walk else "label.any")
