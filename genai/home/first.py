"""The first picture of Home: its beginning with the first texts of the wall, as HTML that needs no script.

The server sends it inside the page, so that it is to be seen before Gradio's scripts have run, which takes a second
and more. `wall.js` removes it when the tab has drawn the same texts. The styles are those of the page, which are in
the page's head as a part of Gradio's settings; `first.css` has only what Gradio's own style sheets would add.
"""

import html
from collections.abc import Sequence
from pathlib import Path

from genai.home.wall import Piece
from genai.language.strings import CHINESE, ENGLISH, LANGUAGES, Bilingual, markup
from genai.ui.page import page
from genai.ui.views.view import KEY

PAGE = Path(__file__).parent / "page"
HEADER = Path(page.__file__).with_name("header.html")
LETTERS = {ENGLISH: 40, CHINESE: 22}
"""Of a text in a language that are shown, two lines on a phone; all where less motion is asked for."""


def first_picture(texts: Sequence[Piece], tabs: Sequence[str]) -> str:
    """Return the first picture as HTML.

    Args:
        texts: The texts of the wall, in its order.
        tabs: Names of the page's tabs, in their order.

    Returns:
        One element with the id "lab-first"; "" before there is a text.
    """
    if not texts:
        return ""
    parts = {name: (PAGE / f"first.{name}").read_text(encoding="utf-8") for name in ("html", "js", "css")}
    template = parts["html"].replace("<!-- HEADER -->", HEADER.read_text(encoding="utf-8"))
    filled = KEY.sub(lambda match: markup(match[1]), template)
    links = "".join(f'<a href="?tab={name}">{markup(f"tab.{name}")}</a>' for name in tabs)
    columns = "".join(_column(texts, language) for language in LANGUAGES)
    style = f"<style>{parts['css']}</style>"
    script = f"<script>(() => {{{parts['js']}}})();</script>"
    pieces = {"TABS": links, "TEXTS": columns, "STYLE": style, "SCRIPT": script}
    for name, piece in pieces.items():
        filled = filled.replace(f"<!-- {name} -->", piece, 1)
    return filled


def _column(texts: Sequence[Piece], language: str) -> str:
    """Return the first text of each model, those in a language first; it is shown on a page in that language."""
    by_model = {text["model"]: text for text in reversed(texts)}
    first = [by_model[name] for name in dict.fromkeys(text["model"] for text in texts)]
    ordered = sorted(first, key=lambda text: text["language"] != language)
    tiles = "".join(map(_tile, ordered))
    return f'<div class="lab-living-texts t" lang="{language}">{tiles}</div>'


def _tile(text: Piece) -> str:
    """Return a text as `makeWriting` draws it at first."""
    written, letters = text["written"], LETTERS[text["language"]]
    prompt, shown, rest = map(html.escape, (text["prompt"], written[:letters], written[letters:]))
    return (
        f'<a class="lab-living-text" href="{html.escape(text["link"])}" lang="{text["language"]}">'
        f'<small class="lab-living-name">{markup("seed.word")} {text["seed"]} · {_both(text["title"])}</small>'
        f'<p class="lab-living-paper" aria-hidden="true"><span class="prompt">{prompt}</span>'
        f'<span>{shown}</span><span class="rest">{rest}</span></p></a>'
    )


def _both(text: Bilingual) -> str:
    return "".join(
        f'<span class="t" lang="{language}">{html.escape(text[language])}</span>' for language in LANGUAGES
    )
