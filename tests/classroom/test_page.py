"""Every activity is complete: what makes it, what shows it, and its name in both languages."""

from genai.classroom import page
from genai.classroom.activities import ACTIVITIES


def test_every_activity_can_be_made_and_chosen():
    assert set(page.TITLES) == set(ACTIVITIES)


def test_every_activity_has_its_renderers_and_its_place_in_the_view():
    view = (page.FOLDER / "view.html").read_text(encoding="utf-8")
    for name in page.TITLES:
        html, script, _ = (
            (page.FOLDER / f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("html", "js", "css")
        )
        assert f"<!-- {name}.html -->" in view
        assert f"renderers.{name} = " in script
        for kind in ("screen", "phone", "setup"):
            assert f'data-{kind}="{name}"' in html


def test_the_phrases_of_the_scripts_are_there():
    scripts = "".join(path.read_text(encoding="utf-8") for path in page.FOLDER.glob("*.js"))
    used = {name for name in page.PHRASES if f'"{name}"' in scripts}
    assert used == set(page.PHRASES)


def test_lines_are_poems_on_a_chinese_page_where_their_model_is_there():
    here = {"image": [], "text": [{"name": "tang", "title": {}}]}
    for models, expected in (({"text": []}, None), (here, "tang")):
        offered = {game["name"]: game["settings"] for game in page.games(models)}
        assert offered["lines"]["en"] == {"modality": "text"}
        assert offered["lines"]["zh-CN"].get("model") == expected
        assert offered["pictures"]["en"] == offered["pictures"]["zh-CN"]
