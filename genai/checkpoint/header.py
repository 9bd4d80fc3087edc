"""What a checkpoint says of itself."""

from dataclasses import dataclass, field, fields
from typing import Any, get_origin

from genai.datasets.card import DataCard
from genai.errors import CheckpointError

FORMAT_VERSION = 1
MAX_NUMBER, MAX_LAYERS = 65_536, 64  # of a number in a config, and of layers


@dataclass(frozen=True)
class Header:
    """All that must be known to rebuild, show and credit a model. Texts for people are by language."""

    modality: str
    """text, image or audio."""
    architecture: str
    config: dict[str, Any]
    """Fields of the network's config dataclass."""
    title: dict[str, str]
    data_set: str
    licence: str
    attribution: str
    source: str
    classes: list[dict[str, str]] = field(default_factory=list)
    vocabulary: str = ""
    """Text: every character, its place is its number."""
    tabs: bool = False
    """Text: lines are indented by tabs, none by four spaces."""
    sample_rate: int = 0
    """Audio: in Hz."""
    training: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    """Figures, each with n and protocol."""
    scores: dict[str, list[float]] = field(default_factory=dict)
    """The discriminator's logits for held-out real items and for generated ones: percentiles 0 to 100 of either."""
    history: list[dict[str, Any]] = field(default_factory=list)
    """Moments of the training: step, minutes, losses; the text written then, or "history" among the tensors."""
    openings: list[dict[str, Any]] = field(default_factory=list)
    """Requests worth showing first, chosen by eye or ear."""
    curve: dict[str, Any] = field(default_factory=dict)
    """The numbers logged in training, by name, at the steps under "step"; None before the first."""
    weights_licence: str = ""
    """SPDX identifier; empty: as the data."""
    limits: dict[str, str] = field(default_factory=dict)
    """Known failures."""
    not_for: dict[str, str] = field(default_factory=dict)
    """What it must not be used for."""
    diagnosis: dict[str, str] = field(default_factory=dict)
    """A failure kept on purpose: what went wrong, and how one sees it."""
    format_version: int = FORMAT_VERSION


def card_fields(card: DataCard) -> dict[str, Any]:
    """Return the header's fields that tell where the data came from."""
    return {"title": card.title, "data_set": card.name, "licence": card.licence,
            "attribution": card.attribution, "source": card.source}  # fmt: skip


def parse_header(file: str, values: dict[str, Any]) -> Header:
    """Make a header of the values found in a file.

    Raises:
        CheckpointError: if the file is foreign, newer than this program, or says nonsense.
    """
    version = values.get("format_version")
    if not isinstance(version, int):
        raise CheckpointError(
            "{file} was not made by this program: its header lacks a format version. Train or convert a model "
            "with this program, or remove the file.",
            file=file,
        )
    if version > FORMAT_VERSION:
        raise CheckpointError(
            "{file} has format {found}, newer than this program's {known}: update the program.",
            file=file,
            found=version,
            known=FORMAT_VERSION,
        )
    known = {f.name for f in fields(Header)}
    try:
        header = Header(**{name: value for name, value in values.items() if name in known})
    except TypeError as error:
        raise unreadable_error(file, error) from error
    kinds: dict[str, Any] = {f.name: get_origin(f.type) or f.type for f in fields(Header)}
    wrong = [name for name, kind in kinds.items() if not isinstance(getattr(header, name), kind)]
    texts = [("title", header.title), *(("classes", name) for name in header.classes)]
    curated = [(name, getattr(header, name)) for name in ("limits", "not_for", "diagnosis")]
    texts += [(name, text) for name, text in curated if text]
    wrong += [name for name, text in texts if not _is_bilingual(text)]
    if wrong:
        raise unreadable_error(file, TypeError(f"wrong type in {', '.join(dict.fromkeys(wrong))}"))
    return header


def check_config(file: str, config: dict[str, Any]) -> None:
    """Make sure that a network of this config could be built in a moment: a header may say anything.

    Raises:
        CheckpointError: if a number is beyond every network of this program.
    """
    if too_much := [name for name, value in config.items() if not _is_moderate(name, value)]:
        raise unreadable_error(file, ValueError(f"no network of this program has such a {too_much[0]}"))


def _is_moderate(name: str, value: object) -> bool:
    most = MAX_LAYERS if name == "layers" else MAX_NUMBER
    if isinstance(value, list):
        return len(value) <= MAX_LAYERS and all(_is_moderate(name, each) for each in value)
    return not isinstance(value, int | float) or 0 <= value <= most  # NaN is not


def _is_bilingual(text: object) -> bool:
    return isinstance(text, dict) and all(isinstance(text.get(language), str) for language in ("en", "zh-CN"))


def unreadable_error(file: str, error: Exception) -> CheckpointError:
    """Say that a file cannot be used, and why."""
    return CheckpointError(
        "{file} cannot be read ({reason}): fetch or train it again, or remove the file.",
        file=file,
        reason=str(error).splitlines()[0] if str(error) else type(error).__name__,
    )
