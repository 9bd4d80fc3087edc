"""What is left out at every event and for every visitor."""

import importlib.util
import logging
import logging.config
import sys

import gradio as gr
import pytest
from gradio.state_holder import SessionState
from uvicorn.config import LOGGING_CONFIG

from genai.ui.page.gradio_patches import skip_unused_work
from genai.ui.views.view import view


@pytest.fixture
def as_before(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # put back as it was in the end
    del sys.modules["matplotlib"]
    logging.config.dictConfig(LOGGING_CONFIG)


def test_a_library_that_is_not_there_is_not_searched_for(as_before, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    skip_unused_work(gr.Blocks())
    monkeypatch.setattr(sys, "meta_path", [])  # whoever searched now would find nothing, not even pytest's own
    with pytest.raises(ModuleNotFoundError, match=r"None in sys\.modules"):
        import matplotlib  # noqa: F401


def test_a_library_that_is_there_stays(as_before, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    skip_unused_work(gr.Blocks())
    assert "matplotlib" not in sys.modules


def test_no_line_of_an_access_log_is_worded(as_before):
    log = logging.getLogger("uvicorn.access")
    assert log.hasHandlers()
    skip_unused_work(gr.Blocks())
    assert not log.hasHandlers()


@pytest.fixture
def blocks(tmp_path):
    (tmp_path / "piece.html").write_text("<p></p>")
    (tmp_path / "piece.js").write_text("const answer = 42;")
    with gr.Blocks() as blocks:
        view(tmp_path, "piece", {"a": 1}, elem_id="piece")
        gr.Slider(0, 10, 3)
        gr.Radio(["one", "two"])
    return blocks


def test_a_visitor_s_components_are_the_same_and_found_without_a_search(as_before, blocks, monkeypatch):
    before = SessionState(blocks).config_values
    skip_unused_work(blocks)
    monkeypatch.setattr("inspect._signature_from_function", None)  # whoever derived a signature now would fail
    searched, search = [], gr.HTML.__getattr__
    monkeypatch.setattr(gr.HTML, "__getattr__", lambda self, name: (searched.append(name), search(self, name))[1])
    assert SessionState(blocks).config_values == before
    assert set(searched) == {"is_template"}


def test_an_attribute_that_a_component_has_stays(as_before, blocks):
    (piece,) = [block for block in blocks.blocks.values() if isinstance(block, gr.HTML)]
    before = {name: getattr(piece, name) for name in ("value", "elem_id", "html_template", "js_on_load")}
    skip_unused_work(blocks)
    assert {name: getattr(piece, name) for name in before} == before
