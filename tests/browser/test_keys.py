"""The keyboard: its keys, voices and touch, the timbre, recordings and their score, MIDI, and its address."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.parts import finished
from tests.browser.test_axe import AXE, use_theme

pytestmark = pytest.mark.browser
KEYS = "#audio-view [data-part=play-keys]"
C4 = 60
READY = f"() => document.querySelectorAll('{KEYS} .lab-key:not(.is-silent)').length === 49"

# A MIDI keyboard that a test plays, or a browser that refuses.
MIDI = """window.midiInput = {name: "Test keys", state: "connected"};
navigator.requestMIDIAccess = async () => {
  if (window.noMidi) throw new DOMException("no", "NotAllowedError");
  return {inputs: new Map([["one", window.midiInput]])};
};"""


def opened(visit, more="", lang="en", **how):
    page = visit(f"?tab=audio&model=notes&seed=5&play=keys&lang={lang}{more}", **how)
    ready(page)
    return page


def ready(page):
    finished(page, "audio")
    page.wait_for_function(READY)
    expect(page).to_have_url(re.compile("timbre="))
    expect(page.locator("[data-part=play-loading]")).to_be_hidden()


def address(page):
    return {name: value for name, [value] in parse_qs(urlsplit(page.url).query).items()}


def key(page, number):
    return page.locator(f"{KEYS} [data-key='{number}']")


def down(page):
    return page.evaluate(f"[...document.querySelectorAll('{KEYS} .is-down')].map((key) => +key.dataset.key)")


def press(page, action):
    page.locator(f"{KEYS} [data-action={action}]").click()


def recorded(page):
    return page.evaluate("window.lab.sound.recording.notes")


HOLD = """
    const send = window.fetch;
    window.fetch = async (address, options) => {
        const isQuestion = String(address).includes("/component_server");
        const isHeld = isQuestion && JSON.parse(options.body).fn_name === "instruments";
        if (isHeld) await new Promise((release) => (window.release = release));
        return send(address, options);
    };
