"""Pictures to train on: three named sets, or a folder of one's own."""

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import compress
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from genai.datasets import folders
from genai.datasets.card import DataCard
from genai.datasets.downloads import Source, fetch
from genai.errors import ConfigError, DataError
from genai.image.sources import avatars, files, glyphs
from genai.image.sources.cards import CALLIGRAPHY, CARDS, CLOTHES
from genai.labels import Labels

NAMES = ("fashion", "characters", "calligraphy")
SIZES = (32, 64)
MIN_PICTURES = 64

FASHION = Source(
    name="image/fashion",
    url="https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/b2617bb6d3ffa2e429640350f613e3291e10b141/data/fashion",
    files=tuple(f"{part}-{kind}-ubyte.gz" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")),
    sha256="14410854cf7a289477dcfc7df3f8ec24741e281cdcc425ede0d9a748ca630214",
)


@dataclass(frozen=True)
class Pictures:
    """Pictures in two parts.

    Args:
        train: (N, C, H, W), 0 to 255; C is 1 for grey pictures, 3 for colour.
        train_labels: (N,), numbers of the classes; all 0 without classes.
        test: Pictures that training never sees, (M, C, H, W).
        test_labels: (M,).
        labels: The names of the classes; empty without classes.
        card: The papers of the set.
        train_ids: What the source calls each picture of the training part: its place or number in it, its style and
            character, or its file's name.
    """

    train: Tensor
    train_labels: Tensor
    test: Tensor
    test_labels: Tensor
    labels: Labels
    card: DataCard
    train_ids: Sequence[str]


def to_unit(pictures: Tensor) -> Tensor:
    """Convert pictures from 0 to 255 to float32 in [-1, 1]."""
    return pictures.float() / 127.5 - 1


def load(name_or_path: str, size: int = 32) -> Pictures:
    """Load a named set, or a folder of at least 64 pictures; its subfolders, if it has any, are the classes.

    The test part of fashion is the official one; of the others, a tenth is held out by the hash of the name:
    of an avatar's number, of a written character (in all three hands), of a file (a tenth of every class).

    Args:
        name_or_path: One of NAMES, or the path of a folder.
        size: Side in pixels, 32 or 64. Fashion is 28 pixels wide and stands in a black frame of 32.

    Raises:
        ConfigError: if the size is another one.
        DataError: if there is no such set, or the folder is missing, too poor or disorderly.
    """
    if size not in SIZES or (name_or_path == "fashion" and size != SIZES[0]):
        raise ConfigError(
            "Size {value} is not possible for {name}: fashion has 32 pixels, all other pictures 32 or 64.",
            value=size,
            name=name_or_path,
        )
    if name_or_path == "fashion":
        return _fashion()
    if name_or_path == "characters":
        return _characters(size)
    if name_or_path == "calligraphy":
        return _calligraphy(size)
    folder = Path(name_or_path).expanduser()
    if not folder.is_dir():
        raise DataError(
            "There are no pictures {value}: the named sets are {names}; for your own, give the path of a folder.",
            value=repr(name_or_path),
            names=", ".join(NAMES),
        )
    return _own(folder, size)


def _characters(size: int) -> Pictures:
    images = avatars.pictures()
    numbers = [str(index) for index in range(len(images))]
    held_out = folders.held_out(numbers)
    return _split(_shrink(images, size), [0] * len(images), held_out, Labels(()), CARDS["characters"], numbers)


def _calligraphy(size: int) -> Pictures:
    images, hands, characters = glyphs.pictures()
    names = [
        f"{CALLIGRAPHY.names[hand]['en']} {character}" for hand, character in zip(hands, characters, strict=True)
    ]
    images, held_out = _shrink(images[..., None], size), folders.held_out(characters)
    return _split(images, hands.tolist(), held_out, CALLIGRAPHY, CARDS["calligraphy"], names)


def _fashion() -> Pictures:
    folder = fetch(FASHION)
    train, train_labels, test, test_labels = (_idx(folder / file) for file in FASHION.files)
    frame = (2, 2, 2, 2)  # 28 pixels + 2 on every side
    return Pictures(
        train=F.pad(train[:, None], frame),
        train_labels=train_labels.long(),
        test=F.pad(test[:, None], frame),
        test_labels=test_labels.long(),
        labels=CLOTHES,
        card=CARDS["fashion"],
        train_ids=[str(place) for place in range(len(train))],
    )


def _idx(path: Path) -> Tensor:
    """Read a file in MNIST's format: 2 zeros, type, number of axes, the length of each in 4 bytes, the bytes.

    Source: http://yann.lecun.com/exdb/mnist/.
    """
    try:
        data = gzip.decompress(path.read_bytes())
        shape = np.frombuffer(data, ">i4", count=data[3], offset=4)
        values = np.frombuffer(data, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)
    except (OSError, EOFError, ValueError, IndexError, zlib.error) as error:
        raise DataError("{file} is broken: remove it and get it again.", file=str(path)) from error
    return torch.from_numpy(values.copy())


def _shrink(images: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Average blocks of pixels: (N, 64, 64, C) to (N, size, size, C)."""
    block = images.shape[1] // size
    area = block * block
    total = np.full_like(images[:, ::block, ::block], area // 2, np.uint16)  # so that halves round up
    for y in range(block):
        for x in range(block):
            total += images[:, y::block, x::block]
    means: NDArray[np.uint8] = (total // area).astype(np.uint8)
    return means


def _split(
    images: NDArray[np.uint8],
    classes: Sequence[int],
    tested: Sequence[bool],
    labels: Labels,
    card: DataCard,
    names: Sequence[str],
) -> Pictures:
    pictures = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
    numbers = torch.tensor(classes, dtype=torch.long)
    test = torch.tensor(tested)
    ids = list(compress(names, (~test).tolist()))
    return Pictures(pictures[~test], numbers[~test], pictures[test], numbers[test], labels, card, ids)


def _own(folder: Path, size: int) -> Pictures:
    found = folders.list_files(folder, files.SUFFIXES)
    read, skipped = folders.read_valid(found.files, partial(files.read, size=size))
    usable = [
        (image, number, file.relative_to(folder).as_posix())
        for image, number, file in zip(read, found.classes, found.files, strict=True)
        if image is not None
    ]
    if len(usable) < MIN_PICTURES:
        raise DataError(
            "The folder {folder} has {count} pictures (PNG, JPEG, WebP and the like) that can be used, which is "
            "too little to learn from: at least {least} are needed. {skipped}",
            folder=str(folder),
            count=len(usable),
            least=MIN_PICTURES,
            skipped=skipped,
        )
    images, classes, names = (list(column) for column in zip(*usable, strict=True))
    pictures = np.stack(images)
    if (pictures == pictures[..., :1]).all():  # all grey
        pictures = pictures[..., :1]
    title = {"en": folder.name, "zh-CN": folder.name}
    card = DataCard(folder.name, title, "not stated", "own data", folder.name)
    return _split(pictures, classes, folders.held_out(names, classes=classes), found.labels, card, names)
