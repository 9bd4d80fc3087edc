"""Figures of an image model, on pictures whose figures are known, and by the command."""

import json
import subprocess
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms.functional import gaussian_blur

from genai import checkpoint
from genai.checkpoint.header import Header, card_fields
from genai.classroom.deck.pictures import PictureCodec
from genai.datasets.card import DataCard
from genai.datasets.names import short_name
from genai.errors import CheckpointError, ConfigError, DataError
from genai.gan.evaluation import EvaluationOptions, evaluation_set
from genai.gan.judges import write_index
from genai.image import evaluation, indexing, judging
from genai.image.data import Pictures, load
from genai.image.discriminator import ImageDiscriminator
from genai.image.evaluation import grey_share, impulse_noise, mean_colour, sharpness
from genai.image.model import DCGANConfig, Generator
from genai.image.sampling import ImageModel
from genai.image.sources import peeps
from genai.image.sources.cards import CARDS
from genai.image.training import ImageTrainingConfig, train
from genai.labels import Labels
from genai.quality import nearest, shipped_networks
from genai.quality.data_identity import identity_of
from genai.quality.feature_network import FeatureNetwork, FeatureNetworkConfig
from genai.quality.shipped_networks import KINDS
from genai.seeds import make_rng
from genai.ui.views.inside import nearest as find_nearest
from tests.image.test_data import avatars, save

ROOT = Path(__file__).resolve().parents[2]
LABELS = Labels(tuple({"en": name, "zh-CN": name} for name in "ab"))


def test_the_grey_share_counts_pixels_between_ink_and_paper():
    crisp, half = torch.ones(2, 1, 8, 8), torch.ones(2, 1, 8, 8)
    crisp[:, :, 0, 0], half[:, :, :4] = 0.5, -0.1
    figure = grey_share(half, crisp)
    assert figure.value == pytest.approx(32)
    assert figure.beside == {"generated": 0.5, "real": 1 / 64}


def test_the_grey_share_is_a_number_where_real_pictures_are_black_and_white():
    real, fake = torch.ones(2, 1, 8, 8), torch.ones(2, 1, 8, 8)
    fake[:, :, 0, 0] = 0
    figure = grey_share(fake, real)
    assert figure.value == pytest.approx(2)
    assert figure.beside["real"] == 0


def test_impulse_noise_counts_single_pixels_and_neither_edges_nor_shades():
    real = torch.full((4, 1, 8, 8), -1.0)
    real[:, :, :, 4:] = 1  # an edge
    real += torch.linspace(0, 0.4, 8).view(1, 1, 8, 1)
    real[:, :, 1, 1] = 1
    fake = real.clone()
    fake[2:, :, 5, 6] = -1
    fake[3:, :, 3, 2] = 0.2
    figure = impulse_noise(fake, real, torch.tensor([0, 0, 1, 1]), ["plain", "printed"])
    assert figure.value == pytest.approx(7 / 4)
    assert figure.beside == pytest.approx({"most": 2.5, "plain": 1, "printed": 2.5})
    assert impulse_noise(fake, real, torch.zeros(4, dtype=torch.int64), []).beside == {}


def test_impulse_noise_is_a_number_where_real_pictures_have_none():
    real, fake = torch.zeros(2, 1, 8, 8), torch.zeros(2, 1, 8, 8)
    fake[0, 0, 3, 3] = fake[1, 0, 4, 4] = 1
    assert impulse_noise(fake, real, torch.zeros(2, dtype=torch.int64), ["plain"]).value == pytest.approx(2)


def test_blurred_pictures_are_less_sharp_and_the_same_ones_as_sharp():
    real = torch.randn(4, 3, 32, 32, generator=make_rng(0))
    figure = sharpness(real, real)
    assert figure.value == 1
    assert sharpness(gaussian_blur(real, 7, [1.0, 1.0]), real).value == pytest.approx(
        figure.beside["test items, blurred"]
    )
    assert figure.beside["test items, blurred"] < 0.2
    assert sharpness(2 * real, real).value == pytest.approx(4)  # an energy


