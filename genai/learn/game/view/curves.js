// The curves beside the plane: losses, distances, modes found. A value is read by pointer, finger or arrow keys.

const MOST_POINTS = 600;
const CURVES_EVERY_MS = 250;
const CHARTS = {
  losses: { lines: ["loss_d", "loss_g"] },
  wasserstein: { lines: ["wasserstein"], low: 0, mayBeLogarithmic: true },
  js: { lines: ["js"], low: 0, high: Math.LN2, mark: "js_floor" },
  modes: { lines: ["modes"], low: 0, highest: "modes_of" },
};
const LOGGED = ["loss_d", "loss_g", "wasserstein", "js", "js_floor", "modes", "modes_of"];

let histories = []; // of each network: its steps, and the numbers at them
const curves = { step: null, isLogarithmic: false, drawn: 0, timer: null }; // `step`: that which is read; null: the newest

function beginHistories(snapshot, count) {
  const given = snapshot ? [snapshot].flat() : [];
  histories = Array.from({ length: count }, (_, place) => {
    const history = { step: [...(given[place]?.step ?? [])] };
    for (const name of LOGGED) history[name] = [...(given[place]?.[name] ?? [])];
    return history;
  });
}

// Append the numbers of a state; after a step back, what came later is forgotten.
function recordNumbers(state) {
  if (state.curves || histories.length !== state.networks.length) beginHistories(state.curves, state.networks.length);
  state.networks.forEach(({ numbers }, place) => {
    const history = histories[place];
    const later = history.step.findIndex((step) => step >= state.step);
    if (later >= 0) for (const values of Object.values(history)) values.length = later;
    history.step.push(state.step);
    for (const name of LOGGED) history[name].push(numbers[name] ?? null);
    if (history.step.length > MOST_POINTS) thinHistory(history);
  });
  requestCurves();
}

function thinHistory(history) {
  for (const [name, values] of Object.entries(history)) history[name] = values.filter((_, place) => place % 2 === 0);
}

function requestCurves() {
  if (curves.timer) return;
  const wait = Math.max(0, curves.drawn + CURVES_EVERY_MS - performance.now());
  curves.timer = setTimeout(() => {
    curves.timer = null;
    curves.drawn = performance.now();
    for (const name of Object.keys(CHARTS)) drawChart(name);
  }, wait);
}

const chartOf = (name) => element.querySelector(`[data-chart="${name}"]`);

function drawChart(name) {
  const { lines, mark, highest } = CHARTS[name];
  chartOf(name).hidden = Boolean(highest) && !(histories[0][highest].at(-1) > 1); // a ring has no clusters to be found
  const scale = scaleOf(name);
  const paths = histories.flatMap((history, network) =>
    lines.map((line) => {
      const path = makeSvg("path", { d: pathOf(history, line, scale), class: `line ${line}` });
      path.classList.toggle("twin", network === 1);
      return path;
    }),
  );
  const floor = mark ? histories[0][mark].at(-1) : null;
  if (Number.isFinite(floor)) paths.push(makeSvg("line", { x1: 0, x2: 100, y1: scale.y(floor), y2: scale.y(floor), class: "floor" }));
  const place = placeRead();
  if (curves.step !== null) {
    const x = scale.x(histories[0].step[place]);
    paths.push(makeSvg("line", { x1: x, x2: x, y1: 0, y2: 40, class: "cursor" }));
  }
  const chart = chartOf(name);
  part("lines", chart).replaceChildren(...paths);
  part("high", chart).textContent = shortNumber(scale.high);
  part("low", chart).textContent = shortNumber(scale.low);
  writeReading(chart, mark ? [...lines, mark] : lines, place);
}

