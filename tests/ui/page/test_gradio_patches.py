"""Each patch skips work that Gradio does without it, and changes no result."""

import importlib.util
import inspect
import logging
import logging.config
import sys

import gradio as gr
import httpx
import pytest
from gradio.state_holder import SessionState
from uvicorn import Config
from uvicorn.config import LOGGING_CONFIG
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from genai.ui.page.gradio_patches import estimated_wait, skip_unused_work
from genai.ui.views.view import view


@pytest.fixture
def unpatched(monkeypatch):
    """Undo the patches that earlier tests have applied to this process."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    del sys.modules["matplotlib"]
    logging.config.dictConfig(LOGGING_CONFIG)
    for component_class in (gr.HTML, gr.Slider, gr.Radio, gr.Button):
        for layer in (component_class.__init__, inspect.unwrap(component_class.__init__)):
            vars(layer).pop("__signature__", None)


@pytest.fixture
def blocks(tmp_path):
    (tmp_path / "piece.html").write_text("<p></p>")
    (tmp_path / "piece.js").write_text("const answer = 42;")
    with gr.Blocks() as blocks:
        view(tmp_path, "piece", {"a": 1}, elem_id="piece")
        gr.Slider(0, 10, 3)
        gr.Radio(["one", "two"])
        gr.Button().click(lambda: None, api_name="nothing")
    return blocks


class ImportRecorder:
    """A finder of modules that finds none and records what it is asked for."""

    def __init__(self):
        self.names = []

    def find_spec(self, name, path=None, target=None):
        self.names.append(name)


@pytest.mark.parametrize("patched", [False, True])
def test_an_event_searches_for_matplotlib_only_without_the_patch(unpatched, blocks, monkeypatch, patched):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    blocks.launch(prevent_thread_lock=True, quiet=True)
    if patched:
        skip_unused_work(blocks)
    recorder = ImportRecorder()
    monkeypatch.setattr(sys, "meta_path", [recorder, *sys.meta_path])
    answer = httpx.post(f"{blocks.local_url}gradio_api/run/nothing", json={"data": []})
    blocks.close()
    assert answer.status_code == 200
    assert ("matplotlib" in recorder.names) is not patched


def test_matplotlib_stays_if_it_is_installed(unpatched, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    skip_unused_work(gr.Blocks())
    assert "matplotlib" not in sys.modules


def test_uvicorn_formats_access_lines_only_without_the_patch(unpatched):
    def formats_access_lines():
        config = Config(gr.Blocks, log_level="warning", log_config=None)
        config.load()
        return H11Protocol(config, ServerState(), {}).access_log

    assert formats_access_lines()
    skip_unused_work(gr.Blocks())
    assert not formats_access_lines()


def test_a_new_visitor_costs_signatures_and_searches_only_without_the_patch(unpatched, blocks, monkeypatch):
    searches = []
    search = gr.HTML.__getattr__
    monkeypatch.setattr(gr.HTML, "__getattr__", lambda self, name: (searches.append(name), search(self, name))[1])
    signatures = []
    derive = inspect._signature_from_function
    monkeypatch.setattr(
        inspect,
        "_signature_from_function",
        lambda *args, **more: (signatures.append(args), derive(*args, **more))[1],
    )

    before = SessionState(blocks).config_values
    assert signatures
    assert {"is_template", "every", "likeable"} < set(searches)

    skip_unused_work(blocks)
    searches.clear()
    signatures.clear()
    assert SessionState(blocks).config_values == before
    assert signatures == []
    assert set(searches) == {"is_template"}


def test_existing_attributes_of_components_are_kept(unpatched, blocks):
    (piece,) = [block for block in blocks.blocks.values() if isinstance(block, gr.HTML)]
    before = {name: getattr(piece, name) for name in ("value", "elem_id", "html_template", "js_on_load")}
    skip_unused_work(blocks)
    assert {name: getattr(piece, name) for name in before} == before


def test_the_estimated_wait_is_that_of_all_batches_before(blocks):
    queue = blocks._queue
    assert estimated_wait(blocks, batch_size=4) == 0
    [function] = [function for function in blocks.fns.values() if function.api_name == "nothing"]
    queue.create_event_queue_for_fn(function)
    queue.event_queue_per_concurrency_id[function.concurrency_id].queue += [object()] * 8
    assert estimated_wait(blocks, batch_size=4) == 2  # a second each before any run
    queue.process_time_per_fn[function].add(3)
    assert estimated_wait(blocks, batch_size=4) == 6
