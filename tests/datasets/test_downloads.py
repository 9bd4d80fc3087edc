import gzip
import hashlib
import os
import socket
from subprocess import CalledProcessError

import pytest

from genai.datasets.cache import cache_folder, cached, find_local, local_folder
from genai.datasets.downloads import Source, digest, fetch
from genai.errors import DataError
from genai.text.data import SHAKESPEARE


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.setenv("GENAI_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def public(tmp_path):
    folder = tmp_path / "public 公开"
    folder.mkdir()
    return folder


@pytest.fixture
def server(tmp_path, serve):
    return serve(tmp_path)


@pytest.fixture
def publish(public, server):
    def publish(**contents):
        """Write text files to the public folder and return them as a source."""
        names = tuple(f"{stem}.txt" for stem in contents)
        for name, content in zip(names, contents.values(), strict=True):
            (public / name).write_bytes(content)
        checksum = hashlib.sha256(b"".join(contents.values())).hexdigest()
        return Source("text/some", f"{server}/{public.name}", names, checksum)

    return publish


def test_fetch_downloads_once_and_then_uses_the_cache(public, publish, cache):
    one = publish(input=b"To be, or not to be")
    assert (fetch(one) / "input.txt").read_bytes() == b"To be, or not to be"
    (public / "input.txt").unlink()
    assert fetch(one) == cache / "text/some"


def test_fetch_checks_many_files_as_one(publish):
    many = publish(b=b"second", a=b"first")
    folder = fetch(many)
    assert many.sha256 == hashlib.sha256(b"secondfirst").hexdigest()
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "b.txt"]


def test_a_changed_file_is_refused_and_not_kept(public, publish, cache):
    one = publish(input=b"To be, or not to be")
    (public / "input.txt").write_bytes(b"To be, or to be not")
    with pytest.raises(DataError, match="is not what was published") as caught:
        fetch(one)
    assert caught.value.values["expected"] == one.sha256
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_a_source_out_of_reach_is_a_sentence_with_the_address(cache):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    gone = Source("text/some", f"http://127.0.0.1:{port}/nowhere", ("input.txt",), "0")
    with pytest.raises(DataError, match=r"nowhere/input\.txt could not be downloaded.*GENAI_DATA"):
        fetch(gone)
    assert not (cache / "text/some").exists()


def test_addresses_may_be_chinese(public, publish):
    source = publish(input=b"To be")
    assert "公开" in source.url
    assert (fetch(source) / "input.txt").read_bytes() == b"To be"


def test_what_a_server_does_not_have_is_a_sentence(server):
    missing = Source("text/some", f"{server}/elsewhere", ("input.txt",), "0")
    with pytest.raises(DataError, match=r"could not be downloaded: 404 Client Error"):
        fetch(missing)


