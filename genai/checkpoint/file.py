"""Checkpoint files: weights as safetensors, with a header that says what they are and where they came from.

A file holds tensors, most of them float16, and in the string map of its header one JSON text for each field of
`Header`. Unlike in a pickle, nothing in it is ever executed.
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
from genai.checkpoint import own
from genai.checkpoint.header import Header, check_config, parse_header, unreadable_error
from genai.datasets.names import printable
from genai.errors import CheckpointError

BESIDE_THE_SOURCE = Path(__file__).resolve().parents[2] / "checkpoints"
SHIPPED = Path(os.environ.get("GENAI_CHECKPOINTS") or BESIDE_THE_SOURCE)  # an installed package has none beside it
SUFFIX = ".safetensors"


@dataclass(frozen=True)
class Entry:
    """A file in a folder of checkpoints, with its header or the error that reading it gave."""

    name: str
    path: Path
    size_bytes: int
    header: Header | None
    problem: CheckpointError | None


def save(path: Path, header: Header, tensors: Mapping[str, Tensor], dtype: torch.dtype = torch.float16) -> None:
    """Write a checkpoint, whole or not at all.

    Args:
        path: Of the file, which is replaced if it exists.
        header: What the file says of itself.
        tensors: By name; floating-point ones are stored as dtype.
        dtype: float16 keeps 11 significant bits, enough for weights of moderate size; float32 keeps all.

    Raises:
        CheckpointError: if a number is NaN, or too large for dtype: no program could load the file.
        DataError: if it cannot be written; the file that was there stays.
    """
    cpu_tensors = {}
    for name, tensor in tensors.items():
        converted = tensor.to(dtype) if tensor.is_floating_point() else tensor
        if not converted.isfinite().all():
            raise CheckpointError(
                "{file} is not written, since {name} holds numbers that are not finite or too large for {dtype}: "
                "the training diverged. Begin it anew with a lower --learning-rate.",
                file=path.name,
                name=name,
                dtype=str(dtype).removeprefix("torch."),
            )
        cpu_tensors[name] = converted.detach().cpu().contiguous()
    metadata = {name: json.dumps(value, ensure_ascii=False) for name, value in asdict(header).items()}
    with atomic_write(path) as temporary:
        temporary.write_bytes(to_bytes(cpu_tensors, metadata))


def read_header(path: Path) -> Header:
    """Read the header of a checkpoint, without its tensors.

    Raises:
        CheckpointError: if the file is missing, broken, of another program or newer than this one.
    """
    _check_path(path)
    try:
        with safe_open(path, framework="pt") as file:
            return _parse(path, file.metadata())
    except (SafetensorError, OSError) as error:
        raise unreadable_error(path.name, error) from error


def load(path: Path, modality: str) -> tuple[Header, dict[str, Tensor]]:
    """Read a checkpoint of a modality: its header and its tensors on the CPU, floating-point ones as float32.

    The file is opened once for both, so that they belong together even if it is replaced meanwhile.

    Raises:
        CheckpointError: as `read_header`; if the file is of another modality, or describes too large a network.
    """
    _check_path(path)
    try:
        with safe_open(path, framework="pt") as file:
            header = check_modality(_parse(path, file.metadata()), path, modality)
            check_config(path.name, header.config)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - the file is no dictionary
    except (SafetensorError, OSError) as error:
        raise unreadable_error(path.name, error) from error
    for name, tensor in tensors.items():
        if tensor.is_floating_point():
            tensors[name] = tensor.float()
    return header, tensors


def _check_path(path: Path) -> None:
    """Raise CheckpointError if a path is not UTF-8: safetensors opens no other."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise CheckpointError(
            "{file} cannot be read, since its name, or that of a folder around it, is not UTF-8: rename it.",
            file=printable(str(path)),
        ) from error


def update_header(path: Path, **fields: dict[str, Any] | list[Any] | bool | str) -> None:
    """Change fields of a checkpoint's header; the weights, stored as float16, stay the same.

    Args:
        path: Of the file.
        fields: New values, such as metrics or openings.

    Raises:
        CheckpointError: if the file cannot be used.
        DataError: if it cannot be written.
    """
    header = read_header(path)
    _, tensors = load(path, header.modality)
    save(path, replace(header, **fields), tensors)  # type: ignore[arg-type]  # reading checks the types


def collect_weights(**networks: nn.Module) -> dict[str, Tensor]:
    """Return the weights of several networks in one dictionary, named `network.weight`."""
    weights = {}
    for prefix, network in networks.items():
        for name, tensor in network.state_dict().items():
            weights[f"{prefix}.{name}"] = tensor
    return weights


