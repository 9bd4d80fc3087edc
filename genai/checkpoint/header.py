"""The header of a checkpoint: what the file says of itself."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from typing import Any, get_origin

from genai.datasets.card import DataCard
from genai.datasets.names import printable
from genai.errors import CheckpointError
from genai.labels import Labels

FORMAT_VERSION = 1

# Limits of a config, so that no header asks for a network that fills the memory.
MAX_NUMBER = 65_536
MAX_LAYERS = 64

RENAMED = {"performers": "variants", "performer": "variant"}
"""Fields, and settings of openings, with another name in files from before pictures had variants too."""


@dataclass(frozen=True)
class Header:
    """Everything that is needed to rebuild, show and credit a model.

    Texts for people are dictionaries from a language, "en" or "zh-CN", to the text.
    """

    modality: str
    """text, image or audio."""
    architecture: str
    config: dict[str, Any]
    """Fields of the dataclass that configures the network."""
    title: dict[str, str]
    data_set: str
    licence: str
    attribution: str
    source: str
    classes: list[dict[str, str]] = field(default_factory=list)
    class_shares: list[float] = field(default_factory=list)
    """Share of each class in the training data, by which one is drawn where a request names none; empty: alike."""
    variants: list[dict[str, str]] = field(default_factory=list)
    """Names of the speakers, instruments or hairstyles that a class can be asked with; empty without any."""
    variant_shares: list[list[float]] = field(default_factory=list)
    """For each class, the share of each variant in the training data; empty where every class has all alike."""
    attributes: list[dict[str, Any]] = field(default_factory=list)
    """Of a feature network: name and values of each attribute, training items by class and value, accuracy."""
    vocabulary: str = ""
    """Text: the characters, in the order of their numbers."""
    tabs: bool = False
    """Text: whether lines are indented by tabs, and none by four spaces."""
    lead_in: str = ""
    """Text: what is read before every prompt and not shown; empty means a line break."""
    sample_rate: int = 0
    """Audio: in Hz."""
    training: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    """Measured qualities by name, each with its value, the number of items n, and the protocol."""
    together: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Text: metrics of the mean of this model's probabilities and another's, by the other's `training_sha256`."""
    scores: dict[str, list[float]] = field(default_factory=dict)
    """The discriminator's logits for held-out real items and for generated ones: percentiles 0 to 100 of each."""
    history: list[dict[str, Any]] = field(default_factory=list)
    """Snapshots of the training: step, minutes, losses, and the text; pictures and sounds are among the tensors."""
    openings: list[dict[str, Any]] = field(default_factory=list)
    """Requests to show first, chosen by eye or ear."""
    curve: dict[str, Any] = field(default_factory=dict)
    """Metrics logged in training, by name, at the steps under "step"; None before a metric's first value."""
    weights_licence: str = ""
    """SPDX identifier; empty if it is that of the data."""
    limits: dict[str, str] = field(default_factory=dict)
    """What the model is known to fail at."""
    not_for: dict[str, str] = field(default_factory=dict)
    """What the model must not be used for."""
    diagnosis: dict[str, str] = field(default_factory=dict)
    """Of a failed model that is kept as an example: what went wrong, and by which signs."""
    format_version: int = FORMAT_VERSION

    @property
    def labels(self) -> Labels:
        """The names of the classes and variants."""
        variant_shares = tuple(tuple(shares) for shares in self.variant_shares)
        return Labels(tuple(self.classes), tuple(self.variants), tuple(self.class_shares), variant_shares)

    @cached_property
    def sha256(self) -> str:
        """Digest of all fields: two processes that read a file at different times compare it."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def training_sha256(header: Header) -> str:
    """Return the digest of what a header says of its training: another training of the same name has another."""
    return hashlib.sha256(json.dumps(header.training, sort_keys=True).encode()).hexdigest()


def card_fields(card: DataCard) -> dict[str, Any]:
    """Return the fields of a header that say where the data came from."""
    return {
        "title": card.title,
        "data_set": card.name,
        "licence": card.licence,
        "attribution": card.attribution,
        "source": card.source,
    }


def parse_header(file: str, values: dict[str, Any]) -> Header:
    """Make a header from the values in a file; fields that it does not know are left out.

    Args:
        file: Its name, for errors.
        values: By name.

    Raises:
        CheckpointError: if the file is of another program, newer than this one, or a value has the wrong type.
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
    names = {field.name for field in fields(Header)}
    values = _renamed(values)
    try:
        header = Header(**{name: value for name, value in values.items() if name in names})
    except TypeError as error:
        raise unreadable_error(file, error) from error
    wrong = _wrong_types(header) or [*_wrong_texts(header), *_wrong_shares(header)]
    if wrong:
        raise unreadable_error(file, TypeError(f"wrong type in {', '.join(wrong)}"))
    return header


