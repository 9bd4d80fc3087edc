"""A model's card as Markdown, in English and Chinese: all of it is read from the header of its file."""

import json
import shlex
from pathlib import Path

from genai import checkpoint
from genai.audio import training as audio_training
from genai.checkpoint import parameters
from genai.checkpoint.header import Header
from genai.image import training as image_training
from genai.text import training as text_training
from genai.training.config import RunConfig, settings

CONFIGS: dict[str, type[RunConfig]] = {
    "text": text_training.TrainingConfig,
    "image": image_training.TrainingConfig,
    "audio": audio_training.TrainingConfig,
}
OF_THE_MACHINE = {"data", "device", "threads", "folder", "save_minutes"}  # settings that the command leaves out


def card(path: Path, name: str) -> str:
    """Write the card of a checkpoint as a section of Markdown, under a name.

    Raises:
        CheckpointError: if the file cannot be used.
    """
    header = checkpoint.read_header(path)
    title = f"### `{name}`: {header.title['en']} · {header.title['zh-CN']}"
    rows = [*_facts(path, header), *_texts(header)]
    table = ["| | |", "|---|---|", *(f"| {name} | {_cell(value)} |" for name, value in rows if value)]
    return "\n".join([title, "", *table, *_figures(header), ""])


def _facts(path: Path, header: Header) -> list[tuple[str, str]]:
    training = header.training
    network = ", ".join(f"{name} {json.dumps(value)}" for name, value in header.config.items())
    licence = f"{header.licence}; weights 权重: {header.weights_licence or header.licence}"
    time = f"{training['steps']:,} steps 步, {training['minutes']:,} min 分钟; {training['machine']}"
    return [
        ("data 数据", header.source),
        ("licence 许可", licence),
        ("thanks to 致谢", header.attribution),
        ("network 网络", f"{header.architecture}: {network}"),
        ("weights 参数", "; ".join(f"{name} {number:,}" for name, number in _weights(path, header).items())),
        ("trained by 训练命令", f"`{command(header)}`"),
        ("in 用时", f"{time}, torch {training['torch']}"),
    ]


def _weights(path: Path, header: Header) -> dict[str, int]:
    """The number of weights by the name of the network."""
    found = parameters.count_parameters(path, header.modality)
    return {"generator" if "discriminator" in found and name == "network" else name: n for name, n in found.items()}


def _texts(header: Header) -> list[tuple[str, str]]:
    kinds = (("diagnosis 诊断", header.diagnosis), ("known failures 已知缺陷", header.limits),
             ("not for 不得用于", header.not_for))  # fmt: skip
    return [(name, "<br>".join(said.values())) for name, said in kinds]


def command(header: Header) -> str:
    """Return the command that trains such a model: every setting that is not the usual one."""
    chosen = header.training["settings"]
    usual = settings(CONFIGS[header.modality]())
    words = ["python", "-m", f"genai.{header.modality}.training", chosen["data"]]
    for name, value in chosen.items():
        if name not in OF_THE_MACHINE and value != usual.get(name):
            words.append(f"--{name.replace('_', '-')}")
            if value is not True:
                words += [str(one) for one in (value if isinstance(value, list) else [value])]
    return shlex.join(words)


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
