// The sound of all instruments: one audio context, one volume, one stop. Every sound is placed by the audio clock.
//
// An event is {buffer, when, gain, rate, length, group, offset}. when: seconds of the context's clock, 0 is now. gain: 0
// to 1. rate: 2 is an octave up. length: seconds after which the sound fades out, null for all of it. group: a sound
// cuts those of its group that began before it. offset: seconds into the sound, where it fades in.

const OUTPUT_RATE = 44_100; // Hz: sounds are brought to this or more
const TICK_MS = 25;
const AHEAD_SECONDS = 0.1;
const CUT_SECONDS = 0.005; // to fade out what another sound of the group cuts, and to fade in within a sound
const RELEASE_SECONDS = 0.03; // to fade out at the end of a length
const KEPT_SOUNDS = 256;
const KIT_ITEMS = 64; // in one question
const SINC_REACH = 16; // samples to each side of a sample that is inserted

// A timer of its own thread is not slowed down when the page is in the background.
function makeTimer(callback) {
  const source = `let timer; onmessage = ({data}) => {
    clearInterval(timer);
    if (data) timer = setInterval(() => postMessage(0), ${TICK_MS});
  };`;
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address);
  worker.onmessage = callback;
  return (isOn) => worker.postMessage(isOn);
}

// Insert samples between those of a sound, by a windowed sinc. Browsers join samples by straight lines, which adds high
// tones to a sound of 8 kHz; with the samples close together these are too weak to be heard.
function upsample(samples, factor) {
  if (factor === 1) return samples;
  const padded = new Float32Array(samples.length + 2 * SINC_REACH);
  padded.set(samples, SINC_REACH);
  const result = new Float32Array(samples.length * factor);
  for (let phase = 0; phase < factor; phase++) {
    const weights = sincWeights(phase / factor);
    for (let n = 0; n < samples.length; n++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k] * padded[n + k + 1];
      result[n * factor + phase] = sum;
    }
  }
  return result;
}

// Weights of the samples from 1 - SINC_REACH to SINC_REACH for the place `share` after sample 0.
function sincWeights(share) {
  return Float32Array.from({ length: 2 * SINC_REACH }, (_, k) => {
    const x = k + 1 - SINC_REACH - share;
    if (Math.abs(x) < 1e-9) return 1;
    const window = Math.cos((Math.PI * x) / (2 * SINC_REACH)) ** 2; // of Hann
    return (Math.sin(Math.PI * x) / (Math.PI * x)) * window;
  });
}

// The buffers of a kit's answer: 16-bit samples, little endian, in base64. One sound after another, with time between
// them for a beat that is playing.
async function decodeKit({ sounds, samples, rate }) {
  const bytes = await (await fetch(`data:application/octet-stream;base64,${sounds}`)).arrayBuffer();
  const view = new DataView(bytes);
  const factor = Math.ceil(OUTPUT_RATE / rate);
  const buffers = [];
  for (let first = 0; first < bytes.byteLength / 2; first += samples) {
    const wave = new Float32Array(samples);
    for (let n = 0; n < samples; n++) wave[n] = view.getInt16(2 * (first + n), true) / 32767;
    const buffer = new AudioBuffer({ length: samples * factor, sampleRate: rate * factor });
    buffer.copyToChannel(upsample(wave, factor), 0);
    buffers.push(buffer);
    await new Promise((resume) => setTimeout(resume));
  }
  return buffers;
}

// Place one sound; voices are the sounds by group that it may cut. Returns {source, stop}.
function placeSound(context, output, voices, buffer, event) {
  const { when = 0, gain = 1, rate = 1, length = null, group = null, offset = 0 } = event;
  const onGrid = (seconds) => Math.round(seconds * context.sampleRate) / context.sampleRate;
  const start = onGrid(Math.max(when, context.currentTime)); // on a sample, so that none is interpolated
  const source = new AudioBufferSourceNode(context, { buffer, playbackRate: rate });
  const level = new GainNode(context, { gain });
  source.connect(level).connect(output);
  let end = Infinity;
  const stop = (at, fade) => {
    const from = Math.max(onGrid(at), context.currentTime);
    if (from >= end) return;
    end = from;
    level.gain.cancelScheduledValues(from);
    level.gain.setValueAtTime(gain, from);
    level.gain.linearRampToValueAtTime(0, from + fade);
    source.stop(from + fade);
  };
  source.start(start, offset);
  if (offset) level.gain.setValueAtTime(0, start).linearRampToValueAtTime(gain, start + CUT_SECONDS);
  if (length !== null) stop(start + length, RELEASE_SECONDS);
  if (group !== null) {
    voices.get(group)?.stop(start, CUT_SECONDS);
    voices.set(group, { stop });
  }
  return { source, stop };
}

