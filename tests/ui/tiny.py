"""Tiny networks with random weights, saved as real checkpoints."""

from dataclasses import asdict
from pathlib import Path

import torch

from genai import checkpoint
from genai.audio.model import WaveGANConfig, make_generator
from genai.checkpoint.header import Header
from genai.image.discriminator import ImageDiscriminator
from genai.image.model import DCGANConfig, Generator
from genai.text.model import CharLSTM, CharLSTMConfig

LETTERS = "\t\n !&',-.:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
HAN = "\n，。一不人天山春月水花风雨云夜"
CLOTHES = [("T-shirt", "T恤"), ("trouser", "裤子"), ("dress", "连衣裙"), ("sneaker", "运动鞋")]
PAPERS = {"licence": "CC0-1.0", "attribution": "nobody: random weights", "source": "https://example.org/data"}

FIGURES = {"agreement": {"value": 0.1, "n": 300, "protocol": "not measured", "beside": {"real test items": 0.99}}}


def save_all(folder: Path) -> Path:
    """Three text models, one slow enough to be stopped; two image models, one without labels; two audio models.

    Only the data sets of the spoken digits and of the drawn people have feature networks.
    """
    torch.manual_seed(0)  # tests only: the package itself never touches the global seed
    _text(folder, "shakespeare", "Plays", "戏剧", LETTERS, {"seed": 3, "prompt": "JULIET:\n", "length": 200})
    _text(folder, "tang", "Tang poems", "唐诗", HAN, {"seed": 1, "prompt": "春", "length": 40})
    _text(folder, "large", "Slow plays", "慢速戏剧", LETTERS, {"seed": 1, "length": 20}, hidden_size=1024)
    _image(folder, "fashion", "Clothes", "服装", CLOTHES, size=32, channels=1)
    _image(folder, "characters", "Drawn people", "手绘人物", [], size=64, channels=3, data_set="characters")
    _audio(folder, "digits", "Spoken digits", "英语数字", [(str(n), str(n)) for n in range(10)], 8000, "digits")
    _audio(folder, "drums", "Drums", "鼓", [("kick", "底鼓"), ("snare", "军鼓")], 16000, "Drums")
    return folder


def _text(folder, name, english, chinese, vocabulary, opening, hidden_size=16):
    config = CharLSTMConfig(len(vocabulary), embedding_size=8, hidden_size=hidden_size, layers=2)
    header = Header("text", "char-lstm", asdict(config), {"en": english, "zh-CN": chinese}, english,
                    vocabulary=vocabulary, tabs="\t" in vocabulary, openings=[opening], **PAPERS)  # fmt: skip
    checkpoint.save(
        folder / "text" / f"{name}.safetensors", header, checkpoint.collect_weights(network=CharLSTM(config))
    )


def _image(folder, name, english, chinese, classes, size, channels, data_set=None):
    config = DCGANConfig(size=size, channels=channels, classes=len(classes), latent_size=8, generator_filters=4)
    names = [{"en": e, "zh-CN": c} for e, c in classes]
    header = Header("image", "dcgan", asdict(config), {"en": english, "zh-CN": chinese}, data_set or english,
                    classes=names, openings=[{"seed": 40}], **PAPERS)  # fmt: skip
    network = Generator(config)
    checkpoint.save(folder / "image" / f"{name}.safetensors", header, checkpoint.collect_weights(network=network))


def save_scored(folder):
    """Save an image model with its discriminator; its header has scores, all far below 0, and its losses."""
    torch.manual_seed(1)
    config = DCGANConfig(size=32, channels=1, latent_size=8, generator_filters=4, discriminator_filters=4)
    settings = {"loss": "relativistic", "r1": 20.0, "r2": 0.0, "penalty_floor": 0.2}
    scores = {name: [first + n / 10 for n in range(101)] for name, first in (("real", -999.0), ("fake", -1000.0))}
    header = Header("image", "dcgan", asdict(config), {"en": "Scored", "zh-CN": "有得分"}, "scored",
                    openings=[{"seed": 1}], training={"settings": settings}, scores=scores, **PAPERS)  # fmt: skip
    networks = {"network": Generator(config), "discriminator": ImageDiscriminator(config)}
    checkpoint.save(folder / "image/scored.safetensors", header, checkpoint.collect_weights(**networks))


def _audio(folder, name, english, chinese, classes, rate, data_set):
    config = WaveGANConfig(classes=len(classes), latent_size=8, generator_filters=4)
    names = [{"en": e, "zh-CN": c} for e, c in classes]
    header = Header("audio", "wavegan", asdict(config), {"en": english, "zh-CN": chinese}, data_set,
                    classes=names, sample_rate=rate, openings=[{"seed": 5}], metrics=FIGURES, **PAPERS)  # fmt: skip
    network = make_generator(config)
    checkpoint.save(folder / "audio" / f"{name}.safetensors", header, checkpoint.collect_weights(network=network))
