// The pace at which a new text appears, with the strip in motion. All of the text is in the page from the start, for
// screen readers, copies and the tours; the characters that are still to be written are not painted.

const PACES = { fast: Infinity, readable: 25, letter: 2.5 }; // characters a second
const HAN_PACE = 8; // the readable one, where each character is a syllable
const STRIP_SECONDS = 0.5; // from one character in the strip to the next, at least
const ASKED = 32; // strips that are asked for at once; text/page/strip.py answers no more
const SOON = 8; // with so few strips in store, more are asked for
const PACE_STORE = "genai-lab-pace";

const writing = {
  run: null, // the last one that was begun
  active: false,
  time: 0, // of the last frame
  count: 0, // characters written, with a fraction
  strips: new Map(), // by the index of a character in what is written
  busy: false, // whether strips are on their way, or were refused
  drawn: null, // index of the character in the strip
};

function storedPace() {
  try {
    return localStorage.getItem(PACE_STORE);
  } catch {
    return null; // no storage in this browser
  }
}

function storePace(name) {
  try {
    localStorage.setItem(PACE_STORE, name);
  } catch {
    // no storage in this browser: the choice lasts until the page is closed
  }
}

// Where nobody has chosen, people who asked for less motion see a text at once.
function choosePace(stored) {
  const usual = matchMedia("(prefers-reduced-motion: reduce)").matches ? "fast" : "readable";
  const name = stored in PACES ? stored : usual;
  part("pace").querySelector(`[value=${name}]`).checked = true;
}

function charactersPerSecond() {
  const name = part("pace").querySelector(":checked").value;
  // An older browser, or a fold is open that shows a text as a whole.
  if (!window.CSS?.highlights || xray.open || beside.open) return Infinity;
  return name === "readable" && /\p{Script=Han}/u.test(current.written) ? HAN_PACE : PACES[name];
}

// Called with each value of the view: the text of a new run is written at the chosen pace, all else is there at once.
function keepPace(value, isNew) {
  if (isNew && value.asked && value.asked !== writing.run) beginWriting(value.asked);
  else if (value.stopped || (isNew && !value.asked)) endWriting();
}

function beginWriting(run) {
  paintAll();
  placeText = null; // the strip begins anew too
  Object.assign(writing, { run, count: 0, time: performance.now(), strips: new Map(), busy: false, drawn: null });
  writing.active = charactersPerSecond() < Infinity;
  if (!writing.active) return;
  element.classList.add("is-writing");
  writeOn();
  scrollToCursor(Infinity);
}

function paintAll() {
  writing.active = false;
  element.classList.remove("is-writing");
  for (const name of ["lab-ahead", "lab-cursor"]) window.CSS?.highlights?.delete(name);
}

function endWriting() {
  if (!writing.active) return;
  paintAll();
  if (writing.drawn !== null) placeText = current.prompt + current.written; // the strip stays where it is
  showStrip();
}

const writtenCount = () => Math.max(1, Math.floor(writing.count));

// One frame: write what is due, until all is written.
function writeOn() {
  if (!writing.active || !element.isConnected) return;
  const characters = [...current.written];
  const pace = charactersPerSecond();
  const now = performance.now();
  writing.count += pace === Infinity ? Infinity : ((now - writing.time) / 1000) * pace;
  writing.time = now;
  if (writing.count >= characters.length && (!current.running || pace === Infinity)) return endWriting();
  writing.count = Math.min(writing.count, characters.length);
  paintWritten(characters);
  scrollToCursor(90);
  moveStrip(characters, Math.max(1, Math.round(pace * STRIP_SECONDS)));
  requestAnimationFrame(writeOn);
}

function paintWritten(characters) {
  const node = part("written").firstChild;
  if (!node) return;
  const count = writtenCount();
  const start = characters.slice(0, count).join("").length; // in UTF-16 units
  const ahead = new Range();
  ahead.setStart(node, Math.min(start, node.length));
  ahead.setEnd(node, node.length);
  writing.cursor = new Range();
  writing.cursor.setStart(node, Math.min(start, node.length));
  writing.cursor.setEnd(node, Math.min(start + (characters[count]?.length ?? 0), node.length));
  CSS.highlights.set("lab-ahead", new Highlight(ahead));
  CSS.highlights.set("lab-cursor", new Highlight(writing.cursor));
}

// Scroll the text to the cursor, if it is just below the edge: not where somebody scrolled back to read.
function scrollToCursor(most) {
  const page = part("page");
  const below = (writing.cursor?.getBoundingClientRect().bottom ?? 0) - page.getBoundingClientRect().bottom + 24;
  if (below > 0 && below < most) page.scrollTop += below;
}

// Show in the strip how a character was chosen that has just been written, one of `stride`.
function moveStrip(characters, stride) {
  const index = Math.floor((writtenCount() - 1) / stride) * stride;
  if (writing.strips.has(index) && writing.drawn !== index) {
    writing.drawn = index;
    place = [...current.prompt].length + index;
    placeText = current.prompt + current.written;
    stripQuestion = null;
    stripAnswer = { ...writing.strips.get(index), characters: [...current.prompt, ...characters] };
    part("strip").hidden = false;
    drawStations();
    highlightCharacter();
  }
  let next = index;
  while (writing.strips.has(next)) next += stride;
  if (next < characters.length && next <= index + SOON * stride) askStrips(characters, next, stride);
}

async function askStrips(characters, first, stride) {
  const indexes = [];
  for (let n = first; n < characters.length && indexes.length < ASKED; n += stride) indexes.push(n);
  if (writing.busy || (current.running && indexes.length < ASKED)) return; // more of the text is on its way
  writing.busy = true;
  const { run } = writing;
  const prompt = [...current.prompt];
  const text = prompt.concat(characters.slice(0, indexes.at(-1) + 1)).join("");
  const places = indexes.map((index) => prompt.length + index);
  const answer = await server.strips({ model: linkParams().get("model"), text, places, ...samplingSettings() });
  if (run !== writing.run || answer.sentence) return; // refused: then the strip stands still
  writing.busy = false;
  indexes.forEach((index, n) => writing.strips.set(index, answer.strips[n]));
}

choosePace(storedPace());
part("pace").addEventListener("change", ({ target }) => storePace(target.value));
xray.addEventListener("toggle", endWriting);
element.addEventListener(
  "click",
  ({ target }) => target.closest("[data-part=page], [data-part=strip]") && endWriting(),
  true, // before the arrows of the strip, which go on from the end
);
part("page").addEventListener("keydown", (event) => {
  if (!writing.active || !["Enter", "Escape", " "].includes(event.key)) return;
  event.preventDefault();
  endWriting();
});