def test_a_server_that_never_answers_is_a_sentence(cache, monkeypatch):
    monkeypatch.setattr("pooch.downloaders.DEFAULT_TIMEOUT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(DataError, match=r"could not be downloaded: .*timed out"):
            fetch(Source("text/some", url, ("input.txt",), "0"))
    assert not (cache / "text/some").exists()


def test_packing_does_not_change_the_digest(tmp_path):
    for name, level in (("a.gz", 1), ("b.gz", 9)):
        (tmp_path / name).write_bytes(gzip.compress(b"pixels" * 1000, level, mtime=level))
    assert (tmp_path / "a.gz").read_bytes() != (tmp_path / "b.gz").read_bytes()
    plain = hashlib.sha256(b"pixels" * 1000).hexdigest()
    assert digest(tmp_path, ("a.gz",)) == digest(tmp_path, ("b.gz",)) == plain


def test_a_folder_of_ones_own_comes_first(publish, tmp_path, monkeypatch):
    one = publish(input=b"published")
    fetch(one)
    own = tmp_path / "own"
    (own / "text/some").mkdir(parents=True)
    (own / "text/some/input.txt").write_bytes(b"mine")
    monkeypatch.setenv("GENAI_DATA", str(own))
    assert local_folder() == own
    assert (fetch(one) / "input.txt").read_bytes() == b"mine"


def test_what_a_folder_of_ones_own_lacks_is_named_and_not_downloaded(publish, tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"text/some is not in .*GENAI_DATA"):
        fetch(publish(input=b"published"))
    (tmp_path / "text/some").mkdir(parents=True)
    with pytest.raises(DataError, match=r"input\.txt is missing"):
        fetch(publish(input=b"published"))


def test_GENAI_DATA_must_be_a_folder(monkeypatch):  # noqa: N802
    monkeypatch.setenv("GENAI_DATA", "/no/such/folder")
    with pytest.raises(DataError, match="'/no/such/folder', which is not a folder"):
        local_folder()


def test_the_cache_is_at_home_unless_named(monkeypatch, tmp_path):
    assert cache_folder() == tmp_path / "cache"
    monkeypatch.delenv("GENAI_CACHE")
    assert cache_folder().parts[-2:] == (".cache", "genai")


def test_a_user_without_a_home_is_told_of_the_cache(monkeypatch):
    monkeypatch.delenv("GENAI_CACHE")
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as where there is no home folder
    with pytest.raises(DataError, match="no home folder: set GENAI_CACHE"):
        cached("text/some", lambda path: None)
    assert find_local("text/some") is None


def test_nothing_half_made_is_kept(cache):
    def fail(path):
        path.write_text("half")
        raise DataError("no more")

    with pytest.raises(DataError, match="no more"):
        cached("image/set.npz", fail)
    assert [path for path in cache.rglob("*") if path.is_file()] == []
    assert cached("image/set.npz", lambda path: path.write_text("whole")).read_text() == "whole"


def test_the_faster_of_two_processes_wins(cache):
    def slow(path):
        path.mkdir()
        (path / "file").write_text("slow")
        (cache / "set").mkdir()
        (cache / "set/file").write_text("fast")

    assert (cached("set", slow) / "file").read_text() == "fast"


def test_a_cache_that_cannot_be_written_is_a_sentence(cache):
    cache.write_text("a file in the place of a folder")
    with pytest.raises(DataError, match=r"cannot be written.*GENAI_CACHE"):
        cached("image/set.npz", lambda path: path.touch())


@pytest.mark.network
def test_shakespeare_is_where_it_was():
    assert (fetch(SHAKESPEARE) / "input.txt").stat().st_size == 1_115_394


def test_a_package_of_debians_comes_by_apt_get(public, cache, monkeypatch):
    def run(command, *, cwd, **settings):
        assert command == ["apt-get", "download", "drum-kits"]
        (cwd / "drum-kits_1.0_all.deb").write_bytes(b"a package")

    def unpack(archive, files, target):
        assert archive.suffix == ".deb"
        (target / "kick.wav").write_bytes(archive.read_bytes())

    monkeypatch.setattr("genai.datasets.downloads.subprocess.run", run)
    monkeypatch.setattr("genai.datasets.downloads.archives.unpack", unpack)
    checksum = hashlib.sha256(b"a package").hexdigest()
    folder = fetch(Source("audio/kits", "debian:drum-kits", ("kick.wav",), checksum))
    assert (folder / "kick.wav").read_bytes() == b"a package"


@pytest.mark.parametrize(
    "error", [FileNotFoundError("apt-get"), CalledProcessError(100, "apt-get", stderr="no such")]
)
def test_without_apt_get_or_the_package_there_is_a_sentence(cache, monkeypatch, error):
    def run(*command, **settings):
        raise error

    monkeypatch.setattr("genai.datasets.downloads.subprocess.run", run)
    with pytest.raises(DataError, match=r"drum-kits could not be downloaded with apt-get \((apt-get|no such)"):
        fetch(Source("audio/kits", "debian:drum-kits", ("kick.wav",), ""))
    assert list(cache.rglob("*.wav")) == []