def _renamed(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a file by the names that they have now."""
    renamed = {RENAMED.get(name, name): value for name, value in values.items()}
    openings = renamed.get("openings")
    if isinstance(openings, list) and all(isinstance(opening, dict) for opening in openings):
        renamed["openings"] = [
            {RENAMED.get(name, name): value for name, value in opening.items()} for opening in openings
        ]
    return renamed


def _wrong_types(header: Header) -> list[str]:
    """Return the names of fields whose values are not of their types."""
    types: dict[str, Any] = {field.name: get_origin(field.type) or field.type for field in fields(Header)}
    return [name for name, kind in types.items() if not isinstance(getattr(header, name), kind)]


def _wrong_shares(header: Header) -> list[str]:
    """Return the names of fields without one share for each class or variant, of which at least one is above 0."""
    wrong = []
    if not _are_shares(header.class_shares, len(header.classes)):
        wrong.append("class_shares")
    rows = header.variant_shares
    is_table = len(rows) in (0, len(header.classes)) and all(isinstance(row, list) and row for row in rows)
    if not is_table or not all(_are_shares(row, len(header.variants)) for row in rows):
        wrong.append("variant_shares")
    return wrong


def _are_shares(shares: list[Any], count: int) -> bool:
    """Whether a list is empty, or has one share for each of some things, of which at least one is above 0."""
    is_valid = all(isinstance(share, int | float) and 0 <= share <= 1 for share in shares)
    return not shares or (len(shares) == count and is_valid and sum(shares) > 0)


def _wrong_texts(header: Header) -> list[str]:
    """Return the names of fields whose texts are not in both languages."""
    wrong = []
    if not _is_bilingual(header.title):
        wrong.append("title")
    wrong += [
        field
        for field in ("classes", "variants")
        if not all(_is_bilingual(name) for name in getattr(header, field))
    ]
    for name in ("limits", "not_for", "diagnosis"):
        text = getattr(header, name)
        if text and not _is_bilingual(text):
            wrong.append(name)
    return wrong


def check_config(file: str, config: dict[str, Any]) -> None:
    """Check that a network of this config is small enough to build: a header may say anything.

    Args:
        file: Its name, for errors.
        config: Of the network.

    Raises:
        CheckpointError: if a number is larger than any network of this program needs, or negative.
    """
    for name, value in config.items():
        if not _is_in_limits(name, value):
            raise unreadable_error(file, ValueError(f"no network of this program has such a {name}"))


def _is_in_limits(name: str, value: object) -> bool:
    if isinstance(value, list):
        return len(value) <= MAX_LAYERS and all(_is_in_limits(name, element) for element in value)
    if not isinstance(value, int | float):
        return True
    return 0 <= value <= (MAX_LAYERS if name == "layers" else MAX_NUMBER)  # NaN is not


def _is_bilingual(text: object) -> bool:
    return isinstance(text, dict) and all(isinstance(text.get(language), str) for language in ("en", "zh-CN"))


def unreadable_error(file: str, error: Exception) -> CheckpointError:
    """Return the error that a file cannot be used, with the first line of the reason."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return CheckpointError(
        "{file} cannot be read ({reason}): fetch or train it again, or remove the file.",
        file=printable(file),
        reason=printable(reason),
    )