def test_the_mean_colour_is_that_of_each_channel():
    real = torch.zeros(2, 3, 4, 4)
    fake = torch.tensor([0.2, 0.0, -0.4]).view(1, 3, 1, 1).expand(5, 3, 4, 4)
    figure = mean_colour(fake, real)
    assert figure.value == pytest.approx(-0.1 / 3)
    assert [figure.beside[name] for name in ("red", "green", "blue")] == pytest.approx([0.6, 0.5, 0.3])
    assert figure.beside["real blue"] == 0.5


@pytest.fixture
def folder(tmp_path):
    folder, rng = tmp_path / "dots", np.random.default_rng(0)
    for name, level in (("dark", 60), ("bright", 220)):
        (folder / name).mkdir(parents=True)
        for n in range(40):
            pixels = rng.integers(level - 30, level + 30, (32, 32), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{n}.png")
    return folder


def test_judges_are_trained_and_figures_printed(folder, tmp_path, capsys):
    runs, tiny = tmp_path / "runs", {"generator_filters": 4, "discriminator_filters": 4, "batch_size": 8}
    path = train(ImageTrainingConfig(data=str(folder), steps=2, folder=runs, device="cpu", **tiny))
    judging.main(str(folder), steps=20, folder=runs)
    indexing.main(str(folder), judges_folder=runs, folder=runs / "indexes")
    capsys.readouterr()
    evaluation.main(EvaluationOptions(str(path), data=str(folder), device="cpu", keep=True, folder=runs))
    output = capsys.readouterr().out
    figures = json.loads(output[output.index("{\n") :])["figures"]
    assert {"agreement", "agreement_second_judge", "frechet_over_floor", "coverage", "diversity"} <= figures.keys()
    assert all(figure["n"] == 8 and figure["protocol"] for figure in figures.values())  # a tenth of 80
    header = checkpoint.read_header(path)
    assert header.metrics == figures
    assert {name: len(values) for name, values in header.scores.items()} == {"real": 101, "fake": 101}
    items = nearest.load(
        "image", "dots", shipped_networks.load("image", "dots", shipped_networks.KINDS[0], runs), runs / "indexes"
    )
    assert len(items.ids) == len(items.embeddings) == 72
    assert all((folder / name).is_file() for name in items.ids)


def test_folders_of_a_single_picture_have_no_test_part_and_are_told_so(tmp_path):
    for n in range(64):
        (tmp_path / f"{n}").mkdir()
        Image.new("L", (32, 32), n).save(tmp_path / f"{n}/a.png")
    with pytest.raises(DataError, match="0 files are held back to test on, and at least 1"):
        judging.main(str(tmp_path), steps=1, folder=tmp_path / "runs")
    pictures = load(str(tmp_path))
    network = FeatureNetwork(FeatureNetworkConfig(1, 32, 32, 64))
    with pytest.raises(DataError, match="0 files"):
        write_index(pictures, network, lambda index: index, tmp_path)
    model = ImageModel("x", Generator(DCGANConfig(generator_filters=4)), Labels(()))
    with pytest.raises(DataError, match="at least 2 are needed"):
        evaluation_set(model, pictures, tmp_path)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_model_that_started_with_classes_is_measured_on_data_without(folder, tmp_path, capsys, mode):
    runs, rng = tmp_path / "runs", np.random.default_rng(1)
    own = tmp_path / "own"
    own.mkdir()
    for n in range(64):
        pixels = rng.integers(0, 256, (32, 32) if mode == "L" else (32, 32, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(own / f"{n}.png")
    tiny = {"generator_filters": 4, "discriminator_filters": 4, "batch_size": 8, "steps": 1, "device": "cpu"}
    start = train(ImageTrainingConfig(data=str(folder), folder=runs, **tiny))
    path = train(ImageTrainingConfig(data=str(own), folder=runs, start_from=start, **tiny))
    options = EvaluationOptions(str(path), data=str(own), device="cpu", keep=True, folder=runs)
    judging.main(str(own), steps=1, folder=runs)
    judge = shipped_networks.read_header("image", "own", KINDS[0], runs)
    is_found = identity_of(judge).matches(identity_of(checkpoint.read_header(path)))
    assert is_found == (mode == "L")  # a judge of colours cannot read grey pictures
    if mode == "RGB":
        with pytest.raises(ConfigError, match=r"own makes pictures with 1 colour .* those of own have 3"):
            evaluation.main(options)
        return
    capsys.readouterr()
    evaluation.main(options)
    header = checkpoint.read_header(path)
    assert len(header.classes) == 1
    assert "diversity" in header.metrics
    assert "agreement" not in header.metrics  # there is no choice


def test_judges_of_another_seed_begin_with_other_weights(folder, tmp_path):
    judging.main(str(folder), steps=1, folder=tmp_path)
    judging.main(str(folder), steps=1, seed=2, folder=tmp_path / "unseen")
    read = partial(shipped_networks.read_header, "image", "dots")
    seeds = [read(kind, place).training["seed"] for place in (tmp_path, tmp_path / "unseen") for kind in KINDS]
    assert seeds == [0, 1, 2, 3]
    first, other = (
        shipped_networks.load("image", "dots", KINDS[0], place) for place in (tmp_path, tmp_path / "unseen")
    )
    pairs = zip(first.parameters(), other.parameters(), strict=True)
    assert any((a - b).abs().max() > 0.01 for a, b in pairs)


@pytest.mark.parametrize(("name", "path"), [("dots", "."), (45 * "点", "{}"), ("dots", "{}/dark/..")])
def test_own_pictures_are_indexed_whatever_their_folder_is_called(folder, tmp_path, monkeypatch, name, path):
    own, runs = folder.rename(tmp_path / name), tmp_path / "runs"
    monkeypatch.chdir(own)
    judging.main(str(own), steps=1, folder=runs)
    indexing.main(path.format(own), judges_folder=runs, folder=runs / "indexes")
    [file] = (runs / "indexes/image").iterdir()
    assert file.stem == short_name(name)


def test_own_pictures_named_like_a_published_set_need_their_own_judge_and_index(folder, tmp_path):
    own, runs = folder.rename(tmp_path / "fashion"), tmp_path / "runs"
    tiny = {"generator_filters": 4, "discriminator_filters": 4, "batch_size": 8}
    path = train(ImageTrainingConfig(data=str(own), steps=1, folder=runs, device="cpu", **tiny))
    header = checkpoint.read_header(path)
    picture = torch.zeros(1, 32, 32)
    answer = find_nearest("image", header, picture)
    assert answer["nearest"] is None
    assert "`python -m genai.image.judging PATH/TO/fashion`" in answer["missing"]["en"]
    assert "没有用这份数据（fashion）训练的评判网络" in answer["missing"]["zh-CN"]
    with pytest.raises(CheckpointError, match="no judge here that was trained on this data"):
        indexing.main(str(own), folder=runs / "indexes")
    with pytest.raises(CheckpointError, match="no judge here that was trained on this data"):
        evaluation.main(EvaluationOptions(str(path), data=str(own), device="cpu"))

    judging.main(str(own), steps=2, folder=runs / "judges")
    (runs / "indexes").mkdir()
    assert (
        "`python -m genai.image.indexing PATH/TO/fashion`"
        in find_nearest("image", header, picture, runs)["missing"]["en"]
    )
    indexing.main(str(own), judges_folder=runs / "judges", folder=runs / "indexes")
    assert (own / find_nearest("image", header, picture, runs)["nearest"]["id"]).is_file()
    shipped = checkpoint.read_header(checkpoint.SHIPPED / "image/fashion.safetensors")
    assert find_nearest("image", shipped, picture, runs)["nearest"] is None


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """A folder with random characters and their judges."""
    folder = tmp_path_factory.mktemp("characters")
    save(folder / "image/characters/open-peeps-64.npz", **avatars(200))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENAI_DATA", str(folder))
        judging.main("characters", steps=2, blur=1, precision="bf16", folder=folder)
    return folder


def test_characters_of_half_the_side_are_indexed_and_read(judged, tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_DATA", str(judged))
    indexing.main("characters", judges_folder=judged, folder=tmp_path)
    judge = shipped_networks.load("image", "characters", KINDS[0], judged)
    index = nearest.load("image", "characters", judge, tmp_path)
    pictures = load("characters", 32)
    own = pictures.train[pictures.train_ids.index(index.ids[0])]
    read = PictureCodec("characters", 32, 3).read(index, [0, 1])
    assert read.shape == (2, 3, 32, 32)
    differences = (read.float() - own.float()).abs().flatten(1).mean(dim=1)
    assert differences[0] < differences[1]


@pytest.mark.parametrize("conditional", [True, False])
def test_a_model_with_or_without_classes_is_measured_by_attributes(
    conditional, judged, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("GENAI_DATA", str(judged))
    tiny = {"generator_filters": 4, "discriminator_filters": 4}
    if conditional:
        config = ImageTrainingConfig(
            data="characters", steps=1, batch_size=8, folder=tmp_path, device="cpu", **tiny
        )
        path = train(config)
        assert checkpoint.read_header(path).classes == list(peeps.CLASSES.names)
    else:  # as all models of this set were until it had classes
        shape = DCGANConfig(channels=3, **tiny)
        path = tmp_path / "image/characters.safetensors"
        networks = {"network": Generator(shape), "discriminator": ImageDiscriminator(shape)}
        header = Header("image", "dcgan", asdict(shape), **card_fields(CARDS["characters"]))
        checkpoint.save(path, header, checkpoint.collect_weights(**networks))
    capsys.readouterr()
    evaluation.main(EvaluationOptions(str(path), device="cpu", keep=True, folder=judged))
    output = capsys.readouterr().out
    assert "Hat, scarf or costume" in output[: output.index("frechet_over_floor")]
    metrics = checkpoint.read_header(path).metrics
    assert metrics["attribute_eyewear"]["n"] == 5 * 20
    assert {"diversity", "sharpness", "mean_colour"} <= metrics.keys()
    assert ("agreement" in metrics) == conditional
    assert ("variants_told" in metrics) == conditional


def test_judges_of_other_attributes_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_DATA", str(tmp_path))
    save(tmp_path / "image/characters/open-peeps-64.npz", **avatars(200))
    pictures = load("characters", 32)
    for kind in shipped_networks.KINDS:
        network = FeatureNetwork(FeatureNetworkConfig(3, 32, 32, 0, kind))
        header = Header("image", "judge", asdict(network.config), **card_fields(pictures.card))
        checkpoint.save(tmp_path / "image" / f"characters-{kind}.safetensors", header, network.state_dict())
    model = ImageModel("x", Generator(DCGANConfig(channels=3, generator_filters=4)), Labels(()))
    with pytest.raises(ConfigError, match="judges of characters were trained on other attributes"):
        evaluation_set(model, pictures, tmp_path)


def test_the_command_without_judges_says_which_are_missing(folder, tmp_path):
    flags = ["--data", str(folder), "--device", "cpu", "--folder", str(tmp_path)]
    command = [sys.executable, "-m", "genai.image.evaluation", "fashion", *flags]
    process = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert process.returncode == 1
    assert "no judge here that was trained on this data (dots)" in process.stderr
    assert "Traceback" not in process.stderr


def test_judges_of_another_size_are_refused(tmp_path):
    pictures = torch.zeros(8, 1, 64, 64, dtype=torch.uint8)
    card = DataCard("dots", {"en": "Dots", "zh-CN": "点"}, "MIT", "nobody", "tests")
    for kind in shipped_networks.KINDS:
        network = FeatureNetwork(FeatureNetworkConfig(1, 32, 32, 2, kind))
        header = Header("image", "judge", asdict(network.config), **card_fields(card), classes=list(LABELS.names))
        checkpoint.save(tmp_path / "image" / f"dots-{kind}.safetensors", header, network.state_dict())
    model = ImageModel("x", Generator(DCGANConfig(size=64, classes=2, generator_filters=4)), LABELS)
    labels = torch.arange(8) % 2
    with pytest.raises(ConfigError, match="another size: train them with --size 64"):
        evaluation_set(model, Pictures(pictures, labels, pictures, labels, LABELS, card, []), tmp_path)
