// Functions that every view may use. Gradio provides `element`, `props`, `watch`, `trigger` and `server`.

const part = (name, root = element) => root.querySelector(`[data-part="${name}"]`);

// Questions to the server that have no answer yet. While there are any, the view is marked with `data-asking`: a tour
// waits for their answers.
let unanswered = 0;

async function markUnanswered(answer) {
  unanswered++;
  element.dataset.asking = "yes";
  try {
    return await answer;
  } finally {
    setTimeout(forgetQuestion); // after the script has drawn the answer, for which it may ask more
  }
}

function forgetQuestion() {
  unanswered--;
  if (!unanswered) delete element.dataset.asking;
}

// Gradio logs a question that did not reach the server or was refused by its guard, and returns nothing. That is answered
// by a sentence like any other refusal; `isLost` says that the server may nevertheless have what was asked about. view.py
// fills in the sentence.
const LOST = { sentence: LOST_SENTENCE, isLost: true };

server = Object.fromEntries(
  Object.entries(server).map(([name, ask]) => [name, async (question) => (await markUnanswered(ask(question))) ?? LOST]),
);

// An answer to be kept, or nothing where there is none: then it is asked for again the next time.
const unlessRefused = (answer) => (answer.sentence ? undefined : answer);

// A tour begins each step and each show with the view as it was at first. A part that keeps more than folds listens to
// this event too.
element.addEventListener("lab-reset", () => {
  for (const fold of element.querySelectorAll("details")) fold.open = false;
});

// Call a function with each state of a topic of the server, or with {sentence}, until the function that is returned is
// called. A view may be there before the page's script, which has the stream.
function watchTopic(topic, callback) {
  let end;
  const start = () => {
    end = window.lab.watch(topic, callback);
  };
  if (window.lab) start();
  else document.addEventListener("lab-ready", start, { once: true });
  return () => {
    document.removeEventListener("lab-ready", start);
    end?.();
  };
}

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

// A button that `addActions` listens to; its function reads `data` from the button's dataset.
function makeButton(action, data, ...content) {
  const button = make("button");
  button.type = "button";
  Object.assign(button.dataset, { action, ...data });
  button.append(...content);
  return button;
}

function makeItem(...content) {
  const item = make("li");
  item.append(...content);
  return item;
}

function makeImage(source) {
  const image = make("img");
  image.src = source;
  image.alt = "";
  return image;
}

function makeSvg(tag, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

const asBase64 = (bytes) => {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
};

const percent = (share, digits = share < 0.1 ? 1 : 0) => `${(share * 100).toFixed(digits)} %`;
const decimal = (value) => value.toFixed(2).replace("-", "−");

// Fill a node with a text in both languages; the style sheet shows the one of the page.
function setText(node, text) {
  node.replaceChildren(
    ...Object.entries(text).map(([language, words]) => {
      const span = make("span", "t", words);
      span.lang = language;
      return span;
    }),
  );
}

// The value that is drawn. It stays where the person pressed Stop, even if more of that run is already on its way.
let current;

// The settings of the result that is drawn.
const linkParams = () => new URLSearchParams(current.link);

// Call `render(value, isNew)` now and whenever the value changes; a view is built anew when its tab is opened again.
// `cut` returns a stopped result with the link that reproduces just that much of it.
function show(render, cut = (value) => value) {
  let stoppedRun;
  let revealed; // the last that was scrolled to
  const draw = (value, isNew) => {
    if (!value || (isNew && value.asked && value.asked === stoppedRun)) return;
    if (value.stopped) value = cut(value);
    current = value;
    const loading = part("loading");
    if (loading) loading.hidden = true;
    const body = part("body");
    if (body) body.hidden = Boolean(value.empty);
    element.classList.toggle("is-running", Boolean(value.running));
    element.dataset.running = value.running ? "yes" : "no";
    element.dataset.link = value.link ?? "";
    if (value.empty) return;
    if (part("title")) setText(part("title"), value.title);
    render(value, isNew);
    if (!isNew) return;
    if (value.asked && value.running) window.lab?.keepAddress(value.link); // so that a reload begins it anew
    if (value.asked && !value.running && !value.stopped) window.lab?.remember(value.link);
    const shown = value.reveal ?? value.asked;
    if (shown && shown !== revealed) reveal(part("body"));
    revealed = shown;
  };
  element.closest("[role=tabpanel]")?.addEventListener("click", (event) => {
    const busy = current?.running || element.classList.contains("is-writing");
    if (!event.target.closest(".lab-stop") || !busy) return;
    draw({ ...current, running: false, stopped: true }, false);
    stoppedRun = current.asked;
    if (!window.lab) return;
    window.lab.stopped = current; // which Gradio keeps, for when the tab is opened again
    window.lab.remember(current.link);
  });
  watch("value", () => draw(props.value, true));
  draw(props.value, false);
}

// Scroll to a result or a message that is out of sight, as on a phone, where both are below the settings.
function reveal(node) {
  if (!node?.checkVisibility()) return;
  const { top, bottom } = node.getBoundingClientRect();
  if (bottom <= 0 || top > window.innerHeight * 0.75) node.scrollIntoView({ block: "start" });
}

// Show a message with its offers in a part of the view, or hide the part where there is no message.
function showMessage(name, { sentence, offers = [] }) {
  const node = part(name);
  node.hidden = !sentence;
  if (!sentence) return;
  setText(node, sentence);
  node.append(...offers.map(offerButton));
  reveal(node);
}

function offerButton({ label, link }) {
  const button = makeButton("follow", { link });
  setText(button, label);
  return button;
}

// Open a link in this page; the view with the tour's button can make the server set the controls of its tab.
function openLink(link) {
  const tab = new URLSearchParams(link).get("tab");
  const start = document.querySelector(`#${tab}-tour [data-action=tour]`);
  start.dispatchEvent(new CustomEvent("follow", { detail: link, bubbles: true }));
}

function save(href, name) {
  const anchor = make("a");
  anchor.href = href;
  anchor.download = name;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
}

function saveBlob(blob, name) {
  const href = URL.createObjectURL(blob);
  save(href, name);
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

// Functions of buttons, by the button's data-action. Each part of a view may add its own with `addActions`.
const actions = {
  link: (button) => window.lab?.copyLink(current.link, button),
  follow: (button) => openLink(button.dataset.link),
};

let listening = false;

function addActions(more) {
  Object.assign(actions, more);
  if (listening) return;
  listening = true;
  element.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action]");
    if (!button || !element.contains(button)) return;
    actions[button.dataset.action]?.(button, event);
  });
}
