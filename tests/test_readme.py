"""Run the commands and the code of the README; check the links and the names of files in it and in docs/."""

import contextlib
import importlib.util
import io
import re
import shlex
from pathlib import Path

import pytest

from genai import __main__ as program
from genai.audio import tab as audio_tab
from genai.image import tab as image_tab
from genai.text import tab as text_tab
from genai.ui.page.page import Page
from genai.ui.panel.context import Context

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted(path for path in (ROOT / "docs").glob("*.md") if path.suffixes == [".md"])
ENGLISH = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS]
CHINESE = [path.with_suffix(".zh-CN.md") for path in ENGLISH]
PAGES = [*ENGLISH, *CHINESE, ROOT / "checkpoints" / "README.md"]
FOLDERS = [
    ROOT,
    ROOT / "genai",
    ROOT / "checkpoints",
    *(ROOT / "genai" / name for name in ("text", "image", "audio")),
]
NAMES = [str(path.relative_to(ROOT)) for path in PAGES]
COMMENT = re.compile(r"  # .*")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")
PLACE = re.compile(r"`(\w[\w./-]*(?:/|\.(?:py|json|toml|txt|md)))`")
MODULE = re.compile(r"python -m ((?:genai|tests)[\w.]*)")


def read(path):
    return path.read_text(encoding="utf-8")


def blocks(text, language=""):
    fenced = re.split(r"^```", text, flags=re.MULTILINE)[1::2]
    pairs = [block.split("\n", 1) for block in fenced]
    return [code for name, code in pairs if name == language]


def commands(text):
    lines = "".join(blocks(text)).splitlines()
    return [line for line in lines if line.startswith(("git ", "pip ", "python -m "))]


def outline(text):
    """The kind of each heading, table row and list item, in their order."""
    return re.findall(r"^(#+|\||-|\d+\.) ", text, flags=re.MULTILINE)


def run(code):
    output = io.StringIO()
    variables = {}
    with contextlib.redirect_stdout(output):
        exec(code, variables)
    return output.getvalue(), variables


@pytest.mark.parametrize(("english", "chinese"), [*zip(ENGLISH, CHINESE, strict=True)], ids=NAMES[: len(ENGLISH)])
def test_both_languages_have_the_same_commands_code_and_outline(english, chinese):
    english, chinese = read(english), read(chinese)
    assert commands(english) == commands(chinese)
    assert [COMMENT.sub("", code) for code in blocks(english, "python")] == [
        COMMENT.sub("", code) for code in blocks(chinese, "python")
    ]
    assert outline(english) == outline(chinese)


def test_every_document_exists_in_both_languages():
    assert set((ROOT / "docs").iterdir()) == {path for path in PAGES if path.parent == ROOT / "docs"}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_link_file_and_module_exists(page):
    text = read(page)
    folders = [page.parent, *FOLDERS]
    missing = [link for link in LINK.findall(text) if not (page.parent / link).exists()]
    missing += [place for place in PLACE.findall(text) if not any((folder / place).exists() for folder in folders)]
    assert missing == []
    assert [module for module in MODULE.findall(text) if importlib.util.find_spec(module) is None] == []


def test_the_code_without_a_page():
    (code,) = [code for code in blocks(read(ENGLISH[0]), "python") if "gradio_client" not in code]
    output, _ = run(code)
    assert output.startswith("ROMEO:")
    assert len(output) > 300


@pytest.fixture
def address():
    page = Page([tab.build for tab in (text_tab, image_tab, audio_tab)], Context(device="cpu"))
    yield page.launch("127.0.0.1", None)
    page.blocks.close()


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the client does not close its connections
def test_the_code_that_calls_a_page(address):
    (code,) = [code for code in blocks(read(ENGLISH[0]), "python") if "gradio_client" in code]
    code = code.replace("http://127.0.0.1:7860", address)
    code = re.sub(r"^lab\.", "answers.append(lab.", code, flags=re.MULTILINE)
    code = re.sub(r'(api_name="[^"]*"\))', r"\1)", code)
    _, variables = run(f"answers = []\n{code}")
    text, pictures, sound = variables["answers"]
    assert len(text) == 400
    assert {Path(file).read_bytes()[1:4] for file in pictures} == {b"PNG"}
    assert len(pictures) == 16
    assert Path(sound).read_bytes()[:4] == b"RIFF"


FILE_COMMANDS = [
    line for line in commands(read(ENGLISH[0])) if re.match(r"python -m genai (text|image|audio|data)\b", line)
]


@pytest.mark.parametrize("line", FILE_COMMANDS)
def test_the_commands_that_write_files(line, tmp_path, capsys):
    words = shlex.split(line.removeprefix("python -m genai "))
    program.main([str(tmp_path / word) if word in ("pictures", "sounds") else word for word in words])
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    folder = line.split()[4] if len(line.split()) > 4 else ""
    assert len(files) == {"pictures": 16, "sounds": 1}.get(folder, 0)
    assert capsys.readouterr().out
