"""The checkpoints that the repository carries: each says what it is, fits its limits, and still gives what it gave.

The summaries were written by `python -m tests.checkpoints.test_shipped` when the files were committed.
"""

import io
import json
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from genai import audio, checkpoint, image, text
from genai.audio import clips
from genai.audio.judging import to_pictures
from genai.image import thumbnails
from genai.image.data import to_unit
from genai.publishing.curation import curate, read, with_cards
from genai.quality import nearest, shipped_networks
from genai.quality.feature_network import extract_features
from genai.text import indexing

LIMIT = 13_000_000  # bytes a file
FACADES = {"text": text, "image": image, "audio": audio}
SHIPPED = [(modality, entry) for modality in FACADES for entry in checkpoint.available(modality)]
IDS = [entry.name for _, entry in SHIPPED]
SUMMARIES = Path(__file__).with_name("shipped.json")


def summary(modality, name):
    """A few numbers, or the first characters, of what a model makes of fixed requests."""
    model = FACADES[modality].load(name, device="cpu")
    if modality == "text":
        prompt = model.header.openings[0].get("prompt", "")
        return text.generate(model, [text.TextRequest(prompt=prompt, length=60, temperature=0)])[0].text
    request = image.ImageRequest(seed=0) if modality == "image" else audio.AudioRequest(seed=0)
    results = FACADES[modality].generate(model, FACADES[modality].consecutive_seeds(request, 8))
    items = torch.stack([getattr(result, "image" if modality == "image" else "waveform") for result in results])
    return {"mean": round(items.mean().item(), 4), "std": round(items.std().item(), 4)}


def test_every_modality_ships_a_model():
    assert {modality for modality, _ in SHIPPED} == set(FACADES)
    texts = {"shakespeare", "shakespeare-gpt", "python", "python-gpt", "tang", "tang-gpt"}
    named = texts | {"fashion", "characters", "calligraphy", "digits", "drums", "notes"}
    assert named <= set(IDS)


@pytest.mark.parametrize(("modality", "entry"), SHIPPED, ids=IDS)
def test_it_says_what_it_is_and_fits_its_limit(modality, entry):
    assert entry.problem is None
    assert entry.size_bytes <= LIMIT
    header = entry.header
    assert header.licence
    assert header.attribution
    assert header.source
    assert header.training["minutes"] > 0
    assert header.training["settings"]["data"] == header.data_set
    assert header.openings


@pytest.mark.parametrize(("modality", "entry"), SHIPPED, ids=IDS)
def test_it_gives_what_it_gave(modality, entry):
    expected = json.loads(SUMMARIES.read_text(encoding="utf-8"))[modality][entry.name]
    found = summary(modality, entry.name)
    if modality == "text":
        assert found == expected
    else:
        assert found == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(("modality", "entry"), SHIPPED, ids=IDS)
def test_its_openings_can_be_carried_out(modality, entry):
    model = FACADES[modality].load(entry.name, device="cpu")
    for opening in entry.header.openings:
        settings = {name: value for name, value in opening.items() if name != "count"}
        request = {"text": text.TextRequest, "image": image.ImageRequest, "audio": audio.AudioRequest}[modality]
        assert FACADES[modality].generate(model, [request(**settings)])


@pytest.mark.parametrize("name", [entry.name for modality, entry in SHIPPED if modality == "text"])
def test_a_text_models_recorded_figures_beat_guessing_by_far(name):
    model = text.load(name, device="cpu")
    even = math.log(len(model.vocabulary))
    share = 0.65 if model.header.data_set == "tang" else 0.5  # a Chinese character says as much as a word
    for protocol in ("blocks", "stream"):
        figure = model.header.metrics[f"nats_per_character_{protocol}"]
        assert figure["value"] < even * share
        assert figure["n"] > 10_000
        assert figure["protocol"]


@pytest.mark.parametrize(
    ("modality", "name"), [(modality, entry.name) for modality, entry in SHIPPED if modality != "text"]
)
def test_different_seeds_give_different_things(modality, name):
    facade = FACADES[modality]
    model = facade.load(name, device="cpu")
    label = 0 if model.labels else None
    request = image.ImageRequest(label) if modality == "image" else audio.AudioRequest(label)
    results = facade.generate(model, facade.consecutive_seeds(request, 8))
    items = torch.stack([getattr(r, "image" if modality == "image" else "waveform").flatten() for r in results])
    assert torch.pdist(items).min() > 0.1  # no two are alike: the simplest sign of a collapse


@pytest.mark.parametrize(("modality", "entry"), SHIPPED, ids=IDS)
def test_a_history_is_small_and_in_order(modality, entry):
    _, tensors = checkpoint.load(entry.path, modality)
    moments = entry.header.history
    steps = [moment["step"] for moment in moments]
    assert steps == sorted(set(steps))
    kept = sum(tensor.numel() for name, tensor in tensors.items() if name.startswith("history"))
    assert kept + len(json.dumps(moments)) < 350_000
    if modality == "image" and moments:
        with Image.open(io.BytesIO(bytes(tensors["history"].numpy()))) as strip:
            assert strip.height == len(moments) * entry.header.config["size"]
    if modality == "text":
        assert all(moment["text"] for moment in moments)


