"""The first picture of Home: the first texts of the wall in each language's order, and nothing that runs."""

import re

from genai.home.first import LETTERS, first_picture

TABS = ("home", "text")


def text(model, language, written="It was.", prompt="Once", seed=3):
    return {
        "kind": "text",
        "model": model,
        "title": {"en": f"{model} & co", "zh-CN": f"{model}模型"},
        "link": f"?tab=text&model={model}&prompt=a",
        "seed": seed,
        "language": language,
        "prompt": prompt,
        "written": written,
    }


def column(picture, language):
    return picture.partition(f'<div class="lab-living-texts t" lang="{language}">')[2].partition("</div>")[0]


def test_without_a_text_there_is_no_picture():
    assert first_picture([], TABS) == ""


def test_each_language_begins_with_its_own_texts_and_shows_one_of_each_model():
    texts = [text("prose", "en"), text("prose", "en", seed=4), text("poems", "zh-CN")]
    picture = first_picture(texts, TABS)
    for language, order in (("en", ["prose", "poems"]), ("zh-CN", ["poems", "prose"])):
        assert re.findall(r"model=(\w+)", column(picture, language)) == order
        assert "· " in column(picture, language)
    assert " 4 ·" not in picture
    assert [f"?tab={name}" in picture for name in (*TABS, "audio")] == [True, True, False]
    assert "[[" not in picture


def test_what_a_model_wrote_is_text_and_ends_where_the_wall_begins_to_write():
    written = "<script>TEXTS</script> & so on" + "x" * 40
    picture = first_picture([text("prose", "en", written, prompt="STYLE <b>")], TABS)
    tile = column(picture, "en")
    assert "<script>" not in tile
    assert "<b>" not in tile
    shown, rest = re.findall(r'</span><span>(.*?)</span><span class="rest">(.*?)</span>', tile)[0]
    assert shown.startswith("&lt;script&gt;TEXTS&lt;/script&gt; &amp; so on")
    assert rest == written[LETTERS["en"] :]
    assert "prose &amp; co" in tile
    assert "STYLE &lt;b&gt;" in tile
