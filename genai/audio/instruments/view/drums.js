// The drum machine: eight pads with a sound each, sixteen steps. All that is heard is in the address.

const FIRST_SEEDS = [6, 7, 14, 20, 2, 3, 20, 5]; // of the pads: those of the model's first results, where it has one
const PAD_CLASSES = { open: "hat", gong: "percussion", click: "percussion" }; // where a role is no class itself
const MAX_PAD_SEED = 2 ** 32 - 1;
const LEAD_SECONDS = 0.05; // from the tap to the first step

const drums = {
  model: null,
  pads: [], // {seed, label, to, at, level, isMuted, isLocked, before: the sounds that Undo brings back}
  buffers: [],
  loads: 0, // of sounds, so far
  rows: [],
  rowsBefore: [],
  tempo: 0,
  swing: 0,
  chosen: 0,
  clock: null,
  end: null, // ends the beat
  shown: [], // steps that are to be shown, as {step, at}
};

const padItem = ({ seed, label, to, at }) => ({ seed, label, to, at });
const chosenPad = () => drums.pads[drums.chosen];
const padName = ({ label }) => play.about.classes[label];
const isHat = ({ label }) => /^(hat|踩镲)$/i.test(play.about.classes[label]?.en ?? "");
const inRange = (value, { low, high }, other) => (value >= low && value <= high ? value : other);

async function openDrums(parameters) {
  if (drums.model !== play.model || parameters.has("beat") || parameters.has("pads")) readDrums(parameters);
  drawSteps();
  drawDrums();
  await loadPads();
}

// What the address says, and the first pattern where it says nothing.
function readDrums(parameters) {
  const pads = (parameters.get("pads") ?? "").split("_");
  drums.pads = ROLES.map((role, n) => readPad(pads[n] ?? "") ?? firstPad(role, n));
  drums.rows = readRows(parameters.get("beat")) ?? rowsOf("floor");
  drums.tempo = inRange(Math.round(+parameters.get("tempo")), TEMPO, PATTERNS.floor.tempo);
  drums.swing = inRange(+parameters.get("swing"), SWING, PATTERNS.floor.swing);
  Object.assign(drums, { model: play.model, rowsBefore: [], chosen: 0 });
}

// For what puts sounds on pads: the pads, also of a machine that has not been opened yet.
function drumPads() {
  if (drums.model !== play.model) readDrums(new URLSearchParams());
  return drums.pads;
}

function putOnPad(n, item) {
  changePad(drumPads()[n], padItem(item));
  drums.chosen = n;
}

function firstPad(role, n) {
  const wanted = PAD_CLASSES[role] ?? role;
  const place = play.about.classes.findIndex(({ en }) => en.toLowerCase() === wanted);
  const label = place < 0 ? n % play.about.classes.length : place;
  return { seed: FIRST_SEEDS[n], label, to: null, at: null, level: 0.8, isMuted: false, isLocked: false, before: [] };
}

// A pad in the address: class, seed, seed that the walk leads to, how far in thousandths, volume in per cent, m and l.
function writePad({ label, seed, to, at, level, isMuted, isLocked }) {
  const walk = to === null ? ["", ""] : [to, Math.round(at * 1000)];
  const flags = (isMuted ? "m" : "") + (isLocked ? "l" : "");
  return [label, seed, ...walk, Math.round(level * 100), flags].join(".");
}

function readPad(text) {
  const [label, seed, to = "", at = "", level = "80", flags = ""] = text.split(".");
  const isSeed = (digits) => /^\d+$/.test(digits) && +digits <= MAX_PAD_SEED;
  if (!/^\d+$/.test(label) || +label >= play.about.classes.length || !isSeed(seed ?? "")) return null;
  const walk = isSeed(to) ? { to: +to, at: inRange(+at / 1000, { low: 0, high: 1 }, 0) } : { to: null, at: null };
  const loudness = inRange(+level / 100, { low: 0, high: 1 }, 0.8);
  const isMuted = flags.includes("m");
  const isLocked = flags.includes("l");
  return { label: +label, seed: +seed, ...walk, level: loudness, isMuted, isLocked, before: [] };
}

