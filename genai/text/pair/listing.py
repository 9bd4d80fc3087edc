"""Which checkpoints write as a pair, found by their headers: an LSTM and a GPT of one data set and vocabulary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from genai import checkpoint
from genai.checkpoint import Entry
from genai.checkpoint.header import Header, training_sha256
from genai.text.networks import GPT, LSTM, PAIR

GPT_SUFFIX = "-gpt"
"""Behind the name of a data set, in the name that a training of a GPT gives its file."""
SEPARATOR = "+"
"""Between the names of a pair's checkpoints, and between the digests of their weights."""
TITLE = {"en": "{title}: LSTM + GPT", "zh-CN": "{title}：LSTM + GPT"}


@dataclass(frozen=True)
class PairEntry:
    """Two files of a folder that can write together."""

    lstm: Entry
    gpt: Entry

    @property
    def name(self) -> str:
        """The name by which lists and links know the pair."""
        return join(self.lstm.name, self.gpt.name)

    @property
    def parts(self) -> set[str]:
        """The names of both checkpoints."""
        return {self.lstm.name, self.gpt.name}

    @property
    def header(self) -> Header:
        """What the pair says of itself."""
        assert self.lstm.header is not None  # what is paired has one
        assert self.gpt.header is not None
        return pair_header(self.lstm.header, self.gpt.header, self.name)

    @property
    def entry(self) -> Entry:
        """The pair as one entry of a list: the size is that of both files, the path that of the LSTM's."""
        size = self.lstm.size_bytes + self.gpt.size_bytes
        return Entry(self.name, self.lstm.path, size, self.header, None)


def join(lstm: str, gpt: str) -> str:
    """Join the names, or digests, of two models."""
    return f"{lstm}{SEPARATOR}{gpt}"


def fits(lstm: Header, gpt: Header) -> bool:
    """Return whether two models can write together: an LSTM and a GPT that read the same text in the same way."""
    if lstm.architecture != LSTM or gpt.architecture != GPT:
        return False
    alike = ("data_set", "vocabulary", "tabs", "lead_in")
    return all(getattr(lstm, name) == getattr(gpt, name) for name in alike)


def pair_header(lstm: Header, gpt: Header, name: str) -> Header:
    """Return what a pair says of itself: of its data what both say, of a training or history nothing.

    Args:
        lstm: Of the LSTM.
        gpt: Of the GPT.
        name: Of the pair.
    """
    return replace(
        lstm,
        architecture=PAIR,
        config={},
        title={language: TITLE[language].format(title=title) for language, title in lstm.title.items()},
        openings=lstm.openings or gpt.openings,
        training={"pair": name},
        metrics=kept_figures(lstm, gpt),
        together={},
        history=[],
        curve={},
        diagnosis={},
    )


def kept_figures(lstm: Header, gpt: Header) -> dict[str, Any]:
    """Return the figures of two models' mean that the file of one of them has; none where nobody has measured them.

    A file names the training of the other, so that a figure from before a new training is not taken for the pair's.
    """
    return lstm.together.get(training_sha256(gpt)) or gpt.together.get(training_sha256(lstm)) or {}


def are_in_rows(headers: Mapping[str, Header]) -> bool:
    """Return whether models, by their names, are listed as the page shows them in rows.

    Each row begins with an LSTM. Its GPT may follow, with "-gpt" behind its name, and then the pair of both.
    """
    lstm = gpt = ""
    for name, header in headers.items():
        if header.architecture == LSTM:
            lstm, gpt = name, ""
        elif header.architecture == GPT and name == lstm + GPT_SUFFIX and fits(headers[lstm], header):
            gpt = name
        elif header.architecture != PAIR or not gpt or name != join(lstm, gpt):
            return False
    return True


def find_pairs(entries: Sequence[Entry]) -> list[PairEntry]:
    """Return all pairs of files; a file that has the name of a pair takes its place."""
    usable = [entry for entry in entries if entry.header is not None]
    taken = {entry.name for entry in entries}
    pairs = [PairEntry(lstm, gpt) for lstm in usable for gpt in usable if _entries_fit(lstm, gpt)]
    return [pair for pair in pairs if pair.name not in taken]


def _entries_fit(lstm: Entry, gpt: Entry) -> bool:
    return lstm.header is not None and gpt.header is not None and fits(lstm.header, gpt.header)


def find_pair(name: str | Path, folder: Path | None = None) -> PairEntry | None:
    """Return the pair of a name; None if there is none.

    Args:
        name: As `PairEntry.name`.
        folder: Of checkpoints; None means the shipped ones.
    """
    if SEPARATOR not in str(name):
        return None
    pairs = find_pairs(checkpoint.available("text", folder))
    return next((pair for pair in pairs if pair.name == str(name)), None)


def available(modality: str, folder: Path | None = None) -> list[Entry]:
    """List the checkpoints as `checkpoint.available`, each pair after the later of its files."""
    entries = checkpoint.available(modality, folder)
    waiting = find_pairs(entries)
    listed: list[Entry] = []
    names: set[str] = set()
    for entry in entries:
        listed.append(entry)
        names.add(entry.name)
        listed += [pair.entry for pair in waiting if pair.parts <= names]
        waiting = [pair for pair in waiting if not pair.parts <= names]
    return listed
