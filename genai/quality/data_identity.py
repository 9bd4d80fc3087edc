"""Which data a model, a judge and an index belong to: two sets of one name may hold different data."""

from dataclasses import dataclass

from genai.checkpoint.header import Header
from genai.datasets.card import OWN, DataCard
from genai.errors import CheckpointError

FINGERPRINT = "data_sha256"
"""Key in `Header.training`: the fingerprint of the data."""


@dataclass(frozen=True)
class DataIdentity:
    """The data that a file was made from.

    A fingerprint decides where both files have one. The oldest shipped files have none: they were made from
    published sets whose downloads are verified by their checksums, so that name, licence, authors and source
    together name the content. Own data has no such source: a file of it with a fingerprint is never matched by
    names.

    Args:
        modality: text, image or audio.
        name: Of the set.
        licence: As in its card.
        attribution: As in its card.
        source: As in its card.
        sha256: The fingerprint; empty in files without one.
    """

    modality: str
    name: str
    licence: str
    attribution: str
    source: str
    sha256: str = ""

    @property
    def is_own(self) -> bool:
        """Whether it is a user's data, and no published set."""
        return (self.licence, self.attribution) == OWN

    def matches(self, other: "DataIdentity") -> bool:
        """Return whether two files were made from the same data."""
        if self.sha256 and other.sha256:
            return self.sha256 == other.sha256
        if self.is_own and (self.sha256 or other.sha256):
            return False
        cards = [(data.modality, data.name, data.licence, data.attribution, data.source) for data in (self, other)]
        return cards[0] == cards[1]


def identity_of(header: Header) -> DataIdentity:
    """Return the data that the file with a header was made from."""
    sha256 = str(header.training.get(FINGERPRINT, ""))
    return DataIdentity(header.modality, header.data_set, header.licence, header.attribution, header.source, sha256)


def identity_of_card(modality: str, card: DataCard, sha256: str) -> DataIdentity:
    """Return the identity of loaded data with a fingerprint."""
    return DataIdentity(modality, card.name, card.licence, card.attribution, card.source, sha256)


def missing_judge_error(data: DataIdentity) -> CheckpointError:
    """Return the error that nothing here can tell how near two items of a data set are."""
    return CheckpointError(
        "There is no judge here that was trained on this data ({name}). Train one with `{command}`, and "
        "move it into the folder judges beside the models.",
        name=data.name,
        command=f"python -m genai.{data.modality}.judging {path_of(data)}",
    )


def missing_index_error(data: DataIdentity) -> CheckpointError:
    """Return the error that nothing here lists the training items of a data set."""
    return CheckpointError(
        "There is no index here of this data ({name}), which would find what the model has copied. Make it with "
        "`{command}`, and move it into the folder indexes beside the models.",
        name=data.name,
        command=f"python -m genai.{data.modality}.indexing {path_of(data)}",
    )


def path_of(data: DataIdentity) -> str:
    """Return what a command is given for a data set: its name, or for own data a path to fill in."""
    return f"PATH/TO/{data.name}" if data.is_own else data.name