function drumAddress() {
  const { pads, rows, tempo, swing } = drums;
  return { pads: pads.map(writePad).join("_"), beat: writeRows(rows), tempo, swing };
}

// Load the sounds of the pads as they are now; an answer that others have overtaken is dropped.
async function loadPads() {
  const mine = ++drums.loads;
  const buffers = await loadSounds(drums.pads.map(padItem));
  if (mine === drums.loads) drums.buffers = buffers;
}

function changePad(pad, change) {
  pad.before.push(padItem(pad));
  Object.assign(pad, change);
}

// Change the sound of pads; each can go back to the one before.
async function changePads(pads, change, hear) {
  for (const pad of pads) changePad(pad, change(pad));
  await padsChanged(hear);
}

async function padsChanged(hear) {
  drawDrums();
  rememberPlay();
  try {
    await loadPads();
    if (hear && !drums.end) hitPad(drums.chosen);
  } catch (refusal) {
    tellPlay(refusal);
  }
}

const randomSeed = () => ({ seed: Math.floor(Math.random() * 2 ** 32), to: null, at: null });

function otherSound(n) {
  drums.chosen = n;
  if (!chosenPad().isLocked) changePads([chosenPad()], randomSeed, true);
}

function undoPad() {
  const before = chosenPad().before.pop();
  if (before) padsChanged(Object.assign(chosenPad(), before));
}

function hitPad(n) {
  sound.context();
  const event = padEvent(n, 0);
  if (event) sound.play(event.buffer, event);
}

// One stroke; the hats cut each other off, as the two cymbals of one hat do.
function padEvent(n, when) {
  const pad = drums.pads[n];
  const buffer = drums.buffers[n];
  return buffer && { buffer, when, gain: pad.level, rate: 1, length: null, group: isHat(pad) ? pad.label : null };
}

function strokesAt(step) {
  return drums.pads.map((_, n) => n).filter((n) => isStroke(drums.rows[n], step % STEPS) && !drums.pads[n].isMuted);
}

function startBeat() {
  const context = sound.context();
  drums.clock = new StepClock(context.currentTime + LEAD_SECONDS, drums.tempo, drums.swing);
  drums.shown = [];
  drums.end = sound.schedule(nextStrokes, () => {
    drums.end = null;
    part("beat").ariaPressed = "false";
  });
  part("beat").ariaPressed = "true";
  requestAnimationFrame(showStep);
}

function nextStrokes(from, until) {
  const steps = drums.clock.between(from, until);
  drums.shown.push(...steps);
  return steps.flatMap(({ step, at }) => strokesAt(step).map((n) => padEvent(n, at)).filter(Boolean));
}

// Mark the step that is heard now: the sound card is behind the clock. Where less motion is wished for, mark the beat.
const wantsLessMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function showStep() {
  const { currentTime, outputLatency = 0 } = sound.context();
  let now;
  while (drums.shown.length && drums.shown[0].at <= currentTime - outputLatency) now = drums.shown.shift();
  const step = now && now.step % STEPS;
  if (now || !drums.end) markStep(!drums.end ? -1 : wantsLessMotion() ? step - (step % STEPS_A_BEAT) : step);
  if (drums.end) requestAnimationFrame(showStep);
}

function markStep(step) {
  for (const cell of part("steps").querySelectorAll(".lab-beat-step")) {
    cell.classList.toggle("is-now", +cell.dataset.step === step);
  }
}

// The pattern once as a score, for a file of it.
function drumScore() {
  const seconds = stepSeconds(drums.tempo) * STEPS;
  const events = Array.from({ length: STEPS }, (_, step) => step).flatMap((step) =>
    strokesAt(step).map((n) => {
      const { gain, rate, length, group } = padEvent(n, 0);
      const at = placeOf(step, drums.swing) * stepSeconds(drums.tempo);
      return { at, sound: n, gain, rate, length, group };
    }),
  );
  return { checkpoint: play.model, kit: drums.pads.map(padItem), events, seconds, tempo: drums.tempo };
}

