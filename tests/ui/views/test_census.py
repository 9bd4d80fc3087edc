"""Counting what a generator makes, against counting by hand."""

import threading
from dataclasses import asdict, replace

import pytest
import torch

from genai import audio, checkpoint, image
from genai.audio.page.renderer import RENDERER as SOUND_RENDERER
from genai.audio.spectrogram import to_pictures
from genai.checkpoint.header import Header, card_fields
from genai.image import model as image_model
from genai.image.model import DCGANConfig, Generator
from genai.image.page.renderer import RENDERER as IMAGE_RENDERER
from genai.image.sources import peeps
from genai.image.sources.cards import CARDS
from genai.labels import Labels
from genai.latent.requests import LatentRequest, sample_latents
from genai.quality import shipped_networks
from genai.quality.attributes import predict
from genai.quality.feature_network import FeatureNetwork, FeatureNetworkConfig, extract_features
from genai.quality.figures import wilson_interval
from genai.seeds import make_rng
from genai.serving.models import Registry
from genai.ui.views import census
from genai.ui.views.census import BATCH, TOTAL, Census
from tests.ui.tiny import save_all

IMAGES, SOUNDS = (Registry("image", image.load, device="cpu"), Registry("audio", audio.load, device="cpu"))
QUESTION = {"model": "fashion", "seed": 7, "truncation": 1.0, "seen": [], "agreed": 0}


@pytest.fixture(scope="module")
def pictures():
    return Census(IMAGES, IMAGE_RENDERER)


def by_hand(seeds, truncation=1.0):
    """The class that each seed asks for, and the one that the judge sees in its picture, one at a time."""
    model, judge = IMAGES.get("fashion"), shipped_networks.load("image", "fashion", "pooled")
    results = [image.generate(model, [image.ImageRequest("any", seed, truncation)])[0] for seed in seeds]
    return [(one.label, int(extract_features(judge, one.image[None])[1].argmax())) for one in results]


def test_two_answers_count_what_the_judge_sees_in_the_seeds_one_after_another(pictures):
    first = pictures.census(QUESTION)
    second = pictures.census({**QUESTION, **first})
    for answer, count in ((first, BATCH), (second, 2 * BATCH)):
        pairs = by_hand(range(7, 7 + count))
        assert answer["seen"] == [sum(seen == n for _, seen in pairs) for n in range(10)]
        assert answer["agreed"] == sum(chosen == seen for chosen, seen in pairs)
        assert answer["bounds"] == [wilson_interval(seen, count) for seen in answer["seen"]]
    assert first["named"] == {"en": "Seeds from 7, truncation 1", "zh-CN": "种子从 7 起，截断 1"}


