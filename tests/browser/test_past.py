"""Histories of trainings, the museum of failures, and the comparisons of runs."""

import pytest
from playwright.sync_api import expect

from tests.browser.parts import finished

PAST = "#text-card .lab-past"
IMPROVE = "#learn-improve-view"
MUSEUM = "#learn-museum-view"
# After a few answers it is better than even odds, which cost 4.17, the logarithm of 65.
RIGHT_ONE_LEARNS = """() => {
  const part = (name) => document.querySelector(`#learn-improve-view [data-part=${name}]`);
  const answers = (part("wrong-line")?.getAttribute("points") ?? "").split(" ").length;
  return answers >= 5 && Number.parseFloat(part("right-loss").textContent) < 4.1;
}"""


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_history_begins_at_the_beginning_and_is_played_by_the_keyboard(visit):
    page = visit("?tab=text&seed=5&length=5&lang=en")
    finished(page, "text")
    page.locator("#text-card [data-part=more] > summary").click()
    page.locator("#text-card [data-action=past]").click()
    facts = page.locator(f"{PAST} [data-part=moment-facts] .t:visible")
    expect(facts).to_have_text("At step 20, after 30 s")
    expect(page.locator(f"{PAST} pre")).to_have_text("xqz")
    expect(page.locator(f"{PAST} .lab-chart figcaption")).to_contain_text("loss, training text, nats per character")
    expect(page.locator(f"{PAST} .lab-chart-now")).to_have_text("4")
    play = page.locator(f"{PAST} [data-part=play]")
    play.press("Enter")
    expect(play).to_have_attribute("aria-pressed", "true")
    expect(facts).to_have_text("At step 1,000, after 9 min")
    expect(page.locator(f"{PAST} pre")).to_have_text("the")
    expect(play).to_have_attribute("aria-pressed", "false")
    page.locator(f"{PAST} [data-part=moment]").press("Home")
    expect(facts).to_have_text("At step 20, after 30 s")


def test_the_museum_opens_from_a_history_and_shows_each_failure_beside_its_twin(visit):
    page = visit("?tab=text&seed=5&length=5&lang=zh-CN", locale="zh-CN", width=390, dark=True, calm=True)
    finished(page, "text")
    page.locator(f"{PAST} > summary").click()
    page.locator(f"{PAST} [data-action=museum]").click()
    expect(page.locator(f"{MUSEUM} [data-part=title] .t:visible")).to_have_text("模式坍塌")
    expect(page.locator(f"{MUSEUM} [data-part=samples] .lab-sample")).to_have_count(2)
    expect(page.locator(f"{MUSEUM} [data-part=histories] .lab-moment")).to_have_count(2)
    expect(page.locator(f"{MUSEUM} [data-part=changed] tr").first).to_contain_text("相对论损失")
    assert fits(page)
    page.locator(f"{MUSEUM} [data-name=buzzes]").press("Enter")
    expect(page.locator(f"{MUSEUM} [data-part=samples] audio")).to_have_count(6)
    assert "exhibit=buzzes" in page.url
    assert fits(page)


@pytest.mark.parametrize(("language", "width", "dark"), [("en", 1280, False), ("zh-CN", 390, True)])
def test_two_runs_are_played_side_by_side_in_step(visit, language, width, dark):
    page = visit(f"?tab=learn&part=improve&pair=slow&lang={language}", locale=language, width=width, dark=dark)
    sides = page.locator(f"{IMPROVE} .lab-moment img")
    expect(sides).to_have_count(2)
    assert len({image.get_attribute("style") for image in sides.all()}) == 1
    moment = page.locator(f"{IMPROVE} [data-part=moment]")
    moment.press("End")
    expect(page.locator(f"{IMPROVE} [data-part=moment-facts] .t:visible")).to_contain_text(
        "251.4"
    )  # seconds of computing
    expect(page.locator(f"{IMPROVE} .lab-replay-made .t:visible").first).to_contain_text("1,500")
    page.locator(f"{IMPROVE} label:has([value=steps])").click()
    moment.press("End")
    expect(page.locator(f"{IMPROVE} [data-part=moment-facts] .t:visible")).to_contain_text("1,500")
    assert len({image.get_attribute("style") for image in sides.all()}) == 1
    cells = page.locator(f"{IMPROVE} [data-part=changed] td .t:visible").all_inner_texts()
    assert cells == ["0.0003", "0.003"]
    assert fits(page)


def test_the_wrong_network_stays_flat_beside_the_right_one(visit):
    page = visit("?tab=learn&part=improve&pair=wrong&lang=en")
    page.locator(f"{IMPROVE} [data-action=fight]").press("Enter")
    page.wait_for_function(RIGHT_ONE_LEARNS, timeout=60_000)
    expect(page.locator(f"{IMPROVE} [data-part=duel-progress] .t:visible")).to_contain_text("of 10 s")
    shown = {
        name: page.locator(f"{IMPROVE} [data-part={name}]").inner_text()
        for name in ("wrong-output", "wrong-gradient", "wrong-moved", "wrong-text")
    }
    assert (shown["wrong-output"], shown["wrong-gradient"], shown["wrong-moved"]) == ("1 … 1", "0", "0")
    assert shown["wrong-text"] == "z" * 60
    heights = page.locator(f"{IMPROVE} [data-part=wrong-line]").get_attribute("points").split()
    assert len({point.split(",")[1] for point in heights}) == 1
