"""The X-ray of the Text tab: shades, odds, neurons, another way to go on, somebody's own text."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.parts import finished, generate, notice, set_seed, shown

XRAY = "#text-view .lab-xray"
ODDS = "#text-view .lab-odds"
CHARACTERS = "#text-view .lab-page .c"


@pytest.fixture
def page(visit):
    page = visit("?tab=text&length=60&prompt=AB&seed=3&lang=en")
    finished(page, "text")
    page.locator(f"{XRAY} > summary").click()
    expect(page.locator(CHARACTERS)).to_have_count(62)
    return page


def strengths(page):
    return page.locator(CHARACTERS).evaluate_all("all => all.map(c => c.style.getPropertyValue('--s'))")


def test_the_text_stays_the_same_and_is_shaded_and_closing_gives_it_back(page):
    written = shown(page, "text")
    assert "".join(page.locator(CHARACTERS).all_text_contents()) == f"AB{written}"
    assert page.locator(f"{CHARACTERS}.human").all_text_contents() == ["A", "B"]
    assert len(set(strengths(page))) > 3
    page.locator(f"{XRAY} > summary").click()
    expect(page.locator("#text-view [data-part=written]")).to_be_visible()
    expect(page.locator("#text-view [data-part=shaded]")).to_be_hidden()


def test_a_click_shows_the_odds_and_another_character_goes_on_from_there(page):
    before = shown(page, "text")
    page.locator(CHARACTERS).nth(20).click()
    choices = page.locator(f"{ODDS} [data-part=choices] li")
    expect(page.locator(f"{ODDS} li.chosen")).to_have_count(1)
    assert page.locator(f"{ODDS} [data-part=formula]").text_content().startswith("−ln p(")
    other = next(n for n in range(choices.count()) if "chosen" not in (choices.nth(n).get_attribute("class") or ""))
    button = choices.nth(other).locator("button")
    character = button.get_attribute("data-character")
    page.evaluate("history.replaceState(null, '', location.pathname)")
    button.click()
    finished(page, "text")
    expect(page.locator("#text-prompt textarea")).to_have_value(f"AB{before[:18]}{character}")
    assert shown(page, "text") != before
    page.evaluate("history.replaceState(null, '', location.pathname)")
    page.locator(f"{ODDS} [data-action=back]").click()
    finished(page, "text")
    assert shown(page, "text") == before


def test_arrow_keys_walk_through_the_text(page):
    page.locator("#text-view .lab-page").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    expect(page.locator(f"{CHARACTERS}.at")).to_have_attribute("data-place", "1")
    expect(page.locator(f"{ODDS} [data-part=choices] li").first).to_be_visible()


def test_a_neuron_that_was_found_shades_the_text_and_shows_its_gates(page):
    surprise = strengths(page)
    page.locator(f"{XRAY} [data-action=neuron]").click()
    page.locator(f"{XRAY} [data-action=pick]").first.click()
    expect(page.locator(f"{XRAY} polyline")).to_have_count(5)
    unit = page.locator(f"{XRAY} [data-action=pick]").first.get_attribute("data-unit")
    expect(page.locator(f"{XRAY} [data-part=unit]")).to_have_value(unit)
    assert strengths(page) != surprise


def test_pasted_text_is_read_as_text_and_what_the_model_does_not_know_is_named(page):
    page.locator(f"{XRAY} .lab-xray-paste > summary").click()
    page.locator(f"{XRAY} textarea").fill("CAB ABBA")
    page.locator(f"{XRAY} [data-action=read]").click()
    expect(page.locator(CHARACTERS)).to_have_count(8)
    page.locator(f"{XRAY} textarea").fill("CAB\n    ABBA")  # a page has no Tab key
    page.locator(f"{XRAY} [data-action=read]").click()
    expect(page.locator(CHARACTERS)).to_have_count(9)
    page.locator(CHARACTERS).nth(4).click()
    expect(page.locator(f"{ODDS} [data-part=formula]")).to_contain_text("p(⇥)")
    page.locator(f"{XRAY} textarea").fill("<img src=x onerror=alert(1)>")
    page.locator(f"{XRAY} [data-action=read]").click()
    expect(page.locator(f"{XRAY} [data-part=xray-error]")).to_contain_text("never seen")
    expect(page.locator(f"{XRAY} [data-part=bits]")).to_be_hidden()  # that of the text before
    expect(page.locator(f"{XRAY} [data-action=pick]")).to_have_count(0)
    expect(page.locator("#text-view .lab-page img")).to_have_count(0)
    page.locator(f"{XRAY} [data-action=own]").click()
    expect(page.locator(CHARACTERS)).to_have_count(62)
    page.locator(f"{XRAY} textarea").fill("CAB ABBA")
    page.locator(f"{XRAY} [data-action=read]").click()
    expect(page.locator(CHARACTERS)).to_have_count(8)
    set_seed(page, "text", 4)
    generate(page, "text")  # a new text takes the place of the pasted one
    expect(page.locator(CHARACTERS)).to_have_count(62)


def test_a_new_text_is_x_rayed_too(page):
    set_seed(page, "text", 9)
    written = generate(page, "text")
    expect(page.locator(CHARACTERS)).to_have_count(62)
    assert "".join(page.locator(CHARACTERS).all_text_contents()) == f"AB{written}"
    expect(notice(page, "text")).to_be_hidden()


def dice(page):
    return page.locator(f"{ODDS} .dice .label").all_text_contents()


def open_finer(page):
    """Open the finer controls and wait two frames: Gradio sets a control anew just after it has appeared."""
    page.locator("#text-finer").click()
    expect(page.locator("#text-top-k input[type=number]")).to_have_value("0")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def set_control(page, name, value):
    box = page.locator(f"#text-{name} input[type=number]")
    box.fill(value)
    box.press("Tab")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_letter_and_its_bars_are_on_one_screen_whatever_is_shaded(page, width):
    page.set_viewport_size({"width": width, "height": 900 if width > 400 else 780})
    for mode in ("surprise", "neuron"):
        page.locator(f"{XRAY} [data-action={mode}]").click()
        page.locator(CHARACTERS).nth(40).click()
        expect(page.locator(f"{CHARACTERS}.at")).to_have_attribute("data-place", "40")
        expect(page.locator(f"{ODDS} [data-part=choices] li")).not_to_have_count(0)
        for part in (f"{CHARACTERS}.at", f"{ODDS} li:first-child", f"{ODDS} li:last-child"):
            expect(page.locator(part)).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_network_and_dice_have_the_colours_that_they_have_in_the_strip(page):
    page.locator(CHARACTERS).nth(20).click()
    for kind, station in (("network", "strip-odds"), ("dice", "strip-dice")):
        bar = page.locator(f"{ODDS} .bar.{kind}").first
        colours = [
            node.evaluate("n => getComputedStyle(n).getPropertyValue('--box')")
            for node in (bar, page.locator(f"#text-view [data-part={station}]"))
        ]
        assert colours[0] == colours[1] != ""


def test_the_settings_act_at_once_on_the_dice_and_not_on_the_network(page):
    page.locator(CHARACTERS).nth(20).click()
    expect(page.locator(f"{ODDS} .dice .label")).not_to_have_count(0)
    network = page.locator(f"{ODDS} .network .label").all_text_contents()
    written, strip = dice(page), page.locator("#text-view [data-part=strip-dice]").inner_html()
    text, tried = shown(page, "text"), page.locator("#text-view [data-part=tried]")
    expect(tried).to_be_hidden()
    page.locator("#text-temperature input[type=range]").fill("0.1")  # as a drag does, before Generate
    expect(tried).to_be_visible()
    assert dice(page) != written
    assert page.locator("#text-view [data-part=strip-dice]").inner_html() != strip
    page.locator("#text-temperature input[type=range]").fill("0.8")
    expect(tried).to_be_hidden()
    assert dice(page) == written
    open_finer(page)
    set_control(page, "top-k", "1")
    expect(page.locator(f"{ODDS} .dice .label").first).to_contain_text("100 %")
    set_control(page, "top-k", "0")
    page.locator("#text-top-p input[type=range]").fill("0.01")
    expect(page.locator(f"{ODDS} .dice .label").first).to_contain_text("100 %")
    assert page.locator(f"{ODDS} .network .label").all_text_contents() == network
    assert shown(page, "text") == text
    generate(page, "text")
    expect(tried).to_be_hidden()  # the text is written with the settings now
    assert "top_p=0.01" in page.url


def test_the_sliders_spend_their_width_where_it_matters(page):
    temperature = page.locator("#text-temperature input[type=range]")
    assert (temperature.get_attribute("min"), temperature.get_attribute("max")) == ("0", "1.5")
    slider, length = page.locator("#text-length-slider input"), page.locator("#text-length input")
    expect(slider).to_have_accessible_name("Length")
    set_control(page, "length", "100")
    expect(slider).to_have_attribute("aria-valuetext", "100")
    middle = int(slider.input_value())
    slider.press("ArrowRight")
    expect(length).to_have_value("150")
    assert int(slider.input_value()) == middle + 1
    assert len(generate(page, "text")) == 150
    set_control(page, "length", "1234")  # between two stops, as any whole number
    expect(slider).to_have_attribute("aria-valuetext", "1234")
    expect(length).to_have_value("1234")


def test_a_link_may_name_a_temperature_above_the_slider(visit):
    page = visit("?tab=text&length=30&seed=3&temperature=3&lang=en")
    finished(page, "text")
    expect(page.locator("#text-temperature input[type=number]")).to_have_value("3")
    generate(page, "text")
    assert "temperature=3&" in page.url


def test_no_figure_of_another_text_stays_while_a_text_is_read(page):
    page.locator(f"{XRAY} [data-action=neuron]").click()
    page.locator(f"{XRAY} [data-action=pick]").first.click()
    expect(page.locator(f"{XRAY} polyline")).to_have_count(5)
    page.route(re.compile("/component_server"), lambda route: None)  # no question is answered any more
    set_seed(page, "text", 9)
    generate(page, "text")
    for figure in ("[data-action=pick]", "polyline", "[data-part=odds]:visible", "[data-part=bits]:visible"):
        expect(page.locator(f"{XRAY} {figure}")).to_have_count(0)


def test_a_neuron_that_is_refused_leaves_no_curves_of_another(page):
    page.locator(f"{XRAY} [data-action=neuron]").click()
    expect(page.locator(f"{XRAY} polyline")).to_have_count(5)
    page.locator(f"{XRAY} [data-part=unit]").fill("9999")
    page.locator(f"{XRAY} [data-part=unit]").press("Tab")
    expect(page.locator(f"{XRAY} [data-part=xray-error]")).to_contain_text("Unit 9999")
    expect(page.locator(f"{XRAY} polyline")).to_have_count(0)
    assert set(strengths(page)) == {""}


FIRST_NEURON_LATE = """
const fetchAtOnce = window.fetch;
let neurons = 0;
window.fetch = async (address, options) => {
  const late = String(options?.body).includes('"fn_name":"neuron"') && ++neurons === 2;
  const response = await fetchAtOnce(address, options);
  if (late) await new Promise((resolve) => setTimeout(resolve, 1000));
  return response;
};
"""


def test_the_neuron_shown_is_the_one_chosen_last(visit):
    page = visit("?tab=text&length=60&prompt=AB&seed=3&lang=en", script=FIRST_NEURON_LATE)
    finished(page, "text")
    page.locator(f"{XRAY} > summary").click()
    page.locator(f"{XRAY} [data-action=neuron]").click()
    expect(page.locator(f"{XRAY} polyline")).to_have_count(5)
    unit = page.locator(f"{XRAY} [data-part=unit]")
    for number in ("2", "3"):
        unit.fill(number)
        unit.press("Tab")
    expect(page.locator("#text-view [data-asking]")).to_have_count(0)
    after_both = strengths(page)
    unit.fill("4")
    unit.press("Tab")
    unit.fill("3")
    unit.press("Tab")
    expect(page.locator("#text-view [data-asking]")).to_have_count(0)
    assert after_both == strengths(page)