function makeSound() {
  const kits = new Map(); // promises of buffers, by checkpoint and item; the one that was used last is the last
  const players = new Set(); // that are asked for their next events
  const groups = new Map(); // the last voice of each group
  const sounding = new Set();
  let level = 0.7;
  let audioContext;
  let master;
  let timer;
  let askKit;

  // The context; call it in a tap, else browsers let nothing sound.
  function context() {
    if (!audioContext) {
      if (navigator.audioSession) navigator.audioSession.type = "playback"; // iPhones: heard with the mute switch on too
      audioContext = new AudioContext({ latencyHint: "interactive" });
      master = new GainNode(audioContext, { gain: level ** 2 });
      master.connect(new DynamicsCompressorNode(audioContext)).connect(audioContext.destination);
      const empty = new AudioBuffer({ length: 1, sampleRate: audioContext.sampleRate });
      new AudioBufferSourceNode(audioContext, { buffer: empty }).start(); // iPhones begin with the first sound only
    }
    if (audioContext.state !== "running") audioContext.resume();
    return audioContext;
  }

  // The buffers of a kit's items, in their order; those that the page has are not asked for again. Rejects with
  // {sentence} where the server refuses.
  async function loadKit(checkpoint, items) {
    const named = items.map((item) => [nameOf(checkpoint, item), item]);
    const missing = [...new Map(named)].filter(([name]) => !kits.has(name));
    for (let n = 0; n < missing.length; n += KIT_ITEMS) askFor(checkpoint, missing.slice(n, n + KIT_ITEMS));
    const buffers = named.map(([name]) => {
      const buffer = kits.get(name);
      kits.delete(name);
      kits.set(name, buffer);
      return buffer;
    });
    for (const name of kits.keys()) {
      if (kits.size <= Math.max(KEPT_SOUNDS, items.length)) break;
      kits.delete(name);
    }
    return Promise.all(buffers);
  }

  const nameOf = (checkpoint, { seed, label, to, at, variant = null }) =>
    JSON.stringify([checkpoint, seed, label, to, at, variant]);

  function askFor(checkpoint, named) {
    const items = named.map(([, item]) => item);
    keepKit(checkpoint, items, fetchKit(checkpoint, items));
  }

  // Keep the sounds of a kit that was asked for elsewhere; `decoded` is a promise of their buffers.
  function keepKit(checkpoint, items, decoded) {
    items.forEach((item, place) => {
      const name = nameOf(checkpoint, item);
      const buffer = decoded.then((buffers) => buffers[place]);
      buffer.catch(() => kits.delete(name)); // so that it is asked for again
      kits.set(name, buffer);
    });
  }

  async function fetchKit(checkpoint, items) {
    const answer = await askKit({ checkpoint, items });
    if (answer.sentence) throw answer;
    return decodeKit(answer);
  }

  // Play one sound; returns {source, stop(at, fade)}.
  function play(buffer, event = {}) {
    const voice = placeSound(context(), master, groups, buffer, event);
    sounding.add(voice);
    voice.source.onended = () => sounding.delete(voice);
    return voice;
  }

  // Ask `nextEvents(from, until)` again and again for the events that begin in that time, and play them. What was
  // missed while the page stood still is left out. Returns a function that ends it; `ended` is called then.
  function schedule(nextEvents, ended = () => {}) {
    const player = { nextEvents, ended, until: context().currentTime };
    const stop = () => {
      if (!players.delete(player)) return;
      if (!players.size) timer(false);
      ended();
    };
    timer ??= makeTimer(tick);
    players.add(player);
    timer(true);
    tick();
    return stop;
  }

  function tick() {
    const now = audioContext.currentTime;
    for (const player of players) {
      const from = Math.max(player.until, now);
      const until = now + AHEAD_SECONDS;
      if (until <= from) continue;
      player.until = until;
      for (const { buffer, ...event } of player.nextEvents(from, until)) play(buffer, event);
    }
  }

  // End everything: what is scheduled, what sounds, and the players.
  function stopAll() {
    for (const { ended } of players) ended();
    players.clear();
    timer?.(false);
    for (const { stop } of sounding) stop(audioContext.currentTime, CUT_SECONDS);
    groups.clear();
    document.dispatchEvent(new CustomEvent("lab-sound-stop"));
  }

  // Set the volume of all instruments, 0 to 1; without a value return it.
  function volume(value) {
    if (value === undefined) return level;
    level = value;
    master?.gain.setTargetAtTime(level ** 2, audioContext.currentTime, 0.01);
    return level;
  }

  // The sound of a score as one buffer: the same events, without the volume and the compressor.
  async function offline({ checkpoint, kit, events, seconds }, sampleRate = 48_000) {
    const buffers = await loadKit(checkpoint, kit);
    const target = new OfflineAudioContext(1, Math.round(seconds * sampleRate), sampleRate);
    const voices = new Map();
    for (const { at, sound, ...event } of [...events].sort((a, b) => a.at - b.at)) {
      placeSound(target, target.destination, voices, buffers[sound], { ...event, when: at });
    }
    return target.startRendering();
  }

  const connect = (ask) => (askKit = ask);
  return { connect, context, loadKit, keepKit, decodeKit, play, schedule, stopAll, volume, offline };
}

// A view is built anew when its tab is opened again; the context and the sounds stay.
const sound = (window.labSound ??= makeSound());
sound.connect((question) => server.kit(question));
if (window.lab) window.lab.sound = sound;
else document.addEventListener("lab-ready", () => (window.lab.sound = sound), { once: true });
