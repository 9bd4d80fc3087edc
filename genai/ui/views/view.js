// What every view has at hand; Gradio gives `element`, `props`, `watch` and `trigger`.

const part = (name, root = element) => root.querySelector(`[data-part="${name}"]`);

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

const percent = (share, digits = share < 0.1 ? 1 : 0) => `${(share * 100).toFixed(digits)} %`;

// A text in both languages; the style sheet shows the page's one.
function say(node, text) {
  node.replaceChildren(
    ...Object.entries(text).map(([language, words]) => {
      const span = make("span", "t", words);
      span.lang = language;
      return span;
    }),
  );
}

// Call `render(value, isNew)` now and whenever the value changes; a view is built anew when its tab is opened again.
// `current` is what is drawn: it stays where the person pressed Stop, even if more of that run is already on its way.
let current;

// `cut` tells, of a result that was stopped, what link brings just that much of it back.
function show(render, cut = (value) => value) {
  let stopped;
  const draw = (value, isNew) => {
    if (!value || (isNew && value.asked && value.asked === stopped)) return;
    if (value.stopped) value = cut(value);
    current = value;
    const loading = part("loading");
    if (loading) loading.hidden = true;
    const body = part("body");
    if (body) body.hidden = Boolean(value.empty);
    element.classList.toggle("is-running", Boolean(value.running));
    element.dataset.running = value.running ? "yes" : "no";
    if (value.empty) return;
    if (part("title")) say(part("title"), value.title);
    render(value, isNew);
    if (!isNew || !value.asked) return;
    if (!value.running && !value.stopped) window.lab?.remember(value.link);
    reveal();
  };
  element.closest("[role=tabpanel]")?.addEventListener("click", (event) => {
    if (!event.target.closest(".lab-stop") || !current?.running) return;
    draw({ ...current, running: false, stopped: true }, false);
    stopped = current.asked;
    window.lab?.remember(current.link);
  });
  watch("value", () => draw(props.value, true));
  draw(props.value, false);
}

// On a phone the result stands below the settings: bring it into sight once it begins to appear.
function reveal() {
  const body = part("body");
  if (body && body.getBoundingClientRect().top > window.innerHeight * 0.75) body.scrollIntoView({ block: "start" });
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

// Buttons say what they do by data-action; `actions` maps that to functions. Each part of a view may add its own.
const actions = {
  link: (button) => window.lab?.copyLink(current.link, button),
};

function act(more) {
  const first = Object.keys(actions).length === 1;
  Object.assign(actions, more);
  if (!first) return;
  element.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action]");
    if (!button || !element.contains(button)) return;
    actions[button.dataset.action]?.(button, event);
  });
}
