// Compare: two sounds of which one is a recording, blind; or the sound above and its nearest recording in turn.

const PAUSE_SECONDS = 0.25; // between repetitions; longer than the engine looks ahead, so that no two overlap
const FIRST_SECONDS = 0.05; // from the tap to the first sound
const LETTERS = ["A", "B"];

const compare = { model: null, mode: "blind", pair: 0, buffers: null, isAnswered: false, isTold: false };
const beside = { about: null, buffers: null, side: 0, origin: 0, last: 0, end: null };

const asked = { blind: 0, beside: 0 }; // questions so far

// A view is built anew when its tab is opened again; what was counted stays. By model: {right, rounds}.
const tallies = (sound.tallies ??= new Map());

const compareButtons = (action) => [...part("play-compare").querySelectorAll(`[data-action=${action}]`)];

async function openCompare(parameters) {
  if (compare.model !== play.model || parameters.has("compare")) readCompare(parameters);
  await showMode();
}

function readCompare(parameters) {
  const pair = parameters.get("pair");
  Object.assign(compare, {
    model: play.model,
    mode: parameters.get("compare") === "beside" ? "beside" : "blind",
    pair: /^\d+$/.test(pair ?? "") && +pair < ALL_SEEDS ? +pair : randomPair(),
    buffers: null,
  });
  beside.about = null;
}

const compareAddress = () => ({ compare: compare.mode, pair: compare.pair });
const randomPair = () => Math.floor(Math.random() * ALL_SEEDS);

async function showMode() {
  sound.stopAll();
  for (const button of compareButtons("compare-mode")) button.ariaPressed = String(button.dataset.mode === compare.mode);
  for (const mode of ["blind", "beside"]) part(`compare-${mode}`).hidden = mode !== compare.mode;
  if (compare.mode === "beside") await loadBeside();
  else if (!compare.buffers) await loadPair();
}

// What a button asks for; a refusal is shown.
async function tryCompare(load) {
  try {
    await load();
  } catch (refusal) {
    tellPlay(refusal);
  }
}

// The answer to a question and what `read` makes of it, while the place shows that it is on its way; null where
// another question of the same mode has come meanwhile.
async function askCompare(mode, name, question) {
  const mine = ++asked[mode];
  part("play-loading").hidden = false;
  part("play-error").hidden = true;
  try {
    const answer = await askPlay(name, question);
    return mine === asked[mode] ? answer : null;
  } finally {
    if (mine === asked[mode]) part("play-loading").hidden = true;
  }
}

// Blind

const pairQuestion = () => ({ checkpoint: play.model, seed: compare.pair });

async function loadPair() {
  Object.assign(compare, { buffers: null, isAnswered: false, isTold: false });
  part("pair-told").replaceChildren();
  drawPair();
  const answer = await askCompare("blind", "pair", pairQuestion());
  if (!answer) return;
  compare.buffers = await sound.decodeKit(answer);
  drawPair();
}

function drawPair() {
  for (const button of compareButtons("pair-hear")) button.disabled = !compare.buffers;
  for (const button of compareButtons("pair-guess")) button.disabled = !compare.buffers || compare.isAnswered;
  for (const place of [0, 1]) {
    part(`pair-picture-${place}`).hidden = !compare.isTold;
    part(`pair-${place}`).classList.remove("is-real");
  }
  part("pair-credit-all").hidden = !compare.isTold;
  drawTally();
}

function drawTally() {
  const { right, rounds } = tallies.get(play.model) ?? { right: 0, rounds: 0 };
  if (!rounds) return part("pair-tally").replaceChildren();
  setText(part("pair-tally"), playPhrase("pair-tally", { right, rounds, chance: rounds / 2 }));
}

async function guessPair(place) {
  compare.isAnswered = true;
  drawPair();
  try {
    const solution = await askCompare("blind", "solution", pairQuestion());
    if (solution) tellPair(place, solution);
  } catch (refusal) {
    compare.isAnswered = false;
    drawPair();
    throw refusal;
  }
}

