"""The fold of the Text tab in which a model stands beside its twin."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.parts import finished, generate, set_seed, shown

BESIDE = "#text-view .lab-beside"
ADDRESS = "?tab=text&model=shakespeare&length=80&prompt=AB&seed=3&lang=en"


@pytest.fixture
def page(visit):
    page = visit(ADDRESS)
    finished(page, "text")
    page.locator(f"{BESIDE} > summary").click()
    expect(column(page, 1)).not_to_be_empty()
    return page


def column(page, number):
    return page.locator(f"{BESIDE} [data-column='{number}'] [data-part=beside-text]")


def test_both_texts_stand_side_by_side_and_a_link_opens_the_twin_s(page):
    assert column(page, 0).text_content() == f"AB{shown(page, 'text')}"
    networks = page.locator(f"{BESIDE} [data-part=beside-network]")
    expect(networks).to_have_text(["LSTM", "GPT"])
    twins = column(page, 1).text_content()
    assert len(twins) == 82
    assert twins.startswith("AB")
    set_seed(page, "text", 4)
    generate(page, "text")  # with the fold open, another pair of texts takes their place
    expect(column(page, 1)).not_to_have_text(twins)
    expect(column(page, 1)).not_to_be_empty()
    twins = column(page, 1).text_content()
    page.locator(f"{BESIDE} [data-column='1'] a").click()
    expect(networks).to_have_text(["GPT", "LSTM"])  # of the texts that are complete
    expect(page.locator("#text-model input:checked")).to_have_value("shakespeare-gpt")
    assert f"AB{shown(page, 'text')}" == twins


def test_the_models_of_one_text_are_chosen_in_one_row_by_their_whole_titles(look):
    page = look(ADDRESS)

    def label(name):
        return page.locator(f"#text-model label:has(input[value='{name}'])")

    row = [label(name).bounding_box() for name in ("shakespeare", "shakespeare-gpt", "shakespeare+shakespeare-gpt")]
    assert len({box["y"] for box in row}) == 1
    for left, right in pairwise(row):
        assert left["x"] + left["width"] <= right["x"]
    assert label("tang").bounding_box()["x"] == row[0]["x"]
    gpt = page.get_by_role("radio", name="Plays (shakespeare-gpt)", exact=True)
    expect(gpt).to_have_value("shakespeare-gpt")
    assert label("shakespeare-gpt").evaluate("e => getComputedStyle(e, '::after').content.includes('GPT')")


def differing(page):
    """The two shaded texts."""
    return page.locator(f"{BESIDE} [data-part=differ-texts] .lab-beside-text")


def test_one_text_is_shaded_in_both_and_a_line_of_the_list_shows_its_place(page):
    page.locator(f"{BESIDE} [data-source='1']").click()
    expect(differing(page)).to_have_count(2)
    text = column(page, 1).text_content()
    expect(differing(page)).to_have_text([text, text])
    expect(page.locator(f"{BESIDE} [data-part=differ-texts] h3")).to_have_text(
        [re.compile(r"LSTM.*\d\.\d\d.*n = 82"), re.compile(r"GPT.*\d\.\d\d.*n = 82")]
    )
    counts = page.locator(f"{BESIDE} [data-part=differ-kinds] td:nth-child(2)").all_text_contents()
    assert sum(map(int, counts)) == 82
    first = page.locator(f"{BESIDE} [data-action=beside-place]").first
    first.click()
    place = first.get_attribute("data-place")
    for at in page.locator(f"{BESIDE} .at").all():
        assert at.get_attribute("data-at") == place
    page.locator(f"{BESIDE} [data-action=beside-paste]").click()
    page.locator(f"{BESIDE} textarea").fill("春")
    page.locator(f"{BESIDE} [data-source=pasted]").click()
    expect(page.locator(f"{BESIDE} [data-part=differ-error]")).to_contain_text("never seen")
    expect(page.locator(f"{BESIDE} [data-part=differ]")).to_be_hidden()
    page.locator(f"{BESIDE} textarea").fill("bOb")
    page.locator(f"{BESIDE} [data-source=pasted]").click()
    expect(differing(page).first).to_have_text("bOb")


def test_cost_and_loss_by_place_are_drawn_as_two_lines_each_and_another_text_takes_them_back(page):
    for action, name, columns in (("beside-cost", "cost", 5), ("beside-place-loss", "by-place", 6)):
        page.locator(f"{BESIDE} [data-action={action}]").click()
        figure = page.locator(f"{BESIDE} [data-part={name}]")
        expect(figure.locator("polyline")).to_have_count(2)
        expect(figure.locator("tbody tr").first.locator("td")).to_have_count(columns)
        page.locator(f"{BESIDE} [data-source='0']").click()
        expect(figure).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_columns_stand_one_below_the_other_on_a_phone(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    first, second = (column(page, number).bounding_box() for number in (0, 1))
    if width > 400:
        assert first["y"] == pytest.approx(second["y"], abs=2)
    else:
        assert second["y"] > first["y"] + first["height"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_model_without_a_twin_has_no_such_fold(visit):
    page = visit("?tab=text&model=large&length=20&seed=1")
    finished(page, "text")
    expect(page.locator(BESIDE)).to_be_hidden()