// The grid: in each row the pad, which plays, and its steps. One of all is in the tab order; arrows move.
function drawSteps() {
  part("steps").replaceChildren(
    ...drums.pads.map((_, n) => {
      const row = make("div", "lab-beats-row");
      row.role = "row";
      const pad = make("div", "lab-beats-pad");
      pad.role = "rowheader";
      const cells = Array.from({ length: STEPS }, (_, step) => stepCell(n, step));
      for (const cell of [pad, ...cells]) cell.tabIndex = -1;
      pad.dataset.pad = n;
      row.append(pad, ...cells);
      return row;
    }),
  );
  part("steps").querySelector("[tabindex]").tabIndex = 0;
}

function stepCell(pad, step) {
  const cell = make("div", "lab-beat-step");
  cell.role = "gridcell";
  Object.assign(cell.dataset, { pad, step });
  cell.append(make("span", "lab-unseen", String(step + 1)));
  return cell;
}

function drawDrums() {
  drums.pads.forEach((pad, n) => drawRow(part("steps").children[n], pad, n));
  part("tempo").value = part("tempo-shown").textContent = drums.tempo;
  part("swing").value = drums.swing;
  part("swing-shown").textContent = percent(drums.swing, 0);
  part("pattern-undo").disabled = !drums.rowsBefore.length;
  const pad = chosenPad();
  setText(part("pad-title"), playPhrase("pad", { number: drums.chosen + 1, name: padName(pad), seed: pad.seed }));
  part("pad-undo").disabled = !pad.before.length;
  element.querySelector('[data-action="pad-other"]').disabled = pad.isLocked;
  part("pad-lock").ariaPressed = String(pad.isLocked);
  part("pad-mute").ariaPressed = String(pad.isMuted);
  part("pad-level").value = pad.level;
  part("pad-to").value = pad.to ?? "";
  part("pad-at").value = pad.at ?? 0;
  part("pad-at").disabled = pad.to === null;
  part("pad-at-shown").textContent = percent(pad.at ?? 0, 0);
}

function drawRow(row, pad, n) {
  const bits = drums.rows[n];
  const [head, ...cells] = row.children;
  row.classList.toggle("is-muted", pad.isMuted);
  head.ariaCurrent = String(n === drums.chosen);
  const name = make("b");
  setText(name, padName(pad));
  const strokes = strokesOf(bits).map((step) => step + 1);
  const sentence = make("span", "lab-unseen");
  setText(sentence, playPhrase(strokes.length ? "row" : "silent", { steps: strokes.join(", ") }));
  head.replaceChildren(make("small", "", String(n + 1)), name, make("code", "", padSeeds(pad)), sentence);
  cells.forEach((cell, step) => (cell.ariaSelected = String(isStroke(bits, step))));
}

const padSeeds = ({ seed, to, isLocked }) => `${seed}${to === null ? "" : `→${to}`}${isLocked ? " 🔒" : ""}`;

function changeRows(rows) {
  drums.rowsBefore.push(drums.rows);
  drums.rows = rows;
  drawDrums();
  rememberPlay();
}

function toggleStep({ pad, step }) {
  changeRows(drums.rows.map((bits, n) => (n === +pad ? bits ^ (FIRST_STEP >> step) : bits)));
}

function choosePattern(name) {
  if (PATTERNS[name]) {
    setTempo(PATTERNS[name].tempo);
    setSwing(PATTERNS[name].swing);
  }
  if (name === "random") changeRows(randomRows());
  else changeRows(name === "clear" ? drums.rows.map(() => 0) : rowsOf(name));
}

function setTempo(tempo) {
  drums.tempo = tempo;
  drums.clock?.setTempo(tempo);
}

