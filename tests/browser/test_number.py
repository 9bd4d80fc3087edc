"""Say a number: how it is read, its pace, its address, and what is heard from a microphone or a file."""

import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import soundfile
from playwright.sync_api import expect

from genai.audio.recordings import RATE
from tests.audio.instruments.spoken import recording
from tests.browser.parts import finished
from tests.browser.test_axe import AXE
from tests.browser.test_drums import SPY

pytestmark = pytest.mark.browser
NUMBER = "#audio-view [data-part=play-number]"
OPEN = "?tab=audio&model=digits&seed=5&play=number"


def opened(visit, more="", **how):
    page = visit(OPEN + more, **how)
    finished(page, "audio")
    expect(page).to_have_url(re.compile("takes="))
    expect(page.locator("[data-part=play-loading]")).to_be_hidden()
    return page


def find(page, name):
    return page.locator(f"{NUMBER} [data-part={name}]")


def press(page, action):
    page.locator(f"{NUMBER} [data-action={action}]:visible").first.click()


def digits(page):
    return find(page, "say-digits").locator("li")


def address(page):
    return {name: value for name, [value] in parse_qs(urlsplit(page.url).query).items()}


def violations(page):
    page.evaluate(AXE)
    found = page.evaluate(
        "async part => (await axe.run(part, {resultTypes: ['violations']})).violations", "#audio-view"
    )
    return [(rule["id"], node["html"], node["failureSummary"]) for rule in found for node in rule["nodes"]]


def wav(samples, channels=1, rate=RATE):
    file = io.BytesIO()
    soundfile.write(file, samples if channels == 1 else samples[:, None].repeat(channels, 1), rate, format="WAV")
    return {"name": "said.wav", "mimeType": "audio/wav", "buffer": file.getvalue()}


# A space stands before each digit that begins a group.
READ = """(texts) => texts.map((text) => {
  try {
    return lab.sound.readNumber(text).map(({digit, begins}) => (begins ? " " : "") + digit).join("");
  } catch (refusal) {
    return refusal;
  }
})"""
NUMBERS = {
    "1-2-1-0": "1 2 1 0",
    "+49 (030) 123": "49 030 123",
    "２０２６": "2026",
    "三一四 一五九": "314 159",
    "〇零幺": "001",
    "１２－３４": "12 34",
    "12.3/4": "12 3 4",
    " – ": "",
    "": "",
    "123456789012": "123456789012",
    "1234567890123": {"most": 12},
    "12a": {"sign": "a"},
    "十二": {"sign": "十"},
    "1🎲": {"sign": "🎲"},
}

# Three made sounds: a tone from one time to another in a second of faint noise, as the network's sounds are.
PACE = """() => {
  const made = [[0.1, 0.4], [0, 0.25], [0.05, 0.9]].map(([start, end]) => {
    const buffer = new AudioBuffer({length: 48000, sampleRate: 48000});
    const samples = buffer.getChannelData(0);
    for (let n = 0; n < samples.length; n++) {
      const isTone = n >= start * 48000 && n < end * 48000;
      samples[n] = isTone ? 0.8 * Math.sin(n / 10) : 0.004 * Math.sin(n / 3);
    }
    return buffer;
  });
  const heard = made.map(lab.sound.heardIn);
  const digits = [{digit: 1, begins: false}, {digit: 2, begins: false}, {digit: 3, begins: true}];
  return {heard, placed: lab.sound.placeDigits(digits, heard, 0.2), none: lab.sound.placeDigits([], [], 0.2)};
}"""


MARKED = """window.marked = []; document.addEventListener("lab-ready", () => {
  new MutationObserver(() => {
    const cells = [...document.querySelectorAll("[data-part=say-digits] li")];
    const place = cells.findIndex((cell) => cell.classList.contains("is-now"));
    if (place >= 0 && window.marked.at(-1) !== place) window.marked.push(place);
  }).observe(document.body, {subtree: true, attributeFilter: ["class"]});
});"""


