"""Trainings on files and folders whose names are not UTF-8, too long, or none: nothing that was trained is lost."""

import os

import numpy as np
import pytest
import soundfile
from PIL import Image

from genai import audio, checkpoint, image, text
from genai.audio.training import AudioTrainingConfig
from genai.audio.training import train as train_audio
from genai.image.training import ImageTrainingConfig
from genai.image.training import train as train_image
from genai.text.recipes.lstm import TrainingConfig
from genai.text.training import train as train_text

TINY = {"steps": 20, "device": "cpu", "precision": "no", "batch_size": 4}
TINY_TEXT = {**TINY, "embedding_size": 4, "hidden_size": 4, "window": 8}
TINY_GAN = {**TINY, "steps": 1, "generator_filters": 2}


def gbk(name):
    """A name as unzip leaves it that was packed on a Chinese Windows."""
    return os.fsdecode(name.encode("gbk"))


def make(path):
    """Make a folder; skip the test where the file system takes only UTF-8."""
    try:
        path.mkdir(parents=True)
    except (OSError, UnicodeError) as error:
        pytest.skip(f"the file system refuses the name: {error}")
    return path


@pytest.mark.parametrize(
    "name", [gbk("红楼梦"), "红" * 78, "a: b?", "\udcff\n"], ids=["gbk", "long", "signs", "bytes"]
)
def test_a_text(name, tmp_path):
    book = make(tmp_path / "data") / f"{name}.txt"
    book.write_text("the cat sat on the mat, and the dog ate the hat.\n" * 400, encoding="utf-8")
    path = train_text(TrainingConfig(data=str(book), folder=make(tmp_path / gbk("结果")), **TINY_TEXT))
    assert path.parent.name == path.stem
    (tmp_path / "text").mkdir()
    copy = tmp_path / "text" / path.name
    copy.write_bytes(path.read_bytes())
    model = text.load(path.stem, "cpu", tmp_path)
    assert model.header.title["en"].isprintable()
    assert [entry.name for entry in checkpoint.available("text", tmp_path)] == [path.stem]
    assert model.header.history


def test_pictures(tmp_path):
    folder = tmp_path / "data" / gbk("照片")
    for name in (gbk("虎"), "狗"):
        place = make(folder / name)
        for number in range(32):
            Image.new("L", (32, 32), 3 * number).save(place / f"{gbk('照')}{number}.png")
    path = train_image(ImageTrainingConfig(data=str(folder), folder=tmp_path, discriminator_filters=2, **TINY_GAN))
    assert path == tmp_path / "image" / "照片" / "照片.safetensors"
    model = image.load(path, "cpu")
    assert {name["zh-CN"] for name in model.labels.names} == {"虎", "狗"}


def test_sounds_in_the_folder_of_now(tmp_path, monkeypatch):
    folder = make(tmp_path / gbk("声音"))
    time = np.arange(2000) / 16000
    for number in range(32):
        with (folder / f"{gbk('声')}{number}.wav").open("wb") as file:
            soundfile.write(file, np.sin(2 * np.pi * (200 + 20 * number) * time), 16000, format="WAV")
    monkeypatch.chdir(folder)
    settings = {**TINY_GAN, "spectrogram_filters": 2, "windows": (256,)}
    path = train_audio(AudioTrainingConfig(data=".", folder=folder, **settings))
    assert path == train_audio(AudioTrainingConfig(data=".", folder=folder, **settings))  # its samples are no data
    assert path == folder / "audio" / "声音" / "声音.safetensors"
    with path.open("rb") as file:
        content = file.read()
    (tmp_path / "copy.safetensors").write_bytes(content)
    assert audio.load(tmp_path / "copy.safetensors", "cpu").header.data_set == "声音"
