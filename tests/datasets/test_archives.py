import hashlib
import io
import tarfile
import zipfile

import pytest

from genai.datasets.archives import unpack
from genai.datasets.downloads import Source, fetch
from genai.errors import DataError


def make_zip(path):
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("set-1.0/", "")
        pack.writestr("set-1.0/recordings/a.wav", b"aaa")
        pack.writestr("set-1.0/recordings/b.wav", b"bb")
        pack.writestr("set-1.0/../../evil", b"!")


def make_deb(path):
    """A Debian package: an ar archive of odd-sized members, the last of them a compressed tar."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:xz") as pack:
        for name, content in (("./recordings/a.wav", b"aaa"), ("./recordings/b.wav", b"bb")):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            pack.addfile(member, io.BytesIO(content))
    with path.open("wb") as stream:
        stream.write(b"!<arch>\n")
        for name, content in (
            ("debian-binary", b"2.0\n"),
            ("control.tar.xz", b"odd"),
            ("data.tar.xz", data.getvalue()),
        ):
            stream.write(f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode())
            stream.write(content + b"\n" * (len(content) % 2))


MAKERS = {"set.zip": make_zip, "set.deb": make_deb}


@pytest.mark.parametrize("name", MAKERS)
def test_only_the_chosen_files_are_unpacked(name, tmp_path):
    MAKERS[name](tmp_path / name)
    unpack(tmp_path / name, ("recordings/b.wav",), tmp_path / "target")
    unpacked = [path for path in (tmp_path / "target").rglob("*") if path.is_file()]
    assert unpacked == [tmp_path / "target/recordings/b.wav"]
    assert unpacked[0].read_bytes() == b"bb"


@pytest.mark.parametrize("name", MAKERS)
def test_a_missing_file_is_named(name, tmp_path):
    MAKERS[name](tmp_path / name)
    with pytest.raises(DataError, match=r"1 files are missing in set\.\w+, recordings/c\.wav first"):
        unpack(tmp_path / name, ("recordings/a.wav", "recordings/c.wav"), tmp_path / "target")


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"!<arch>\n"])
def test_what_is_no_archive_is_a_sentence(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match="is not a whole archive"):
        unpack(tmp_path / name, ("recordings/a.wav",), tmp_path / "target")


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("cut", [100, 150])
def test_a_truncated_archive_is_a_sentence(name, cut, tmp_path):
    MAKERS[name](tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) - cut])
    with pytest.raises(DataError, match="is not a whole archive"):
        unpack(tmp_path / name, ("recordings/a.wav",), tmp_path / "target")


@pytest.mark.parametrize("place", [0.3, 0.5, 0.7])
def test_a_damaged_archive_is_a_sentence(place, tmp_path):
    make_deb(tmp_path / "set.deb")
    damaged = bytearray((tmp_path / "set.deb").read_bytes())
    start = damaged.index(b"data.tar.xz") + 60  # the compressed part begins
    middle = start + int(place * (len(damaged) - start))
    damaged[middle : middle + 8] = b"damaged!"
    (tmp_path / "set.deb").write_bytes(damaged)
    with pytest.raises(DataError, match="is not a whole archive"):
        unpack(tmp_path / "set.deb", ("recordings/a.wav",), tmp_path / "target")


@pytest.mark.parametrize("name", MAKERS)
def test_a_source_may_be_an_archive(name, tmp_path, serve, monkeypatch):
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.setenv("GENAI_CACHE", str(tmp_path / "cache"))
    MAKERS[name](tmp_path / name)
    checksum = hashlib.sha256(b"bbaaa").hexdigest()
    url = f"{serve(tmp_path)}/{name}"
    folder = fetch(Source("audio/set", url, ("recordings/b.wav", "recordings/a.wav"), checksum))
    assert folder == tmp_path / "cache/audio/set"
    assert sorted(path.name for path in folder.rglob("*")) == ["a.wav", "b.wav", "recordings"]
