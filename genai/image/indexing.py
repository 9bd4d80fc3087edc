"""Index the training part of an image data set: python -m genai.image.indexing fashion."""

import os
from pathlib import Path

import tyro

from genai.datasets.names import folder_name, short_name
from genai.errors import exit_with_sentence
from genai.gan.judges import write_index
from genai.image import data
from genai.image.thumbnails import add_thumbnails
from genai.quality import shipped_networks


def main(
    name: tyro.conf.Positional[str],
    *,
    judges_folder: Path = shipped_networks.FOLDER,
    folder: Path = Path("runs/indexes"),
) -> None:
    """Write the features that a data set's first judge gives each picture of its training part, and thumbnails.

    Args:
        name: fashion, characters, calligraphy, or a folder of pictures.
        judges_folder: Where the judges are, with a subfolder image.
        folder: Folder of the file.
    """
    kind = shipped_networks.KINDS[0]
    data_set = name if name in data.NAMES else short_name(folder_name(Path(os.path.expanduser(name))))
    size = shipped_networks.read_header("image", data_set, kind, judges_folder).config["width"]
    pictures = data.load(name, size)
    network = shipped_networks.load("image", pictures.card.name, kind, judges_folder, pictures.identity)
    path = write_index(
        pictures, network, lambda index: add_thumbnails(index, pictures.train, pictures.card.name), folder
    )
    print(f"Wrote {path}: {len(pictures.train):,} pictures.")


if __name__ == "__main__":
    with exit_with_sentence():
        tyro.cli(main)
