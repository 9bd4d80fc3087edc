"""Index the training part of a sound data set: python -m genai.audio.indexing digits."""

from pathlib import Path

import tyro

from genai.audio import data
from genai.audio.clips import add_clips
from genai.errors import exit_with_sentence
from genai.gan.judges import write_index
from genai.quality import shipped_networks


def main(
    name: tyro.conf.Positional[str],
    *,
    samples: int = 8192,
    judges_folder: Path = shipped_networks.FOLDER,
    folder: Path = Path("runs/indexes"),
) -> None:
    """Write the features that a data set's first judge gives each sound of its training part, and the sounds.

    Args:
        name: digits, drums, notes, or a folder of sounds.
        samples: Length of a sound, 8192 or 16384, as the judge was trained.
        judges_folder: Where the judges are, with a subfolder audio.
        folder: Folder of the file.
    """
    clips = data.load(name, samples)
    kind = shipped_networks.KINDS[0]
    network = shipped_networks.load("audio", clips.card.name, kind, judges_folder, clips.identity)
    path = write_index(
        clips, network, lambda index: add_clips(index, clips.train, clips.sample_rate, clips.card.name), folder
    )
    print(f"Wrote {path}: {len(clips.train):,} sounds.")


if __name__ == "__main__":
    with exit_with_sentence():
        tyro.cli(main)
