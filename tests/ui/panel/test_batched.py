"""Batches of many visitors' requests: each gets the same result as alone, whatever else is in the batch."""

import dataclasses
from collections import Counter
from threading import Thread, get_ident

import gradio as gr
import pytest

from genai.audio import tab as audio_tab
from genai.audio.page.renderer import RENDERER as SOUND_RENDERER
from genai.image import tab as image_tab
from genai.image.page.renderer import RENDERER as IMAGE_RENDERER
from genai.ui.page.page import Page
from genai.ui.panel.batched import MAX_ITEMS
from genai.ui.panel.context import Context
from genai.ui.views.strip import LayerStrip
from tests.ui.tiny import save_all


@pytest.fixture(scope="module")
def panels(tmp_path_factory):
    context = Context(folder=save_all(tmp_path_factory.mktemp("checkpoints")), device="cpu")
    return {panel.name: panel for panel in Page([image_tab.build, audio_tab.build], context).panels}


def visible(shown):
    return {name: value for name, value in shown.items() if name not in ("asked", "strip")}


def alone(panel, *values):
    [shown], [notice] = panel.run(*([value] for value in values))
    return visible(shown), notice


PICTURES = [
    ("fashion" if n % 3 else "characters", "any", 1 + n % 7, 100 * n, 1.0 - n / 100, "any") for n in range(16)
]
SOUNDS = [("digits", "any", n, 1.0, ("any", "Ann", "1")[n % 3]) for n in range(8)]
SOUNDS += [("drums", "any", n, 1.0, "any") for n in range(8)]


@pytest.mark.parametrize(("name", "asked"), [("image", PICTURES), ("audio", SOUNDS)])
def test_a_batch_gives_each_visitor_the_result_of_a_single_request(panels, name, asked):
    shown, notices = panels[name].run(*map(list, zip(*asked, strict=True)))
    assert notices == [{"empty": True}] * 16
    assert [visible(one) for one in shown] == [alone(panels[name], *values)[0] for values in asked]
    assert len({one["asked"] for one in shown}) == 16


@pytest.mark.parametrize(("name", "asked"), [("image", PICTURES), ("audio", SOUNDS)])
def test_the_strip_of_the_first_result_equals_the_answer_to_its_question(panels, name, asked):
    shown, _ = panels[name].run(*map(list, zip(*asked, strict=True)))
    renderer = {"image": IMAGE_RENDERER, "audio": SOUND_RENDERER}[name]
    question = LayerStrip(panels[name].registry, renderer).strip
    for values, one in zip(asked, shown, strict=True):
        first = one["cells"][0] if name == "image" else one
        truncation = values[-2] if name == "image" else values[3]
        data = {"model": values[0], "label": first["number"], "seed": first["seed"], "truncation": truncation}
        data["variant"] = first.get("variantNumber")
        told = question(data)
        assert told.keys() == one["strip"].keys()
        for sheet in ("noise", "drawn"):
            assert one["strip"][sheet]["high"] == pytest.approx(told[sheet]["high"], rel=1e-4)
            assert one["strip"][sheet]["shape"] == told[sheet]["shape"]


def test_a_strip_that_fails_does_not_cost_the_result(panels, monkeypatch):
    broken = dataclasses.replace(panels["image"]._pipeline, strips=lambda *_: 1 / 0)
    monkeypatch.setattr(panels["image"], "_pipeline", broken)
    shown, notice = panels["image"].run(["fashion"], ["any"], [3], [1], [1.0], ["any"])
    assert notice == [{"empty": True}]
    assert (len(shown[0]["cells"]), shown[0]["strip"]) == (3, None)


def test_requests_to_one_model_share_a_forward_pass(panels, monkeypatch):
    passes = Counter()

    def counted(model, requests):
        passes[model.name] += 1
        return image_tab.image.generate(model, requests)

    monkeypatch.setattr(
        panels["image"], "_pipeline", dataclasses.replace(panels["image"]._pipeline, generate=counted)
    )
    panels["image"].run(
        ["fashion", "characters", "fashion"], ["any"] * 3, [MAX_ITEMS // 2] * 3, [0, 1, 2], [1.0] * 3, ["any"] * 3
    )
    assert passes == {"fashion": 1, "characters": 1}


def test_one_visitor_s_error_does_not_affect_the_others(panels):
    models = ["fashion", "fashion", "nowhere", "fashion", "fashion"]
    labels = ["any", "hat", "any", "any", "dress"]
    counts, seeds = [3, 3, 3, 65, 3], [1, 2, 3, 4, None]
    shown, notices = panels["image"].run(models, labels, counts, seeds, [1.0] * 5, ["any"] * 5)
    assert [notice.get("sentence", {}).get("en", "")[:12] for notice in notices] == [
        "", "Label 'hat' ", "There are no", "Count 65 can", "Seed is empt"]  # fmt: skip
    assert shown[1:] == [gr.skip()] * 4
    assert shown[0]["strip"] is not None
    assert visible(shown[0]) == alone(panels["image"], "fashion", "any", 3, 1, 1.0, "any")[0]


def test_all_batches_run_in_one_thread(panels, monkeypatch):
    threads = []
    made = panels["image"].generate_batch
    monkeypatch.setattr(panels["image"], "generate_batch", lambda asked: threads.append(get_ident()) or made(asked))
    for visitor in range(3):
        thread = Thread(target=alone, args=(panels["image"], *PICTURES[visitor]))
        thread.start()
        thread.join()
    assert len(threads) == 3
    assert len(set(threads)) == 1
