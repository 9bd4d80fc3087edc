// The keyboard: every key is a class, one z is the timbre of all, and one instrument, the variant, plays them where a
// model has some. Instrument, timbre and octave are in the address.

const MAX_KEYS_SEED = 2 ** 32 - 1;
const FIRST_KEYS = 16; // in the middle: they are loaded first, and the model makes so many sounds at a time
const OTHER_SEED = 3; // the first B: with notes a soft sound that dies away early

const piano = {
  model: null,
  keys: [], // {key, label, rate}
  buttons: new Map(), // of the keys
  timbre: { a: 0, b: OTHER_SEED, at: 0 }, // two seeds, and the place on the arc between them
  variant: null, // a number; null for that of the seed
  nextEnd: "a", // that a sound from elsewhere is put on
  sounds: new Map(), // buffers by class
  isStale: false, // whether the sounds are not those of the timbre
  isLoading: false,
  octave: 4,
  hasPedal: false,
  pool: new VoicePool(),
  held: new Map(), // what is held, by what holds it: a pointer, a computer's key, a key of a MIDI device
  pointers: new Set(), // that are down on the keys
  recorded: null, // what is being recorded: {origin, notes}
  end: null, // ends the replay
  shown: [], // notes of the replay, as {key, from, until}
  letters: null, // of the computer's keys, where the browser tells them
  midi: null,
  listening: null, // ends the listening to the page's keys
};

const isKeysSeed = (text) => /^\d+$/.test(text ?? "") && +text <= MAX_KEYS_SEED;
const isKeysOpen = () => play.name === "keys" && element.isConnected;
const lowestKey = () => piano.keys[0].key;
const highestKey = () => piano.keys.at(-1).key;
const keyAt = (key) => piano.keys[key - lowestKey()];
const hasAllSounds = () => piano.keys.every(({ label }) => piano.sounds.has(label));

async function openKeys(parameters) {
  if (piano.model !== play.model || parameters.has("timbre")) readKeys(parameters);
  piano.keys = pianoKeys(play.about.keys);
  setOctave(piano.octave);
  drawPiano();
  drawKeys();
  showOctave();
  listenToPage();
  nameLetters();
  await timbreChanged();
}

// What the address says; where it says nothing, seed A is that of the sound that is shown.
function readKeys(parameters) {
  const [a, b, at] = (parameters.get("timbre") ?? "").split(".");
  piano.model = play.model;
  piano.sounds.clear();
  piano.timbre = { a: current.seed, b: current.seed === OTHER_SEED ? OTHER_SEED + 1 : OTHER_SEED, at: 0 };
  piano.variant = current.variantNumber ?? null;
  if (isKeysSeed(a) && isKeysSeed(b)) {
    piano.timbre = { a: +a, b: +b, at: Math.min(1000, +at || 0) / 1000 };
    piano.variant = readVariant(parameters.get("player"));
  }
  piano.octave = /^-?\d$/.test(parameters.get("octave") ?? "") ? +parameters.get("octave") : 4;
  piano.hasPedal = parameters.get("pedal") === "1";
  const tune = parameters.get("tune") ?? "";
  if (Object.hasOwn(TUNES, tune)) setRecording(tuneNotes(TUNES[tune]), tune);
}

function keysAddress() {
  const { a, b, at } = piano.timbre;
  return {
    timbre: [a, b, Math.round(at * 1000)].join("."),
    ...(piano.variant === null ? {} : { player: piano.variant }),
    octave: piano.octave,
    ...(piano.hasPedal ? { pedal: 1 } : {}),
    ...(recording.tune ? { tune: recording.tune } : {}),
  };
}

function closeKeys() {
  releaseAll();
  endRecording();
  piano.listening?.abort();
}

// The timbre

function keyItem(label) {
  const { variant } = piano;
  const { a, b, at } = piano.timbre;
  if (at === 0 || at === 1) return { seed: at ? b : a, label, to: null, at: null, variant };
  return { seed: a, label, to: b, at, variant };
}

// Change the timbre; what sounds goes on. While sounds are on their way only the last change is remembered, so that a
// slider that moves asks for one kit at a time.
async function timbreChanged(change = {}) {
  Object.assign(piano.timbre, change);
  drawTimbre();
  piano.isStale = true;
  if (piano.isLoading) return;
  piano.isLoading = true;
  part("play-error").hidden = true;
  try {
    while (piano.isStale) await loadTimbre();
  } catch (refusal) {
    tellPlay(refusal);
  } finally {
    piano.isLoading = false;
  }
}

