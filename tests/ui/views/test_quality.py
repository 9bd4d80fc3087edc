"""Figures on a card: every one that the lab ships or measures has a name in both languages."""

import re
from dataclasses import replace

import pytest

from genai import checkpoint
from genai.language.strings import CHINESE, ENGLISH, LANGUAGES
from genai.ui.views.quality import AT, figures, named, terms
from genai.ui.words.protocols import protocol_in_both

LANGUAGE_NEUTRAL = re.compile(r"[\d.]+ Hz|[\u4e00-\u9fff]{2}")  # a frequency, a pair of characters of a poem
PLACES = (checkpoint.SHIPPED, checkpoint.SHIPPED / "museum")
HEADERS = [
    (entry.name, entry.header)
    for place in PLACES
    for modality in ("text", "image", "audio")
    for entry in checkpoint.available(modality, place)
]


@pytest.mark.parametrize(("name", "header"), HEADERS, ids=[name for name, _ in HEADERS])
def test_every_figure_that_is_shipped_has_a_name_in_both_languages(name, header):
    shown = figures(header)
    assert len(shown) == len(header.metrics)
    classes = {one["en"] for one in header.classes}
    for own, figure in header.metrics.items():
        base = found[1] if (found := AT.fullmatch(own)) else own
        assert base in terms("figures")
        names = {name for name in figure["beside"] if not LANGUAGE_NEUTRAL.fullmatch(name)}
        assert names <= terms("beside").keys() | classes


@pytest.mark.parametrize(("name", "header"), HEADERS, ids=[name for name, _ in HEADERS])
def test_every_protocol_that_is_shipped_is_in_chinese_too(name, header):
    for figure in header.metrics.values():
        said = protocol_in_both(figure["protocol"])
        assert said["en"] == figure["protocol"]
        assert not re.search(r"[a-z]{4,} [a-z]{2,}", said["zh-CN"]), said["zh-CN"]  # no English prose is left


def test_numbers_stay_what_they_are_in_a_translated_protocol():
    said = protocol_in_both("share of clips that have a peak below 0.05; seeds from 0")
    assert said["zh-CN"] == "峰值低于 0.05 的片段所占比例；种子从 0 起。"


def test_a_protocol_of_somebody_else_stays_as_it_is():
    assert protocol_in_both("by eye; seeds from 0") == {
        "en": "by eye; seeds from 0",
        "zh-CN": "by eye; seeds from 0",
    }


def test_two_figures_of_a_card_never_have_the_same_name():
    for _, header in HEADERS:
        for language in LANGUAGES:
            names = [one["name"][language] for one in figures(header)]
            assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", ["figures", "beside", "logged"])
def test_names_are_in_both_languages_and_none_is_a_code(kind):
    for own, name in terms(kind).items():
        assert set(name) == {ENGLISH, CHINESE}
        assert "_" not in name[ENGLISH]
        assert re.search(r"[\u4e00-\u9fff]", name[CHINESE]), own


def test_values_come_with_all_that_they_need_to_mean_something():
    header = next(header for name, header in HEADERS if name == "fashion")
    row = next(one for one in figures(header) if one["name"]["en"] == "Fréchet distance, times the floor")
    figure = header.metrics["frechet_over_floor"]
    assert (row["value"], row["n"], row["protocol"]["en"]) == (
        f"{figure['value']:.4g}",
        "10,000",
        figure["protocol"],
    )
    assert [name["zh-CN"] for name, _ in row["beside"]] == ["距离", "标准差", "下限：没见过的真实样本"]
    diverse = next(one for one in figures(header) if one["name"]["en"].startswith("Diversity"))
    assert "T恤" in [name["zh-CN"] for name, _ in diverse["beside"]]


def test_a_temperature_is_said_in_words():
    assert named("poems_in_form_at_0.8") == {"en": "Poems in the right form, temperature 0.8",
                                             "zh-CN": "格律形式正确的诗所占比例（温度 0.8）"}  # fmt: skip


def test_a_nucleus_is_said_in_words():
    name = named("poems_in_form_at_1_top_p_0.8")
    assert name["en"] == "Poems in the right form, temperature 1, nucleus 0.8"
    assert name["zh-CN"] == "格律形式正确的诗所占比例（温度 1，核采样 0.8）"


def test_typical_sampling_is_said_in_words():
    name = named("poems_in_form_at_0.5_typical_p_0.4")
    assert name["en"] == "Poems in the right form, temperature 0.5, typical-p 0.4"
    assert name["zh-CN"] == "格律形式正确的诗所占比例（温度 0.5，局部典型采样 0.4）"


def test_what_somebody_else_measured_keeps_its_name_and_what_is_no_figure_is_left_out():
    own = {
        "sparkle_at_dawn": {"value": 3, "beside": {"moon": 1.5, "words": "x"}},
        "loss": 0.3,
        "text": {"value": "x"},
        "odd": {"value": 1.0, "n": 5, "protocol": "by eye", "beside": []},
    }
    shown = figures(replace(HEADERS[0][1], metrics=own))
    assert shown == [
        {"name": {"en": "sparkle_at_dawn", "zh-CN": "sparkle_at_dawn"}, "value": "3", "n": "",
         "protocol": {"en": "", "zh-CN": ""},
         "beside": [[{"en": "moon", "zh-CN": "moon"}, "1.5"]]}
    ]  # fmt: skip
