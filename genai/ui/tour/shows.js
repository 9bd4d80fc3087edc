// What a step does on the page: it follows a link, opens and presses parts, points at one, reads numbers.

const PATIENCE = 60_000; // milliseconds; a slow machine with a class at it
const BESIDE = 1100; // pixels; a page as wide has room for the tour beside it
let results = 0; // finished so far, of all tabs
let latest = ""; // the link of the last one
let turn = 0; // of what is being shown; a later one takes its place

document.addEventListener("lab-result", (event) => {
  results++;
  latest = event.detail;
});

async function until(test, patience = PATIENCE) {
  const end = performance.now() + patience;
  for (;;) {
    const found = test();
    if (found || performance.now() > end) return found || null;
    await new Promise((go) => setTimeout(go, 60));
  }
}

const shut = () => document.querySelector(".lab-view dialog[open]")?.close();

function select(tab) {
  const button = document.querySelector(`#tab-${tab}-button`);
  if (button?.getAttribute("aria-selected") !== "true") button?.click();
}

// Have the page make what a link names, as if it had been opened with it; false if that failed.
async function follow(tab, link) {
  select(tab);
  const start = await until(() => document.querySelector(`#${tab}-tour [data-action=tour]`));
  const notice = `#${tab}-notice .lab-notice:not([hidden])`;
  const before = results;
  const complained = document.querySelector(notice)?.textContent;
  start?.dispatchEvent(new CustomEvent("follow", { detail: link, bubbles: true }));
  await until(() => results > before || (document.querySelector(notice)?.textContent ?? complained) !== complained);
  return results > before;
}

async function take(action) {
  const [kind, selector] = Object.entries(action)[0];
  const node = await until(() => document.querySelector(selector));
  if (!node) return false;
  // "when" only waits
  if (kind === "open") node.open = true;
  if (kind === "press") node.click();
  if (kind === "play") node.play().catch(() => {}); // a page just opened may not make a noise
  if (kind === "fill") {
    node.value = action.with;
    for (const name of ["input", "change"]) node.dispatchEvent(new Event(name, { bubbles: true }));
  }
  return true;
}

// A number as the page shows it; null if it is not there yet.
function number({ at, when, find, over, word, attribute, count }) {
  if (when && !document.querySelector(when)) return null;
  const nodes = [...document.querySelectorAll(at)];
  if (count) return nodes.length ? String(nodes.length) : null;
  const [node] = nodes;
  if (!node) return null;
  if (word) return node.textContent ? String(node.textContent.toLowerCase().split(word).length - 1) : null;
  const text = attribute ? node.getAttribute(attribute) : node.checkVisibility() && node.innerText.trim();
  const told = text && (find ? text.match(find)?.[1] : text);
  if (!told) return null;
  return over ? String(Number(told) / over) : told;
}

async function read(show, found) {
  for (const [name, where] of Object.entries(show.numbers)) {
    const told = await until(() => number(where));
    if (told !== null) found[name] = told;
  }
}

// Somebody who does it by hand has the numbers read too, where what is told holds of that result as well: a step
// with one show, the same model and, of a text, the same beginning.
function suits(tab, { shows }) {
  const asked = new URLSearchParams(shows[0].set);
  const model = document.querySelector(`#${tab}-model input:checked`)?.value;
  const prompt = document.querySelector(`#${tab}-view [data-part=prompt]`)?.textContent ?? null;
  return shows.length === 1 && asked.get("model") === model && asked.get("prompt") === prompt;
}

function point(selector) {
  for (const node of document.querySelectorAll(".lab-pointed")) node.classList.remove("lab-pointed");
  const target = selector && document.querySelector(selector);
  if (!target) return;
  target.classList.add("lab-pointed");
  target.scrollIntoView({ block: innerWidth < BESIDE ? "start" : "center" });
}

// Returns whether all of it came about.
async function perform(tab, show, found) {
  const mine = ++turn;
  shut();
  let whole = await follow(tab, show.set);
  for (const action of show.actions) {
    if (!whole || mine !== turn) return whole;
    whole = await take(action);
  }
  point(show.point);
  if (whole) await read(show, found);
  if (mine === turn) point(show.point); // what has come meanwhile may have moved it
  return whole && Object.keys(show.numbers).every((name) => name in found);
}