function setSwing(swing) {
  drums.swing = swing;
  if (drums.clock) drums.clock.swing = swing;
}

// A pad or a step that was pressed: a pad plays and is chosen, a step is set.
function pressCell(cell) {
  focusCell(cell);
  if (cell.dataset.step) return toggleStep(cell.dataset);
  drums.chosen = +cell.dataset.pad;
  hitPad(drums.chosen);
  drawDrums();
}

function focusCell(cell) {
  for (const other of part("steps").querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
}

function moveInSteps(cell, key) {
  const rows = [...part("steps").children].map((row) => [...row.children]);
  const line = rows.findIndex((cells) => cells.includes(cell));
  const column = rows[line].indexOf(cell);
  const within = (value, count) => Math.min(count - 1, Math.max(0, value));
  const targets = {
    ArrowLeft: [line, column - 1],
    ArrowRight: [line, column + 1],
    ArrowUp: [line - 1, column],
    ArrowDown: [line + 1, column],
    Home: [line, 0],
    End: [line, STEPS],
  };
  const target = targets[key];
  if (target) focusCell(rows[within(target[0], rows.length)][within(target[1], STEPS + 1)]);
  return Boolean(target);
}

part("steps").addEventListener("click", (event) => {
  const cell = event.target.closest("[data-pad]");
  if (cell) pressCell(cell);
});
part("steps").addEventListener("keydown", (event) => {
  const cell = event.target.closest("[data-pad]");
  if (event.key === " " || event.key === "Enter") pressCell(cell);
  else if (!moveInSteps(cell, event.key)) return;
  event.preventDefault();
});

// 1 to 8 play the pads, with Shift they get another sound.
part("play-drums").addEventListener("keydown", (event) => {
  const number = /^Digit([1-8])$/.exec(event.code)?.[1];
  if (!number || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input[type=number]")) return;
  event.preventDefault();
  if (event.shiftKey) return otherSound(number - 1);
  drums.chosen = number - 1;
  hitPad(drums.chosen);
  drawDrums();
});

// Inputs of the machine and of the chosen pad; each is heard at once.
function onDrumInput(name, change) {
  part(name).addEventListener("input", (event) => {
    change(event.target.value);
    drawDrums();
    rememberPlay();
  });
}

onDrumInput("tempo", (value) => setTempo(+value));
onDrumInput("swing", (value) => setSwing(+value));
onDrumInput("pad-level", (value) => (chosenPad().level = +value));
part("pad-to").addEventListener("change", (event) => {
  const { value, validity } = event.target;
  if (!validity.valid) return drawDrums();
  changePads([chosenPad()], (pad) => (value ? { to: +value, at: pad.at ?? 0 } : { to: null, at: null }), false);
});
part("pad-at").addEventListener("input", (event) => {
  chosenPad().at = +event.target.value;
  padsChanged(true);
});

addActions({
  beat: () => (drums.end ? drums.end() : startBeat()),
  pattern: (button) => choosePattern(button.dataset.pattern),
  "pattern-undo"() {
    drums.rows = drums.rowsBefore.pop();
    drawDrums();
    rememberPlay();
  },
  "pad-other": () => otherSound(drums.chosen),
  "pad-undo": undoPad,
  "pad-lock"() {
    chosenPad().isLocked = !chosenPad().isLocked;
    drawDrums();
    rememberPlay();
  },
  "pad-mute"() {
    chosenPad().isMuted = !chosenPad().isMuted;
    drawDrums();
    rememberPlay();
  },
  "take-drums": (button) => takeAlong(drumScore(), button.dataset.kind),
  "pads-other": () => changePads(drums.pads.filter(({ isLocked }) => !isLocked), randomSeed, false),
});
Object.assign(sound, { score: drumScore, StepClock }); // what files of a pattern and the tests need
addInstrument("drums", { open: openDrums, address: drumAddress, score: drumScore, pads: drumPads, put: putOnPad });
