"""What is said of a data set wherever its name appears."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DataCard:
    """A data set's papers.

    Args:
        name: Short name, as on the command line.
        title: What it holds, by language ("en", "zh-CN").
        licence: SPDX identifier or a short phrase.
        attribution: Whom to thank, in the words that the licence asks for.
        source: Where anyone can get it: a public address or a package name.
    """

    name: str
    title: dict[str, str]
    licence: str
    attribution: str
    source: str
