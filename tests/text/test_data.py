import ast
import random

import pytest

from genai.errors import ConfigError, DataError
from genai.text import data
from genai.text.data import CARDS, NAMES, load

POEM = "人生若只如初见，何事秋风悲画扇。等闲变却故人心，却道故人心易变。骊山语罢清宵半，泪雨霖铃终不怨。\n"


@pytest.fixture(autouse=True)
def no_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.setenv("GENAI_CACHE", str(tmp_path / "cache"))


def write(tmp_path, text, encoding="utf-8", name="own.txt"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return str(path)


def test_shakespeare_is_split_as_nanogpt_does_it(tmp_path, monkeypatch):
    text = "".join(random.Random(0).choices("abc \n", k=20_001))
    folder = tmp_path / "mine/text/shakespeare"
    folder.mkdir(parents=True)
    (folder / "input.txt").write_text(text, newline="\n")
    monkeypatch.setenv("GENAI_DATA", str(tmp_path / "mine"))
    corpus = load("shakespeare")
    assert corpus.train + corpus.dev + corpus.validation == text
    assert corpus.validation == text[int(0.9 * 20_001) :]
    assert len(corpus.dev) == 900  # the last 5 % of 18,000
    assert corpus.card is CARDS["shakespeare"]


def test_python_is_its_modules_each_in_one_part():
    corpus = load("python")
    parts = (corpus.train, corpus.dev, corpus.validation)
    modules = dict(data._modules())
    assert 110 <= len(modules) <= 170
    assert all(len(text) <= data.MAX_MODULE_CHARACTERS and text.isascii() for text in modules.values())
    assert sum(map(len, parts)) == sum(map(len, modules.values()))
    for text in modules.values():
        assert sum(text in part for part in parts) == 1
    held = [text for text in modules.values() if text in corpus.validation]
    assert len(held) == round(len(modules) / 10)


def test_only_modules_of_python_itself_count(tmp_path, monkeypatch):
    monkeypatch.setattr(data.sysconfig, "get_paths", lambda: {"stdlib": str(tmp_path)})
    for name in ("this.py", "abc.py", "sitecustomize.py", "_sysconfigdata__linux.py", "mine.py"):
        (tmp_path / name).write_text("pass\n")
    assert [name for name, _ in data._modules()] == ["abc.py", "this.py"]


def test_modules_are_indented_by_tabs_and_comments_that_only_draw_a_line_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(data.sysconfig, "get_paths", lambda: {"stdlib": str(tmp_path)})
    rules = "#" * 70 + "\n    # " + "-" * 20 + "\n# ===== #\n"
    (tmp_path / "abc.py").write_text(f"{rules}# -- Kept ----------\nif x:\n    y = '##########'\n# ----\n")
    [(_, text)] = data._modules()
    assert text == "# ===== #\n# -- Kept ----------\nif x:\n\ty = '##########'\n# ----\n\n"


def test_no_module_means_something_else_by_its_tabs(monkeypatch):
    tabs = dict(data._modules())
    monkeypatch.setattr(data, "spaces_to_tabs", lambda text: text)
    spaces = dict(data._modules())
    assert len(spaces) - len(tabs) < 3
    for name, code in tabs.items():
        assert _meaning(code) == _meaning(spaces[name]), name


def test_a_module_that_is_not_indented_by_fours_is_left_out(tmp_path, monkeypatch):
    (tmp_path / "ast.py").write_text("if x:\n    y = 1\n")
    (tmp_path / "tempfile.py").write_text("if x:\n  def y():\n    try:\n        z\n    finally:\n        pass\n")
    monkeypatch.setattr(data.sysconfig, "get_paths", lambda: {"stdlib": str(tmp_path)})
    assert [name for name, _ in data._modules()] == ["ast.py"]


def _meaning(code):
    """What a parser makes of code, white space in strings left out of account."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = "".join(node.value.split())
    return ast.dump(tree)


def test_a_python_without_its_source_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(data.sysconfig, "get_paths", lambda: {"stdlib": str(tmp_path)})
    with pytest.raises(DataError, match="without the source of its standard library"):
        load("python")


def test_poems_are_dealt_out_whole(tmp_path, monkeypatch):
    poems = [f"第{number}首诗，到此为止。" for number in range(200)]
    folder = tmp_path / "mine/text/tang"
    folder.mkdir(parents=True)
    (folder / "regulated-v3000.txt").write_text("\n".join(poems) + "\n", "utf-8")
    monkeypatch.setenv("GENAI_DATA", str(tmp_path / "mine"))
    corpus = load("tang")
    parts = [part.splitlines() for part in (corpus.train, corpus.dev, corpus.validation)]
    assert [len(part) for part in parts] == [171, 9, 20]
    assert sorted(poem for part in parts for poem in part) == sorted(poems)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk", "gb2312"])
def test_own_text_in_any_usual_encoding(encoding, tmp_path):
    corpus = load(write(tmp_path, POEM * 250, encoding))
    assert corpus.train + corpus.dev + corpus.validation == POEM * 250
    assert corpus.card.name == "own"


def test_the_encoding_of_own_text_can_be_named(tmp_path):
    path = write(tmp_path, POEM * 250, "utf-16-be")
    assert load(path, "utf-16-be").train.startswith(POEM)
    with pytest.raises(DataError, match=r"own\.txt is not text in gb18030"):
        load(path, "gb18030")
    with pytest.raises(ConfigError, match="--encoding is not possible for shakespeare"):
        load("shakespeare", "utf-8")


@pytest.mark.parametrize("content", [random.Random(0).randbytes(20_000), bytes(20_000)])
def test_what_is_no_text_is_refused(content, tmp_path):
    (tmp_path / "song.txt").write_bytes(content)
    with pytest.raises(DataError, match=r"song\.txt is not text"):
        load(str(tmp_path / "song.txt"))


@pytest.mark.parametrize("length", [0, 1, 9_999])
def test_too_little_text_is_refused(length, tmp_path):
    with pytest.raises(DataError, match=rf"own\.txt has {length} characters.*at least 10000"):
        load(write(tmp_path, "x" * length))
    load(write(tmp_path, "x" * 10_000))


@pytest.mark.parametrize("name", ["shakespear", "no/such/file.txt", "Tang"])
def test_an_unknown_name_is_told_the_known_ones(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="shakespeare, python, tang") as caught:
        load(name)
    assert caught.value.values["value"] == repr(name)


def test_somebody_s_python_txt_is_not_the_python_of_the_lab(tmp_path):
    path = tmp_path / "python.txt"
    path.write_text("snakes are reptiles. " * 600, encoding="utf-8")
    assert data.lead_in_of(load(str(path)).card) == ""
    assert data.lead_in_of(CARDS["python"]) == "\n\n\n"


def test_a_folder_is_no_text(tmp_path):
    with pytest.raises(DataError, match="is a folder"):
        load(str(tmp_path))


@pytest.mark.parametrize("name", NAMES)
def test_papers_are_complete(name):
    card = CARDS[name]
    assert card.name == name
    assert set(card.title) == {"en", "zh-CN"}
    assert all([card.licence, card.attribution, card.source, *card.title.values()])
