// What plays the keyboard: pointers, the keys of a computer, and MIDI devices.

const TYPED_GAIN = 0.8; // of keys that do not say how hard they are struck
const LEAST_GAIN = 0.3; // of a key that is touched at its far end
const DAMPER_PEDAL = 64; // its number among the controllers of MIDI

// Pointers: each holds the key that it is on, and may slide to others. The nearer to the front, the louder.

const keyUnder = ({ clientX, clientY }) => {
  const button = document.elementFromPoint(clientX, clientY)?.closest(".lab-key");
  return button && part("piano").contains(button) ? button : null;
};

function touchGain(button, { clientY }) {
  const { top, height } = button.getBoundingClientRect();
  const share = Math.min(1, Math.max(0, (clientY - top) / height));
  return LEAST_GAIN + (1 - LEAST_GAIN) * share;
}

function onPointer(event) {
  const holder = `pointer ${event.pointerId}`;
  const button = keyUnder(event);
  const key = button && +button.dataset.key;
  if (key === (piano.held.get(holder)?.key ?? null)) return;
  if (button) pressKey(holder, key, touchGain(button, event));
  else releaseKey(holder);
}

function liftPointer({ pointerId }) {
  piano.pointers.delete(pointerId);
  releaseKey(`pointer ${pointerId}`);
}

part("piano").addEventListener("pointerdown", (event) => {
  if (event.button) return;
  piano.pointers.add(event.pointerId);
  part("piano").setPointerCapture(event.pointerId); // so that its end is told wherever it is
  onPointer(event);
});
part("piano").addEventListener("pointermove", (event) => {
  if (piano.pointers.has(event.pointerId)) onPointer(event);
});
for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) part("piano").addEventListener(end, liftPointer);
part("piano").addEventListener("contextmenu", (event) => {
  if (piano.pointers.size) event.preventDefault(); // a long press
});
// What presses a button without a pointer or a key, such as a screen reader.
part("piano").addEventListener("click", (event) => {
  const button = event.target.closest(".lab-key");
  if (!button || event.detail) return;
  pressKey("click", +button.dataset.key, TYPED_GAIN);
  piano.held.delete("click"); // it sounds to its end
  drawDown();
});

// Keys of the computer: arrows move over the piano, Space and Enter play; letters play wherever the focus is in the
// keyboard, or the pointer over it.

const hasModifier = (event) => event.ctrlKey || event.metaKey || event.altKey;
const TEXT_BOXES = "input:not([type=range], [type=checkbox]), textarea, select, [contenteditable]";
const isTyping = ({ target }) => Boolean(target.closest?.(TEXT_BOXES));

function moveOverPiano(key, name) {
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -OCTAVE, ArrowUp: OCTAVE, Home: -Infinity, End: Infinity };
  if (!(name in steps)) return false;
  const target = Math.min(highestKey(), Math.max(lowestKey(), key + steps[name]));
  chooseKey(target).focus();
  return true;
}

part("piano").addEventListener("keydown", (event) => {
  const button = event.target.closest(".lab-key");
  if (!button || hasModifier(event)) return;
  const key = +button.dataset.key;
  const plays = event.key === " " || event.key === "Enter";
  if (plays && !event.repeat) pressKey("focus", key, TYPED_GAIN);
  if (plays || moveOverPiano(key, event.key)) event.preventDefault();
});
part("piano").addEventListener("keyup", (event) => {
  if (event.key !== " " && event.key !== "Enter") return;
  event.preventDefault();
  releaseKey("focus");
});
part("piano").addEventListener("focusin", (event) => chooseKey(+event.target.closest(".lab-key").dataset.key));
part("piano").addEventListener("focusout", () => releaseKey("focus"));

function onComputerKey(event) {
  if (!isKeysOpen() || hasModifier(event) || event.isComposing || isTyping(event)) return;
  const panel = part("play-keys");
  if (!panel.contains(document.activeElement) && !panel.matches(":hover")) return;
  if (event.repeat) return;
  if (event.code === "KeyZ") shiftOctave(-1);
  if (event.code === "KeyX") shiftOctave(1);
  const key = keyOfCode(event.code, piano.octave);
  if (key !== undefined) pressKey(event.code, key, TYPED_GAIN);
}

function listenToPage() {
  piano.listening?.abort();
  piano.listening = new AbortController();
  const { signal } = piano.listening;
  document.addEventListener("keydown", onComputerKey, { signal });
  document.addEventListener("keyup", ({ code }) => releaseKey(code), { signal });
  document.addEventListener("lab-sound-stop", releaseAll, { signal });
  document.addEventListener("visibilitychange", releaseAll, { signal });
  window.addEventListener("blur", releaseAll, { signal });
}

// Show the letters of the layout in use, where the browser tells them.
async function nameLetters() {
  piano.letters ??= await navigator.keyboard?.getLayoutMap?.().catch(() => null);
  if (piano.letters) drawOctave();
}

// MIDI: keys, how hard they are struck, and the damper pedal.

async function connectMidi() {
  sound.context();
  if (!window.isSecureContext) return tellMidi("midi-insecure");
  if (!navigator.requestMIDIAccess) return tellMidi("midi-missing");
  try {
    piano.midi ??= await navigator.requestMIDIAccess();
  } catch {
    return tellMidi("midi-refused");
  }
  piano.midi.onstatechange = listenToMidi;
  listenToMidi();
}

function listenToMidi() {
  const inputs = [...piano.midi.inputs.values()].filter(({ state }) => state === "connected");
  for (const input of inputs) input.onmidimessage = onMidi;
  tellMidi(inputs.length ? "midi-ready" : "midi-none", { names: inputs.map(({ name }) => name).join(", ") });
}

const tellMidi = (name, values) => setText(part("keys-midi"), playPhrase(name, values));

function onMidi({ data: [status, number, value] }) {
  if (!isKeysOpen()) return;
  const kind = status >> 4;
  const holder = `midi ${status & 15} ${number}`;
  if (kind === 9 && value) pressKey(holder, number, value / 127);
  else if (kind === 8 || kind === 9) releaseKey(holder);
  else if (kind === 11 && number === DAMPER_PEDAL) setPedal(value >= 64);
}

addActions({ "keys-midi": connectMidi });
