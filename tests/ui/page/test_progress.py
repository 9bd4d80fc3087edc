"""At each event of the page Gradio copies the properties of what shows a progress, and of all that is inside."""

import pytest

from genai.serve import BESIDE, TABS
from genai.ui.page.page import Page
from genai.ui.panel.context import Context


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    return Page(TABS, Context(folder=folder, device="cpu"), BESIDE).blocks.config


def _children(node):
    yield node
    for child in node.get("children", []):
        yield from _children(child)


def _with_progress(event):
    shown = event["show_progress_on"]
    return event["outputs"] if shown is None else shown


def test_what_shows_a_progress_is_small(config):
    """A tab would be copied with all that it holds, a fifth to a third of what the page computed."""
    containers = {node["id"] for node in _children(config["layout"]) if node.get("children")}
    events = [event for event in config["dependencies"] if event["backend_fn"]]
    assert any(containers & set(event["outputs"]) for event in events)
    for event in events:
        assert not containers & set(_with_progress(event))
        assert len(_with_progress(event)) <= 2


def test_a_hidden_progress_is_on_no_component(config):
    hidden = [
        event for event in config["dependencies"] if event["show_progress"] == "hidden" and event["backend_fn"]
    ]
    pages = [event for event in hidden if event["outputs"] and event["api_visibility"] == "private"]
    assert [event["targets"] for event in pages if _with_progress(event)] == []
    assert pages
