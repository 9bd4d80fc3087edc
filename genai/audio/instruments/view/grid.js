// The sound grid: twelve sounds of consecutive seeds. A press plays one and chooses it; the chosen one, or one that is
// dragged, goes to a pad of the drum machine, the keyboard, the walk or the place above.

const GRID_SOUNDS = 12;
const ALL_SEEDS = 2 ** 32;
const DRAG_PIXELS = 8; // a pointer that moves less presses
const HOLD_MS = 300; // a finger that moves sooner scrolls the page

const grid = {
  model: null,
  first: 0, // seed
  label: null, // class of all, null for each seed's own
  items: [], // of the sounds that are shown, each with its class
  buffers: null, // a promise
  chosen: 0,
  asked: 0, // questions so far
  drag: null, // {place, x, y, ghost, target, timer, listening}: what a pointer holds
};

const gridButtons = () => [...part("grid-sounds").querySelectorAll("button")];

async function openGrid(parameters) {
  if (grid.model !== play.model || parameters.has("first")) readGrid(parameters);
  grid.model = play.model;
  drawGridBar();
  await loadGrid();
}

// What the address says; where it says nothing, the grid begins with the sound that is shown.
function readGrid(parameters) {
  const [first, kind] = [parameters.get("first"), parameters.get("kind")];
  const isSeed = /^\d+$/.test(first ?? "") && +first < ALL_SEEDS;
  const isClass = /^\d+$/.test(kind ?? "") && +kind < play.about.classes.length;
  Object.assign(grid, { first: isSeed ? +first : current.seed, label: isClass ? +kind : null, items: [], chosen: 0 });
}

function gridAddress() {
  return { first: grid.first, ...(grid.label === null ? {} : { kind: grid.label }) };
}

// Show other sounds.
async function changeGrid(change) {
  Object.assign(grid, change);
  drawGridBar();
  rememberPlay();
  try {
    await loadGrid();
  } catch (refusal) {
    tellPlay(refusal);
  }
}

// Ask for the sounds with their pictures, which are drawn before the sounds are decoded.
async function loadGrid() {
  const mine = ++grid.asked;
  const checkpoint = play.model;
  const items = Array.from({ length: GRID_SOUNDS }, (_, n) => gridItem(n));
  part("play-loading").hidden = false;
  part("play-error").hidden = true;
  try {
    const answer = await askPlay("kit", { checkpoint, items, pictures: true });
    const buffers = sound.decodeKit(answer);
    sound.keepKit(checkpoint, items, buffers);
    if (mine !== grid.asked) return;
    grid.items = items.map((item, n) => ({ ...item, label: answer.classes[n] }));
    Object.assign(grid, { buffers, chosen: 0 });
    drawGrid(answer.pictures);
    await buffers;
  } finally {
    if (mine === grid.asked) part("play-loading").hidden = true;
  }
}

const gridItem = (n) => ({ seed: (grid.first + n) % ALL_SEEDS, label: grid.label, to: null, at: null });

function drawGridBar() {
  part("grid-first").value = grid.first;
  part("grid-kinds").hidden = !play.about.classes.length;
  const names = play.about.classes.map((name, label) => plainOption(String(label), name));
  part("grid-kind").replaceChildren(plainOption("", playPhrase("grid-any")), ...names);
  part("grid-kind").value = grid.label ?? "";
}

function drawGrid(pictures) {
  part("grid-sounds").replaceChildren(
    ...grid.items.map((item, n) => {
      const picture = makeImage(pictures[n]);
      picture.draggable = false;
      const button = makeButton("grid-sound", { place: n }, picture, ...soundWords(item));
      button.tabIndex = n ? -1 : 0;
      return makeItem(button);
    }),
  );
  part("grid-places").hidden = false;
  part("grid-told").replaceChildren();
  drawPlaces();
}

// The class, where there is one, and the seed of a sound, each on a line of its own.
function soundWords({ seed, label }) {
  const lines = [play.about.classes[label], playPhrase("seed", { seed })].filter(Boolean);
  return lines.map((words) => {
    const line = make("span");
    setText(line, words);
    return line;
  });
}

// Where a sound can be put, and the one that is chosen.
function drawPlaces() {
  const offered = (name) => current.instruments.includes(name) && instruments[name]?.put;
  setText(part("grid-chosen"), soundName(grid.items[grid.chosen]));
  gridButtons().forEach((button, n) => (button.ariaCurrent = String(n === grid.chosen)));
  part("grid-keys").hidden = !offered("keys");
  part("grid-pads").hidden = !offered("drums");
  if (offered("drums")) part("grid-pads").replaceChildren(...instruments.drums.pads().map(padPlace));
}

function padPlace({ seed, label, isLocked }, n) {
  const name = make("span");
  setText(name, play.about.classes[label]);
  const button = makeButton("grid-put", { place: `pad-${n}` }, make("b", "", String(n + 1)), name, make("code", "", seed));
  button.disabled = isLocked;
  return button;
}

async function playGridSound(n) {
  sound.context();
  grid.chosen = n;
  focusGridSound(n);
  drawPlaces();
  const buffer = (await grid.buffers)[n];
  sound.play(buffer, { group: "grid" });
}

function focusGridSound(n) {
  gridButtons().forEach((button, place) => (button.tabIndex = place === n ? 0 : -1));
  gridButtons()[n].focus();
}

