"""The engine of the instruments: sounds at exact samples, in order, cut and faded."""

import pytest

from tests.browser.parts import finished

pytestmark = pytest.mark.browser

KIT = [{"seed": 1, "label": 0}, {"seed": 2, "label": 1}, {"seed": 1, "label": 0, "to": 2, "at": 0.5}]
RENDER = """async ({kit, events, seconds}) => {
  const {sound} = window.lab;
  const buffers = await sound.loadKit("drums", kit);
  const mix = (await sound.offline({checkpoint: "drums", kit, events, seconds})).getChannelData(0);
  const expected = new Float32Array(mix.length);
  for (const {at, sound: n, gain} of events) {
    const samples = buffers[n].getChannelData(0);
    samples.forEach((s, k) => { expected[Math.round(at * 48000) + k] += gain * s; });
  }
  const error = mix.reduce((most, s, n) => Math.max(most, Math.abs(s - expected[n])), 0);
  return [error, Math.max(...buffers.map((b) => b.sampleRate)), Math.max(...expected.map(Math.abs))];
}"""


@pytest.fixture(scope="module")
def page(chromium, server):
    context = chromium.new_context(locale="en-US")
    page = context.new_page()
    page.goto(f"{server}/?tab=audio&model=drums&seed=5&lang=en")
    finished(page, "audio")
    yield page
    context.close()


def event(at, sound=0, **more):
    return {"at": at, "sound": sound, "gain": 0.5, "rate": 1, "length": None, "group": None, **more}


def test_the_samples_of_a_score_lie_where_its_events_say(page):
    events = [event(0), event(0.1234, 1), event(0.25, 2), event(0.5, 0), event(0.625, 1)]
    error, rate, peak = page.evaluate(RENDER, {"kit": KIT, "events": events, "seconds": 2})
    assert rate == 48_000
    assert peak > 0.01
    assert error < 1e-5


CUT = """async ({kit, events}) => {
  const {sound} = window.lab;
  const render = async (events) => {
    const buffer = await sound.offline({checkpoint: "drums", kit, events, seconds: 1});
    return buffer.getChannelData(0);
  };
  const whole = await render(events.map((e) => ({...e, length: null, group: null})));
  const cut = await render(events);
  return {whole: [...whole.subarray(0, 24000)], cut: [...cut.subarray(0, 24000)]};
}"""


def test_a_length_fades_a_sound_out_and_a_group_cuts_it(page):
    faded = page.evaluate(CUT, {"kit": KIT, "events": [event(0, length=0.1)]})
    assert faded["cut"][:4800] == faded["whole"][:4800]
    assert any(faded["whole"][6300:])
    assert not any(faded["cut"][6300:])  # 0.03 s after its length
    short = event(0.2, gain=0, length=0.01)
    cut = page.evaluate(CUT, {"kit": KIT, "events": [event(0, group=1), {**short, "group": 1}]})
    assert cut["cut"][:9600] == cut["whole"][:9600]
    assert not any(cut["cut"][9900:])  # 0.005 s after the next of its group
    other = page.evaluate(CUT, {"kit": KIT, "events": [event(0, group=1), {**short, "group": 2}]})
    assert other["cut"] == other["whole"]


def test_a_sound_begins_within_itself(page):
    whole = page.evaluate(CUT, {"kit": KIT, "events": [event(0)]})["cut"]
    late = page.evaluate(CUT, {"kit": KIT, "events": [event(0.05, offset=0.1)]})["cut"]
    assert not any(late[:2400])
    faded = 2400 + 240  # 0.005 s
    assert late[faded:20_000] == pytest.approx(whole[faded + 2400 : 20_000 + 2400], abs=1e-6)
    assert sum(map(abs, late[2400:faded])) < sum(map(abs, whole[4800 : 4800 + 240]))


UPSAMPLED = """async () => {
  const {sound} = window.lab;
  const kit = [{seed: 3, label: 0}];
  const [buffer] = await sound.loadKit("drums", kit);
  const [again] = await sound.loadKit("drums", kit);
  return [again === buffer, buffer.length, buffer.sampleRate];
}"""


def test_a_kit_is_asked_for_once(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    same, length, rate = page.evaluate(UPSAMPLED)
    assert same
    assert (length, rate) == (8192 * 3, 48_000)
    assert len([url for url in asked if "component_server" in url]) == 1


PLAYERS = """async () => {
  const {sound} = window.lab;
  const context = sound.context();
  await context.resume();
  const asked = [];
  let ended = 0;
  const seen = new Promise((done) => {
    const stop = sound.schedule((from, until) => {
      asked.push([from, until]);
      if (asked.length > 8) done(stop);
      return [];
    }, () => ended++);
  });
  (await seen)();
  sound.schedule(() => [], () => ended++);
  sound.stopAll();
  return {asked, ended};
}"""


def test_players_are_asked_for_times_without_gaps(page):
    answer = page.evaluate(PLAYERS)
    for before, after in zip(answer["asked"], answer["asked"][1:], strict=False):
        assert after[0] >= before[1]
        assert after[1] - after[0] <= 0.1 + 1e-9
    assert answer["ended"] == 2
