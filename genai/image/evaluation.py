"""How good an image model is: python -m genai.image.evaluation fashion."""

from collections.abc import Sequence
from functools import cache

import torch
import tyro
from torch import Tensor
from torch.nn import functional as F

from genai.errors import ConfigError, exit_with_sentence
from genai.gan.evaluation import EvaluationOptions, conditions_of_test_part, draw, evaluation_set, report
from genai.image import data, load
from genai.image.sampling import ImageModel
from genai.quality import attributes
from genai.quality.feature_network import FeatureNetwork
from genai.quality.figures import Figure
from genai.quality.scores import REPEATS, figures
from genai.seeds import make_rng

MAX_TRAIN = 10_000  # training items that generated ones are compared with
MAX_TEST = 10_000
GREY = 0.8  # below this absolute value, of 1, a pixel is neither ink nor paper
IMPULSE = 0.5  # a pixel that is farther, of 2, from the median of its neighbourhood is noise or a very fine pattern
DESCRIPTION = "Print an image model's figures: a table, then the same as JSON."


def grey_share(fake: Tensor, real: Tensor) -> Figure:
    """Measure how crisp strokes are: the share of pixels neither black nor white, over that in real pictures."""
    generated = _share_of_grey(fake)
    real_share = _share_of_grey(real)
    protocol = f"share of pixels below {GREY} in [-1, 1], over that of test pictures"
    least = _one_pixel(real)
    ratio = generated / max(real_share, least)
    return Figure(ratio, len(fake), protocol, {"generated": generated, "real": real_share})


def _share_of_grey(pictures: Tensor) -> float:
    return (pictures.abs() < GREY).float().mean().item()


def impulse_noise(fake: Tensor, real: Tensor, classes: Tensor, names: Sequence[str]) -> Figure:
    """Measure salt-and-pepper noise: the share of single light or dark pixels, over that in real pictures.

    Args:
        fake: Pictures (N, 1, H, W) in [-1, 1].
        real: (N, 1, H, W), picture n of the same class as that of `fake`.
        classes: (N,).
        names: Of the classes; empty if there are none.
    """
    generated = _impulses(fake)
    found = _impulses(real)
    ratios = {}
    for number, name in enumerate(names):
        rows = classes == number
        if found[rows].sum() > 0:
            ratios[name] = (generated[rows].mean() / found[rows].mean()).item()
    beside = {"most": max(ratios.values()), **ratios} if ratios else {}
    protocol = (
        f"share of pixels that differ from the median of the 3 x 3 around them by more than {IMPULSE}, of 2, over "
        "that of test pictures; as many of each class as in the test part, seeds from 0"
    )
    least = torch.tensor(_one_pixel(real))
    return Figure((generated.mean() / found.mean().maximum(least)).item(), len(fake), protocol, beside)


def _one_pixel(pictures: Tensor) -> float:
    """Return the share of a single pixel, the least to divide by: pictures of the user's own may have none."""
    return 1 / pictures.numel()


def _impulses(pictures: Tensor) -> Tensor:
    """Return the share of such pixels in each of the pictures (N, 1, H, W): (N,)."""
    neighbourhoods = F.unfold(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3)
    distance = (pictures.flatten(1) - neighbourhoods.median(dim=1).values).abs()
    return (distance > IMPULSE).float().mean(dim=1)


def sharpness(fake: Tensor, real: Tensor) -> Figure:
    """Measure how sharp edges are: mean squared difference of neighbouring pixels, over that of real pictures."""
    # Here, since the import of torchvision brings PyTorch's compiler along, which takes seconds.
    from torchvision.transforms.functional import gaussian_blur

    generated = _edge_energy(fake)
    real_energy = _edge_energy(real)
    blurred = _edge_energy(gaussian_blur(real, 7, [1.0, 1.0]))
    protocol = "mean squared difference of neighbouring pixels, over that of test pictures"
    return Figure(generated / real_energy, len(fake), protocol, {"test items, blurred": blurred / real_energy})


def _edge_energy(pictures: Tensor) -> float:
    return sum(pictures.diff(dim=dim).square().mean().item() for dim in (2, 3))


