import gzip

import numpy as np
import pytest
import torch
from PIL import Image

from genai.errors import ConfigError, DataError
from genai.image import data
from genai.image.data import NAMES, load, to_unit
from genai.image.sources import peeps
from genai.image.sources.cards import CARDS, CLOTHES

BROKEN = [b"", b"no gzip", gzip.compress(b"\0\0\x08\x03short"), gzip.compress(b"")]


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder in the place of the public sources."""
    monkeypatch.setenv("GENAI_DATA", str(tmp_path / "data"))
    return tmp_path / "data/image"


def write_idx(path, array):
    header = bytes([0, 0, 8, array.ndim]) + b"".join(length.to_bytes(4, "big") for length in array.shape)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(header + array.tobytes()))


def draw(folder, count, mode="RGB", start=0):
    """Pictures with a middle that tells their number."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(start, start + count):
        Image.new(mode, (40, 30), number if mode == "L" else (number, 0, 0)).save(folder / f"{number}.png")


@pytest.fixture
def fashion(own):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (7, 28, 28), np.uint8)
    labels = np.arange(7, dtype=np.uint8)
    for part, count in (("train", 5), ("t10k", 2)):
        write_idx(own / f"fashion/{part}-images-idx3-ubyte.gz", images[:count])
        write_idx(own / f"fashion/{part}-labels-idx1-ubyte.gz", labels[:count])
    return images


def test_fashion_stands_in_a_black_frame(fashion):
    pictures = load("fashion")
    assert pictures.train.shape == (5, 1, 32, 32)
    assert pictures.train.dtype == torch.uint8
    assert pictures.test.shape == (2, 1, 32, 32)
    assert torch.equal(pictures.train[:, 0, 2:30, 2:30], torch.from_numpy(fashion[:5]))
    assert pictures.train.sum() == fashion[:5].sum(dtype=np.int64)  # nothing but zeros around
    assert pictures.train_labels.tolist() == [0, 1, 2, 3, 4]
    assert pictures.train_labels.dtype == torch.int64


@pytest.mark.parametrize("content", BROKEN, ids=["empty", "no gzip", "too short", "nothing packed"])
@pytest.mark.usefixtures("fashion")
def test_a_broken_file_of_a_named_set_is_named(own, content):
    (own / "fashion/train-images-idx3-ubyte.gz").write_bytes(content)
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz is broken"):
        load("fashion")


def test_clothes_have_names_in_both_languages():
    assert len(CLOTHES) == 10
    assert CLOTHES.index("Sneaker") == CLOTHES.index("运动鞋") == 7


def save(path, **arrays):
    path.parent.mkdir(parents=True)
    np.savez(path, **arrays)


