"""A model that a visitor has trained, in the tabs: whoever knows its name uses it, and nobody else sees it."""

import shutil
from types import SimpleNamespace

import pytest

from genai import checkpoint
from genai.audio import tab as audio_tab
from genai.checkpoint import own
from genai.image import tab as image_tab
from genai.text import tab as text_tab
from genai.ui.page.page import Page
from genai.ui.panel.context import Context
from tests.ui.single import run
from tests.ui.tiny import save_all

TABS = (text_tab, image_tab, audio_tab)
MODELS = {"text": "shakespeare", "image": "fashion", "audio": "drums"}


@pytest.fixture(scope="module")
def panels(tmp_path_factory):
    """The tabs of a page, and a visitor's model in each."""
    folder = save_all(tmp_path_factory.mktemp("models"))
    patch = pytest.MonkeyPatch()
    visitors_folder = tmp_path_factory.mktemp("own")
    patch.setenv(own.VARIABLE, str(visitors_folder))
    page = Page([tab.build for tab in TABS], Context(folder=folder, device="cpu"))
    made = {}
    for panel in page.panels:
        name = own.new_name()
        path = own.path_in(visitors_folder, name, panel.name)
        path.parent.mkdir(parents=True)
        shutil.copy2(folder / panel.name / f"{MODELS[panel.name]}.safetensors", path)
        said = {"en": "Trained here, by a visitor, on 40 items.", "zh-CN": "由访客在这里训练，用了 40 个样本。"}
        classes = [{"en": "mine", "zh-CN": "mine"}] * len(checkpoint.read_header(path).classes)
        checkpoint.update_header(path, limits=said, classes=classes)
        made[panel.name] = SimpleNamespace(panel=panel, name=name, path=path)
    yield made
    patch.undo()


@pytest.mark.parametrize("tab", TABS)
def test_a_link_opens_a_visitors_model_with_its_card(panels, tab):
    own_model = panels[tab.NAME]
    query = {"tab": tab.NAME, "model": own_model.name}
    chooser, card, *_, notice = own_model.panel.open(SimpleNamespace(query_params=query))
    assert chooser.value == own_model.name
    assert [value for _, value in chooser.choices][-1] == own_model.name
    assert card["said"]["limits"]["en"].startswith("Trained here, by a visitor")
    assert "sentence" not in notice
    others, *_ = own_model.panel.open(SimpleNamespace(query_params={}))
    assert own_model.name not in str(others)


@pytest.mark.parametrize("tab", TABS)
def test_a_visitors_model_generates_and_its_link_names_it(panels, tab):
    own_model = panels[tab.NAME]
    shown, notice = run(own_model.panel, own_model.name, *[setting.default for setting in tab.SETTINGS])
    assert notice == {"empty": True}
    assert f"model={own_model.name}&" in shown["link"]


@pytest.mark.parametrize("tab", TABS)
def test_a_visitors_model_that_was_removed_is_unknown(panels, tab):
    own_model = panels[tab.NAME]
    own_model.path.unlink()
    _, notice = run(own_model.panel, own_model.name, *[setting.default for setting in tab.SETTINGS])
    assert own_model.name[:20] in notice["sentence"]["en"]
    assert own_model.name not in own_model.panel.registry._models
