"""A tab's handlers: results, openings, links and error messages."""

import inspect
from types import SimpleNamespace

import gradio as gr
import pytest

from genai.audio import tab as audio_tab
from genai.image import tab as image_tab
from genai.language.strings import both
from genai.text import tab as text_tab
from genai.ui.page.page import Page
from genai.ui.panel import links
from genai.ui.panel.context import Context
from tests.ui.single import follow, run
from tests.ui.tiny import save_all

TABS = (text_tab, image_tab, audio_tab)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_all(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture(scope="module")
def panels(folder):
    page = Page([tab.build for tab in TABS], Context(folder=folder, device="cpu"))
    return {panel.name: panel for panel in page.panels}


def visitor(**query):
    return SimpleNamespace(query_params=query)


def defaults(tab):
    return [setting.default for setting in tab.SETTINGS]


@pytest.mark.parametrize("tab", TABS)
def test_the_endpoint_has_the_settings_defaults(panels, tab):
    parameters = inspect.signature(panels[tab.NAME]._endpoint).parameters
    found = {name: p.default for name, p in parameters.items()}
    assert found.pop("checkpoint") == tab.PREFERRED
    settings = {s.name: s.default for s in tab.SETTINGS}
    assert found.items() <= settings.items()
    assert found == settings or tab is audio_tab


@pytest.mark.parametrize("tab", TABS)
def test_run_ends_with_a_result_and_no_notice(panels, tab):
    shown, notice = run(panels[tab.NAME], tab.PREFERRED, *defaults(tab))
    assert shown["running"] is False
    assert shown["link"].startswith(f"?tab={tab.NAME}&model={tab.PREFERRED}&")
    assert shown["asked"]
    assert notice == {"empty": True}


@pytest.mark.parametrize("tab", TABS)
def test_an_invalid_setting_is_shown_in_the_notice(panels, tab):
    wrong = [None if setting.name == "seed" else setting.default for setting in tab.SETTINGS]
    shown, notice = run(panels[tab.NAME], tab.PREFERRED, *wrong)
    assert shown == gr.skip()
    assert notice["sentence"]["en"] == "Seed is empty: a whole number is needed, such as 0."
    assert notice["sentence"]["zh-CN"] == "种子的值是 空：这里需要一个整数，例如 0。"


def test_a_bug_is_logged_and_shown_without_details(panels, monkeypatch, caplog):
    def broken(model, values):
        raise ZeroDivisionError("inner detail")
        yield

    monkeypatch.setattr(panels["text"], "_generate", broken)
    [(_, notice)] = panels["text"].run("shakespeare", *defaults(text_tab))
    assert notice["sentence"] == both("bug")
    assert "inner detail" in caplog.text


@pytest.mark.parametrize("tab", TABS)
def test_each_error_scrolls_into_view_and_so_does_the_result_of_another_model(panels, tab):
    panel = panels[tab.NAME]
    wrong = [-1 if setting.name == "seed" else setting.default for setting in tab.SETTINGS]
    notices = [run(panel, tab.PREFERRED, *wrong)[1] for _ in range(2)]
    assert notices[0]["sentence"] == notices[1]["sentence"]
    assert notices[0]["reveal"] != notices[1]["reveal"]
    *_, shown, _ = panel.change_model(panel.registry.names[-1])
    assert shown["reveal"]
    assert "asked" not in shown
    assert "reveal" not in panel.open(visitor())[-2]


def test_a_prompt_that_a_model_does_not_know_is_offered_to_those_that_do(panels):
    def values(prompt, seed):
        settings = {s.name: s.default for s in text_tab.SETTINGS} | {"prompt": prompt, "seed": seed}
        return settings.values()

    _, notice = run(panels["text"], "shakespeare", *values("春风", 5))
    [offer] = notice["offers"]
    assert offer["label"] == {"en": "Switch to Tang poems", "zh-CN": "改用“唐诗”"}
    query = links.parse_query(offer["link"])
    assert (query["model"], query["prompt"], query["seed"]) == ("tang", "春风", "5")
    result, _ = follow(panels["text"], {"follow": offer["link"]})
    assert result["link"] == offer["link"]
    for prompt, seed in (("春风Ω", 5), ("春风", -1), ("ROMEO:", -1)):  # known by none; another error
        _, notice = run(panels["text"], "shakespeare", *values(prompt, seed))
        assert notice["sentence"]
        assert "offers" not in notice


@pytest.mark.parametrize("tab", TABS)
def test_the_opening_is_the_checkpoint_s_and_shared_by_all(panels, tab):
    panel = panels[tab.NAME]
    one, two = panel.open(visitor()), panel.open(visitor(tab="elsewhere"))
    assert one[-2] == two[-2]
    assert "asked" not in one[-2]
    assert one[-1] == {"empty": True}
    opening = panel.registry.header(tab.PREFERRED).openings[0]
    assert all(panel._initial_values()[name] == value for name, value in opening.items())


def test_opening_the_page_does_not_overwrite_the_controls(panels):
    for panel in panels.values():
        for query in ({}, {"tab": panel.name}, {"tab": "elsewhere", "seed": "7"}):
            chooser, _, *settings, _, _ = panel.open(visitor(**query))
            assert [chooser, *settings] == [gr.skip()] * (1 + len(panel.settings))


def test_the_controls_are_built_with_the_opening_s_settings(folder):
    page = Page([tab.build for tab in TABS], Context(folder=folder, device="cpu"))
    held = {c["props"].get("elem_id"): c["props"].get("value") for c in page.blocks.config["components"]}
    for panel in page.panels:
        for setting in panel.settings:
            assert held[f"{panel.name}-{setting.name.replace('_', '-')}"] == panel._initial_values()[setting.name]


def test_without_checkpoints_the_page_says_what_to_do(tmp_path):
    page = Page([tab.build for tab in TABS], Context(folder=tmp_path))
    for panel in page.panels:
        *_, shown, notice = panel.open(visitor())
        assert shown == {"empty": True}
        assert f"python -m genai.{panel.name}.training" in notice["sentence"]["en"]
        assert f"python -m genai.{panel.name}.training" in notice["sentence"]["zh-CN"]
        _, notice = run(panel, None, *(s.default for s in panel.settings))
        assert "There are no" in notice["sentence"]["en"]


@pytest.mark.parametrize("tab", TABS)
def test_a_link_sets_the_controls_and_then_generates(panels, tab):
    panel = panels[tab.NAME]
    *_, shown, notice = panel.open(visitor(tab=tab.NAME, seed="7"))
    assert 7 in panel.open(visitor(tab=tab.NAME, seed="7"))
    assert shown == gr.skip()
    result, after = follow(panel, notice)
    assert "seed=7" in result["link"]
    assert after == {"empty": True}


@pytest.mark.parametrize("tab", TABS)
def test_a_notice_without_a_valid_link_changes_nothing(panels, tab):
    panel = panels[tab.NAME]
    for notice in (panel.open(visitor())[-1], None, "?tab=text&seed=1", {"follow": 3}, {"follow": "?tab=other"}):
        assert follow(panel, notice) == (gr.skip(), gr.skip())


@pytest.mark.parametrize("seed", ["-1", "4294967296", "99999999999999999999", "9" * 5000])
@pytest.mark.parametrize("tab", TABS)
def test_a_link_with_an_invalid_setting_shows_an_opening_and_the_error(panels, tab, seed):
    """At once: controls with a number beyond 64 bits could not be sent, and the page would wait for ever."""
    panel = panels[tab.NAME]
    outputs = panel.open(visitor(tab=tab.NAME, seed=seed))
    *_, shown, notice = outputs
    assert shown == panel.open(visitor())[-2]
    assert "Seed" in notice["sentence"]["en"]
    assert "follow" not in notice
    assert not any(isinstance(value, int) and abs(value) >= 2**63 for value in outputs)


def test_the_text_tab_opens_with_poems_in_chinese(panels):
    panel = panels["text"]
    model, _, *settings, shown, _ = panel.open(visitor(), "zh-CN")
    assert model == "tang"
    assert settings[0] == "春"
    assert shown["link"].startswith("?tab=text&model=tang&")
    assert panel.open(visitor(tab="text", model="shakespeare"), "zh-CN")[0] == "shakespeare"
    for other in ("en", None, 7, []):
        assert panel.open(visitor(), other)[-2]["link"].startswith("?tab=text&model=shakespeare&")
