"""What the README tells people to type, typed."""

import contextlib
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
ENGLISH, CHINESE = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
COMMENT = re.compile(r"  # .*")


def blocks(readme, language=""):
    fenced = re.split(r"^```", readme, flags=re.MULTILINE)[1::2]
    return [code for told, code in (block.split("\n", 1) for block in fenced) if told == language]


def commands(readme):
    lines = "".join(blocks(readme)).splitlines()
    return [line for line in lines if line.startswith(("pip ", "python -m "))]


def run(code):
    shown, names = io.StringIO(), {}
    with contextlib.redirect_stdout(shown):
        exec(code, names)
    return shown.getvalue(), names


def test_both_languages_tell_the_same():
    assert commands(ENGLISH) == commands(CHINESE)
    assert [COMMENT.sub("", code) for code in blocks(ENGLISH, "python")] == [
        COMMENT.sub("", code) for code in blocks(CHINESE, "python")
    ]


def test_the_code_that_needs_no_page():
    (code,) = [code for code in blocks(ENGLISH, "python") if "gradio_client" not in code]
    shown, _ = run(code)
    assert shown.startswith("ROMEO:")
    assert len(shown) > 300


@pytest.fixture
def address():
    page = Page([tab.build for tab in (text_tab, image_tab, audio_tab)], Context(device="cpu"))
    yield page.launch("127.0.0.1", None)
    page.blocks.close()


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the client leaves its connections to the collector
def test_the_code_that_asks_a_page(address):
    (code,) = [code for code in blocks(ENGLISH, "python") if "gradio_client" in code]
    ask = re.sub(
        r"^lab\.", "answers.append(lab.", code.replace("http://127.0.0.1:7860", address), flags=re.MULTILINE
    )
    ask = re.sub(r'(api_name="[^"]*"\))', r"\1)", ask)
    _, names = run(ask.replace("from gradio_client", "answers = []\nfrom gradio_client", 1))
    text, pictures, sound = names["answers"]
    assert len(text) == 400
    assert {Path(file).read_bytes()[1:4] for file in pictures} == {b"PNG"}
    assert len(pictures) == 16
    assert Path(sound).read_bytes()[:4] == b"RIFF"


@pytest.mark.parametrize(
    "line", [line for line in commands(ENGLISH) if re.match(r"python -m genai (text|image|audio|data)\b", line)]
)
def test_the_commands_that_make_files(line, tmp_path, capsys):
    words = shlex.split(line.removeprefix("python -m genai "))
    program.main([str(tmp_path / word) if word in ("pictures", "sounds") else word for word in words])
    made = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(made) == {"pictures": 16, "sounds": 1}.get(line.split()[4] if len(line.split()) > 4 else "", 0)
    assert capsys.readouterr().out
