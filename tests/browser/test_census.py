"""What a generator makes too often: counted in the open, beside the run before."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.parts import finished

CENSUS = "#audio-view .lab-census"


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_five_hundred_sounds_are_counted_and_the_run_before_stays(visit, width, dark):
    page = visit("?tab=audio&seed=5&lang=en", width=width, dark=dark)
    finished(page, "audio")
    page.locator(f"{CENSUS} summary").click()
    rows = page.locator(f"{CENSUS} tbody tr")
    expect(rows).to_have_count(10)
    expect(rows.first.locator("td.real")).to_have_text(
        ["10.0 %"]
    )  # its share of the data, before anything is drawn
    for truncation in ("1", "0.4"):
        page.locator(f"{CENSUS} [data-part=census-truncation]").fill(truncation)
        page.locator(f"{CENSUS} [data-action=census]").click()
        expect(page.locator(f"{CENSUS} [data-part=census-run]")).to_contain_text(f"from 5, truncation {truncation}",
                                                                                 timeout=60_000)  # fmt: skip
    shares = [float(re.match(r"[\d.]+", text)[0]) for text in rows.locator("td.g").all_inner_texts()]
    assert sum(shares) == pytest.approx(100, abs=0.5)
    expect(page.locator(f"{CENSUS} [data-part=census-earlier]")).to_contain_text("from 5, truncation 1")
    expect(rows.first.locator("path.earlier")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (390, "zh-CN")])
def test_a_model_without_classes_is_counted_by_one_attribute_after_the_other(visit, width, language):
    page = visit(f"?tab=image&model=characters&seed=5&lang={language}", width=width)
    finished(page, "image")
    fold = page.locator("#image-view .lab-census")
    fold.locator("summary").click()
    rows = fold.locator("tbody tr")
    expect(rows).to_have_count(7)  # hair
    fold.locator("[data-action=census]").click()
    seed = {"en": "Seeds from 5", "zh-CN": "种子从 5 起"}[language]
    expect(fold.locator("[data-part=census-run]")).to_contain_text(seed, timeout=90_000)
    expect(fold.locator("[data-part=census-agreement]")).to_be_hidden()  # no class was asked for
    expect(fold.locator("line.evenly")).to_have_count(0)
    choice = fold.locator("[data-action=census-by]", has_text={"en": "Mask", "zh-CN": "口罩"}[language])
    choice.click()
    expect(choice).to_have_attribute("aria-pressed", "true")
    expect(rows).to_have_count(3)
    expect(rows.first.locator("td.real")).to_have_text("94.7 %")
    shares = [float(re.match(r"[\d.]+", text)[0]) for text in rows.locator("td.g").all_inner_texts()]
    assert sum(shares) == pytest.approx(100, abs=0.3)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_seed_that_is_none_is_told(visit):
    page = visit("?tab=audio&seed=5&lang=zh-CN")
    finished(page, "audio")
    page.locator(f"{CENSUS} summary").click()
    page.locator(f"{CENSUS} [data-part=census-seed]").fill("-1")
    page.locator(f"{CENSUS} [data-action=census]").click()
    expect(page.locator(f"{CENSUS} [data-part=census-error]")).to_contain_text("种子不能是 -1")
    expect(page.locator(f"{CENSUS} [data-action=census]")).to_be_enabled()


def test_without_a_judge_the_fold_says_why(visit):
    page = visit("?tab=image&seed=5&lang=en")
    finished(page, "image")
    page.locator("#image-view .lab-census summary").click()
    expect(page.locator("#image-view [data-part=census-none]")).to_contain_text("There is no judge here")
    expect(page.locator("#image-view [data-action=census]")).to_be_hidden()
