"""Compare: blind pairs and their count; a sound and its nearest recording at the same place in time."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.parts import finished

pytestmark = pytest.mark.browser
COMPARE = "#audio-view [data-part=play-compare]"
OPEN = "?tab=audio&model=digits&seed=5&play=compare&lang={lang}"
SPY = """window.plays = [];
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (when = 0, offset = 0) {
  const samples = this.buffer.getChannelData(0);
  if (samples.length > 1) window.plays.push({when, offset, sum: samples.reduce((sum, s) => sum + Math.abs(s), 0)});
  return start.call(this, when, offset);
};"""

# Press the other side 0.2 s after the second repetition began.
SWITCH = """() => new Promise((resolve) => {
  const recording = document.querySelector("[data-action=beside-side][data-place='1']");
  const wait = () => {
    if (window.lab.sound.context().currentTime < window.plays[1].when + 0.2) return requestAnimationFrame(wait);
    recording.click();
    resolve();
  };
  wait();
})"""


def opened(visit, more="", lang="en", **how):
    page = visit(OPEN.format(lang=lang) + more, script=SPY, **how)
    finished(page, "audio")
    return page


def button(page, action, place=None):
    of = "" if place is None else f"[data-place='{place}']"
    return page.locator(f"{COMPARE} [data-action={action}]{of}")


def guess(page, place):
    """Answer, and return whether that was right, as the page says and as it marks the recording."""
    button(page, "pair-guess", place).click()
    told = page.locator(f"{COMPARE} [data-part=pair-told]")
    expect(told).to_contain_text(re.compile(r"(Right|No)\. [AB] is the recording recordings/\d_"))
    is_right = told.inner_text().startswith("Right")
    marked = page.locator(f"{COMPARE} [data-part=pair-{place}]")
    assert ("is-real" in marked.get_attribute("class")) == is_right
    letter = "AB"[place if is_right else 1 - place]
    assert f". {letter} is the recording" in told.inner_text()
    return is_right


def test_a_pair_is_heard_then_told_and_counted(visit):
    page = opened(visit, more="&pair=3")
    for place in (0, 1):
        expect(page.locator(f"{COMPARE} [data-part=pair-picture-{place}]")).to_be_hidden()
        button(page, "pair-hear", place).click()
        page.wait_for_function(f"window.plays.length === {place + 1}")
    first, second = page.evaluate("window.plays.map(({sum}) => sum)")
    assert first != second
    right = guess(page, 0)
    expect(page.locator(f"{COMPARE} [data-part=pair-picture-1]")).to_be_visible()
    tally = page.locator(f"{COMPARE} [data-part=pair-tally]")
    expect(tally).to_contain_text(f"right {int(right)} of 1 times. By guessing it would be 0.5")
    expect(button(page, "pair-guess", 0)).to_be_disabled()
    expect(button(page, "pair-next")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("pair=3$"))
    expect(page.locator(f"{COMPARE} [data-part=pair-told]")).to_be_empty()
    right += guess(page, 1)
    expect(tally).to_contain_text(f"right {right} of 2 times. By guessing it would be 1 ")


def test_the_other_sound_goes_on_at_the_same_place(visit):
    page = opened(visit, more="&compare=beside")
    expect(page.locator(f"{COMPARE} [data-part=beside-facts]")).to_contain_text(
        re.compile(r"Recording recordings/\d_")
    )
    button(page, "beside-play").click()
    page.wait_for_function("window.plays.length === 2")
    page.evaluate(SWITCH)
    expect(button(page, "beside-side", 1)).to_have_attribute("aria-pressed", "true")
    page.wait_for_function("window.plays.length >= 4")
    plays = page.evaluate("window.plays")
    switch = next(play for play in plays if play["offset"])
    begun = [play for play in plays if not play["offset"]]
    period = begun[1]["when"] - begun[0]["when"]
    assert period == pytest.approx(8192 / 8000 + 0.25, abs=1e-3)
    began = (switch["when"] - switch["offset"] - begun[0]["when"]) / period
    assert abs(began - round(began)) * period < 0.02, "as if it had begun with the other"
    assert begun[0]["sum"] == begun[1]["sum"] != switch["sum"] == begun[-1]["sum"]
    button(page, "beside-play").click()
    expect(button(page, "beside-play")).to_have_attribute("aria-pressed", "false")


def test_on_a_phone_and_on_to_the_class(visit):
    page = opened(visit, lang="zh-CN", width=390, dark=True)
    expect(button(page, "pair-hear", 0)).to_be_enabled()
    expect(button(page, "pair-hear", 0)).to_contain_text("听 A")
    targets = page.locator(f"{COMPARE} button:visible").all()
    assert len(targets) == 8
    assert all(target.bounding_box()["height"] >= 40 for target in targets)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    button(page, "pair-class").click()
    expect(page).to_have_url(re.compile("part=class"))
    expect(page.locator("[data-press=open]")).to_be_visible()
