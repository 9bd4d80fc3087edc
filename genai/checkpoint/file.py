"""Self-describing files of weights: safetensors whose header says what they are and where they came from.

A file holds float16 or bfloat16 tensors and, in the header's string map, one JSON text for each field of
`Header`. Nothing in it is ever executed, unlike a pickle.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from genai.atomic_write import atomic_write
from genai.checkpoint.header import Header, check_config, parse_header, unreadable_error
from genai.errors import CheckpointError

BESIDE_THE_SOURCE = Path(__file__).resolve().parents[2] / "checkpoints"
SHIPPED = Path(os.environ.get("GENAI_CHECKPOINTS") or BESIDE_THE_SOURCE)  # an installed package has none beside it
SUFFIX = ".safetensors"


@dataclass(frozen=True)
class Entry:
    """One file of a checkpoint folder: its header, or what is wrong with it."""

    name: str
    path: Path
    size_bytes: int
    header: Header | None
    problem: CheckpointError | None


def save(path: Path, header: Header, tensors: Mapping[str, Tensor], dtype: torch.dtype = torch.float16) -> None:
    """Write a checkpoint under a temporary name, then rename it.

    Args:
        path: Where to.
        header: What it is.
        tensors: Weights by name; floating-point ones are stored as dtype.
        dtype: float16 keeps 11 bits, enough for weights of moderate size; float32 keeps all.

    Raises:
        DataError: if it cannot be written; a file that was there stays.
    """
    stored = {
        name: (tensor.to(dtype) if tensor.is_floating_point() else tensor).detach().cpu().contiguous()
        for name, tensor in tensors.items()
    }
    metadata = {name: json.dumps(value, ensure_ascii=False) for name, value in asdict(header).items()}
    with atomic_write(path) as temporary:
        temporary.write_bytes(to_bytes(stored, metadata))


def read_header(path: Path) -> Header:
    """Read what a file says of itself, without its weights.

    Raises:
        CheckpointError: if the file is missing, broken, foreign or newer than this program.
    """
    try:
        with safe_open(path, framework="pt") as file:
            return _header(path, file.metadata())
    except (SafetensorError, OSError) as error:
        raise unreadable_error(path.name, error) from error


def load(path: Path, modality: str) -> tuple[Header, dict[str, Tensor]]:
    """Read a checkpoint of a modality; floating-point weights come as float32 on the CPU.

    Header and weights come from one opening, so that they belong together though the file be replaced meanwhile.

    Raises:
        CheckpointError: as `read_header`, and if the file is of another modality.
    """
    try:
        with safe_open(path, framework="pt") as file:
            header = check_modality(_header(path, file.metadata()), path, modality)
            check_config(path.name, header.config)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dictionary
    except (SafetensorError, OSError) as error:
        raise unreadable_error(path.name, error) from error
    return header, {n: t.float() if t.is_floating_point() else t for n, t in tensors.items()}


def update_header(path: Path, **fields: dict[str, Any] | list[Any] | bool) -> None:
    """Change fields of a checkpoint's header, such as metrics or openings; float16 weights stay as they are.

    Raises:
        CheckpointError: if the file cannot be used.
    """
    header = read_header(path)
    _, tensors = load(path, header.modality)
    save(path, replace(header, **fields), tensors)  # type: ignore[arg-type]  # each field checks out on reading


def collect_weights(**networks: nn.Module) -> dict[str, Tensor]:
    """Collect the weights of several networks, named `network.weight`; `select_weights` takes them apart."""
    return {f"{name}.{n}": t for name, network in networks.items() for n, t in network.state_dict().items()}


def select_weights(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Pick the weights of one network: those named `prefix.…`, without the prefix."""
    return {n.removeprefix(f"{prefix}."): t for n, t in tensors.items() if n.startswith(f"{prefix}.")}


def fingerprint(network: nn.Module) -> str:
    """Return the SHA-256 of a network's weights by name, as float16, in which they are stored."""
    digest = hashlib.sha256()
    for name, weight in network.state_dict().items():
        digest.update(name.encode() + weight.half().numpy(force=True).tobytes())
    return digest.hexdigest()


def check_counts_agree(path: Path, what: str, found: int, expected: int) -> None:
    """Make sure that two places of a header tell the same count.

    Raises:
        CheckpointError: if they do not.
    """
    if found != expected:
        raise unreadable_error(path.name, ValueError(f"{found} {what} listed, {expected} in the network"))


def require_folder(folder: Path | None = None) -> Path:
    """Return the folder of checkpoints: the given one, else the shipped one.

    Raises:
        CheckpointError: if it is not there, as where the package is installed without its repository.
    """
    place = folder or SHIPPED
    if not place.is_dir():
        raise CheckpointError(
            "There is no folder of checkpoints at {folder}: name the repository's, or your own, with "
            "--checkpoints, or for all commands in the environment's GENAI_CHECKPOINTS.",
            folder=place,
        )
    return place


def find(name_or_path: str | Path, modality: str, folder: Path | None = None) -> Path:
    """Turn a checkpoint's name into its path; a path that exists stays what it is.

    Raises:
        CheckpointError: if there is none of that name; says which there are.
    """
    direct = Path(name_or_path)
    if direct.suffix == SUFFIX and direct.is_file():
        return direct
    place = require_folder(folder) / modality
    known = {path.stem: path for path in sorted(place.glob(f"*{SUFFIX}"))}
    if str(name_or_path) not in known:
        raise CheckpointError(
            "There are no {models} called {name}. There are: {known}.",
            models=f"{modality} models",
            name=repr(str(name_or_path)),
            known=", ".join(known) or "none",
        )
    return known[str(name_or_path)]


def available(modality: str, folder: Path | None = None) -> list[Entry]:
    """List the checkpoints of a modality by name; one that cannot be used is listed with its problem."""
    entries = []
    for path in sorted(((folder or SHIPPED) / modality).glob(f"*{SUFFIX}")):
        header, problem = None, None
        try:
            header = check_modality(read_header(path), path, modality)
        except CheckpointError as error:
            problem = error
        entries.append(Entry(path.stem, path, path.stat().st_size, header, problem))
    return entries


def check_modality(header: Header, path: Path, modality: str) -> Header:
    """Return the header if it is of the modality.

    Raises:
        CheckpointError: if it is of another.
    """
    if header.modality != modality:
        raise CheckpointError(
            "{file} holds a model for {found}, not for {modality}: move it to the folder {found}.",
            file=path.name,
            found=header.modality,
            modality=modality,
        )
    return header


def _header(path: Path, metadata: Mapping[str, str] | None) -> Header:
    try:
        values = {name: json.loads(text) for name, text in (metadata or {}).items()}
    except (ValueError, RecursionError) as error:
        raise unreadable_error(path.name, error) from error
    return parse_header(path.name, values)
