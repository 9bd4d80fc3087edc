"""Write the curated fields of the headers and the model cards: python -m genai.publishing.curation.

The file curated.json in a folder of checkpoints holds what people wrote about each model: its first requests on
the page, its known failures, what it must not be used for. This command copies these fields into the headers, and
writes the card of every model into the folder's README.md.
"""

import json
from pathlib import Path
from typing import Any

import tyro

from genai import checkpoint
from genai.errors import ConfigError, exit_with_sentence
from genai.publishing.model_card import card

BEGIN = "<!-- cards -->"
END = "<!-- end of cards -->"
FIELDS = {
    "title": dict,
    "openings": list,
    "limits": dict,
    "not_for": dict,
    "diagnosis": dict,
    "weights_licence": str,
}


def read(folder: Path) -> dict[str, dict[str, Any]]:
    """Read the curated fields of each checkpoint, by its path in the folder without the extension.

    Raises:
        ConfigError: if the file is missing, is not JSON, or has a field that a header does not have.
    """
    path = folder / "curated.json"
    try:
        curated: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))
        for name, fields in curated.items():
            for key, value in fields.items():
                if not isinstance(value, FIELDS[key]):
                    raise ValueError(f"{name}: {key}")
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise ConfigError(
            "{file} cannot be used ({reason}): it must hold a JSON object with an object for each checkpoint, such "
            "as {example}; possible are {known}.",
            file=str(path),
            reason=error,
            example='{"image/fashion": {"openings": [{"seed": 7}]}}',
            known=", ".join(FIELDS),
        ) from error
    return curated


def curate(folder: Path) -> list[Path]:
    """Write the fields of curated.json into the headers; return the files that changed.

    Raises:
        ConfigError: if curated.json cannot be used.
        CheckpointError: if a checkpoint is missing or cannot be used.
    """
    changed = []
    for name, fields in read(folder).items():
        path = folder / f"{name}{checkpoint.SUFFIX}"
        header = checkpoint.read_header(path)
        if any(getattr(header, key) != value for key, value in fields.items()):
            checkpoint.update_header(path, **fields)
            changed.append(path)
    return changed


def with_cards(readme: str, folder: Path) -> str:
    """Return the text of a README with the cards of all curated checkpoints between BEGIN and END.

    Raises:
        ConfigError: if the marks are missing.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ConfigError("The README lacks the marks {begin} and {end}.", begin=BEGIN, end=END)
    cards = "\n".join(card(folder / f"{name}{checkpoint.SUFFIX}", name) for name in read(folder))
    return f"{before}{BEGIN}\n\n{cards}\n{END}{after}"


def main(folder: tyro.conf.Positional[Path] = checkpoint.SHIPPED) -> None:
    """Write the fields of curated.json into the headers, and the cards into README.md.

    Args:
        folder: The folder of checkpoints.
    """
    for path in curate(folder):
        print(f"Changed {path}.")
    readme = folder / "README.md"
    readme.write_text(with_cards(readme.read_text("utf-8"), folder), "utf-8")


if __name__ == "__main__":
    with exit_with_sentence():
        tyro.cli(main)