@pytest.mark.parametrize(("modality", "entry"), SHIPPED, ids=IDS)
def test_it_says_where_it_fails_and_what_it_is_not_for(modality, entry):
    for said in (entry.header.limits, entry.header.not_for):
        assert all(len(said[language]) > 10 for language in ("en", "zh-CN"))
    assert f"{modality}/{entry.name}" in read(checkpoint.SHIPPED)


def test_headers_and_cards_say_what_was_curated():
    assert curate(checkpoint.SHIPPED) == []
    readme = (checkpoint.SHIPPED / "README.md").read_text("utf-8")
    assert with_cards(readme, checkpoint.SHIPPED) == readme


@pytest.mark.parametrize(
    ("modality", "name"), [(modality, entry.name) for modality, entry in SHIPPED if modality != "text"]
)
def test_every_training_item_is_in_the_index_of_the_judge(modality, name):
    judge = shipped_networks.load(modality, name, shipped_networks.KINDS[0])
    items = nearest.load(modality, name, judge)
    counts = {
        "fashion": 60_000,
        "characters": 18_000,
        "calligraphy": 15_435,
        "digits": 2_700,
        "drums": 750,
        "notes": 1_225,
    }
    assert len(items.embeddings) == len(items.ids) == counts[name]
    assert items.embeddings.shape[1] <= 64
    assert items.embeddings.dtype == torch.int8
    assert (items.held_out.diff() >= 0).all()
    assert items.held_out[50] > 0.5  # a copy would lie at about 0.1 or 0.2


def copies(modality, name, index, rows):
    """The copies of some items in an index, as inputs of the judge."""
    if modality == "audio":
        samples = checkpoint.read_header(checkpoint.find(name, modality)).config["samples"]
        waves = [clips.decode(index.files[0], index.starts, row, samples)[0] for row in rows]
        return to_pictures(torch.from_numpy(np.stack(waves)))
    side = thumbnails.side_of(index, name)
    pictures = np.stack([thumbnails.decode(index.files, side, row) for row in rows])
    channels = 3 if name == "characters" else 1
    return to_unit(torch.from_numpy(pictures).permute(0, 3, 1, 2)[:, :channels])


@pytest.mark.parametrize(
    ("modality", "name"),  # the judge of the calligraphy takes pictures of twice the side
    [(m, entry.name) for m, entry in SHIPPED if m != "text" and entry.name != "calligraphy"],
)
def test_the_copy_of_each_item_looks_to_the_judge_like_the_item(modality, name):
    judge = shipped_networks.load(modality, name, shipped_networks.KINDS[0])
    index = nearest.load(modality, name, judge)
    rows = torch.linspace(0, len(index.ids) - 1, 24).int().tolist()
    features, _ = extract_features(judge, copies(modality, name, index, rows))
    distances = torch.cdist((features - index.mean) / index.deviation, index.standardised)
    own = distances[torch.arange(len(rows)), rows]
    nearer = (distances < own[:, None]).float().mean(dim=1)  # share of all items that are more like the copy
    assert nearer.median() < 0.01
    assert nearer.mean() < 0.1


@pytest.mark.parametrize(
    ("modality", "name"), [(modality, entry.name) for modality, entry in SHIPPED if modality != "text"]
)
def test_judges_tell_how_many_training_items_each_class_has(modality, name):
    ids = nearest.load(modality, name, shipped_networks.load(modality, name, shipped_networks.KINDS[0])).ids
    words = {  # where the name of an item tells its class
        "calligraphy": lambda one: one.rpartition(" ")[0],
        "digits": lambda one: one.removeprefix("recordings/")[0],
        "drums": lambda one: one.partition("/")[0].replace("perc", "percussion"),
    }
    for kind in shipped_networks.KINDS:
        header = shipped_networks.read_header(modality, name, kind)
        assert sum(header.training["items"]) == len(ids)
        if name in words:
            found = Counter(words[name](one) for one in ids)
            assert header.training["items"] == [found[each["en"]] for each in header.classes]


@pytest.mark.parametrize(
    ("name", "passage", "foreign"),
    [
        ("shakespeare", "Before we proceed any further, hear me speak.", "The teacher starts it with one command."),
        ("python", "\tdef __init__(self, ", "let mut total = 0; for i in"),
        ("tang", "白日依山尽，黄河入海流", "生成对抗网络学会画画"),
    ],
)
def test_the_index_of_a_text_knows_its_passages(name, passage, foreign):
    strings = indexing.load(name)
    assert strings.window == (7 if name == "tang" else 16)
    assert len(strings.hashes) > 500_000
    assert strings.longest_copy(passage).length == len(passage)
    assert strings.longest_copy(foreign).length == 0


if __name__ == "__main__":
    found = {m: {e.name: summary(m, e.name) for n, e in SHIPPED if n == m} for m in FACADES}
    SUMMARIES.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
