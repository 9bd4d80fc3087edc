"""What the page is made of: safe templates, legible colours, whole files."""

import re
from collections import Counter, OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from genai.audio.page import views as audio_views
from genai.image.page import views as image_views
from genai.language.strings import strings
from genai.learn.game import page as game_page
from genai.text import tab as text_tab
from genai.ui.page.theme import theme
from genai.ui.views import files
from genai.ui.views.files import folder, serve_file
from genai.ui.views.view import SHARED, template

ROOT = Path(__file__).parents[3] / "genai"
TEMPLATES = sorted(path for path in ROOT.rglob("*.html") if path.name != "bar.html")  # which is part of others
SCRIPTS = sorted(ROOT.rglob("*.js"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_templates_hold_no_code_and_no_words(path):
    """Gradio evaluates a template as JavaScript: no value may get into it, so nothing may ask for one."""
    html = template(path.parent, path.stem)
    assert not re.search(r"[`$]|\{\{|<script|\son\w+=", html)
    assert set(re.findall(r"\[\[([\w.]+)\]\]", html)) <= set(strings("en"))
    words = re.sub(r"\[\[[\w.]+\]\]|<[^>]*>", " ", html)
    named_alike = re.sub("English|WAV|MIDI", "", words)  # in both languages
    assert re.findall(r"[A-Za-z]{3,}", named_alike) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_scripts_never_write_html(path):
    script = path.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", script)


PARTS = {"text": text_tab.PARTS, "image": image_views.PARTS, "audio": audio_views.PARTS}


@pytest.mark.parametrize("name", PARTS)
def test_the_scripts_of_one_view_share_no_name(name):
    """They become one function: a name that stands twice is an error in the browser only."""
    assert_names_differ([*PARTS[name], ROOT / name / "page" / "view"])


def test_the_scripts_of_the_game_share_no_name():
    assert_names_differ([game_page.FOLDER / name for name in (*game_page.SCRIPTS, "view")])


def assert_names_differ(parts):
    scripts = [SHARED, *(part.with_suffix(".js") for part in parts)]
    script = "\n".join(path.read_text(encoding="utf-8") for path in scripts)
    names = re.findall(r"^(?:async )?(?:function|const|let) (\w+)", script, re.MULTILINE)
    assert len(names) > 20
    assert [name for name, times in Counter(names).items() if times > 1] == []


def test_equal_content_is_one_whole_file():
    content = bytes(range(256)) * 4000
    with ThreadPoolExecutor(16) as pool:
        offers = list(pool.map(lambda _: serve_file(content, "a.png"), range(64)))
    assert len({offer["path"] for offer in offers}) == 1
    path = Path(offers[0]["path"])
    assert path.read_bytes() == content
    assert [p.name for p in path.parent.iterdir()] == ["a.png"]
    assert folder() in path.parents


def test_beyond_their_size_the_files_that_were_served_longest_ago_are_removed(monkeypatch):
    monkeypatch.setattr(files, "_kept", OrderedDict())
    monkeypatch.setattr(files, "MAX_BYTES", 2500)
    paths = [Path(serve_file(bytes([n]) * 1000, "item.png")["path"]) for n in (1, 2)]
    serve_file(bytes([1]) * 1000, "item.png")  # a phone asks for it again: now it is younger than the other
    paths.append(Path(serve_file(bytes([3]) * 1000, "item.png")["path"]))
    assert [path.is_file() for path in paths] == [True, False, True]


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, two):
    """WCAG 2: 4.5 is enough for text of any size."""
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def colours(mode):
    css = (ROOT / "ui" / "page" / "page.css").read_text(encoding="utf-8")
    block = re.search(rf"^{re.escape(mode)} \{{(.*?)^\}}", css, re.DOTALL | re.MULTILINE)[1]
    return dict(re.findall(r"--lab-([\w-]+): (#[0-9a-f]{6});", block))


@pytest.mark.parametrize(("mode", "body"), [(":root", "#f6f4ef"), (".dark", "#14121c")])
def test_colours_are_legible(mode, body):
    palette = colours(mode)
    for ink in ("ink", "muted", "g", "d", "real", "alert"):
        assert contrast(palette[ink], palette["surface"]) >= 4.5, ink
        assert contrast(palette[ink], body) >= 4.5, ink
    for ink in ("g", "d", "real", "alert"):
        assert contrast(palette[ink], palette[f"{ink}-soft"]) >= 4.5, ink


def test_theme_needs_no_server_elsewhere():
    assert "http" not in theme()._get_theme_css().replace("http://www.w3.org", "")
    assert not any("http" in sheet for sheet in theme()._stylesheets)
