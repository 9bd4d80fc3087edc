"""The runs that are compared, and what each comparison changes.

All runs of a modality are small, take about the same processor time and have the same seed, and differ from the
base in what the comparison is about, and in nothing else. The textbook's pictures take more steps in that time, as
their steps have no penalties to compute. `image-base` is also the healthy twin of the museum's mode collapse: it
has that model's settings, but for the loss and its penalties.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from genai.image.training import ImageTrainingConfig
from genai.text.recipes.lstm import TrainingConfig

Config = TrainingConfig | ImageTrainingConfig
FEW_PICTURES = 1000
FEW_CHARACTERS = 20_000


@dataclass(frozen=True)
class Experiment:
    """A run.

    Args:
        config: Its settings.
        pictures: Of how many pictures it may learn; None: of all.
    """

    config: Config
    pictures: int | None = None

    @property
    def modality(self) -> Literal["text", "image"]:
        """Of the model."""
        return "text" if isinstance(self.config, TrainingConfig) else "image"


@dataclass(frozen=True)
class Pair:
    """Two runs side by side.

    Args:
        before: The name of the run that lacks what is compared.
        after: The name of the run that has it.
    """

    before: str
    after: str


PICTURES = ImageTrainingConfig(
    steps=1500,
    device="cpu",
    precision="no",
    threads=1,
    generator_filters=16,
    discriminator_filters=16,
    beta1=0.5,
    beta2=0.999,
    ema_decay=0.99,
)
TEXT = TrainingConfig(
    steps=1500,
    device="cpu",
    precision="no",
    threads=1,
    hidden_size=128,
    input_dropout=0.0,
    layer_dropout=0.0,
    output_dropout=0.0,
    weight_drop=0.0,
    batch_size=16,
    window=64,
    weight_decay=0.0,
    ema_decay=0.99,
    evaluate_every=250,
)

TEXTBOOK_STEPS = 4700
"""1,500 of them took 1.25 minutes of a processor core, those of the base 3.95."""
TEXTBOOK_PICTURES = replace(
    PICTURES, steps=TEXTBOOK_STEPS, loss="logistic", r1=0.0, r2=0.0, normalisation="batch", layout="paper"
)
FAST_PICTURES = replace(PICTURES, learning_rate=10 * PICTURES.learning_rate)
"""Not too fast by the figures: in so few steps it gets further than the base, and its penalty stays as small."""
FAST_TEXT = replace(TEXT, learning_rate=100 * TEXT.learning_rate)
SHORT_TEXT = replace(TEXT, characters=FEW_CHARACTERS)

EXPERIMENTS: dict[str, Experiment] = {
    "image-base": Experiment(PICTURES),
    "image-textbook": Experiment(TEXTBOOK_PICTURES),
    "image-few": Experiment(PICTURES, pictures=FEW_PICTURES),
    "image-fast": Experiment(FAST_PICTURES),
    "text-base": Experiment(TEXT),
    "text-fast": Experiment(FAST_TEXT),
    "text-few": Experiment(SHORT_TEXT),
}

PAIRS: dict[str, Pair] = {
    "algorithm": Pair(before="image-textbook", after="image-base"),
    "data": Pair(before="image-few", after="image-base"),
    "slow": Pair(before="image-base", after="image-fast"),
    "fast": Pair(before="text-fast", after="text-base"),
    "text": Pair(before="text-few", after="text-base"),
}
"""By the name of the comparison; the first run of a pair is the one that it improves on."""


def in_folder(experiment: Experiment, folder: Path) -> Experiment:
    """Return the experiment with its run in a folder."""
    return replace(experiment, config=replace(experiment.config, folder=folder))
