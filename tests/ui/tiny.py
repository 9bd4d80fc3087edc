"""Tiny networks with random weights, saved as real checkpoints."""

from dataclasses import asdict
from pathlib import Path

import torch

from genai import checkpoint
from genai.audio.discriminator import AudioDiscriminator
from genai.audio.model import WaveGANConfig, make_generator
from genai.audio.sources import cards as audio_cards
from genai.audio.sources import notes
from genai.checkpoint.header import Header
from genai.image.discriminator import ImageDiscriminator
from genai.image.model import DCGANConfig, Generator
from genai.image.sources import cards as image_cards
from genai.seeds import make_rng
from genai.text.gpt.model import CharGPT, GPTConfig, initialise
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
    _text(folder, "shakespeare", "Plays", "戏剧", LETTERS, {"seed": 3, "prompt": "JULIET:\n", "length": 200},
          history=[{"step": 20, "minutes": 0.5, "loss": 4.0, "text": "xqz"},
                   {"step": 1000, "minutes": 9.0, "loss": 2.5, "text": "the"}],
          curve={"step": [1.0, 501.0, 1001.0], "minutes": [0.0, 4.5, 9.0], "loss": [4.2, 3.0, 2.5]})  # fmt: skip
    _text(folder, "tang", "Tang poems", "唐诗", HAN, {"seed": 1, "prompt": "春", "length": 40})
    _text(folder, "large", "Slow plays", "慢速戏剧", LETTERS, {"seed": 1, "length": 20}, hidden_size=1024)
    _image(folder, "fashion", "Clothes", "服装", CLOTHES, size=32, channels=1)
    _image(folder, "characters", "Drawn people", "手绘人物", [], size=64, channels=3, data_set="characters")
    _audio(folder, "digits", "Spoken digits", "英语数字", [(str(n), str(n)) for n in range(10)], 8000, "digits",
           variants=[("Ann", "安"), ("Ben", "本")])  # fmt: skip
    _audio(folder, "drums", "Drums", "鼓", [("kick", "底鼓"), ("snare", "军鼓")], 16000, "Drums")
    return folder


def _text(folder, name, english, chinese, vocabulary, opening, hidden_size=16, **fields):
    config = CharLSTMConfig(len(vocabulary), embedding_size=8, hidden_size=hidden_size, layers=2)
    header = Header("text", "char-lstm", asdict(config), {"en": english, "zh-CN": chinese}, english,
                    vocabulary=vocabulary, tabs="\t" in vocabulary, openings=[opening], **PAPERS,
                    **fields)  # fmt: skip
    checkpoint.save(
        folder / "text" / f"{name}.safetensors", header, checkpoint.collect_weights(network=CharLSTM(config))
    )


def _papers(cards, data_set):
    """Where the data of a model came from; with feature networks only that of a published set."""
    card = cards.get(data_set)
    if card is None:
        return PAPERS
    return {"licence": card.licence, "attribution": card.attribution, "source": card.source}


def _image(folder, name, english, chinese, classes, size, channels, data_set=None):
    config = DCGANConfig(size=size, channels=channels, classes=len(classes), latent_size=8, generator_filters=4)
    names = [{"en": e, "zh-CN": c} for e, c in classes]
    header = Header("image", "dcgan", asdict(config), {"en": english, "zh-CN": chinese}, data_set or english,
                    classes=names, openings=[{"seed": 40}],
                    **_papers(image_cards.CARDS, data_set))  # fmt: skip
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


def save_people(folder):
    """Save an image model of two classes and three hairstyles, of which each class has two."""
    torch.manual_seed(4)
    config = DCGANConfig(size=32, channels=3, classes=2, variants=3, latent_size=8, generator_filters=4,
                         discriminator_filters=4)  # fmt: skip
    header = Header("image", "dcgan", asdict(config), {"en": "People", "zh-CN": "人物"}, "people",
                    classes=[{"en": "Glasses", "zh-CN": "眼镜"}, {"en": "Bald", "zh-CN": "光头"}],
                    variants=[{"en": "Afro", "zh-CN": "爆炸头"}, {"en": "No hair", "zh-CN": "无发"},
                              {"en": "Three hairs", "zh-CN": "三根毛"}],
                    variant_shares=[[0.5, 0.5, 0], [0, 0.75, 0.25]], class_shares=[0.8, 0.2],
                    openings=[{"label": "Glasses", "variant": "Afro", "seed": 2}], **PAPERS)  # fmt: skip
    networks = {"network": Generator(config), "discriminator": ImageDiscriminator(config)}
    checkpoint.save(folder / "image/people.safetensors", header, checkpoint.collect_weights(**networks))


