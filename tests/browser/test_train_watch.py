"""A run that is watched while its states come: what is heard, pressed or focused stays."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
STAND_IN = """
    const send = window.fetch;
    window.held = {};
    window.fetch = async (address, options) => {
        const question = String(address).includes("/component_server") && JSON.parse(options.body);
        if (question.fn_name !== "moment") return send(address, options);
        const { step } = question.data;
        const text = await new Promise((answer) => (held[step] = answer));
        return Response.json({moment: {step, text}});
    };
    document.addEventListener("lab-ready", () => {
        const { watch } = lab;
        lab.watch = (topic, callback) => {
            if (!topic.startsWith("run/")) return watch(topic, callback);
            window.tell = callback;
            return () => null;
        };
    });
"""
"""Let the test tell the states of a run and answer the questions for its moments."""
COUNT_WRITINGS = """node => {
    window.writings = 0;
    new MutationObserver(() => writings++).observe(node, {childList: true, subtree: true});
}"""


def moment(step):
    return {"step": step, "sounds": [{"sound": f"{step}.wav", "spectrogram": PIXEL}] * 2}


def tell(page, step, progress, before=()):
    state = {
        "phase": "running",
        "modality": "audio",
        "sentence": {"en": "It learns.", "zh-CN": "在学习。"},
        "step": step,
        "progress": progress,
        "moments": [*before, step],
        "moment": moment(step),
        "looks": [],
    }
    page.evaluate("state => tell(state)", state)


@pytest.fixture
def page(visit):
    page = visit("?tab=learn&part=train&run=made&lang=en", script=STAND_IN)
    page.wait_for_function("() => Boolean(window.tell)")
    return page


def find(page, name):
    return page.locator(f"#learn-train-view [data-part={name}]")


def test_a_moment_is_drawn_once_and_a_status_is_written_once(page):
    tell(page, 5, 0.1)
    sample = find(page, "run-sounds").locator("button").first
    sample.focus()
    find(page, "phase").evaluate(COUNT_WRITINGS)
    tell(page, 5, 0.2)
    expect(sample).to_be_focused()
    assert page.evaluate("writings") == 0
    tell(page, 8, 0.3)
    expect(sample).not_to_be_focused()
    expect(find(page, "run-sounds").locator("audio").first).to_have_attribute("src", "8.wav")


def test_a_moment_that_was_asked_for_first_and_comes_last_is_not_drawn(page):
    tell(page, 9, 0.1, before=(2, 3))
    film = find(page, "film-place")
    for place in ("0", "1"):
        film.fill(place)
    page.wait_for_function("() => held[2] && held[3]")
    page.evaluate("held[3]('later')")
    expect(find(page, "run-text")).to_have_text("later")
    page.evaluate("held[2]('earlier')")
    page.wait_for_timeout(200)
    expect(find(page, "run-text")).to_have_text("later")
    expect(find(page, "moment-title")).to_have_attribute("data-step", "3")
