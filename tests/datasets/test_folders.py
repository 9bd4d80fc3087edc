import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genai.datasets.folders import list_files, read_valid, split_by_hash
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


def test_broken_files_are_passed_over_and_counted_in_one_line(tmp_path, capsys):
    files = [tmp_path / f"{number}.png" for number in range(10)]

    def read(file):
        if int(file.stem) >= 5:
            raise DataError("{file} is broken.", file=file.name)
        return file.stem

    results, line = read_valid(files, read)
    assert results == ["0", "1", "2", "3", "4", None, None, None, None, None]
    assert line == "Skipped 5 of 10 files: 5.png is broken. 6.png is broken. 7.png is broken. (and 2 more)"
    assert capsys.readouterr().err.strip().endswith(line)


def test_nothing_is_said_of_whole_files(tmp_path, capsys):
    assert read_valid([tmp_path / "a"], lambda file: 1) == ([1], "")
    assert capsys.readouterr().err == ""


def test_a_missing_library_says_what_to_install():
    with pytest.raises(DataError, match="pip install no-such-thing==1"):
        import_optional("no_such_module", "no-such-thing==1")
