// Demonstrations: a step follows a link, opens and presses elements, points at one, and reads numbers from the page.
//
// What is on the page may still be of an earlier question. So a show waits for the result of its own link, and then,
// before each action and before each number, until the tab's view has no question without an answer. It ends without
// its numbers as soon as another show or step begins, the person acts on the tab, or another result is drawn. In the
// Learn tab a link opens a part and asks for no result.

const TIMEOUT = 60_000; // milliseconds; for a slow machine that serves a class
const WIDE = 1100; // pixels; a wider page has room for the tour beside it
const results = []; // links of the results finished so far, in all tabs
let demonstration = 0; // number of the one being shown; a later one cancels it
let interventions = 0; // clicks and entries of the person in a tab
let stops = 0; // clicks on a Stop button
let following = Promise.resolve(); // until the link followed last has its result

document.addEventListener("lab-result", (event) => results.push(event.detail));
for (const kind of ["click", "input"]) {
  document.addEventListener(kind, (event) => {
    if (event.isTrusted && event.target.closest("[role=tabpanel]")) interventions++;
    if (kind === "click" && event.target.closest(".lab-stop")) stops++;
  });
}

const lastLink = () => results.at(-1) ?? "";

// Wait until a test returns something true, and return that; null after a minute, or once `wanted` returns false.
async function until(test, wanted = () => true) {
  const end = performance.now() + TIMEOUT;
  while (wanted()) {
    const value = test();
    if (value) return value;
    if (performance.now() > end) return null;
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  return null;
}

const closeDialog = () => document.querySelector(".lab-view dialog[open]")?.close();

function selectTab(tab) {
  const button = document.querySelector(`#tab-${tab}-button`);
  if (button?.getAttribute("aria-selected") !== "true") button?.click();
}

// Where a show takes place: in a tab and, of the Learn tab, in one of its parts.
function placeOf({ set }) {
  const params = new URLSearchParams(set);
  return { tab: params.get("tab"), partName: params.get("part") };
}

// Selectors of what a show asks for and looks at.
const areasOf = ({ tab, partName }) => (partName ? [`#learn-${partName}`] : [`#${tab}-view`, `#${tab}-card`]);
const within = (place, selector) => areasOf(place).map((area) => `${area} ${selector}`).join();

// The view of a tab's result, once it has drawn one.
const resultView = (tab) => document.querySelector(`#${tab}-view [data-link]`);
const isAnswered = (place) => !document.querySelector(within(place, "[data-asking]"));

// Whether a result is the one that a link asks for.
function isResultOf(result, link) {
  const params = new URLSearchParams(result);
  return [...new URLSearchParams(link)].every(([name, value]) => params.get(name) === value);
}

// Put view and card of a tab back as they were at first.
function resetPlace(place) {
  closeDialog();
  for (const view of document.querySelectorAll(within(place, "[data-link]"))) {
    view.dispatchEvent(new Event("lab-reset"));
  }
}

// Generate what a link names, as if the page had been opened with it; resolves to false if that failed. One link after
// the other: a result that came late would take the place of the next one.
function followLink({ tab, partName }, link) {
  const result = following.then(() => (partName ? openPart(partName) : generateResult(tab, link)));
  following = result.catch(() => {});
  return result;
}

async function generateResult(tab, link) {
  selectTab(tab);
  const opened = await until(() => resultView(tab)?.dataset.running === "no");
  if (!opened) return false;
  const notice = () => document.querySelector(`#${tab}-notice .lab-notice:not([hidden])`)?.textContent;
  const noticeBefore = notice();
  const resultsBefore = results.length;
  const stopsBefore = stops;
  const arrived = () => results.slice(resultsBefore).some((result) => isResultOf(result, link));
  const refused = () => (notice() ?? noticeBefore) !== noticeBefore || stops !== stopsBefore;
  document
    .querySelector(`#${tab}-tour [data-action=tour]`)
    .dispatchEvent(new CustomEvent("follow", { detail: link, bubbles: true }));
  await until(() => arrived() || refused());
  return arrived();
}

// A tab is laid out only when it is opened for the first time.
async function openPart(name) {
  window.lab.openPart(name);
  const opened = await until(() => document.querySelector(`#learn-${name}:not(.is-closed) section`)?.clientWidth);
  return Boolean(opened);
}

async function openFold(fold) {
  if (fold.open) return;
  const opened = new Promise((resolve) => fold.addEventListener("toggle", resolve, { once: true }));
  fold.open = true;
  await opened; // so that the view has asked for what is in the fold
}

const hasReached = (node, value) => Number(node.value ?? node.textContent) >= value;

async function perform(place, action, wanted) {
  const [kind, selector] = Object.entries(action)[0];
  const node = await until(() => isAnswered(place) && document.querySelector(selector), wanted);
  if (!node) return false;
  if (action.unless && document.querySelector(action.unless)) return true;
  // "when" only waits for its element.
  if (kind === "reach") return Boolean(await until(() => hasReached(document.querySelector(selector), action.at), wanted));
  if (kind === "open") await openFold(node);
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

async function readNumbers(show, numbers, wanted) {
  const place = placeOf(show);
  for (const [name, where] of Object.entries(show.numbers)) {
    const value = await until(() => isAnswered(place) && readNumber(where), wanted);
    if (value && wanted()) numbers[name] = value;
  }
}

// Read the numbers from a result that somebody made by hand, without pressing a button of the step: if the step has one
// show, the model is the same and, of a text, the prompt too.
async function readByHand({ shows }, numbers) {
  const [show] = shows;
  const { tab, partName } = placeOf(show);
  if (partName) return;
  const view = resultView(tab);
  const { link, running } = view?.dataset ?? {};
  if (shows.length > 1 || running !== "no") return;
  const [wanted, made] = [show.set, link].map((query) => new URLSearchParams(query));
  if (["model", "prompt"].some((name) => wanted.get(name) !== made.get(name))) return;
  const mine = demonstration;
  await readNumbers(show, numbers, () => mine === demonstration && resultView(tab)?.dataset.link === link);
}

function pointAt(selector) {
  for (const node of document.querySelectorAll(".lab-pointed")) node.classList.remove("lab-pointed");
  const target = selector && document.querySelector(selector);
  if (!target) return;
  target.classList.add("lab-pointed");
  target.scrollIntoView({ block: innerWidth < WIDE ? "start" : "center" });
}

// Whether what a show asked for is still to be seen.
function isThere(place, show) {
  const { tab, partName } = place;
  if (partName) return document.querySelector(`#learn-${partName} section`)?.clientWidth > 0;
  return isResultOf(resultView(tab)?.dataset.link, show.set);
}

// Carry out a show and put its numbers into `numbers`. Returns whether all of it succeeded; null if it was cancelled.
async function demonstrate(show, numbers) {
  const place = placeOf(show);
  const mine = ++demonstration;
  const interventionsBefore = interventions;
  const wanted = () => mine === demonstration && interventions === interventionsBefore;
  for (const name of Object.keys(show.numbers)) delete numbers[name];
  resetPlace(place);
  const outcome = {};
  followLink(place, show.set).then((succeeded) => Object.assign(outcome, { succeeded }));
  await until(() => "succeeded" in outcome, wanted);
  const shown = () => wanted() && isThere(place, show);
  let succeeded = Boolean(outcome.succeeded);
  for (const action of show.actions) succeeded = succeeded && (await perform(place, action, shown));
  if (!wanted()) return null;
  pointAt(show.point);
  if (succeeded) await readNumbers(show, numbers, shown);
  if (!wanted()) return null;
  pointAt(show.point); // content that loaded meanwhile may have moved it
  return succeeded && Object.keys(show.numbers).every((name) => name in numbers);
}
