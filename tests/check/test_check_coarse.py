"""Examining files that were made in a lower precision than here, and those whose label claims it falsely."""

from dataclasses import replace

import pytest
import torch

from genai import audio, checkpoint, image, provenance, text
from genai.audio import encoding as audio_file
from genai.check import examine
from genai.check.examination import COARSE
from genai.gan.sampling import synthesise
from genai.image import encoding as image_file
from genai.inference import forward
from genai.inference.forward import Bfloat16Forward
from genai.text import origin as text_file
from genai.text.decoding.gpu_step import GpuStep
from genai.text.decoding.loop import GpuLoop

CALLIGRAPHY, DIGITS = image.ImageRequest(1, seed=5), audio.AudioRequest(3, seed=9)


def make_files(in_bfloat16, monkeypatch):
    """A picture and a sound, with their labels, made on a machine with or without bfloat16."""
    monkeypatch.setattr(forward, "uses_bfloat16", lambda device: in_bfloat16)
    pictures, sounds = image.load("calligraphy", "cpu"), audio.load("digits", "cpu")
    assert pictures.precision == sounds.precision == ("bfloat16" if in_bfloat16 else "float32")
    return (
        image_file.encode(pictures, image.generate(pictures, [CALLIGRAPHY])[0]),
        audio_file.encode(sounds, audio.generate(sounds, [DIGITS])[0]),
    )


@pytest.mark.parametrize(("there", "elsewhere"), [(False, {"identical", "close"}), (True, {"coarse"})])
def test_files_of_another_machine_are_ours_and_unaltered(there, elsewhere, monkeypatch):
    files = make_files(there, monkeypatch)
    assert [examine(file).kind for file in files] == ["identical"] * 2
    monkeypatch.setattr(forward, "uses_bfloat16", lambda device: not there)
    assert {examine(file).kind for file in files} <= elsewhere


@pytest.mark.parametrize(("in_bfloat16", "kind"), [(False, "coarse"), (True, "identical")])
def test_only_a_label_of_a_lower_precision_allows_its_rounding(in_bfloat16, kind, monkeypatch):
    monkeypatch.setattr(forward, "uses_bfloat16", lambda device: True)
    model = image.load("calligraphy", "cpu")
    result = image.generate(model, [CALLIGRAPHY])[0]
    settings = {"label": model.labels.names[1]["en"], "seed": 5, "truncation": 1.0}
    label = provenance.Label("image", model.name, model.sha256, settings)
    monkeypatch.setattr(forward, "uses_bfloat16", lambda device: in_bfloat16)
    kinds = {precision: examine(provenance.png(result.image, replace(label, precision=precision))).kind
             for precision in ("float32", "bfloat16", "int4")}  # fmt: skip
    assert kinds == {"float32": "altered", "bfloat16": kind, "int4": "altered"}


def test_a_change_beyond_the_rounding_of_bfloat16_is_altered():
    model = image.load("calligraphy", "cpu")
    result = image.generate(replace(model, forward=None), [CALLIGRAPHY])[0]
    settings = {"label": model.labels.names[1]["en"], "seed": 5, "truncation": 1.0}
    label = provenance.Label("image", model.name, model.sha256, settings, "bfloat16")
    dot, dimmed = result.image.clone(), result.image * 0.9
    dot[0, 30, 30] += 0.6 if dot[0, 30, 30] < 0 else -0.6
    assert [examine(provenance.png(one, label)).kind for one in (dot, dimmed)] == ["altered"] * 2


@pytest.mark.parametrize(("facade", "name"), [
    (facade, entry.name) for facade, modality in ((image, "image"), (audio, "audio"))
    for entry in checkpoint.available(modality)
])  # fmt: skip
def test_bfloat16_stays_within_its_tolerance(facade, name):
    model = facade.load(name, "cpu")
    z = torch.randn(16, model.latent_size, generator=torch.Generator().manual_seed(1))
    labels = [n % len(model.labels) for n in range(16)] if model.labels else [None] * 16
    exact = synthesise(replace(model, forward=None), z, labels)
    coarse = synthesise(replace(model, forward=Bfloat16Forward(model.sampler)), z, labels)
    difference = (exact - coarse).abs().flatten(1)
    tolerance = COARSE["bfloat16"]
    assert difference.mean(dim=1).max() < tolerance.mean
    assert difference.max() < tolerance.maximum


def test_a_text_written_in_float16_is_recognised_by_its_random_draws():
    model, halved = text.load("tang", "cpu"), text.load("tang", "cpu")
    object.__setattr__(halved, "loop", GpuLoop(GpuStep(halved.network)))
    requests = [text.TextRequest("春", length=250, seed=n) for n in range(8)]
    texts = text.generate(model, requests), text.generate(halved, requests)
    other = next(
        b for a, b in zip(*texts, strict=True) if a.text != b.text
    )  # of the same random draws, another text
    label = text_file.label(halved, other.request)
    assert label.precision == "float16"
    assert examine(provenance.txt(other.full, label)).kind == "coarse"
    assert examine(provenance.txt(other.full, replace(label, precision="float32"))).kind in {"close", "altered"}
    edited = other.full[:200] + ("月" if other.full[200] != "月" else "日") + other.full[201:]
    finding = examine(provenance.txt(edited, label))
    assert (finding.kind, finding.largest <= 200) == ("altered", True)
    assert examine(provenance.txt(other.full + "😀", label)).kind == "altered"
    assert (
        examine(provenance.txt("秋" + other.full[1:], label)).kind == "altered"
    )  # another prompt than the label's