// Which numbers lie at the lower and upper edge, and where a step and a value are drawn.
function scaleOf(name) {
  const chart = CHARTS[name];
  const isLogarithmic = chart.mayBeLogarithmic && curves.isLogarithmic;
  const values = histories.flatMap((history) => chart.lines.flatMap((line) => history[line])).filter(Number.isFinite);
  const positive = isLogarithmic ? values.filter((value) => value > 0) : values;
  const highest = chart.high ?? histories[0]?.[chart.highest]?.at(-1);
  let low = isLogarithmic ? Math.min(1, ...positive) : (chart.low ?? Math.min(0, ...values));
  let high = highest ?? Math.max(low + 1e-3, ...positive);
  const measure = isLogarithmic ? (value) => Math.log(Math.max(value, low)) : (value) => value;
  const last = Math.max(1, ...histories.map((history) => history.step.at(-1) ?? 1));
  return {
    low,
    high,
    x: (step) => (step / last) * 100,
    y: (value) => 39 - ((measure(value) - measure(low)) / (measure(high) - measure(low) || 1)) * 38,
  };
}

function pathOf(history, line, { x, y }) {
  let isDown = false;
  return history.step
    .map((step, place) => {
      const value = history[line][place];
      if (!Number.isFinite(value)) return (isDown = false) || "";
      const move = isDown ? "L" : "M";
      isDown = true;
      return `${move}${x(step).toFixed(2)} ${y(value).toFixed(2)}`;
    })
    .join("");
}

// The place in the histories of the step that is read.
function placeRead() {
  const steps = histories[0]?.step ?? [];
  if (curves.step === null) return steps.length - 1;
  const after = steps.findIndex((step) => step >= curves.step);
  return after < 0 ? steps.length - 1 : after;
}

function shortNumber(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const digits = Number.isInteger(value) ? 0 : size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
  return withoutMinusZero(value.toFixed(digits).replace("-", "−"));
}

function writeReading(chart, lines, place) {
  const step = histories[0]?.step[place] ?? 0;
  for (const line of lines) {
    const values = histories.map((history) => shortNumber(history[line][place]));
    part(`value-${line}`, chart).textContent = values.join(" | ");
  }
  part("read-step", chart).textContent = step;
  const frame = part("frame", chart);
  frame.setAttribute("aria-valuemax", Math.max(0, histories[0]?.step.at(-1) ?? 0));
  frame.setAttribute("aria-valuenow", step);
  frame.setAttribute("aria-valuetext", part("reading", chart).innerText.replace(/\s+/g, " "));
}

function readAt(step) {
  const steps = histories[0]?.step ?? [];
  if (!steps.length) return;
  curves.step = step === null ? null : Math.min(steps.at(-1), Math.max(steps[0], step));
  requestCurves();
}

// A finger has no way to leave the newest step: at the last one it goes on with the game.
function readByPointer(frame, event) {
  const step = stepUnder(frame, event);
  const isNewest = event.pointerType !== "mouse" && step >= (histories[0]?.step.at(-1) ?? 0);
  readAt(isNewest ? null : step);
}

function stepUnder(frame, event) {
  const box = frame.getBoundingClientRect();
  const last = Math.max(1, ...histories.map((history) => history.step.at(-1) ?? 1));
  return Math.round(((event.clientX - box.left) / box.width) * last);
}

// The arrow keys go from one recorded step to the next; with Shift ten at a time. Escape returns to the newest.
function readByKey(event) {
  const steps = histories[0]?.step ?? [];
  const place = placeRead();
  const stride = event.shiftKey ? 10 : 1;
  const places = {
    ArrowLeft: place - stride,
    ArrowDown: place - stride,
    ArrowRight: place + stride,
    ArrowUp: place + stride,
    Home: 0,
    End: steps.length - 1,
  };
  if (event.key === "Escape") return readAt(null);
  if (!(event.key in places)) return;
  event.preventDefault();
  readAt(steps[Math.min(steps.length - 1, Math.max(0, places[event.key]))]);
}

for (const name of Object.keys(CHARTS)) {
  const frame = part("frame", chartOf(name));
  frame.addEventListener("pointermove", (event) => readByPointer(frame, event));
  frame.addEventListener("pointerdown", (event) => readByPointer(frame, event));
  frame.addEventListener("pointercancel", () => readAt(null)); // a finger that scrolls
  frame.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && readAt(null));
  frame.addEventListener("keydown", readByKey);
}

part("logarithmic").addEventListener("change", () => {
  curves.isLogarithmic = part("logarithmic").checked;
  requestCurves();
});
