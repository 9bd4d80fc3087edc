"""Pictures to train on: three named sets, or your own folder."""

import gzip
import os
import zlib
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from genai.datasets import folders
from genai.datasets.downloads import Source, fetch
from genai.datasets.names import printable
from genai.errors import ConfigError, DataError
from genai.gan.data import GanData, read_folder
from genai.image.sources import avatars, files, glyphs, peeps
from genai.image.sources.cards import CALLIGRAPHY, CARDS, CLOTHES
from genai.quality.attributes import KnownAttributes

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
class Pictures(GanData):
    """Pictures in two parts, (N, C, H, W), 0 to 255; C is 1 for grey pictures, 3 for colour.

    The name of a picture is its index in the source, its style and character, or its file's path.
    """

    modality = "image"

    @staticmethod
    def to_pictures(items: Tensor) -> Tensor:
        """Convert pictures from the range 0 to 255 to float32 in [-1, 1]."""
        return to_unit(items)


def to_unit(pictures: Tensor) -> Tensor:
    """Convert pictures from the range 0 to 255 to float32 in [-1, 1]."""
    return pictures.float() / 127.5 - 1


def load(name_or_path: str, size: int = 32) -> Pictures:
    """Load a named set, or a folder of at least 64 pictures, whose subfolders are the classes.

    The test part of fashion is the official one. Of the others, a tenth is held out by the hash of a name: of an
    avatar's number, of a written character (in all three styles), of a file (a tenth of every class).

    Args:
        name_or_path: One of NAMES, or the path of a folder.
        size: Side in pixels, 32 or 64. Fashion is 28 pixels wide and is padded with black to 32.

    Raises:
        ConfigError: if the size is not possible.
        DataError: if there is no such set or folder, or the folder has too few pictures or mixes pictures with
            folders of pictures.
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
    folder = Path(os.path.expanduser(name_or_path))
    if not os.path.isdir(folder):  # unlike Path.is_dir, no error for a name that is too long
        raise DataError(
            "There are no pictures {value}: the named sets are {names}; for your own, give the path of a folder.",
            value=repr(name_or_path),
            names=", ".join(NAMES),
        )
    return _load_folder(folder, size)


def with_channels(pictures: Pictures, channels: int) -> Pictures:
    """Return pictures in grey (1 channel) or in colour (3), converted where they are not.

    Converted ones have a fingerprint of their own: judges of the others cannot read them.
    """
    if pictures.train.shape[1] == channels:
        return pictures
    convert = _to_grey if channels == 1 else _to_colour
    return replace(
        pictures,
        train=convert(pictures.train),
        test=convert(pictures.test),
        loaded_sha256="",
    )


def _to_grey(pictures: Tensor) -> Tensor:
    """Return the luma of pictures (N, 3, H, W), by the weights of ITU-R BT.601: (N, 1, H, W)."""
    weights = torch.tensor([0.299, 0.587, 0.114])
    return torch.einsum("nchw,c->nhw", pictures.float(), weights).round().to(pictures.dtype)[:, None]


def _to_colour(pictures: Tensor) -> Tensor:
    return pictures.expand(-1, 3, -1, -1).contiguous()


def _characters(size: int) -> Pictures:
    content = avatars.pictures()
    images = _to_tensor(_downscale(content.images, size))
    names = [str(index) for index in range(len(images))]
    in_test_part = folders.split_by_hash(names)
    values = torch.from_numpy(peeps.attributes(content.parts)).long()
    test = torch.tensor(in_test_part)
    pictures = Pictures.split(
        images,
        peeps.classes(content.parts).tolist(),
        names,
        in_test_part,
        values[:, peeps.HAIRSTYLE].tolist(),
        labels=replace(peeps.CLASSES, variants=peeps.ATTRIBUTES[peeps.HAIRSTYLE].values.names),
        card=CARDS["characters"],
        known=KnownAttributes(peeps.ATTRIBUTES, train=values[~test], test=values[test]),
    )
    # Not every class has every hairstyle: nobody with short hair has long curls.
    return replace(pictures, labels=replace(pictures.labels, variant_shares=pictures.variant_shares))


def _calligraphy(size: int) -> Pictures:
    content = glyphs.pictures()
    pictures = _to_tensor(_downscale(content.images[..., None], size))
    styles = content.styles.tolist()
    style_names = [CALLIGRAPHY.names[style]["en"] for style in styles]
    names = [f"{style} {character}" for style, character in zip(style_names, content.characters, strict=True)]
    in_test_part = folders.split_by_hash(content.characters)
    return Pictures.split(pictures, styles, names, in_test_part, labels=CALLIGRAPHY, card=CARDS["calligraphy"])


def _fashion() -> Pictures:
    folder = fetch(FASHION)
    train, train_labels, test, test_labels = (_read_idx(folder / file) for file in FASHION.files)
    frame = (2, 2, 2, 2)  # 28 pixels + 2 on every side
    return Pictures(
        train=F.pad(train[:, None], frame),
        train_labels=train_labels.long(),
        test=F.pad(test[:, None], frame),
        test_labels=test_labels.long(),
        labels=CLOTHES,
        card=CARDS["fashion"],
        train_ids=[str(index) for index in range(len(train))],
    )


def _read_idx(path: Path) -> Tensor:
    """Read a file in the IDX format of MNIST.

    It has two zero bytes, a byte for the type, one for the number of axes, 4 bytes for the length of each, and then
    the values as bytes.

    Source: http://yann.lecun.com/exdb/mnist/.
    """
    try:
        data = gzip.decompress(path.read_bytes())
        shape = np.frombuffer(data, ">i4", count=data[3], offset=4)
        values = np.frombuffer(data, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)
    except (OSError, EOFError, ValueError, IndexError, zlib.error) as error:
        raise DataError("{file} is broken: remove it and get it again.", file=str(path)) from error
    return torch.from_numpy(values.copy())


def _downscale(images: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Average blocks of pixels: (N, 64, 64, C) to (N, size, size, C); halves are rounded up."""
    block = images.shape[1] // size
    area = block * block
    total = np.full_like(images[:, ::block, ::block], area // 2, np.uint16)
    for y in range(block):
        for x in range(block):
            total += images[:, y::block, x::block]
    means: NDArray[np.uint8] = (total // area).astype(np.uint8)
    return means


def _to_tensor(images: NDArray[np.uint8]) -> Tensor:
    """Convert pictures (N, H, W, C) to (N, C, H, W)."""
    return torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()


def _load_folder(folder: Path, size: int) -> Pictures:
    content = read_folder(folder, files.SUFFIXES, partial(files.read, size=size), files.REMEDIES)
    if len(content.items) < MIN_PICTURES:
        raise DataError(
            "The folder {folder} has {count} pictures (PNG, JPEG, WebP and the like) that can be used, which is "
            "too little to learn from: at least {least} are needed. {skipped}",
            folder=str(folder),
            count=len(content.items),
            least=MIN_PICTURES,
            skipped=content.skipped,
        )
    images = np.stack(content.items)
    all_grey = (images == images[..., :1]).all()
    if all_grey:
        images = images[..., :1]
    paths = [file.relative_to(folder).as_posix() for file in content.files]
    originals = [folders.original_name(path) for path in paths]
    in_test_part = folders.split_by_hash(originals, classes=content.classes)
    pictures = _to_tensor(images)
    names = [printable(path) for path in paths]
    return Pictures.split(pictures, content.classes, names, in_test_part, labels=content.labels, card=content.card)
