"""What an instrument played, as a file: its sounds are at the samples where the browser plays them."""

import base64
import io

import numpy as np
import pytest
import soundfile
from playwright.sync_api import expect

from genai.audio.instruments.midi import read_midi
from genai.audio.instruments.mix import mix_sounds
from genai.audio.instruments.score import RELEASE_SECONDS, read_score
from genai.check import examine
from tests.browser.parts import finished

pytestmark = pytest.mark.browser
DRUMS = "#audio-view [data-part=play-drums]"
OPEN = "?tab=audio&model=drums&seed=5&play=drums&tempo=97&beat=c000_0808_0000_0000_0000_0000_0000_0001"
RATE = 44_100

# The score in the browser, by an offline context, of the sounds that it is given as a kit: 32-bit samples, little
# endian, in base64. Not of the tiny networks' sounds: those are hardly more than the highest tone of all, of which
# each way to resample keeps another rest.
OFFLINE = """async ([score, kit]) => {
  window.lab.sound.connect(async () => kit);
  const mix = await window.lab.sound.offline(score, 44100);
  const bytes = new Uint8Array(mix.getChannelData(0).buffer);
  let text = "";
  for (let n = 0; n < bytes.length; n += 1 << 14) text += String.fromCharCode(...bytes.subarray(n, n + (1 << 14)));
  return btoa(text);
}"""
# Far enough from each other to be seen one by one; on samples, between samples, transposed, ended and cut.
STARTS = (0.0, 0.6123451, 1.25, 2.00001, 2.7, 3.3333333)
SCORE = {
    "checkpoint": "drums",
    "kit": [{"seed": 1006, "label": 0, "to": None, "at": None}, {"seed": 1007, "label": 1, "to": 9, "at": 0.5}],
    "events": [
        {"at": STARTS[0], "sound": 0, "gain": 1.0, "rate": 1, "length": None, "group": None},
        {"at": STARTS[1], "sound": 1, "gain": 0.9, "rate": 1, "length": 0.2, "group": None},
        {"at": STARTS[2], "sound": 0, "gain": 1.0, "rate": 1.5, "length": None, "group": None},
        {"at": STARTS[3], "sound": 1, "gain": 0.8, "rate": 1, "length": None, "group": 3},
        {"at": STARTS[4], "sound": 0, "gain": 1.0, "rate": 0.5, "length": None, "group": 4},
        {"at": STARTS[5], "sound": 1, "gain": 1.0, "rate": 1, "length": 0.1, "group": 4},
    ],
    "seconds": 4.0,
}


@pytest.fixture
def page(visit):
    page = visit(OPEN)
    finished(page, "audio")
    expect(page.locator(f"{DRUMS} [role=row]")).to_have_count(8)
    expect(page.locator("[data-part=play-loading]")).to_be_hidden()
    return page


def downloaded(page, press):
    with page.expect_download() as waiting:
        press()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


def strokes():
    """Two sounds of half a second at 16 kHz, which begin at once and die away."""
    seconds = np.arange(8000) / 16000
    waves = [np.cos(2 * np.pi * hertz * seconds) * np.exp(-6 * seconds) for hertz in (440, 1730)]
    return (np.stack(waves) * 20_000).astype(np.int16)


def test_every_sound_of_a_file_begins_at_the_sample_where_the_browser_plays_it(page):
    sounds = strokes()
    kit = {"sounds": base64.b64encode(sounds.astype("<i2").tobytes()).decode(), "samples": 8000, "rate": 16000}
    heard = np.frombuffer(base64.b64decode(page.evaluate(OFFLINE, [SCORE, kit])), "<f4")
    mixed = mix_sounds(sounds, 16000, read_score(SCORE)) / 32767
    assert mixed.shape == heard.shape
    for at, end in zip(STARTS, (*STARTS[1:], SCORE["seconds"]), strict=True):
        start, stop = round(at * RATE), round(end * RATE)
        for samples in (heard, mixed):
            assert samples[start], f"the sound at {at} s begins at sample {start}"
            assert at == STARTS[-1] or not samples[max(0, start - 20) : start].any()  # the last cuts another
        one, other = heard[start + 20 : stop - 20], mixed[start:stop]
        alike = [float(one @ other[20 + shift : len(one) + 20 + shift]) for shift in range(-20, 21)]
        assert int(np.argmax(alike)) == 20, "the two are most alike where neither is moved"
    assert np.abs(heard - mixed).max() < 0.1, "each begins with a jump of 0.5 and more"
    ended, cut = STARTS[1] + 0.2 + RELEASE_SECONDS, STARTS[5] + 0.1 + RELEASE_SECONDS
    for silent in (slice(round(ended * RATE) + 1, round(STARTS[2] * RATE)), slice(round(cut * RATE) + 1, None)):
        assert not heard[silent].any()
        assert not mixed[silent].any()


def test_a_pattern_is_taken_along_as_wav_and_midi(page):
    button = page.locator(f"{DRUMS} [data-action=take-drums]")
    name, sound = downloaded(page, button.first.click)
    assert name == "drums-mix.wav"
    mixed, rate = soundfile.read(io.BytesIO(sound))
    assert (rate, len(mixed)) == (RATE, round(16 * 60 / 97 / 4 * RATE))
    name, notes = downloaded(page, button.last.click)
    assert name == "drums-notes.mid"
    song = read_midi(notes)
    assert sorted(note.start for note in song.notes) == [0, 120, 480, 1440, 1800]
    assert examine(notes).label.settings["score"]["tempo"] == 97
    box = button.first.bounding_box()
    assert box["height"] >= 40


def test_both_files_of_a_recording_are_offered_until_the_instrument_is_closed(page):
    page.evaluate("(s) => window.lab.play.takeAlong(s, 'recording')", SCORE)
    offer = page.locator("#audio-view [data-part=take]")
    expect(offer.get_by_role("button", name="WAV")).to_be_focused()
    name, _ = downloaded(page, offer.get_by_role("button", name="WAV").click)
    assert name == "drums-mix.wav"
    page.evaluate("(s) => window.lab.play.takeAlong(s, 'wav')", {**SCORE, "seconds": 500})
    expect(page.locator("#audio-view [data-part=play-error]")).to_contain_text("Seconds 500 cannot be used")
    page.locator("#audio-view [data-action=instrument][data-instrument=drums]").click()
    expect(offer).to_be_hidden()
