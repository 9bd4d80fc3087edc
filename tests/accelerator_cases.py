"""What a user runs, on an accelerator: on one that exists only in tests, and on a GPU where there is one.

`test_accelerator.py` runs them in a process of their own.
"""

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image
from torch import nn

from genai import audio, command_line, image, text
from genai.audio import evaluation as audio_evaluation
from genai.audio import indexing as audio_indexing
from genai.audio import judging as audio_judging
from genai.audio.training import AudioTrainingConfig
from genai.audio.training import train as train_audio
from genai.device import pick_device
from genai.gan.evaluation import EvaluationOptions
from genai.image import evaluation as image_evaluation
from genai.image import indexing as image_indexing
from genai.image import judging as image_judging
from genai.image.data import load as load_pictures
from genai.image.training import ImageTrainingConfig
from genai.image.training import train as train_image
from genai.labels import Attribute, Labels
from genai.quality.attributes import KnownAttributes
from genai.seeds import make_rng
from genai.text import evaluation as text_evaluation
from genai.text import indexing as text_indexing
from genai.text.model import CharLSTM, CharLSTMConfig, initialise
from genai.text.quality import samples
from genai.text.recipes.lstm import TrainingConfig
from genai.text.training import train as train_text
from tests import pretend

CUDA = pytest.param(
    "cuda",
    marks=[
        pytest.mark.gpu,
        pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device"),
    ],
)
RHYME = "the cat sat on the mat, and the dog ate the hat.\n"


@pytest.fixture(params=["pretend", CUDA])
def device(request, monkeypatch):
    """The name of a device that is the machine's accelerator; of the pretended one, that something used it."""
    if request.param == "cuda":
        yield "cuda"
        return
    with pretend.pretend_device(monkeypatch) as found:
        yield str(found)
        assert pretend.USED


@pytest.fixture
def pretended(monkeypatch):
    with pretend.pretend_device(monkeypatch) as found:
        yield found


def test_the_pretended_device_refuses_what_a_gpu_refuses(pretended):
    there, here = torch.ones(2, 3, device=pretended), torch.ones(2, 3)
    assert (there * 2).sum().item() == 12  # it has values
    with pytest.raises(RuntimeError, match="same device"):
        there + here
    with pytest.raises(RuntimeError, match="numpy"):
        there.numpy()
    with pytest.raises(RuntimeError, match="'pretend' device type for generator but found 'cpu'"):
        nn.init.uniform_(there, generator=make_rng(0))


def test_the_pretended_lstm_computes_what_that_of_a_cpu_computes(pretended):
    results = []
    for place in ("cpu", pretended):
        network = CharLSTM(CharLSTMConfig(5, 4, 8))
        initialise(network, make_rng(0))
        network.to(place)
        logits, (_, cell) = network(torch.arange(10, device=place).view(2, 5) % 5)
        (logits.square().sum() + cell.sum()).backward()
        results.append([logits, *(parameter.grad for parameter in network.parameters())])
    for here, there in zip(*results, strict=True):
        assert there.device.type == "pretend"
        torch.testing.assert_close(there.cpu(), here)


def test_it_is_gone_after_a_test_that_used_it():
    with pytest.MonkeyPatch.context() as patch, pretend.pretend_device(patch):
        assert pick_device().type == "pretend"
    assert pick_device().type in {"cpu", "cuda", "mps", "xpu"}


def printed_figures(capsys):
    output = capsys.readouterr().out
    return json.loads(output[output.index("{\n") :])["figures"]