// Load the sounds from the middle key outwards: the first of a model in two parts, those of another timbre at once.
async function loadTimbre() {
  piano.isStale = false;
  const middle = (lowestKey() + highestKey()) / 2;
  const outwards = [...piano.keys].sort((one, other) => Math.abs(one.key - middle) - Math.abs(other.key - middle));
  const labels = [...new Set(outwards.map(({ label }) => label))];
  if (!piano.sounds.size) await loadClasses(labels.slice(0, FIRST_KEYS));
  await loadClasses(labels);
}

async function loadClasses(labels) {
  const { model } = play;
  const buffers = await sound.loadKit(model, labels.map(keyItem));
  if (model !== play.model) return;
  labels.forEach((label, n) => piano.sounds.set(label, buffers[n]));
  drawLoaded();
}

// Put the sound of another place, such as the sound grid, on A and B in turn; an arc takes both.
function putSound({ seed, to = null, at = null }) {
  if (piano.model !== play.model) readKeys(new URLSearchParams());
  const end = piano.nextEnd;
  const change = to === null ? { [end]: seed, at: end === "a" ? 0 : 1 } : { a: seed, b: to, at: at ?? 0 };
  piano.nextEnd = end === "a" ? "b" : "a";
  piano.variant = null; // that of the sound
  if (isKeysOpen()) changeTimbre(change);
  else Object.assign(piano.timbre, change);
}

// change: of the timbre; empty where only the variant has changed.
function changeTimbre(change) {
  timbreChanged(change);
  rememberPlay();
}

const setEnd = (end, seed) => changeTimbre({ [end]: seed, at: end === "a" ? 0 : 1 });

// Playing

// The sound of a key: {item, buffer, rate, seconds}; undefined while it is not there.
function soundOfKey(key) {
  const { label, rate } = keyAt(key) ?? {};
  const buffer = piano.sounds.get(label);
  return buffer && { item: keyItem(label), buffer, rate, seconds: buffer.duration / rate };
}

// A note as an event of the engine, with its place in the pool of voices.
function noteEvent(note, when) {
  const { buffer, rate, seconds } = soundOfKey(note.key) ?? {};
  if (!buffer) return null;
  const voiced = piano.pool.start(note.key, when, noteSeconds(note, seconds));
  const { gain, length } = note;
  return { voiced, event: { buffer, when, gain, rate, length, group: voiced.voice } };
}

function pressKey(holder, key, gain) {
  releaseKey(holder);
  const from = sound.context().currentTime;
  const note = { key, at: 0, gain, length: null };
  const { voiced, event } = noteEvent(note, from) ?? {};
  if (!event) return;
  piano.held.set(holder, { key, note, voiced, voice: sound.play(event.buffer, event) });
  recordNote(note, from);
  drawDown();
}

// Release a key: within 0.1 s its sound fades out, with the pedal down it sounds to its end.
function releaseKey(holder) {
  const pressed = piano.held.get(holder);
  if (!pressed) return;
  piano.held.delete(holder);
  drawDown();
  const context = sound.context();
  const now = context.currentTime;
  const { voiced, voice, note } = pressed;
  if (piano.hasPedal || context.state !== "running" || now >= voiced.until) return;
  const faded = now + DAMPER_SECONDS;
  voice.stop(faded, RELEASE_SECONDS);
  note.length = faded - voiced.from;
  voiced.until = Math.min(voiced.until, faded + RELEASE_SECONDS);
}

function releaseAll() {
  for (const holder of [...piano.held.keys()]) releaseKey(holder);
  piano.pointers.clear();
}

// Drawing

function drawPiano() {
  const { places, whites } = layKeys(piano.keys.map(({ key }) => key));
  part("piano").style.setProperty("--whites", whites);
  piano.buttons = new Map(piano.keys.map(({ key, rate }, n) => [key, keyButton(key, places[n], rate !== 1)]));
  part("piano").replaceChildren(...piano.buttons.values());
  part("keys-missing").hidden = piano.keys.every(({ rate }) => rate === 1);
}

function keyButton(key, place, isOther) {
  const button = make("button", `lab-key${isBlackKey(key) ? " is-black" : ""}${isOther ? " is-other" : ""}`);
  button.type = "button";
  button.dataset.key = key;
  button.style.setProperty("--at", place);
  const marks = [make("kbd"), make("small", "", key % OCTAVE ? "" : `C${octaveOf(key)}`)];
  for (const mark of marks) mark.ariaHidden = "true";
  button.append(keyName(key), ...marks);
  return button;
}

