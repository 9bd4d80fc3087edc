import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genai.datasets.folders import list_files, read_valid, report_skipped, split_by_hash
from genai.datasets.optional_import import import_optional
from genai.errors import DataError


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_files_side_by_side_have_no_classes(tmp_path):
    touch(tmp_path, "b.png", "a.PNG", "notes.txt", ".hidden.png", "__MACOSX/a.png")
    listing = list_files(tmp_path, {".png"})
    assert [file.name for file in listing.files] == ["a.PNG", "b.png"]
    assert listing.classes == [0, 0]
    assert len(listing.labels) == 0


def test_samples_of_a_run_in_the_folder_are_no_data(tmp_path):
    run = "runs/image/pictures"
    touch(tmp_path, "1.png", "2.png", f"{run}/config.json", f"{run}/samples/step-000010.png")
    assert [file.name for file in list_files(tmp_path, {".png"}).files] == ["1.png", "2.png"]


def test_subfolders_are_classes_and_theirs_belong_to_them(tmp_path):
    touch(tmp_path, "狗/1.png", "cat/1.png", "cat/old/2.png", "papers/read.me")
    listing = list_files(tmp_path, {".png"})
    assert [file.relative_to(tmp_path).as_posix() for file in listing.files] == [
        "cat/1.png",
        "cat/old/2.png",
        "狗/1.png",
    ]
    assert listing.classes == [0, 0, 1]
    assert listing.labels.index("狗") == 1


def test_a_single_subfolder_is_no_choice(tmp_path):
    touch(tmp_path, "cat/1.png", "cat/2.png")
    assert len(list_files(tmp_path, {".png"}).labels) == 0


def test_files_beside_classes_are_refused(tmp_path):
    touch(tmp_path, "cat/1.png", "stray.png")
    with pytest.raises(DataError, match=r"files such as stray\.png beside folders"):
        list_files(tmp_path, {".png"})


def test_the_held_out_are_those_with_the_smallest_hashes():
    names = [f"{number}.png" for number in range(100)]
    smallest = sorted(names, key=lambda name: hashlib.sha256(name.encode()).digest())[:10]
    assert [name for name, held in zip(names, split_by_hash(names), strict=True) if held] == sorted(
        smallest, key=names.index
    )


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(), unique=True, max_size=200), st.randoms())
def test_a_tenth_is_held_out_whatever_the_order(names, random):
    chosen = {name for name, held in zip(names, split_by_hash(names), strict=True) if held}
    assert len(chosen) == (max(1, round(len(names) / 10)) if len(names) > 1 else 0)
    shuffled = random.sample(names, len(names))
    assert {name for name, held in zip(shuffled, split_by_hash(shuffled), strict=True) if held} == chosen


def test_a_tenth_of_every_class_is_held_out():
    names = [str(number) for number in range(120)]
    classes = [0] * 100 + [1] * 20
    held = split_by_hash(names, classes=classes)
    assert (sum(held[:100]), sum(held[100:])) == (10, 2)


def test_a_larger_share_holds_the_smaller_one():
    names = [str(number) for number in range(100)]
    smaller, larger = (split_by_hash(names, share) for share in (0.1, 0.2))
    assert all(more for less, more in zip(smaller, larger, strict=True) if less)


def test_equal_names_stay_together():
    held = split_by_hash(["a", "b"] * 10)
    assert len(set(held[::2])) == len(set(held[1::2])) == 1


@pytest.fixture
def links(tmp_path):
    try:
        (tmp_path / "try").symlink_to(tmp_path)
    except OSError:
        pytest.skip("this system makes no links")
    (tmp_path / "try").unlink()


@pytest.mark.usefixtures("links")
def test_linked_folders_are_classes_too(tmp_path):
    touch(tmp_path, "elsewhere/cats/1.png", "elsewhere/old/2.png", "mine/dog/3.png")
    (tmp_path / "mine/cat").symlink_to(tmp_path / "elsewhere/cats")
    (tmp_path / "mine/cat2").symlink_to(tmp_path / "elsewhere/cats")  # twice the same is no circle
    (tmp_path / "elsewhere/cats/deeper").symlink_to(tmp_path / "elsewhere/old")
    (tmp_path / "mine/dog/4.png").symlink_to(tmp_path / "elsewhere/cats/1.png")
    listing = list_files(tmp_path / "mine", {".png"})
    names = ["cat/1.png", "cat/deeper/2.png", "cat2/1.png", "cat2/deeper/2.png", "dog/3.png", "dog/4.png"]
    assert [file.relative_to(tmp_path / "mine").as_posix() for file in listing.files] == names
    assert listing.classes == [0, 0, 1, 1, 2, 2]


@pytest.mark.usefixtures("links")
def test_a_link_that_leads_back_ends_and_one_that_leads_nowhere_is_counted(tmp_path):
    touch(tmp_path, "cat/1.png", "dog/2.png")
    (tmp_path / "cat/again").symlink_to(tmp_path)
    (tmp_path / "dog/up").symlink_to(tmp_path / "dog")
    (tmp_path / "dog/lost.png").symlink_to(tmp_path / "gone.png")
    listing = list_files(tmp_path, {".png"})
    assert [file.name for file in listing.files] == ["1.png", "2.png"]
    assert listing.others == {"links that lead nowhere": 1}


def test_files_that_cannot_be_used_are_counted_by_kind(tmp_path, capsys):
    touch(tmp_path, *(f"{number}.png" for number in range(10)))

    def read(file):
        number = int(file.stem)
        if number == 9:
            raise DataError("{file} is silent.", file=file.name)
        if number >= 5:
            raise DataError("{file} is broken: make it anew.", file=file.name)
        return number

    listing = list_files(tmp_path, {".png"})
    results, problems = read_valid(listing.files, read)
    assert results == [0, 1, 2, 3, 4, None, None, None, None, None]
    line = report_skipped(listing, problems, {})
    assert line == ("Skipped 5 of 10 files. 5.png is broken: make it anew. So it is with 3 more. 9.png is silent.")
    assert capsys.readouterr().err.strip().endswith(line)


def test_files_of_other_kinds_are_counted_with_the_remedy(tmp_path, capsys):
    touch(tmp_path, "1.png", "2.HEIC", "3.heic", "4.heif", "notes.txt", "LICENCE", ".DS_Store", "__MACOSX/2.heic")
    listing = list_files(tmp_path, {".png"})
    remedies = {".heic": "Save them as JPEG.", ".heif": "Save them as JPEG.", ".svg": "Not this."}
    line = report_skipped(listing, [], remedies)
    counts = (
        line.removeprefix("Files of kinds that are not read: ").removesuffix(". Save them as JPEG.").split(", ")
    )
    assert counts[0] == "2 .heic"
    assert sorted(counts[1:]) == ["1 .heif", "1 .txt", "1 without an extension"]
    assert capsys.readouterr().err == f"{line}\n"


def test_nothing_is_said_of_whole_files(tmp_path, capsys):
    touch(tmp_path, "a.png")
    listing = list_files(tmp_path, {".png"})
    assert read_valid(listing.files, lambda file: 1) == ([1], [])
    assert report_skipped(listing, [], {}) == ""
    assert capsys.readouterr().err == ""


def test_a_missing_library_says_what_to_install():
    with pytest.raises(DataError, match="pip install no-such-thing==1"):
        import_optional("no_such_module", "no-such-thing==1")