def test_text(device, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(samples, "LENGTH", 60)
    sample = partial(text.TextRequest, length=40, seed=0)
    monkeypatch.setattr("genai.text.training.sample_request", lambda lead_in: sample(lead_in=lead_in))
    book = tmp_path / "rhyme.txt"
    book.write_text(RHYME * 400)
    config = TrainingConfig(data=str(book), embedding_size=8, hidden_size=16, batch_size=4, window=16, steps=3,
                            evaluate_every=2, save_minutes=0, folder=tmp_path)  # fmt: skip
    path = train_text(config)
    folder = path.parent
    assert json.loads((folder / "config.json").read_text())["device"] is None
    assert text.load(path).device.type == torch.device(device).type
    assert len((folder / "samples" / "step-000003.txt").read_text()) == 40
    train_text(TrainingConfig(**{**vars(config), "start_from": path, "folder": tmp_path / "second"}))
    if device == "cuda":  # PyTorch reads no saved state into a backend in Python
        train_text(TrainingConfig(**{**vars(config), "steps": 5}))

    capsys.readouterr()
    text_evaluation.main(str(path), own=str(book), count=2, keep=True)
    assert 0 < printed_figures(capsys)["nats_per_character_blocks"]["value"] < 5
    text_indexing.main(str(book), folder=tmp_path / "indexes")
    command_line.run(["text", "--checkpoint", str(path), "--prompt", "the cat", "--length", "20"], "genai")
    assert capsys.readouterr().out.splitlines()[-1]


@pytest.fixture
def pictures(tmp_path):
    folder, rng = tmp_path / "dots", np.random.default_rng(0)
    for name, level in (("dark", 60), ("bright", 220)):
        (folder / name).mkdir(parents=True)
        for n in range(40):
            pixels = rng.integers(level - 30, level + 30, (32, 32), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{n}.png")
    return str(folder)


@pytest.fixture
def sounds(tmp_path):
    folder, rng, time = tmp_path / "tones", np.random.default_rng(0), np.arange(8192) / 16000
    for name, pitch in (("low", 200), ("high", 2000)):
        (folder / name).mkdir(parents=True)
        for n in range(60):
            tone = np.sin(2 * np.pi * pitch * rng.uniform(0.9, 1.1) * time) * np.exp(-8 * time)
            soundfile.write(folder / name / f"{n}.wav", 0.8 * tone, 16000)
    return str(folder)


def _evaluate(modality, facade, path, data, tmp_path, capsys):
    """Judge, index, evaluate and generate by the commands, for a model trained on a folder of data."""
    judging, indexing, evaluation = modality
    judging.main(data, steps=3, folder=tmp_path)
    indexing.main(data, judges_folder=tmp_path, folder=tmp_path / "indexes")
    capsys.readouterr()
    evaluation.main(EvaluationOptions(str(path), data=data, keep=True, folder=tmp_path))
    assert {"agreement", "frechet_over_floor", "coverage", "diversity"} <= printed_figures(capsys).keys()
    name = facade.__name__.rpartition(".")[2]
    command_line.run([name, str(tmp_path / "made"), "--checkpoint", str(path), "--count", "3"], "genai")
    assert len(list((tmp_path / "made").iterdir())) == 3


def _with_brightness(loaded):
    """Add an attribute of the items, which those of a folder do not have."""
    values = Labels(tuple({"en": name, "zh-CN": name} for name in ("dark", "bright")))
    attribute = Attribute({"en": "Brightness", "zh-CN": "亮度"}, values)
    known = KnownAttributes((attribute,), loaded.train_labels[:, None], loaded.test_labels[:, None])
    return replace(loaded, known=known)


@pytest.mark.parametrize(
    "kind",
    [
        {"feature_matching": 1.0, "finishing_steps": 2},
        {"loss": "wasserstein", "gradient_penalty": 10.0, "r1": 0.0, "r2": 0.0, "normalisation": "spectral"},
        {"attribute_matching": 1.0},
    ],
    ids=["matching", "wasserstein", "attributes"],
)
def test_pictures(device, kind, pictures, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("genai.gan.trainer.MOMENT_ITEMS", 8)
    if "attribute_matching" in kind:
        monkeypatch.setattr("genai.image.data.load", lambda path, size: _with_brightness(load_pictures(path, size)))
    path = train_image(
        ImageTrainingConfig(
            data=pictures,
            generator_filters=4,
            discriminator_filters=4,
            batch_size=8,
            steps=3,
            norm_batches=4,
            save_minutes=0,
            folder=tmp_path,
            **kind,
        )
    )
    assert image.load(path).device.type == torch.device(device).type
    if "finishing_steps" in kind:
        _evaluate((image_judging, image_indexing, image_evaluation), image, path, pictures, tmp_path, capsys)


@pytest.mark.parametrize(
    "kind",
    [
        {"windows": (512,), "feature_matching": 1.0, "finishing_steps": 2, "harmonicity_matching": 0.5},
        {"head": "waveform", "waveform_filters": 2, "windows": (), "loss": "hinge", "r1": 0.0, "r2": 0.0},
    ],
    ids=["spectrum", "waveform"],
)
def test_sounds(device, kind, sounds, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("genai.gan.trainer.MOMENT_ITEMS", 8)
    path = train_audio(
        AudioTrainingConfig(
            data=sounds,
            generator_filters=2,
            spectrogram_filters=4,
            batch_size=4,
            steps=3,
            norm_batches=4,
            save_minutes=0,
            folder=tmp_path,
            **kind,
        )
    )
    assert audio.load(path).device.type == torch.device(device).type
    if "finishing_steps" in kind:
        _evaluate((audio_judging, audio_indexing, audio_evaluation), audio, path, sounds, tmp_path, capsys)
