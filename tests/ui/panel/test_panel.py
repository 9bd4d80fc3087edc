"""A tab's answers: results, curated openings, sentences; nothing of one visitor reaches another."""

import inspect
import threading
from types import SimpleNamespace

import gradio as gr
import pytest

from genai.audio import tab as audio_tab
from genai.errors import CheckpointError, ConfigError
from genai.image import tab as image_tab
from genai.language.strings import both
from genai.serving.models import Registry
from genai.text import tab as text_tab
from genai.ui.page.page import Page
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
def test_wrong_settings_become_a_notice(panels, tab):
    wrong = [None if setting.name == "seed" else setting.default for setting in tab.SETTINGS]
    shown, notice = run(panels[tab.NAME], tab.PREFERRED, *wrong)
    assert shown == gr.skip()
    assert notice["sentence"]["en"] == "Seed is empty: a whole number is needed, such as 0."
    assert notice["sentence"]["zh-CN"] == "种子的值是 空：这里需要一个整数，例如 0。"


def test_a_bug_is_one_neutral_sentence(panels, monkeypatch, caplog):
    def broken(model, values):
        raise ZeroDivisionError("inner detail")
        yield

    monkeypatch.setattr(panels["text"], "_generate", broken)
    [(_, notice)] = panels["text"].run("shakespeare", *defaults(text_tab))
    assert notice == {"sentence": both("bug")}
    assert "inner detail" in caplog.text


@pytest.mark.parametrize("tab", TABS)
def test_the_opening_is_the_checkpoint_s_and_the_same_for_all(panels, tab):
    panel = panels[tab.NAME]
    one, two = panel.open(visitor()), panel.open(visitor(tab="elsewhere"))
    assert one[-2] == two[-2]
    assert "asked" not in one[-2]
    assert one[-1] == {"empty": True}
    opening = panel.registry.header(tab.PREFERRED).openings[0]
    assert all(panel._initial_values()[name] == value for name, value in opening.items())


def test_the_opening_replaces_nothing_that_was_typed_meanwhile(panels):
    for panel in panels.values():
        for query in ({}, {"tab": panel.name}, {"tab": "elsewhere", "seed": "7"}):
            chooser, _, *settings, _, _ = panel.open(visitor(**query))
            assert [chooser, *settings] == [gr.skip()] * (1 + len(panel.settings))


def test_the_controls_hold_the_opening_from_the_start(folder):
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
def test_a_link_fills_the_tab_and_its_result_follows(panels, tab):
    panel = panels[tab.NAME]
    *_, shown, notice = panel.open(visitor(tab=tab.NAME, seed="7"))
    assert 7 in panel.open(visitor(tab=tab.NAME, seed="7"))
    assert shown == gr.skip()
    result, after = follow(panel, notice)
    assert "seed=7" in result["link"]
    assert after == {"empty": True}


@pytest.mark.parametrize("tab", TABS)
def test_nothing_follows_an_opening_or_what_somebody_made_up(panels, tab):
    panel = panels[tab.NAME]
    for notice in (panel.open(visitor())[-1], None, "?tab=text&seed=1", {"follow": 3}, {"follow": "?tab=other"}):
        assert follow(panel, notice) == (gr.skip(), gr.skip())


@pytest.mark.parametrize("tab", TABS)
def test_where_a_link_asks_too_much_an_opening_is_shown(panels, tab):
    panel = panels[tab.NAME]
    *_, notice = panel.open(visitor(tab=tab.NAME, seed="-1"))
    shown, after = follow(panel, notice)
    assert shown == panel.open(visitor())[-2]
    assert "Seed -1" in after["sentence"]["en"]


def test_a_model_is_loaded_once_whoever_asks(folder):
    loads = []

    def load(name, *, device, folder):
        loads.append(name)
        return object()

    registry = Registry("text", load, "shakespeare", folder=folder)
    found = []
    threads = [threading.Thread(target=lambda: found.append(registry.get("tang"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == ["tang"]
    assert len(set(map(id, found))) == 1
    assert registry.first == "shakespeare"


def test_a_name_is_never_a_path(folder):
    registry = Registry("text", text_tab.text.load, folder=folder)
    for name in (str(folder / "text" / "tang.safetensors"), "../text/tang", "", ["tang"], {"a": 1}, 3):
        with pytest.raises(ConfigError, match="There are no text models called"):
            registry.get(name)


def test_a_broken_file_has_its_sentence(folder, tmp_path):
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "cut.safetensors").write_bytes((folder / "text" / "tang.safetensors").read_bytes()[:100])
    registry = Registry("text", text_tab.text.load, folder=tmp_path)
    assert registry.names == []
    assert "cut.safetensors" in str(registry.problems[0])
    with pytest.raises(CheckpointError, match=r"cut\.safetensors"):
        registry.get("cut")