def avatars(count):
    """Random pictures, and random parts within their lists."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (count, 64, 64, 3), np.uint8)
    sizes = [len(choices) for choices in peeps.PARTS.values()]
    return {"images": images, "parts": rng.integers(0, sizes, (count, len(sizes))).astype(np.uint8)}


def test_characters_are_in_colour_with_class_and_attributes(own):
    drawn = avatars(50)
    save(own / "characters/open-peeps-64.npz", **drawn)
    pictures = load("characters", 64)
    assert (pictures.train.shape, pictures.test.shape) == ((45, 3, 64, 64), (5, 3, 64, 64))
    rows = [int(name) for name in pictures.train_ids]
    assert pictures.train_labels.tolist() == peeps.classes(drawn["parts"])[rows].tolist()
    assert pictures.known.train.tolist() == peeps.attributes(drawn["parts"])[rows].tolist()
    rest = [row for row in range(50) if row not in rows]
    assert pictures.known.test.tolist() == peeps.attributes(drawn["parts"])[rest].tolist()
    hairstyles = pictures.known.attributes[peeps.HAIRSTYLE]
    assert hairstyles.name["en"] == "Hairstyle"
    assert pictures.labels.variants == hairstyles.values.names
    assert torch.equal(pictures.train_variants, pictures.known.train[:, peeps.HAIRSTYLE])
    assert torch.equal(pictures.train_conditions, 48 * pictures.train_labels + pictures.train_variants)
    assert pictures.known.sizes == (7, 48, 7, 3, 4, 3, 30, 5, 7)
    assert torch.equal(pictures.test[0], torch.from_numpy(drawn["images"][rest[0]]).permute(2, 0, 1))
    everything = torch.cat([pictures.train, pictures.test]).long().sum((0, 2, 3))
    assert everything.tolist() == drawn["images"].sum((0, 1, 2), dtype=np.int64).tolist()


def test_the_share_of_each_hairstyle_in_a_class_is_that_of_the_training_part(own):
    save(own / "characters/open-peeps-64.npz", **avatars(50))
    pictures = load("characters", 32)
    for label, shares in enumerate(pictures.labels.variant_shares):
        of_class = pictures.train_variants[pictures.train_labels == label]
        seen = (
            torch.bincount(of_class, minlength=48).float() / len(of_class) if len(of_class) else torch.ones(48) / 48
        )
        torch.testing.assert_close(torch.tensor(shares), seen, atol=6e-5, rtol=0)


def test_halving_takes_the_mean_of_four_pixels(own):
    save(own / "characters/open-peeps-64.npz", **avatars(20))
    whole, half = load("characters", 64).train, load("characters", 32).train
    expected = torch.nn.functional.avg_pool2d(whole.double(), 2)
    assert half.shape == (18, 3, 32, 32)
    assert (half - expected).abs().max() <= 0.5


def test_a_character_is_held_out_in_every_hand(own):
    codes = np.tile(np.arange(0x4E00, 0x4E00 + 40, dtype=np.uint16), 3)
    images = np.zeros((120, 64, 64), np.uint8)
    images[:, 0, 0] = codes - 0x4E00  # to know them again
    hands = np.repeat(np.arange(3, dtype=np.uint8), 40)
    save(own / "calligraphy/calligraphy-64.npz", images=images, font=hands, codepoint=codes)
    pictures = load("calligraphy", 64)
    assert pictures.test.shape == (12, 1, 64, 64)
    assert pictures.test_labels.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    tested = pictures.test[:, 0, 0, 0].reshape(3, 4)
    assert torch.equal(tested[0], tested[1])
    assert torch.equal(tested[0], tested[2])
    assert not set(tested[0].tolist()) & set(pictures.train[:, 0, 0, 0].tolist())
    assert len(pictures.labels) == 3
    first = chr(0x4E00 + int(pictures.train[0, 0, 0, 0]))
    assert (len(pictures.train_ids), pictures.train_ids[0]) == (108, f"{pictures.labels.names[0]['en']} {first}")


def test_a_broken_npz_is_named(own):
    (own / "characters").mkdir(parents=True)
    (own / "characters/open-peeps-64.npz").write_bytes(b"PK\3\4 no more")
    with pytest.raises(DataError, match=r"open-peeps-64\.npz is broken"):
        load("characters", 64)


def test_unit_range():
    assert to_unit(torch.tensor([0, 255], dtype=torch.uint8)).tolist() == [-1, 1]
    assert to_unit(torch.tensor([51], dtype=torch.uint8)).item() == pytest.approx(-0.6)


def test_own_grey_pictures(tmp_path):
    draw(tmp_path / "mine", 100, mode="L")
    pictures = load(str(tmp_path / "mine"), 32)
    assert (pictures.train.shape, pictures.test.shape) == ((90, 1, 32, 32), (10, 1, 32, 32))
    assert sorted(torch.cat([pictures.train, pictures.test])[:, 0, 16, 16].tolist()) == list(range(100))
    assert len(pictures.labels) == 0
    assert pictures.card.name == "mine"


def test_one_picture_in_colour_makes_all_colour(tmp_path):
    draw(tmp_path, 70, mode="L")
    Image.new("RGB", (40, 30), (0, 200, 0)).save(tmp_path / "green.png")
    assert load(str(tmp_path), 64).train.shape[1:] == (3, 64, 64)


def test_own_classes(tmp_path):
    draw(tmp_path / "猫", 60)
    draw(tmp_path / "dog", 40, start=100)
    pictures = load(str(tmp_path), 32)
    assert pictures.train_labels.bincount().tolist() == [36, 54]
    assert pictures.test_labels.bincount().tolist() == [4, 6]
    assert pictures.labels.index("猫") == 1
    assert set(pictures.train[pictures.train_labels == 1, 0, 16, 16].tolist()) <= set(range(60))


@pytest.mark.parametrize(
    ("whole", "names"), [(["lions", "owls", "zebras"], ["lions", "owls", "zebras"]), (["owls"], [])]
)
def test_a_folder_of_broken_pictures_alone_is_no_class(tmp_path, whole, names):
    for name in ("cats", "parrots"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.png").write_bytes(b"no picture")
    for name in whole:
        draw(tmp_path / name, 64)
    pictures = load(str(tmp_path))
    assert [name["en"] for name in pictures.labels.names] == names
    assert set(pictures.train_labels.tolist()) == set(range(len(whole)))
    assert {pictures.train_ids[row].split("/")[0] for row in torch.where(pictures.train_labels == 0)[0]} == {
        whole[0]
    }


def test_the_same_pictures_are_held_out_every_time(tmp_path):
    draw(tmp_path, 80)
    assert torch.equal(load(str(tmp_path)).test, load(str(tmp_path)).test)


def test_broken_pictures_are_passed_over_and_counted(tmp_path, capsys):
    draw(tmp_path, 70)
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a JPEG")
    whole = (tmp_path / "1.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    pictures = load(str(tmp_path))
    assert len(pictures.train) + len(pictures.test) == 70
    (tmp_path / "phone.HEIC").write_bytes(b"ftypheic")
    capsys.readouterr()
    assert len(load(str(tmp_path)).train) == 63
    line = (
        "Skipped 2 of 72 files. broken.jpg cannot be read as a picture: save it anew as PNG or JPEG. So it is with "
        "1 more. Files of kinds that are not read: 1 .heic. Save .heic pictures as JPEG or PNG; an iPhone takes "
        "JPEG with Camera > Formats > Most Compatible."
    )
    assert capsys.readouterr().err.strip().endswith(line)


def test_too_few_pictures_are_refused(tmp_path):
    draw(tmp_path, data.MIN_PICTURES - 1)
    (tmp_path / "broken.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"has 63 pictures.*at least 64.*broken\.png cannot be read"):
        load(str(tmp_path))
    draw(tmp_path, data.MIN_PICTURES)
    assert len(load(str(tmp_path)).train) == 58


def test_a_folder_of_kinds_that_are_not_read_says_which(tmp_path):
    for number in range(100):
        (tmp_path / f"{number}.heic").touch()
    with pytest.raises(DataError, match=r"has 0 pictures.* not read: 100 \.heic\. Save \.heic pictures as JPEG"):
        load(str(tmp_path))


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="has 0 pictures"):
        load(str(tmp_path))


@pytest.mark.parametrize("name", ["fasion", "no/such/folder"])
def test_an_unknown_name_is_told_the_known_ones(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=f"'{name}'.*fashion, characters, calligraphy"):
        load(name)


@pytest.mark.parametrize(("name", "size"), [("fashion", 64), ("characters", 28), ("anything", 0)])
def test_an_impossible_size_is_refused(name, size):
    with pytest.raises(ConfigError, match=f"Size {size} is not possible for {name}"):
        load(name, size)


@pytest.mark.parametrize("name", NAMES)
def test_papers_are_complete(name):
    card = CARDS[name]
    assert card.name == name
    assert set(card.title) == {"en", "zh-CN"}
    assert all([card.licence, card.attribution, card.source, *card.title.values()])
