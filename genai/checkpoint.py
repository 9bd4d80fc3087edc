"""Self-describing files of weights: safetensors whose header says what they are and where they came from.

A file holds float16 or bfloat16 tensors and, in the header's string map, one JSON text for each field of
`Header`. Nothing in it is ever executed, unlike a pickle.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from genai.errors import CheckpointError
from genai.header import Header, parse, unreadable

SHIPPED = Path(__file__).resolve().parent.parent / "checkpoints"
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
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    stored = {
        name: (tensor.to(dtype) if tensor.is_floating_point() else tensor).detach().cpu().contiguous()
        for name, tensor in tensors.items()
    }
    metadata = {name: json.dumps(value, ensure_ascii=False) for name, value in asdict(header).items()}
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(to_bytes(stored, metadata))
    os.replace(temporary, path)


def read_header(path: Path) -> Header:
    """Read what a file says of itself, without its weights.

    Raises:
        CheckpointError: if the file is missing, broken, foreign or newer than this program.
    """
    return _read(path)[0]


def load(path: Path, modality: str) -> tuple[Header, dict[str, Tensor]]:
    """Read a checkpoint of a modality; floating-point weights come as float32 on the CPU.

    Raises:
        CheckpointError: as `read_header`, and if the file is of another modality.
    """
    header, names = _read(path)
    expect(header, path, modality)
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in names}
    except (SafetensorError, OSError) as error:
        raise unreadable(path.name, error) from error
    return header, {n: t.float() if t.is_floating_point() else t for n, t in tensors.items()}


def amend(path: Path, **fields: dict[str, Any] | list[Any]) -> None:
    """Change fields of a checkpoint's header, such as metrics or openings; float16 weights stay as they are.

    Raises:
        CheckpointError: if the file cannot be used.
    """
    header = read_header(path)
    _, tensors = load(path, header.modality)
    save(path, replace(header, **fields), tensors)  # type: ignore[arg-type]  # each field checks out on reading


def join(**networks: nn.Module) -> dict[str, Tensor]:
    """Collect the weights of several networks, named `network.weight`; `part` takes them apart."""
    return {f"{name}.{n}": t for name, network in networks.items() for n, t in network.state_dict().items()}


def part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Pick the weights of one network: those named `prefix.…`, without the prefix."""
    return {n.removeprefix(f"{prefix}."): t for n, t in tensors.items() if n.startswith(f"{prefix}.")}


N = TypeVar("N", bound=nn.Module)


def build(path: Path, make: Callable[[], N], weights: Mapping[str, Tensor]) -> N:
    """Make a network as the header says and fill in its weights, ready for use.

    Raises:
        CheckpointError: if header and weights do not fit each other, or a weight is not a finite number.
    """
    try:
        network = make()
        network.load_state_dict(weights)
    except (RuntimeError, TypeError, ValueError, ZeroDivisionError) as error:
        raise unreadable(path.name, error) from error
    wrong = [name for name, tensor in weights.items() if not tensor.isfinite().all()]
    if wrong:
        raise unreadable(path.name, ValueError(f"{wrong[0]} holds numbers that are not finite"))
    return network.eval().requires_grad_(False)


def fingerprint(network: nn.Module) -> str:
    """Return the SHA-256 of a network's weights by name, as float16, in which they are stored."""
    digest = hashlib.sha256()
    for name, weight in network.state_dict().items():
        digest.update(name.encode() + weight.half().numpy(force=True).tobytes())
    return digest.hexdigest()


def agree(path: Path, what: str, found: int, expected: int) -> None:
    """Make sure that two places of a header tell the same count.

    Raises:
        CheckpointError: if they do not.
    """
    if found != expected:
        raise unreadable(path.name, ValueError(f"{found} {what} listed, {expected} in the network"))


def find(name_or_path: str | Path, modality: str, folder: Path | None = None) -> Path:
    """Turn a checkpoint's name into its path; a path that exists stays what it is.

    Raises:
        CheckpointError: if there is none of that name; says which there are.
    """
    direct = Path(name_or_path)
    if direct.suffix == SUFFIX and direct.is_file():
        return direct
    place = (folder or SHIPPED) / modality
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
            header = expect(read_header(path), path, modality)
        except CheckpointError as error:
            problem = error
        entries.append(Entry(path.stem, path, path.stat().st_size, header, problem))
    return entries


def expect(header: Header, path: Path, modality: str) -> Header:
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


def _read(path: Path) -> tuple[Header, list[str]]:
    try:
        with safe_open(path, framework="pt") as file:
            metadata, names = file.metadata() or {}, list(file.keys())
        values = {name: json.loads(text) for name, text in metadata.items()}
    except (SafetensorError, OSError, ValueError) as error:
        raise unreadable(path.name, error) from error
    return parse(path.name, values), names