def test_a_number_is_read_said_evenly_and_each_digit_can_be_another_take(visit):
    page = opened(visit, "&say=1-20&pause=0.3&voice=each&takes=4_9", script=SPY + MARKED)
    assert page.evaluate(READ, list(NUMBERS)) == list(NUMBERS.values())
    pace = page.evaluate(PACE)
    assert [(one["start"], one["end"]) for one in pace["heard"]] == [
        pytest.approx(span, abs=0.011) for span in ((0.1, 0.4), (0, 0.25), (0.05, 0.9))
    ]
    first, second, third = pace["placed"]
    assert second["from"] - first["to"] == pytest.approx(0.2)
    assert third["from"] - second["to"] == pytest.approx(0.45)  # another group begins
    for placed, heard in zip(pace["placed"], pace["heard"], strict=True):
        assert placed["from"] == pytest.approx(placed["at"] + heard["start"])
        assert placed["length"] == heard["end"]
    assert pace["none"] == []
    score = page.evaluate("lab.sound.numberScore()")
    assert [(item["seed"], item["label"]) for item in score["kit"]] == [(4, 1), (9, 2), (10, 0)]
    assert [event["sound"] for event in score["events"]] == [0, 1, 2]
    assert score["seconds"] > score["events"][-1]["at"]
    box = find(page, "say-text")
    box.fill("2-07")
    expect(digits(page).nth(1)).to_have_class(re.compile("is-group"))
    expect(digits(page).nth(2)).not_to_have_class(re.compile("is-group"))
    box.press("Enter")
    expect(find(page, "say")).to_have_attribute("aria-pressed", "true")
    expect(find(page, "say")).to_have_attribute("aria-pressed", "false")  # it ends by itself
    assert page.evaluate("window.starts.length") == 3
    assert page.evaluate("window.marked") == [0, 1, 2]
    page.locator(f"{NUMBER} [data-voice=one]").click()
    expect(page).to_have_url(re.compile("say=2-07&voice=one&takes=4&pause=0.3"))
    press(page, "say-next")
    expect(page).to_have_url(re.compile("takes=5&"))
    other = page.locator(f"{NUMBER} [data-action=say-other]").nth(1)
    other.click()
    expect(page).to_have_url(re.compile(r"voice=each&takes=5_\d+_5&"))
    expect(other).to_be_focused()
    taken = address(page)["takes"]
    press(page, "say-next")
    expect(page).to_have_url(re.compile("takes=8_9_10&"))
    press(page, "say-undo")
    expect(page).to_have_url(re.compile(f"takes={taken}&"))
    find(page, "say-pause").fill("0.5")
    expect(page).to_have_url(re.compile("pause=0.5"))
    before = page.evaluate("window.starts.length")
    digits(page).nth(2).get_by_role("button").first.click()
    page.wait_for_function(f"window.starts.length === {before + 1}")


def test_the_speaker_asked_for_above_says_the_number_and_another_can_be_chosen(visit):
    page = opened(visit, "&variant=Ben&say=7-3", script=SPY)
    speakers = find(page, "say-variant")
    said = "lab.sound.numberScore().then(({kit}) => kit.map(({variant}) => variant))"
    expect(speakers).to_have_value("1")
    expect(page).to_have_url(re.compile("player=1"))
    assert page.evaluate(said) == [1, 1]
    speakers.select_option(label="Ann")
    page.wait_for_function("window.starts.length === 2")
    assert page.evaluate(said) == [0, 0]
    expect(page).to_have_url(re.compile("player=0"))
    page.reload()
    expect(speakers).to_have_value("0")
    speakers.select_option(label="Any")
    expect(page).not_to_have_url(re.compile("player="))
    assert page.evaluate(said) == [None, None]
    press(page, "say-undo")
    expect(speakers).to_have_value("0")
    assert page.evaluate(said) == [0, 0]


def test_what_is_no_number_is_named_and_what_somebody_says_is_said_again(visit):
    page = opened(visit, "&lang=zh-CN&say=12x", width=390, dark=True, script=SPY)
    error = find(page, "say-error")
    expect(error).to_contain_text("“x”不是数字")
    expect(error).to_contain_text("“x” is no digit")
    expect(find(page, "say")).to_be_disabled()
    find(page, "say-text").fill("1234567890123")
    expect(error).to_contain_text("超过了 12 个")
    expect(digits(page)).to_have_count(0)
    find(page, "say-text").fill("123456789012")
    expect(error).to_be_hidden()
    expect(digits(page)).to_have_count(12)
    for button in digits(page).first.get_by_role("button").all():
        assert min(button.bounding_box()["width"], button.bounding_box()["height"]) >= 40
    heard = find(page, "listen-heard").locator("li")
    find(page, "listen-file").set_input_files(wav(recording(7, 3), channels=2))
    expect(heard).to_have_count(2)
    assert [piece.locator("b").inner_text() for piece in heard.all()] == ["7", "3"]
    expect(find(page, "listen-state")).to_contain_text("7 3")
    expect(page).to_have_url(re.compile("say=73&"))
    page.wait_for_function("window.starts.length === 2")
    press(page, "listen-hear")
    page.wait_for_function("window.starts.length === 3")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    for file, sentence in (
        (wav(recording(7) * 0), "没有声音"),
        (wav(recording(*range(10), *range(5))), "最多 10 秒"),
        ({"name": "a.txt", "mimeType": "audio/wav", "buffer": b"no sound"}, "WAV"),
    ):
        find(page, "listen-file").set_input_files(file)
        expect(find(page, "listen-error")).to_contain_text(sentence)
    press(page, "listen-record")
    expect(find(page, "listen-state")).to_contain_text("1 秒（最多 10 秒）")  # this microphone beeps every second
    press(page, "listen-record")
    expect(find(page, "say-text")).not_to_have_value("73")
    expect(find(page, "listen-error")).to_be_hidden()
    expect(find(page, "listen-record")).to_have_attribute("aria-pressed", "false")


def test_without_a_microphone_the_phones_recorder_and_files_are_offered(chromium, server):
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(server.replace("127.0.0.1", "lab.test") + "/" + OPEN)
    expect(find(page, "listen-why")).to_contain_text("only over https", timeout=60_000)
    expect(find(page, "listen-record")).to_be_hidden()
    expect(find(page, "listen-stand-in")).to_be_visible()
    find(page, "listen-phone").set_input_files(wav(recording(4)))
    expect(find(page, "say-text")).to_have_value("4")
    context.close()
