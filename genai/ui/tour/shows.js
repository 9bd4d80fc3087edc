// Demonstrations: a step follows a link, opens and presses elements, points at one, and reads numbers from the page.

const TIMEOUT = 60_000; // milliseconds; for a slow machine that serves a class
const WIDE = 1100; // pixels; a wider page has room for the tour beside it
let resultCount = 0; // results finished so far, in all tabs
let lastLink = ""; // that of the last result
let demonstration = 0; // number of the one being shown; a later one cancels it

document.addEventListener("lab-result", (event) => {
  resultCount++;
  lastLink = event.detail;
});

// Wait until a test returns something true, and return that; null after a minute.
async function until(test) {
  const end = performance.now() + TIMEOUT;
  for (;;) {
    const value = test();
    if (value || performance.now() > end) return value || null;
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}

const closeDialog = () => document.querySelector(".lab-view dialog[open]")?.close();

function selectTab(tab) {
  const button = document.querySelector(`#tab-${tab}-button`);
  if (button?.getAttribute("aria-selected") !== "true") button?.click();
}

// Generate what a link names, as if the page had been opened with it; false if that failed.
async function followLink(tab, link) {
  selectTab(tab);
  const start = await until(() => document.querySelector(`#${tab}-tour [data-action=tour]`));
  const notice = () => document.querySelector(`#${tab}-notice .lab-notice:not([hidden])`)?.textContent;
  const countBefore = resultCount;
  const noticeBefore = notice();
  start?.dispatchEvent(new CustomEvent("follow", { detail: link, bubbles: true }));
  await until(() => resultCount > countBefore || (notice() ?? noticeBefore) !== noticeBefore);
  return resultCount > countBefore;
}

async function perform(action) {
  const [kind, selector] = Object.entries(action)[0];
  const node = await until(() => document.querySelector(selector));
  if (!node) return false;
  // "when" only waits for its element.
  if (kind === "open") node.open = true;
  if (kind === "press") node.click();
  if (kind === "play") node.play().catch(() => {}); // browsers forbid sound before the first click
  if (kind === "fill") {
    node.value = action.with;
    for (const name of ["input", "change"]) node.dispatchEvent(new Event(name, { bubbles: true }));
  }
  return true;
}

// Read a number as the page shows it; null if it is not there yet.
function readNumber({ at, when, find, over, word, attribute, count }) {
  if (when && !document.querySelector(when)) return null;
  const nodes = [...document.querySelectorAll(at)];
  if (count) return nodes.length ? String(nodes.length) : null;
  const [node] = nodes;
  if (!node) return null;
  if (word) return node.textContent ? String(node.textContent.toLowerCase().split(word).length - 1) : null;
  const text = attribute ? node.getAttribute(attribute) : node.checkVisibility() && node.innerText.trim();
  const value = text && (find ? text.match(find)?.[1] : text);
  if (!value) return null;
  return over ? String(Number(value) / over) : value;
}

async function readNumbers(show, numbers) {
  for (const [name, where] of Object.entries(show.numbers)) {
    const value = await until(() => readNumber(where));
    if (value !== null) numbers[name] = value;
  }
}

// Whether the numbers may be read from a result that somebody made by hand, without pressing a button of the step: if
// the step has one show, the model is the same and, of a text, the prompt too.
function madeByHand(tab, { shows }) {
  const params = new URLSearchParams(shows[0].set);
  const model = document.querySelector(`#${tab}-model input:checked`)?.value;
  const prompt = document.querySelector(`#${tab}-view [data-part=prompt]`)?.textContent ?? null;
  return shows.length === 1 && params.get("model") === model && params.get("prompt") === prompt;
}

function pointAt(selector) {
  for (const node of document.querySelectorAll(".lab-pointed")) node.classList.remove("lab-pointed");
  const target = selector && document.querySelector(selector);
  if (!target) return;
  target.classList.add("lab-pointed");
  target.scrollIntoView({ block: innerWidth < WIDE ? "start" : "center" });
}

// Carry out a show and put its numbers into `numbers`; returns whether all of it succeeded.
async function demonstrate(tab, show, numbers) {
  const mine = ++demonstration;
  closeDialog();
  let succeeded = await followLink(tab, show.set);
  for (const action of show.actions) {
    if (!succeeded || mine !== demonstration) return succeeded;
    succeeded = await perform(action);
  }
  pointAt(show.point);
  if (succeeded) await readNumbers(show, numbers);
  if (mine === demonstration) pointAt(show.point); // content that loaded meanwhile may have moved it
  return succeeded && Object.keys(show.numbers).every((name) => name in numbers);
}