def save_notes(folder):
    """Save an audio model of the 49 keys of a piano, with two instruments.

    At 48 kHz a browser plays its sounds as they are; without its compiler, others take it seconds.
    """
    torch.manual_seed(2)
    keys = [(name["en"], name["zh-CN"]) for name in notes.LABELS.names]
    players = [("Harp", "竖琴"), ("Banjo", "班卓琴")]
    _audio(folder, "notes", "Notes", "单音", keys, 48000, "Notes", variants=players)


def save_twin(folder):
    """Save a GPT beside the LSTM "shakespeare", trained on the same text as far as the headers say."""
    config = GPTConfig(len(LETTERS), layers=4, heads=2, key_heads=1, width=16, mlp_width=24, context=32)
    network = CharGPT(config)
    rng = make_rng(3)
    initialise(network, rng)
    for parameter in network.parameters():
        parameter.data.add_(0.2 * torch.randn(parameter.shape, generator=rng))  # as after a training
    header = Header("text", "char-gpt", asdict(config), {"en": "Plays", "zh-CN": "戏剧"}, "Plays",
                    vocabulary=LETTERS, tabs=True, openings=[{"seed": 3, "prompt": "JULIET:\n", "length": 200}],
                    **PAPERS)  # fmt: skip
    checkpoint.save(
        folder / "text" / "shakespeare-gpt.safetensors", header, checkpoint.collect_weights(network=network)
    )


def save_toured(folder):
    """Save all models, and give those that the tours show what the tours read from them.

    These are scores and the classes. The indexes and feature networks are the shipped ones.
    """
    save_all(folder)
    save_twin(folder)
    figure = {"nats_per_character_stream": {"value": 1.4, "n": 1000, "protocol": "not measured", "beside": {}}}
    checkpoint.update_header(folder / "text" / "shakespeare.safetensors", metrics=figure)
    scores = {name: [float(n) for n in range(-50, 51)] for name in ("real", "fake")}
    config = DCGANConfig(
        size=32, channels=1, classes=2, latent_size=8, generator_filters=4, discriminator_filters=4
    )
    networks = {"network": Generator(config), "discriminator": ImageDiscriminator(config)}
    classes = [{"en": "Pullover", "zh-CN": "套衫"}, {"en": "Coat", "zh-CN": "外套"}]
    header = Header("image", "dcgan", asdict(config), {"en": "Clothes", "zh-CN": "服装"}, "fashion",
                    classes=classes, openings=[{"seed": 40}], scores=scores,
                    **_papers(image_cards.CARDS, "fashion"))  # fmt: skip
    checkpoint.save(folder / "image/fashion.safetensors", header, checkpoint.collect_weights(**networks))
    for name in ("digits", "drums"):
        _toured_audio(folder / "audio" / f"{name}.safetensors", name, scores)
    return folder


def _toured_audio(path, data_set, scores):
    old = checkpoint.read_header(path)
    classes = [*old.classes, {"en": "hat", "zh-CN": "踩镲"}] if data_set == "drums" else old.classes
    config = WaveGANConfig(classes=len(classes), latent_size=8, generator_filters=4, spectrogram_filters=4)
    networks = {"network": make_generator(config), "discriminator": AudioDiscriminator(config)}
    header = Header("audio", "wavegan", asdict(config), old.title, data_set, classes=classes,
                    sample_rate=old.sample_rate, openings=old.openings, scores=scores,
                    **_papers(audio_cards.CARDS, data_set))  # fmt: skip
    checkpoint.save(path, header, checkpoint.collect_weights(**networks))


def _audio(folder, name, english, chinese, classes, rate, data_set, variants=()):
    config = WaveGANConfig(classes=len(classes), performers=len(variants), latent_size=8, generator_filters=4)
    names, players = ([{"en": e, "zh-CN": c} for e, c in listed] for listed in (classes, variants))
    header = Header("audio", "wavegan", asdict(config), {"en": english, "zh-CN": chinese}, data_set,
                    classes=names, variants=players, sample_rate=rate, openings=[{"seed": 5}], metrics=FIGURES,
                    **_papers(audio_cards.CARDS, data_set))  # fmt: skip
    network = make_generator(config)
    checkpoint.save(folder / "audio" / f"{name}.safetensors", header, checkpoint.collect_weights(network=network))