function tellPair(place, { real, recording, seed, label, pictures, credit }) {
  const isRight = place === real;
  const { right, rounds } = tallies.get(play.model) ?? { right: 0, rounds: 0 };
  tallies.set(play.model, { right: right + isRight, rounds: rounds + 1 });
  pictures.forEach((source, n) => (part(`pair-picture-${n}`).src = source));
  compare.isTold = true;
  drawPair();
  part(`pair-${real}`).classList.add("is-real");
  part("pair-credit").textContent = credit;
  const values = { letter: LETTERS[real], recording, sound: soundName({ seed, label }) };
  setText(part("pair-told"), playPhrase(isRight ? "pair-right" : "pair-wrong", values));
  compareButtons("pair-next")[0].focus(); // the button that was pressed is disabled now
}

function hearPair(place) {
  sound.context();
  sound.play(compare.buffers[place], { group: "compare" });
}

function nextPair() {
  sound.stopAll();
  compare.pair = randomPair();
  rememberPlay();
  return loadPair();
}

// Beside the nearest recording

async function loadBeside() {
  const question = questionAbout(current);
  const about = JSON.stringify(question);
  if (beside.about === about) return;
  Object.assign(beside, { about, buffers: null });
  sound.stopAll();
  drawBeside();
  try {
    const answer = await askCompare("beside", "beside", question);
    if (!answer) return;
    beside.buffers = await sound.decodeKit(answer.kit);
    showBeside(answer);
  } catch (refusal) {
    beside.about = null; // so that it is asked for again
    throw refusal;
  }
}

function showBeside({ pictures, nearest }) {
  pictures.forEach((source, n) => (part(`beside-picture-${n}`).src = source));
  const usual = nearest.usual[Math.floor(nearest.usual.length / 2)].toFixed(2);
  const values = { recording: nearest.id, distance: nearest.distance.toFixed(2), usual };
  setText(part("beside-facts"), playPhrase("beside-facts", values));
  part("beside-credit").textContent = nearest.credit;
  drawBeside();
}

function drawBeside() {
  part("beside-play").disabled = !beside.buffers;
  part("beside-play").ariaPressed = String(Boolean(beside.end));
  for (const name of ["beside-two", "beside-facts", "beside-credit-all"]) part(name).hidden = !beside.buffers;
  for (const button of compareButtons("beside-side")) button.ariaPressed = String(+button.dataset.place === beside.side);
}

// Repeat the sound of the side that is chosen, at origin + n periods.
function startBeside() {
  beside.origin = beside.last = sound.context().currentTime + FIRST_SECONDS;
  beside.end = sound.schedule(nextRepetitions, () => {
    beside.end = null;
    drawBeside();
  });
  drawBeside();
}

function nextRepetitions(from, until) {
  const period = beside.buffers[0].duration + PAUSE_SECONDS;
  const events = [];
  for (let n = Math.max(0, Math.floor((from - beside.origin) / period)); beside.origin + n * period < until; n++) {
    const when = beside.origin + n * period;
    if (when < from) continue;
    beside.last = when;
    events.push({ buffer: beside.buffers[beside.side], when, group: "compare" });
  }
  return events;
}

// Choose a side; where a sound is played, or is about to be, the other goes on at the same place.
function chooseSide(side) {
  beside.side = side;
  drawBeside();
  if (!beside.end) return;
  const buffer = beside.buffers[side];
  const now = sound.context().currentTime;
  const offset = Math.max(0, now - beside.last);
  if (offset < buffer.duration) sound.play(buffer, { when: beside.last + offset, offset, group: "compare" });
}

addActions({
  "compare-mode"(button) {
    compare.mode = button.dataset.mode;
    rememberPlay();
    tryCompare(showMode);
  },
  "pair-hear": (button) => hearPair(+button.dataset.place),
  "pair-guess": (button) => tryCompare(() => guessPair(+button.dataset.place)),
  "pair-next": () => tryCompare(nextPair),
  "pair-class": () => window.lab.openPart("class"),
  "beside-play": () => (beside.end ? sound.stopAll() : startBeside()),
  "beside-side": (button) => chooseSide(+button.dataset.place),
});
addInstrument("compare", {
  open: openCompare,
  address: compareAddress,
  follow: () => compare.mode === "beside" && tryCompare(loadBeside),
});
