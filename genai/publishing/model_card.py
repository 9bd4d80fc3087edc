"""The card of a model as Markdown, in English and Chinese, written from the header of its checkpoint."""

import json
import shlex
from pathlib import Path
from typing import Any

from genai import checkpoint
from genai.audio import training as audio_training
from genai.checkpoint import parameters
from genai.checkpoint.header import Header
from genai.image import training as image_training
from genai.text import training as text_training
from genai.text.networks import GPT
from genai.training.config import RunConfig, settings

CONFIGS: dict[str, type[RunConfig]] = {
    "image": image_training.ImageTrainingConfig,
    "audio": audio_training.AudioTrainingConfig,
}
MACHINE_SETTINGS = {"data", "device", "threads", "folder", "save_minutes"}  # left out of the command


def card(path: Path, name: str) -> str:
    """Return the card of a checkpoint as a section of Markdown.

    Args:
        path: The file.
        name: The name in the heading.

    Raises:
        CheckpointError: if the file cannot be used.
    """
    header = checkpoint.read_header(path)
    title = f"### `{name}`: {header.title['en']} · {header.title['zh-CN']}"
    rows = [*_facts(path, header), *_texts(header)]
    lines = [f"| {field} | {_cell(value)} |" for field, value in rows if value]
    return "\n".join([title, "", "| | |", "|---|---|", *lines, *_figures(header), ""])


def _facts(path: Path, header: Header) -> list[tuple[str, str]]:
    training = header.training
    network = ", ".join(f"{name} {json.dumps(value)}" for name, value in header.config.items())
    licence = f"{header.licence}; weights 权重: {header.weights_licence or header.licence}"
    device = training.get("device", "cpu")
    machine = training["machine"] if device == "cpu" else f"{device}, {training['machine']}"
    time = f"{training['steps']:,} steps 步, {training['minutes']:,} min 分钟; {machine}"
    return [
        ("data 数据", header.source),
        ("licence 许可", licence),
        ("thanks to 致谢", header.attribution),
        ("network 网络", f"{header.architecture}: {network}"),
        ("weights 参数", "; ".join(f"{name} {number:,}" for name, number in _weights(path, header).items())),
        ("trained by 训练命令", f"`{command(header)}`"),
        ("started from 训练起点", _origin(training.get("started_from"))),
        ("taught by 教师模型", "<br>".join(_origin(each) for each in training.get("taught_by", []))),
        ("in 用时", f"{time}, torch {training['torch']}"),
    ]


def _origin(started_from: dict[str, Any] | None) -> str:
    """Say which checkpoint a training started from, and what had gone before; empty if it started from nothing."""
    if not started_from:
        return ""
    before = f"{started_from['steps']:,} steps 步, {started_from['minutes']:,} min 分钟"
    return f"`{started_from['file']}`, after 此前已训练 {before}; weights 权重 SHA-256 `{started_from['sha256']}`"


def _weights(path: Path, header: Header) -> dict[str, int]:
    """Return the number of weights by the name of the network."""
    counts = parameters.count_parameters(path, header.modality)
    if "discriminator" in counts:  # of a GAN, the network is the generator
        return {"generator" if name == "network" else name: count for name, count in counts.items()}
    return counts


def _texts(header: Header) -> list[tuple[str, str]]:
    texts = {
        "diagnosis 诊断": header.diagnosis,
        "known failures 已知缺陷": header.limits,
        "not for 不得用于": header.not_for,
    }
    return [(name, "<br>".join(by_language.values())) for name, by_language in texts.items()]


def command(header: Header) -> str:
    """Return the command that trains such a model, with the settings that differ from the defaults."""
    values = header.training["settings"]
    defaults = settings(_config_class(header)())
    if header.architecture == GPT:
        del defaults["network"]  # a command without it trains an LSTM
    words = ["python", "-m", f"genai.{header.modality}.training", values["data"]]
    for name, value in values.items():
        if name in MACHINE_SETTINGS or value == defaults.get(name):
            continue
        words.append(f"--{name.replace('_', '-')}")
        if isinstance(value, list):
            words.extend(str(element) for element in value)
        elif value is not True:  # a switch has no value
            words.append(str(value))
    return shlex.join(words)


def _config_class(header: Header) -> type[RunConfig]:
    """Return the settings of the training that made a model."""
    if header.modality == "text":
        return text_training.CONFIGS[text_training.NETWORKS[header.architecture]]
    return CONFIGS[header.modality]


def _figures(header: Header) -> list[str]:
    if not header.metrics:
        return []
    lines = [
        "",
        "<details><summary>figures 成绩</summary>",
        "",
        "| figure | value | n | beside | protocol |",
        "|---|---|---|---|---|",
    ]
    for name, figure in header.metrics.items():
        beside = ", ".join(f"{other} {value:g}" for other, value in figure.get("beside", {}).items())
        lines.append(f"| {name} | {figure['value']:g} | {figure['n']:,} | {beside} | {_cell(figure['protocol'])} |")
    return [*lines, "", "</details>"]


def _cell(value: str) -> str:
    return value.replace("|", "\\|").replace("\n", " ")