function keyName(key) {
  const letter = PITCHES[key % OCTAVE];
  const octave = octaveOf(key);
  const name = make("span", "lab-unseen", `${letter}${octave}`);
  if (isBlackKey(key)) setText(name, playPhrase("sharp", { letter, octave }));
  return name;
}

function drawKeys() {
  drawOctave();
  drawTimbre();
  drawLoaded();
  drawRecording();
  part("keys-pedal").checked = piano.hasPedal;
}

// The computer's keys on the piano's, and the one key that is in the tab order.
function drawOctave() {
  part("keys-octave").textContent = piano.octave;
  for (const button of element.querySelectorAll('[data-action="keys-octave"]')) {
    button.disabled = !canShift(+button.dataset.by);
  }
  for (const [key, button] of piano.buttons) {
    const [code, letter] = computerKeyOf(key, piano.octave) ?? [];
    const shown = piano.letters?.get(code)?.toUpperCase() ?? letter ?? "";
    button.querySelector("kbd").textContent = shown;
    if (shown) button.setAttribute("aria-keyshortcuts", shown);
    else button.removeAttribute("aria-keyshortcuts");
  }
  if (!part("piano").querySelector('[tabindex="0"]')) chooseKey(firstOfOctave());
}

const firstOfOctave = () => Math.max(lowestKey(), lowestOf(piano.octave));

// Let one key alone be in the tab order.
function chooseKey(key) {
  for (const [other, button] of piano.buttons) button.tabIndex = other === key ? 0 : -1;
  return piano.buttons.get(key);
}

// Scroll to the octave, where not all keys are in sight.
function showOctave() {
  part("piano-frame").scrollLeft = piano.buttons.get(firstOfOctave()).offsetLeft;
}

function drawTimbre() {
  const { a, b, at } = piano.timbre;
  part("keys-a").value = a;
  part("keys-b").value = b;
  part("keys-at").value = at;
  part("keys-at-shown").textContent = percent(at, 0);
  drawVariants("keys-variant", piano.variant);
}

function drawLoaded() {
  for (const { key, label } of piano.keys) {
    piano.buttons.get(key).classList.toggle("is-silent", !piano.sounds.has(label));
  }
  const [buffer] = piano.sounds.values();
  part("keys-length").replaceChildren();
  if (buffer) setText(part("keys-length"), playPhrase("length", { seconds: buffer.duration.toFixed(2) }));
  drawRecording();
}

// Mark the keys that are down: those that are held, and those of the replay.
function drawDown(replayed = []) {
  const down = new Set([...piano.held.values(), ...replayed].map(({ key }) => key));
  for (const [key, button] of piano.buttons) button.classList.toggle("is-down", down.has(key));
}

// Octaves

const lowestOctave = () => octaveOf(lowestKey());
const highestOctave = () => Math.max(lowestOctave(), octaveOf(highestKey()) - 1);
const canShift = (by) => piano.octave + by >= lowestOctave() && piano.octave + by <= highestOctave();

function setOctave(octave) {
  piano.octave = Math.min(highestOctave(), Math.max(lowestOctave(), octave));
}

function shiftOctave(by) {
  if (!canShift(by)) return;
  setOctave(piano.octave + by);
  chooseKey(firstOfOctave());
  drawOctave();
  showOctave();
  rememberPlay();
}

function setPedal(isDown) {
  piano.hasPedal = isDown;
  part("keys-pedal").checked = isDown;
  rememberPlay();
}

part("keys-pedal").addEventListener("change", (event) => setPedal(event.target.checked));
part("keys-at").addEventListener("input", (event) => changeTimbre({ at: +event.target.value }));
part("keys-variant").addEventListener("change", (event) => {
  piano.variant = readVariant(event.target.value);
  changeTimbre({});
});
translateOptions(part("keys-variant"));
for (const end of ["a", "b"]) {
  part(`keys-${end}`).addEventListener("change", (event) => {
    if (isKeysSeed(event.target.value)) setEnd(end, +event.target.value);
    else drawTimbre();
  });
}

addActions({
  "keys-octave": (button) => shiftOctave(+button.dataset.by),
  "keys-shown"(button) {
    piano.variant = current.variantNumber ?? null;
    setEnd(button.dataset.end, current.seed);
  },
  "keys-other": (button) => setEnd(button.dataset.end, Math.floor(Math.random() * 2 ** 32)),
});
Object.assign(sound, { VoicePool, pianoKeys, layKeys, tuneNotes, TUNES, scoreOfNotes, keyScore, putSound }); // tests
addInstrument("keys", { open: openKeys, close: closeKeys, address: keysAddress, put: putSound, score: keyScore });