"""
"""Hold what the page asks about the instruments of a model."""


def test_a_keyboard_that_is_closed_before_it_is_there_stays_closed(visit):
    page = visit("?tab=audio&model=notes&seed=5&lang=en", script=HOLD)
    finished(page, "audio")
    button = page.locator("#audio-view [data-instrument=keys]")
    button.click()
    button.click()  # the page must not complain
    expect(button).to_have_attribute("aria-expanded", "false")
    page.wait_for_function("() => Boolean(window.release)")
    page.evaluate("release()")
    page.wait_for_timeout(300)
    expect(page.locator(KEYS)).to_be_hidden()


@pytest.fixture(scope="module")
def page(chromium, server):
    context = chromium.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    context.add_init_script(MIDI)
    page = context.new_page()
    page.goto(f"{server}/?tab=audio&model=notes&seed=5&play=keys&lang=en")
    ready(page)
    yield page
    context.close()


LAYOUT = """() => {
  const {pianoKeys, layKeys} = window.lab.sound;
  const keys = pianoKeys(Array.from({length: 49}, (_, n) => 40 + n));
  const {places, whites} = layKeys(keys.map(({key}) => key));
  return {keys, places, whites, few: pianoKeys([60, null, 64, 61, 70])};
}"""


def test_keys_that_a_model_lacks_sound_by_the_nearest(page):
    layout = page.evaluate(LAYOUT)
    assert layout["keys"] == [{"key": 40 + n, "label": n, "rate": 1} for n in range(49)]
    assert layout["whites"] == 29
    assert layout["places"][:4] == [0, 1, 2, 2]  # E, F, and F sharp between F and G
    few = {sound["key"]: sound for sound in layout["few"]}
    assert list(few) == list(range(60, 72))  # A sharp 4, the highest, is followed by a white key
    assert [few[k]["label"] for k in (60, 61, 62, 64, 67, 68, 71)] == [0, 3, 3, 2, 2, 4, 4]
    assert [few[k]["rate"] for k in (61, 62, 68)] == pytest.approx([1, 2 ** (1 / 12), 2 ** (-2 / 12)])


VOICES = """() => {
  const pool = new window.lab.sound.VoicePool(3);
  const first = [60, 62, 64].map((key, n) => pool.start(key, n * 0.1, 0.5));
  const stolen = pool.start(65, 0.3, 0.5).voice;
  const again = pool.start(64, 0.35, 0.5).voice;
  first[1].until = 0.36;
  const free = pool.start(67, 0.4, 0.5).voice;
  const oldest = pool.start(69, 0.45, 0.5).voice;
  return [first.map(({voice}) => voice), stolen, again, free, oldest];
}"""


def test_a_note_takes_its_own_voice_then_a_free_one_then_the_oldest(page):
    assert page.evaluate(VOICES) == [[0, 1, 2], 0, 2, 1, 0]


TUNES = """() => Object.values(window.lab.sound.TUNES).map((tune) => {
  const {tuneNotes} = window.lab.sound;
  const ends = ["melody", "bass"].map((line) => {
    const {at, length} = tuneNotes({...tune, melody: tune[line], bass: "-"}).at(-1);
    return at + length;
  });
  return {ends, keys: tuneNotes(tune).map(({key}) => key)};
})"""


def test_both_lines_of_a_tune_end_together_and_lie_on_the_keyboard(page):
    joy, jasmine = page.evaluate(TUNES)
    for tune in (joy, jasmine):
        assert tune["ends"][0] == pytest.approx(tune["ends"][1])
        assert all(40 <= key <= 88 for key in tune["keys"])
    assert joy["ends"][0] == pytest.approx(8 * 4 * 60 / 116)
    assert jasmine["ends"][0] == pytest.approx(14 * 4 * 60 / 92)
    assert {key % 12 for key in jasmine["keys"]} == {5, 7, 9, 0, 2}, "the five tones of F"


SCORE = """async () => {
  const {sound} = window.lab;
  const soundOf = (key) => key === 99 ? undefined
    : {item: {seed: 5, label: key - 40, to: null, at: null}, rate: key === 61 ? 2 : 1, seconds: 0.512};
  const note = (key, at, gain, length = null) => ({key, at, gain, length});
  const notes = [note(60, 0, 0.5), note(64, 0.1234, 0.8), note(60, 0.7, 0.25), note(99, 1, 1)];
  notes.push(note(61, 1.3, 1, 0.2));
  const score = {checkpoint: "notes", ...sound.scoreOfNotes(notes, soundOf)};
  const mix = (await sound.offline(score)).getChannelData(0);
  const buffers = await sound.loadKit("notes", score.kit);
  const expected = new Float32Array(mix.length);
  for (const {at, sound: n, gain} of score.events.slice(0, 3)) {
    buffers[n].getChannelData(0).forEach((s, k) => { expected[Math.round(at * 48000) + k] += gain * s; });
  }
  const error = mix.subarray(0, 48000 * 1.3).reduce((most, s, n) => Math.max(most, Math.abs(s - expected[n])), 0);
  return {score, error, peak: Math.max(...expected.map(Math.abs))};
}"""


def test_the_score_of_a_recording_has_its_notes_at_exact_samples(page):
    answer = page.evaluate(SCORE)
    score = answer["score"]
    assert [item["label"] for item in score["kit"]] == [20, 24, 21]
    assert [event["sound"] for event in score["events"]] == [0, 1, 0, 2]
    assert [event["group"] for event in score["events"]] == [0, 1, 0, 0]
    assert score["events"][3] == {"at": 1.3, "sound": 2, "gain": 1, "rate": 2, "length": 0.2, "group": 0}
    assert score["seconds"] == pytest.approx(1.3 + 0.2 + 0.03)
    assert answer["error"] < 1e-5 < answer["peak"]


def test_computer_keys_play_while_the_keyboard_has_the_focus(page):
    press(page, "keys-record")
    page.locator(f"{KEYS} [data-part=keys-a]").fill("1")
    page.keyboard.press("a")
    page.locator("#audio-seed input").focus()
    page.mouse.move(5, 5)
    page.keyboard.down("d")
    assert down(page) == []
    key(page, C4).focus()
    page.keyboard.down("s")
    page.keyboard.down("t")
    assert down(page) == [62, 66]
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    assert down(page) == []
    page.keyboard.press("z")
    expect(page).to_have_url(re.compile("octave=3"))
    expect(key(page, 48)).to_contain_text("A", use_inner_text=False)
    page.keyboard.press("a")
    page.evaluate("window.lab.play = {takeAlong: (...given) => { window.taken = given; }}")
    press(page, "keys-record")
    notes = recorded(page)
    assert [note["key"] for note in notes] == [62, 66, 48]
    press(page, "keys-take")
    score, kind = page.evaluate("window.taken")
    assert kind == "recording"
    assert [score["kit"][event["sound"]]["label"] for event in score["events"]] == [22, 26, 8]
    assert notes[0]["at"] == 0 <= notes[1]["at"] < notes[2]["at"]


def test_the_keys_are_one_tab_stop_with_names_and_arrows(visit):
    page = opened(visit, lang="zh-CN", width=390)
    piano = page.get_by_role("group", name="琴键")
    assert piano.locator("[tabindex='0']").count() == 1
    piano.get_by_role("button", name="升C4", exact=True).focus()
    for name, number in (("ArrowRight", 62), ("ArrowUp", 74), ("ArrowLeft", 73), ("End", 88), ("Home", 40)):
        page.keyboard.press(name)
        expect(key(page, number)).to_be_focused()
    assert piano.locator("[tabindex='0']").count() == 1
    page.keyboard.down("Space")
    assert down(page) == [40]
    page.keyboard.up("Space")
    assert down(page) == []
    assert key(page, 40).bounding_box()["width"] >= 40
    page.locator(f"{KEYS} [data-by='1']").click()
    expect(page).to_have_url(re.compile("octave=5"))
    expect(key(page, 72)).to_be_in_viewport(ratio=0.9)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def middle(page, number, share):
    box = key(page, number).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + share * box["height"]


def test_several_fingers_slide_over_the_keys_and_strike_harder_at_the_front(page):
    key(page, C4).scroll_into_view_if_needed()
    press(page, "keys-record")
    touch = page.context.new_cdp_session(page)

    def fingers(kind, *places):
        points = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(places)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", middle(page, C4, 0.95), middle(page, 67, 0.75))
    page.wait_for_function("document.querySelectorAll('.lab-key.is-down').length === 2")
    fingers("touchMove", middle(page, 62, 0.75), middle(page, 67, 0.75))
    page.wait_for_function("document.querySelector('[data-key=\"62\"]').classList.contains('is-down')")
    assert down(page) == [62, 67]
    fingers("touchEnd")
    page.wait_for_function("document.querySelectorAll('.lab-key.is-down').length === 0")
    page.mouse.move(*middle(page, 61, 0.1))
    page.mouse.down()
    page.mouse.move(5, 5)
    assert down(page) == []
    page.mouse.up()
    press(page, "keys-record")
    notes = recorded(page)
    assert sorted(note["key"] for note in notes) == [60, 61, 62, 67]
    gains = {note["key"]: note["gain"] for note in notes}
    assert gains[60] == pytest.approx(0.3 + 0.7 * 0.95, abs=0.02)
    assert gains[61] == pytest.approx(0.3 + 0.7 * 0.1, abs=0.02)


def test_the_timbre_changes_while_a_tune_is_replayed(visit):
    page = opened(visit, more="&timbre=5.9.0&tune=jasmine")
    score = page.evaluate("window.lab.sound.keyScore()")
    assert score["kit"][0] == {"seed": 5, "label": 29, "to": None, "at": None, "variant": None}
    assert score["tempo"] == 92
    other_keyboard = "window.lab.sound.recording.notes.unshift({key: 99, at: 0, gain: 1, length: null})"
    page.evaluate(other_keyboard)  # a note that this one lacks is left out
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "component_server" in request.url else None)
    press(page, "keys-replay")
    page.wait_for_function("document.querySelectorAll('.lab-key.is-down').length > 0")
    slider = page.locator(f"{KEYS} [data-part=keys-at]")
    for at in ("0.1", "0.2", "0.3", "0.4", "0.5"):
        slider.fill(at)
    expect(page).to_have_url(re.compile(r"timbre=5\.9\.500"))
    expect(page.locator("#audio-view [data-asking]")).to_have_count(0)
    assert len(asked) < 5, "the places that a slider passes while sounds are on their way are left out"
    arc = {"seed": 5, "label": 29, "to": 9, "at": 0.5, "variant": None}
    assert page.evaluate("window.lab.sound.keyScore().kit[0]") == arc
    assert page.locator(f"{KEYS} [data-part=keys-replay]").get_attribute("aria-pressed") == "true"
    page.locator("#audio-view [data-action=silence]").click()
    expect(page.locator(f"{KEYS} [data-part=keys-replay]")).to_have_attribute("aria-pressed", "false")
    for seed, timbre in ((17, "17.9.0"), (18, "17.18.1000"), (19, "19.18.0")):
        page.evaluate("(seed) => window.lab.sound.putSound({seed})", seed)
        expect(page).to_have_url(re.compile(re.escape(f"timbre={timbre}")))
    page.locator(f"{KEYS} [data-action=keys-shown][data-end=b]").click()
    expect(page).to_have_url(re.compile(r"timbre=19\.5\.1000"))
    page.reload()
    ready(page)
    assert address(page)["timbre"] == "19.5.1000"
    assert address(page)["tune"] == "jasmine"
    press(page, "keys-clear")
    expect(page).not_to_have_url(re.compile("tune="))
    expect(page.locator(f"{KEYS} [data-part=keys-replay]")).to_be_disabled()


def test_an_instrument_plays_all_keys(visit):
    page = opened(visit, more="&variant=Banjo&tune=joy")
    chips, instruments = page.locator("#audio-variant"), page.locator(f"{KEYS} [data-part=keys-variant]")
    expect(chips.get_by_label("Banjo")).to_be_checked()
    expect(page.locator("#audio-view [data-part=variant] :visible")).to_have_text("Banjo")
    expect(instruments).to_have_value("1")  # the instrument of the sound that is shown
    played = "window.lab.sound.keyScore().kit.map(({variant}) => variant)"
    assert set(page.evaluate(played)) == {1}
    instruments.select_option(label="Harp")
    expect(page).to_have_url(re.compile("player=0"))
    assert set(page.evaluate(played)) == {0}
    instruments.select_option(label="Any")
    expect(page).not_to_have_url(re.compile("player="))
    assert set(page.evaluate(played)) == {None}
    page.locator("#audio-model").get_by_label("Drums").check()
    expect(chips).to_be_hidden()  # this model has none


def test_a_midi_keyboard_plays_and_its_pedal_lets_notes_ring(page):
    said = page.locator(f"{KEYS} [data-part=keys-midi]")
    page.evaluate("window.noMidi = true")
    press(page, "keys-midi")
    expect(said).to_contain_text("did not allow MIDI")
    page.evaluate("Object.defineProperty(window, 'isSecureContext', {value: false, configurable: true})")
    press(page, "keys-midi")
    expect(said).to_contain_text("only on pages opened by https")
    page.evaluate("window.noMidi = false")
    page.evaluate("Object.defineProperty(window, 'isSecureContext', {value: true})")
    press(page, "keys-midi")
    expect(said).to_contain_text("Play on: Test keys")
    press(page, "keys-record")

    def send(*messages):
        page.evaluate("(all) => all.forEach((data) => window.midiInput.onmidimessage({data}))", messages)

    send([0x90, 60, 127], [0x90, 60, 0], [0xB0, 64, 127])
    send([0x93, 67, 64], [0x90, 20, 100])  # the second is below the lowest key
    assert down(page) == [67]
    send([0x83, 67, 0])
    assert down(page) == []
    press(page, "keys-record")
    notes = recorded(page)
    assert [(note["key"], round(note["gain"], 2)) for note in notes] == [(60, 1), (67, 0.5)]
    assert notes[0]["length"] == pytest.approx(0.07, abs=0.02)
    assert notes[1]["length"] is None
    assert page.locator(f"{KEYS} [data-part=keys-pedal]").is_checked()


def test_axe_finds_nothing_in_either_theme(page):
    page.evaluate(AXE)
    script = "async (keys) => (await axe.run(keys)).violations.map(({id, nodes}) => [id, nodes[0].html])"
    for theme in ("light", "dark"):
        use_theme(page, theme)
        assert page.evaluate(script, KEYS) == []