def test_the_same_question_has_the_same_answer_whoever_else_asks(pictures):
    alone, together = pictures.census(QUESTION), []
    threads = [threading.Thread(target=lambda: together.append(pictures.census(QUESTION))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [alone] * 3


def test_the_last_answer_stops_at_the_total_and_seeds_begin_anew_after_the_largest(pictures):
    nearly = [TOTAL - 3, *[0] * 9]
    answer = pictures.census({**QUESTION, "seed": 2**32 - 1 - (TOTAL - 3), "seen": nearly})
    assert sum(answer["seen"]) == TOTAL
    last = [seen for _, seen in by_hand([2**32 - 1, 0, 1])]
    assert [a - b for a, b in zip(answer["seen"], nearly, strict=True)] == [last.count(n) for n in range(10)]


def test_it_says_what_the_shares_are_held_against(pictures):
    [answer] = pictures.classes({"model": "fashion"})["properties"]
    assert answer["classes"][8] == {"en": "Bag", "zh-CN": "包"}
    assert answer["shares"] == [0.1] * 10
    assert answer["evenly"]
    assert "10,000" in answer["errs"]["en"]
    [drums] = Census(SOUNDS, SOUND_RENDERER).classes({"model": "drums"})["properties"]
    assert sum(drums["shares"]) == pytest.approx(1)
    assert drums["shares"][5] > 0.4  # percussion


SHIPPED = [(IMAGES, IMAGE_RENDERER, "fashion"), (IMAGES, IMAGE_RENDERER, "calligraphy"),
           (IMAGES, IMAGE_RENDERER, "characters"), (SOUNDS, SOUND_RENDERER, "digits"),
           (SOUNDS, SOUND_RENDERER, "drums"), (SOUNDS, SOUND_RENDERER, "notes")]  # fmt: skip


@pytest.mark.parametrize(("registry", "renderer", "name"), SHIPPED, ids=[name for *_, name in SHIPPED])
def test_the_classes_that_seeds_ask_for_are_as_frequent_as_the_page_says(registry, renderer, name):
    answer = Census(registry, renderer).classes({"model": name})["properties"][0]
    count = len(answer["classes"])
    said = [1 / count] * count if answer["evenly"] else answer["shares"]
    model = registry.get(name)
    requests = [LatentRequest(seed=seed) for seed in range(TOTAL)]
    _, conditions = sample_latents(requests, model.latent_size, model.labels)
    classes = torch.tensor([model.labels.split(condition)[0] for condition in conditions])
    asked = torch.bincount(classes, minlength=count).tolist()
    intervals = [wilson_interval(times, TOTAL) for times in asked]
    outside = sum(not low <= share <= high for share, (low, high) in zip(said, intervals, strict=True))
    assert outside <= max(1, count / 10)  # by chance one in twenty


def test_attributes_are_compared_with_the_training_part_where_classes_are_asked_for_as_often():
    properties = Census(IMAGES, IMAGE_RENDERER).classes({"model": "characters"})["properties"]
    judge = shipped_networks.read_header("image", "characters", "pooled")
    for attribute, answer in zip(judge.attributes, properties[1:], strict=True):
        items = torch.tensor(attribute["items"]).sum(dim=0)
        assert answer["shares"] == pytest.approx((items / items.sum()).tolist(), abs=1e-3)


def save_model(folder, classes):
    """A tiny model of drawn people."""
    config = DCGANConfig(size=64, channels=3, classes=len(classes), latent_size=8, generator_filters=4)
    header = Header(
        "image", "dcgan", asdict(config), **card_fields(CARDS["characters"]), classes=list(classes.names)
    )
    network = Generator(config)
    image_model.initialise(network, make_rng(0))
    weights = checkpoint.collect_weights(network=network)
    checkpoint.save(folder / "image" / "people.safetensors", header, weights)
    return Census(Registry("image", image.load, device="cpu", folder=folder), IMAGE_RENDERER)


@pytest.mark.parametrize("classes", [Labels(()), peeps.CLASSES], ids=["without classes", "with classes"])
def test_attributes_are_counted_with_and_without_classes(classes, tmp_path):
    people = save_model(tmp_path, classes)
    properties = people.classes({"model": "people"})["properties"]
    names = [one["name"]["en"] for one in properties]
    assert names == ["Class"] * bool(classes) + [attribute.name["en"] for attribute in peeps.ATTRIBUTES]
    for key in ("requested", "evenly"):
        assert [one[key] for one in properties] == [name == "Class" for name in names]
    assert all(sum(one["shares"]) == pytest.approx(1) for one in properties)
    masked = 1 - properties[names.index("Mask")]["shares"][0]
    assert masked == pytest.approx(
        1 / 12 if classes else 0.053, abs=0.001
    )  # asked for equally often, or as in the data
    answer = people.census({**QUESTION, "model": "people"})
    answer = people.census({**QUESTION, "model": "people", **answer})
    model, judge = people._registry.get("people"), shipped_networks.load("image", "characters", "pooled")
    results = image.generate(model, [image.ImageRequest("any", seed) for seed in range(7, 7 + 2 * BATCH)])
    pixels = torch.stack([result.image for result in results])
    seen = [column.tolist() for column in predict(judge, pixels).T]
    if classes:
        recognised = extract_features(judge, pixels)[1].argmax(dim=1).tolist()
        seen = [recognised, *seen]
        assert answer["agreed"] == sum(a.label == b for a, b in zip(results, recognised, strict=True))
    sizes = [len(one["classes"]) for one in properties]
    expected = [values.count(n) for values, size in zip(seen, sizes, strict=True) for n in range(size)]
    assert answer["seen"] == expected
    assert answer["bounds"] == [wilson_interval(count, 2 * BATCH) for count in expected]


def test_the_judge_of_drawn_people_knows_the_classes_that_a_model_can_be_trained_on():
    header = shipped_networks.read_header("image", "characters", "pooled")
    assert header.classes == list(peeps.CLASSES.names)
    assert [one["values"] for one in header.attributes] == [list(one.values.names) for one in peeps.ATTRIBUTES]
    for attribute in header.attributes:
        assert [sum(counts) for counts in attribute["items"]] == header.training["items"]


def test_counts_that_differ_between_properties_are_refused(tmp_path):
    people = save_model(tmp_path, Labels(()))
    answer = people.census({**QUESTION, "model": "people"})
    answer["seen"][0] += 1
    assert "sentence" in people.census({**QUESTION, "model": "people", **answer})


def test_without_classes_or_without_a_judge_there_is_nothing_to_count(pictures, tmp_path, monkeypatch):
    network = FeatureNetwork(FeatureNetworkConfig(3, 64, 64))
    header = Header("image", "judge", asdict(network.config), **card_fields(CARDS["characters"]))
    with monkeypatch.context() as patch:
        patch.setattr(census, "_load", lambda data, folder: (network, header))
        people = save_model(tmp_path / "people", Labels(()))
        none = people.classes({"model": "people"})["none"]["en"]
        assert none.startswith("This model has learnt without classes")
        assert people.census({**QUESTION, "model": "people"})["sentence"]["en"].startswith("This model has learnt")
    own = Census(Registry("image", image.load, device="cpu", folder=save_all(tmp_path)), IMAGE_RENDERER)
    assert (
        "no judge here that was trained on this data (Clothes)" in own.classes({"model": "fashion"})["none"]["en"]
    )
    path = tmp_path / "image" / "fashion.safetensors"
    header, tensors = checkpoint.load(path, "image")
    checkpoint.save(
        path, replace(header, **card_fields(CARDS["fashion"])), tensors
    )  # four classes; that judge knows ten
    again = Census(Registry("image", image.load, device="cpu", folder=tmp_path), IMAGE_RENDERER)
    assert "other classes" in again.classes({"model": "fashion"})["none"]["en"]


@pytest.mark.parametrize(
    "wrong",
    [{"seed": -1}, {"seed": None}, {"seed": 1.5}, {"truncation": 2}, {"truncation": None}, {"model": "../x"},
     {"agreed": "x"}, {"agreed": 1}, {"seen": [1]}, {"seen": [500, *[0] * 9]}, {"seen": [-1, *[0] * 9]},
     {"seen": "abc"}, {"seen": {"a": 1}}],
)  # fmt: skip
def test_a_bad_question_is_answered_by_a_sentence(pictures, wrong, caplog):
    assert {"en", "zh-CN"} == pictures.census({**QUESTION, **wrong})["sentence"].keys()
    assert caplog.text == ""  # a mistake of the one who asks, and none of ours


def test_sounds_are_seen_as_the_judge_hears_them():
    answer = Census(SOUNDS, SOUND_RENDERER).census({**QUESTION, "model": "digits"})
    waveforms = [
        audio.generate(SOUNDS.get("digits"), [audio.AudioRequest("any", s)])[0].waveform for s in range(7, 57)
    ]
    judge = shipped_networks.load("audio", "digits", "pooled")
    classes = extract_features(judge, to_pictures(torch.stack(waveforms)))[1].argmax(dim=1)
    assert answer["seen"] == torch.bincount(classes, minlength=10).tolist()
    assert answer["agreed"] > 30