def mean_colour(fake: Tensor, real: Tensor) -> Figure:
    """Measure whether the colours (N, 3, H, W) are too light or too dark."""
    generated = (fake.mean(dim=(0, 2, 3)) + 1) / 2
    test = (real.mean(dim=(0, 2, 3)) + 1) / 2
    beside = dict(zip(("red", "green", "blue"), generated.tolist(), strict=True))
    beside |= dict(zip(("real red", "real green", "real blue"), test.tolist(), strict=True))
    protocol = "mean of red, green and blue, each from 0 to 1, minus that of test pictures"
    return Figure((generated - test).mean().item(), len(fake), protocol, beside)


def variants_told(network: FeatureNetwork, pictures: data.Pictures, fake: Tensor) -> Figure:
    """Measure how often a feature network sees the variant that was asked for.

    Args:
        network: Learnt the attributes of the pictures, of which the variant is one.
        pictures: With variants.
        fake: (N, C, H, W), one for each of the first pictures of the test part, of the same class and variant.
    """
    assert pictures.test_variants is not None
    names = [attribute.values.names for attribute in pictures.known.attributes]
    column = names.index(pictures.labels.variants)
    asked = pictures.test_variants[: len(fake)]
    told = attributes.predict(network, fake)[:, column] == asked
    of_each = [told[asked == variant].float().mean().item() for variant in set(asked.tolist())]
    protocol = "share of pictures in which the judge sees the variant asked for; seeds from 0"
    return Figure(told.float().mean().item(), len(fake), protocol, {"least of a variant": min(of_each)})


def check_channels(model: ImageModel, pictures: data.Pictures) -> None:
    """Check that a model makes grey pictures where the real ones are grey, and colour where they are in colour.

    A training that starts from a checkpoint converts its pictures to what that makes; judges read them as they are.

    Raises:
        ConfigError: if it does not.
    """
    made, found = model.network.config.channels, pictures.train.shape[1]
    if made != found:
        raise ConfigError(
            "{model} makes pictures with {made} colour channels, and those of {name} have {found} (grey has 1, "
            "colour 3): convert the pictures, train judges on the converted ones, and name their folder with "
            "--data.",
            model=model.name,
            made=made,
            name=pictures.card.name,
            found=found,
        )


def main(options: EvaluationOptions) -> None:
    """Print an image model's figures.

    Raises:
        ConfigError: if the model makes grey pictures and the real ones are in colour, or the other way round.
    """
    model = load(options.name, options.device, options.checkpoints)
    assert model.header is not None  # a loaded model has one
    pictures = data.load(options.data or model.header.data_set, model.network.config.size)
    check_channels(model, pictures)
    rows = torch.randperm(len(pictures.train), generator=make_rng(0, 9))[:MAX_TRAIN]
    real = evaluation_set(model, pictures, options.networks_folder, rows, slice(MAX_TEST))
    classes = real.test.classes
    drawn = cache(lambda first: draw(model, first, classes))  # several figures read the same sets
    results = figures(real, lambda first, _: drawn(first))
    fake = drawn(0)
    results["sharpness"] = sharpness(fake, real.test.pictures)
    if model.network.config.channels == 1:
        results["grey_share"] = grey_share(fake, real.test.pictures)
        results["impulse_noise"] = impulse_noise(fake, real.test.pictures, classes, real.classes)
    else:
        results["mean_colour"] = mean_colour(fake, real.test.pictures)
    if pictures.known.attributes:
        # Of a value that 1.5 % of the data have, 2,000 pictures have 30 ± 5: too few to tell half of them from all.
        sets = torch.cat([drawn(repeat * len(classes)) for repeat in range(REPEATS)])
        first, second = (
            attributes.measure(network, pictures.known, real.test.pictures, sets) for network in real.networks
        )
        results |= attributes.figures(first, second)
        print(attributes.format_table(first, second), end="\n\n")
    asked = fake  # of a model without variants, the same pictures
    if model.labels.variants and pictures.test_variants is not None:
        asked = draw(model, 0, classes, pictures.test_variants[:MAX_TEST])
        if pictures.known.attributes:
            results["variants_told"] = variants_told(real.networks[0], pictures, asked)
    conditions = conditions_of_test_part(model, pictures)[:MAX_TEST]
    report(model, options, results, real.test.pictures, asked, conditions)


if __name__ == "__main__":
    with exit_with_sentence():
        main(tyro.cli(EvaluationOptions, description=DESCRIPTION))
