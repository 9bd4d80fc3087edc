"""What the page says of the runs, against the files and logs that they come from."""

import base64
import io
import json
import re
from urllib.parse import parse_qsl

import pytest
from PIL import Image

from genai.language.strings import strings
from genai.learn.improve.experiments import EXPERIMENTS, PAIRS
from genai.learn.improve.page import compare, pair
from genai.learn.improve.record import FOLDER
from genai.learn.runs import catalogue

NUMBERS = [("algorithm", 0), ("algorithm", 1), ("data", 0), ("slow", 1), ("fast", 0), ("text", 0), ("text", 1)]


def raw(name):
    """A record as anyone reads it."""
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def run_of(name, side):
    return (PAIRS[name].before, PAIRS[name].after)[side]


def test_the_files_are_small():
    sizes = [path.stat().st_size for path in FOLDER.iterdir()]
    assert sum(sizes) < 1_200_000
    assert {path.stem for path in FOLDER.glob("*.json")} == set(EXPERIMENTS)


@pytest.mark.parametrize(("name", "side"), NUMBERS)
def test_a_shown_figure_is_that_of_the_file(name, side):
    shown = compare(name)
    record = raw(run_of(name, side))
    cells = [row["values"][side]["en"] for row in shown["cost"]]
    assert cells == [f"{record['steps']:,}", f"{record['minutes']:.4g}"]
    figures = [row["values"][side]["zh-CN"] for row in shown["gave"]]
    assert figures == [f"{figure['value']:.4g}" for figure in record["figures"].values()]
    assert figures


@pytest.mark.parametrize("name", PAIRS)
def test_what_changed_is_the_difference_of_the_settings_and_of_the_data(name):
    before, after = raw(run_of(name, 0)), raw(run_of(name, 1))
    assert before["minutes"] == pytest.approx(after["minutes"], rel=0.15)
    ignored = {"device", "threads", "save_minutes", "minutes", "steps", "characters"}
    settings = [
        key
        for key in before["settings"]
        if key in after["settings"] and key not in ignored and before["settings"][key] != after["settings"][key]
    ]
    words = [strings("en")[f"learn.setting.{key}"] for key in settings]
    if before["items"] != after["items"]:
        words.append(strings("en")[f"learn.items.{after['modality']}"])
    if before["steps"] != after["steps"]:
        words.append(strings("en")["learn.steps"])
    assert [row["name"]["en"] for row in compare(name)["changed"]] == words
    assert words


@pytest.mark.parametrize("name", PAIRS)
def test_the_histories_of_a_pair_are_played_in_step(name):
    first, second = pair({"pair": name})["histories"]
    steps = [[moment["step"] for moment in history["moments"]] for history in (first, second)]
    shared = min(map(len, steps)) - 1  # of runs of different lengths the last moments differ
    assert steps[0][:shared] == steps[1][:shared]
    for history, side in ((first, 0), (second, 1)):
        record = raw(run_of(name, side))
        assert [moment["numbers"].get("loss") for moment in history["moments"]] == [
            entry.get("loss") for entry in record["history"]
        ]
        assert all(set(words) == {"en", "zh-CN"} for words in history["names"].values())


@pytest.mark.parametrize("name", PAIRS)
def test_the_seconds_of_a_pair_are_those_of_the_computing(name):
    answer = pair({"pair": name})
    for side in (0, 1):
        record = raw(run_of(name, side))
        assert answer["pace"][side] * record["steps"] == pytest.approx(record["minutes"])
        assert f"{60 * record['minutes']:.1f} s" in answer["clock"][side][-1]["en"]
        assert len(answer["clock"][side]) == len(answer["histories"][side]["moments"])


@pytest.mark.parametrize(
    ("name", "passed", "left_out"),
    [
        ("algorithm", {"loss": "logistic", "r1": "0.0", "r2": "0.0"}, "normalisation|architecture|layout"),
        ("data", {"loss": "relativistic", "learning_rate": "0.0003"}, "pictures"),
        ("slow", {"learning_rate": "0.0003", "generator_filters": "16"}, None),
        ("fast", {"hidden_size": "128", "layers": "2"}, "learning rate"),  # 0.3 is more than the form takes
        ("text", {"window": "64", "learning_rate": "0.003"}, "characters"),
    ],
)
def test_the_training_form_gets_the_settings_of_the_first_run_and_what_it_cannot_get_is_said(
    name, passed, left_out
):
    shown = compare(name)
    query = dict(parse_qsl(shown["live"]))
    assert passed.items() <= query.items()
    modality = EXPERIMENTS[PAIRS[name].before].modality
    known = {"tab", "part", "modality", "data", "from", "minutes"}
    values = {key: json.loads(value) if value[0].isdigit() else value for key, value in query.items()}
    catalogue.read(modality, None, {key: value for key, value in values.items() if key not in known})
    if left_out is None:
        assert shown["left_out"] is None
    else:
        assert re.search(left_out, shown["left_out"]["en"], re.IGNORECASE)
        assert "{" not in shown["left_out"]["zh-CN"]


@pytest.mark.parametrize("name", ["image-base", "image-textbook", "image-few", "image-fast"])
def test_a_strip_has_a_block_for_each_moment(name):
    record = raw(name)
    with Image.open(io.BytesIO(base64.b64decode(record["files"]["history"]))) as strip:
        assert strip.size == (10 * 32, 4 * 32 * len(record["history"]))


@pytest.mark.parametrize("name", ["nothing", "", None, 3, ["data"]])
def test_a_pair_that_does_not_exist_is_named(name):
    assert "algorithm, data" in pair({"pair": name})["sentence"]["en"]


def test_the_texts_beside_the_comparisons_say_what_the_figures_say():
    text = {
        side: raw(f"text-{side}")["figures"]["nats_per_character_blocks"]["value"]
        for side in ("base", "few", "fast")
    }
    assert text["base"] < text["fast"] < text["few"]
    unseen = [loss for loss in raw("text-few")["curve"]["dev"] if loss is not None]
    assert unseen[-1] > min(unseen)  # it gets worse again
    pictures = {side: raw(f"image-{side}")["figures"] for side in ("base", "few", "fast", "textbook")}
    distance = {side: figures["frechet_over_floor"]["value"] for side, figures in pictures.items()}
    assert distance["fast"] < distance["base"] < distance["few"] < distance["textbook"]
    assert pictures["few"]["diversity"]["value"] < pictures["base"]["diversity"]["value"]
    assert pictures["textbook"]["diversity"]["value"] < 0.2