// Put a sound on a place: "pad-0" to "pad-7", "keys", "start" or "end" of the walk, or "above".
function putGridSound(item, place) {
  const name = soundName(item);
  if (place === "above") return showAbove(item);
  if (place === "keys") {
    instruments.keys.put(item);
    setText(part("grid-told"), playPhrase("grid-on-keys", { sound: name }));
  } else if (place.startsWith("pad-")) {
    const pad = +place.slice(4);
    instruments.drums.put(pad, item);
    setText(part("grid-told"), playPhrase("grid-on-pad", { sound: name, number: pad + 1 }));
  } else {
    const seeds = putOnWalk(place, item);
    setText(part("grid-told"), playPhrase("grid-on-walk", { seeds: seeds.join(" → ") }));
  }
  drawPlaces();
}

// Make it the result of the tab, with all that belongs to one.
function showAbove({ seed, label }) {
  const params = linkParams();
  params.set("seed", seed);
  params.set("label", label ?? "any");
  params.set("truncation", 1);
  params.delete("variant"); // the seed chooses it
  openLink(`?${params}`);
}

function moveInGrid(event) {
  const last = grid.items.length - 1;
  const columns = getComputedStyle(part("grid-sounds")).gridTemplateColumns.split(" ").length;
  const now = gridButtons().indexOf(event.target.closest("button"));
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -now, End: last - now };
  if (now < 0 || !(event.key in steps)) return;
  event.preventDefault();
  const target = now + steps[event.key];
  if (target >= 0 && target <= last) focusGridSound(target);
}

// Drag a sound: a mouse at once, a finger after it has rested a moment, since else it scrolls the page.
function holdGridSound(event) {
  const button = event.target.closest("[data-action=grid-sound]");
  if (!button || event.button) return;
  dropSound();
  const listening = new AbortController();
  const drag = { place: +button.dataset.place, x: event.clientX, y: event.clientY, ghost: null, target: null, listening };
  grid.drag = drag;
  const listen = (name, handle) => document.addEventListener(name, handle, { signal: listening.signal });
  listen("pointermove", followPointer);
  listen("pointerup", () => dropSound(true));
  listen("pointercancel", () => dropSound());
  listen("keydown", ({ key }) => key === "Escape" && dropSound());
  if (event.pointerType === "touch") drag.timer = setTimeout(() => startDrag(drag), HOLD_MS);
}

function startDrag(drag) {
  if (grid.drag !== drag || drag.ghost) return;
  drag.ghost = gridButtons()[drag.place].querySelector("img").cloneNode();
  drag.ghost.className = "lab-grid-ghost";
  part("play-grid").append(drag.ghost);
  part("play-grid").classList.add("is-dragging");
  moveDrag(drag.x, drag.y);
}

function moveDrag(x, y) {
  const { drag } = grid;
  drag.ghost.style.transform = `translate(${x}px, ${y}px)`;
  const target = document.elementFromPoint(x, y)?.closest("[data-action=grid-put]:enabled") ?? null;
  if (target === drag.target) return;
  drag.target?.classList.remove("is-target");
  target?.classList.add("is-target");
  drag.target = target;
}

function followPointer(event) {
  const { drag } = grid;
  const isFar = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > DRAG_PIXELS;
  if (!drag.ghost && isFar && event.pointerType === "touch") return dropSound();
  if (!drag.ghost && isFar) startDrag(drag);
  if (drag.ghost) moveDrag(event.clientX, event.clientY);
}

// End a drag; on a place the sound is put there.
function dropSound(isPut = false) {
  const { drag } = grid;
  if (!drag) return;
  grid.drag = null;
  drag.listening.abort();
  clearTimeout(drag.timer);
  if (!drag.ghost) return;
  drag.ghost.remove();
  drag.target?.classList.remove("is-target");
  part("play-grid").classList.remove("is-dragging");
  if (isPut && drag.target) putGridSound(grid.items[drag.place], drag.target.dataset.place);
}

part("grid-sounds").addEventListener("keydown", moveInGrid);
part("grid-sounds").addEventListener("pointerdown", holdGridSound);
part("grid-sounds").addEventListener("contextmenu", (event) => grid.drag && event.preventDefault());
part("grid-sounds").addEventListener("touchmove", (event) => grid.drag?.ghost && event.preventDefault(), { passive: false });
part("grid-first").addEventListener("change", ({ target }) => {
  if (target.value && target.validity.valid) changeGrid({ first: +target.value });
  else drawGridBar();
});
part("grid-kind").addEventListener("change", ({ target }) => {
  changeGrid({ label: target.value === "" ? null : +target.value });
});
translateOptions(part("grid-kind"));
addActions({
  "grid-shown": () => changeGrid({ first: current.seed }),
  "grid-before": () => changeGrid({ first: (grid.first + ALL_SEEDS - GRID_SOUNDS) % ALL_SEEDS }),
  "grid-after": () => changeGrid({ first: (grid.first + GRID_SOUNDS) % ALL_SEEDS }),
  "grid-sound": (button) => playGridSound(+button.dataset.place),
  "grid-put": (button) => putGridSound(grid.items[grid.chosen], button.dataset.place),
});
addInstrument("grid", { open: openGrid, close: () => dropSound(), address: gridAddress });
