"""Title, licence and source of a data set."""

from dataclasses import dataclass

OWN = ("not stated", "own data")
"""Licence and attribution of data that users bring."""


@dataclass(frozen=True)
class DataCard:
    """Title, licence and source of a data set, shown wherever its name appears.

    Args:
        name: Short name, as on the command line.
        title: Title by language ("en", "zh-CN").
        licence: SPDX identifier or a short phrase.
        attribution: Authors, in the words that the licence requires.
        source: Public address or package name.
    """

    name: str
    title: dict[str, str]
    licence: str
    attribution: str
    source: str

    @property
    def is_own(self) -> bool:
        """Whether it is a user's data, and no published set, whatever its name."""
        return (self.licence, self.attribution) == OWN

    @property
    def published_name(self) -> str:
        """The name of a published set; empty for a user's data, which may have the same name."""
        return "" if self.is_own else self.name