def select_weights(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the weights of one network, named `prefix.…`, without the prefix: the reverse of `collect_weights`."""
    start = f"{prefix}."
    return {name.removeprefix(start): tensor for name, tensor in tensors.items() if name.startswith(start)}


def fingerprint(network: nn.Module) -> str:
    """Return the SHA-256, in hexadecimal, of a network's names and weights in float16, as they are stored."""
    digest = hashlib.sha256()
    for name, weight in network.state_dict().items():
        digest.update(name.encode() + weight.half().numpy(force=True).tobytes())
    return digest.hexdigest()


def check_counts_agree(path: Path, what: str, listed: int, expected: int) -> None:
    """Check that a header lists as many things as its network has.

    Args:
        path: Of the file.
        what: Names the things.
        listed: Number of those in the header.
        expected: Number that the network has.

    Raises:
        CheckpointError: if the numbers differ.
    """
    if listed != expected:
        raise unreadable_error(path.name, ValueError(f"{listed} {what} listed, {expected} in the network"))


def require_folder(folder: Path | None = None) -> Path:
    """Return a folder of checkpoints, the shipped one by default, which must exist.

    Raises:
        CheckpointError: if it does not, as where the package is installed without its repository.
    """
    folder = folder or SHIPPED
    if not folder.is_dir():
        raise CheckpointError(
            "There is no folder of checkpoints at {folder}: name the repository's, or your own, with "
            "--checkpoints, or for all commands in the environment's GENAI_CHECKPOINTS.",
            folder=folder,
        )
    return folder


def folder_beside(name: str, checkpoints: Path | None = None) -> Path:
    """Return a subfolder of a folder of checkpoints if it exists, else that of the shipped ones.

    Args:
        name: judges or indexes.
        checkpoints: The folder of checkpoints; None means the shipped ones.
    """
    folder = (checkpoints or SHIPPED) / name
    return folder if folder.is_dir() else SHIPPED / name


def find(name_or_path: str | Path, modality: str, folder: Path | None = None) -> Path:
    """Return the path of a checkpoint.

    Args:
        name_or_path: Its name in the folder or that of a visitor's own model, or the path of a file.
        modality: text, image or audio.
        folder: Of checkpoints, with a folder for each modality; None means the shipped ones.

    Raises:
        CheckpointError: if there is none of that name, listing those that there are, or no such folder.
    """
    path = Path(name_or_path)
    if path.suffix == SUFFIX and path.is_file():
        return path
    visitors_model = own.find(name_or_path, modality)
    if visitors_model is not None:
        return visitors_model
    paths = {name_of(path): path for path in _list_files(require_folder(folder), modality)}
    if str(name_or_path) not in paths:
        raise CheckpointError(
            "There are no {models} called {name}. There are: {known}.",
            models=f"{modality} models",
            name=repr(str(name_or_path)),
            known=", ".join(paths) or "none",
        )
    return paths[str(name_or_path)]


def available(modality: str, folder: Path | None = None) -> list[Entry]:
    """List the checkpoints of a modality, sorted by name; one that cannot be used is listed with its problem."""
    return [read_entry(path, modality) for path in _list_files(folder or SHIPPED, modality)]


def read_entry(path: Path, modality: str) -> Entry:
    """Read what a list of checkpoints says of a file."""
    header = None
    problem = None
    try:
        header = check_modality(read_header(path), path, modality)
    except CheckpointError as error:
        problem = error
    return Entry(name_of(path), path, _size(path), header, problem)


def name_of(path: Path) -> str:
    """Return the name of the checkpoint in a file."""
    return printable(path.stem)


def _size(path: Path) -> int:
    """Return the size of a file in bytes; 0 if it cannot be had, as of a link whose target is gone."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _list_files(folder: Path, modality: str) -> list[Path]:
    return sorted((folder / modality).glob(f"*{SUFFIX}"), key=lambda path: path.stem)


def check_modality(header: Header, path: Path, modality: str) -> Header:
    """Return the header, which must be of a modality.

    Raises:
        CheckpointError: if it is of another one.
    """
    if header.modality != modality:
        raise CheckpointError(
            "{file} holds a model for {found}, not for {modality}: move it to the folder {found}.",
            file=path.name,
            found=header.modality,
            modality=modality,
        )
    return header


def _parse(path: Path, metadata: Mapping[str, str] | None) -> Header:
    try:
        values = {name: json.loads(text) for name, text in (metadata or {}).items()}
    except (ValueError, RecursionError) as error:
        raise unreadable_error(path.name, error) from error
    return parse_header(path.name, values)
