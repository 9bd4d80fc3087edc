// The X-ray: each character shaded by its surprise or by one neuron; a click shows what else could have come.

const xray = part("xray");
const shaded = part("shaded");
const reading = {
  number: 0, // of the reading; an answer to an earlier one comes too late
  text: "",
  model: null,
  answer: null, // of the question "look"
  done: null, // the promise of that answer
  mode: "surprise", // or "neuron", or of a GPT "attention"
  shadings: 0, // asked for so far; an answer to an earlier one comes too late
  place: null, // of the character whose probabilities are shown
  odds: null, // the answer about that character
  pasted: null, // another text to read than the generated one
  prompts: [], // to go back to
};

const word = (name) => part("words").content.querySelector(`[data-word="${name}"]`).cloneNode(true);

// Ask about the text; null if the question was refused, or another text has come meanwhile.
async function ask(question, data = {}) {
  const mine = reading.number;
  const answer = await server[question]({ model: linkParams().get("model"), text: reading.text, ...data });
  if (mine !== reading.number) return null;
  showMessage("xray-error", answer);
  return answer.sentence ? null : answer;
}

// Called whenever the text changes, and whenever the X-ray is opened or closed.
async function updateXray() {
  const open = xray.open && current && !current.running && !current.empty;
  for (const name of ["prompt", "written"]) part(name).hidden = open;
  shaded.hidden = part("column").hidden = !open;
  part("reading").classList.toggle("is-open", open);
  if (!current || current.empty) return;
  const text = reading.pasted ?? current.prompt + current.written;
  const model = linkParams().get("model");
  if (text !== reading.text || model !== reading.model) forgetReading();
  if (!open) return;
  if (reading.model === null) {
    Object.assign(reading, { text, model });
    reading.done = readText(text);
  }
  return reading.done;
}

// Take back all that was said of a text: what stands beside another one would be taken for that one's.
function forgetReading() {
  Object.assign(reading, { number: reading.number + 1, text: "", model: null, answer: null });
  for (const name of ["bits", "copy", "xray-error"]) part(name).hidden = true;
  clearOdds();
  part("found").replaceChildren();
  forgetNeuron();
}

// Take back what was drawn of a neuron.
function forgetNeuron() {
  part("gates").replaceChildren();
  part("gate-names").replaceChildren();
  for (const node of shaded.querySelectorAll(".c")) node.style.removeProperty("--s");
}

async function readText(text) {
  const mine = reading.number;
  shaded.replaceChildren(text); // readable while the network reads it
  const pasted = reading.pasted !== null;
  const answer = await ask("look", { text, pasted });
  if (mine !== reading.number) return;
  if (!answer) {
    reading.model = null; // so that the next update asks again
    return;
  }
  reading.answer = answer;
  if (pasted) text = reading.text = reading.pasted = answer.text; // indented as the model is used to
  part("layer").max = answer.layers;
  part("unit").max = answer.units;
  part("attention").hidden = !answer.heads;
  if (!answer.heads && reading.mode === "attention") reading.mode = "surprise";
  part("look-layer").max = answer.layers;
  part("look-head").max = answer.heads;
  const promptLength = pasted ? Infinity : [...current.prompt].length;
  shaded.replaceChildren(
    ...[...text].map((character, place) => {
      const node = make("span", place < promptLength ? "c human" : "c", character);
      node.dataset.place = place;
      return node;
    }),
  );
  part("bits").hidden = false;
  part("bits-here").textContent = answer.bits.toFixed(2);
  part("bits-usual-all").hidden = answer.usual === null;
  part("bits-usual").textContent = answer.usual?.toFixed(2) ?? "";
  showProperties(answer.properties);
  markCopy(answer.copied);
  part("no-copies").hidden = !answer.no_copies;
  if (answer.no_copies) setText(part("no-copies"), answer.no_copies);
  await shade();
}

// Underline the longest passage that the training text has too.
function markCopy(copied) {
  part("copy").hidden = !copied;
  if (!copied) return;
  part("copy-length").textContent = copied.length || "";
  part("copy-none").hidden = copied.length > 0;
  const nodes = [...shaded.querySelectorAll(".c")].slice(copied.start, copied.start + copied.length);
  for (const node of nodes) node.classList.add("copied");
}

// Rows of the table: a property, its best neurons as buttons, the best of as many random units.
function showProperties(properties) {
  const rows = Object.entries(properties).map(([name, { hits, chance }]) => {
    const head = make("th");
    head.append(word(name));
    const neurons = make("td");
    for (const { layer, unit, correlation } of hits) {
      neurons.append(makeButton("pick", { layer, unit }, `${layer}·${unit} `, make("b", "", decimal(correlation))));
    }
    const row = make("tr");
    row.append(head, neurons, make("td", "", chance.toFixed(2)));
    return row;
  });
  part("found").replaceChildren(...rows);
}

async function shade() {
  const neuron = reading.mode === "neuron";
  part("neurons").hidden = !neuron;
  part("looks").hidden = reading.mode !== "attention";
  for (const name of ["surprise", "neuron", "attention"]) {
    xray.querySelector(`[data-action="${name}"]`).setAttribute("aria-pressed", String(name === reading.mode));
  }
  part("ramp").className = reading.mode;
  if (reading.mode === "attention") return shadeAttention();
  part("low").replaceChildren(neuron ? "−1" : word("expected"));
  part("high").replaceChildren(neuron ? "+1" : word("surprising"));
  if (!reading.answer) return;
  const mine = ++reading.shadings;
  let values = reading.answer.surprise; // in hundredths of a nat
  if (neuron) {
    const answer = await ask("neuron", { layer: +part("layer").value, unit: +part("unit").value });
    if (mine !== reading.shadings) return; // another neuron or mode has been chosen meanwhile
    if (!answer) return forgetNeuron();
    values = answer.activation; // in hundredths
    drawGates(answer.gates);
  }
  const nodes = shaded.querySelectorAll(".c");
  nodes.forEach((node, n) => {
    // A surprise is fully shaded from 6 nats on, a probability of 1 in 400.
    const strength = neuron ? Math.abs(values[n]) / 100 : Math.min(1, values[n] / 600);
    node.style.setProperty("--s", `${Math.round(strength * 55)}%`);
    node.style.setProperty("--hue", neuron ? `var(--lab-${values[n] < 0 ? "muted" : "g"})` : "var(--lab-alert)");
  });
}

// Shade each character before the chosen one by how much a head looked at it; the one most looked at is fully shaded.
async function shadeAttention() {
  part("low").replaceChildren(word("none"));
  part("high").replaceChildren(word("most"));
  if (!reading.answer) return;
  const mine = ++reading.shadings;
  const nodes = [...shaded.querySelectorAll(".c")];
  const chosen = reading.place ?? nodes.length - 1;
  const answer = await ask("attention", { place: chosen, layer: +part("look-layer").value });
  if (mine !== reading.shadings) return; // another character or mode has been chosen meanwhile
  if (!answer) return forgetNeuron();
  const head = Math.min(answer.heads.length, Math.max(1, Math.round(+part("look-head").value) || 1)) - 1;
  const weights = answer.heads[head];
  const top = Math.max(1, ...weights);
  nodes.forEach((node, n) => {
    node.style.setProperty("--s", `${Math.round(((weights[n] ?? 0) / top) * 55)}%`);
    node.style.setProperty("--hue", "var(--lab-g)");
  });
  part("look-most").hidden = !weights.length; // nothing is before the first character
  if (weights.length) showMost(nodes, weights, chosen);
  part("look-before").hidden = false;
  part("look-share").textContent = percent(answer.before[head] / 1000);
}

// The character that a head looked at most.
function showMost(nodes, weights, chosen) {
  const most = weights.indexOf(Math.max(...weights));
  part("look-top").textContent = visible(nodes[most].textContent);
  part("look-back").textContent = chosen - most;
  part("look-top-share").textContent = percent(weights[most] / 1000);
}

// The gates of the chosen neuron as small curves, one above the other, each on a scale from -1 to 1. A GPT has none.
function drawGates(gates) {
  const names = Object.keys(gates);
  part("gates").parentElement.hidden = names.length === 0;
  if (names.length === 0) return;
  const length = gates[names[0]].length;
  part("gates").setAttribute("viewBox", `0 0 ${Math.max(1, length - 1)} ${names.length * 2.4}`);
  part("gates").replaceChildren(
    ...names.map((name, row) => {
      const middle = row * 2.4 + 1.2;
      const points = gates[name].map((value, n) => `${n},${middle - value / 100}`);
      return makeSvg("polyline", { points: points.join(" ") });
    }),
  );
  part("gate-names").replaceChildren(
    ...names.map((name) => {
      const label = make("span");
      label.append(word(name));
      return label;
    }),
  );
}

// Read another text than the generated one; null returns to the generated one.
function readPasted(text) {
  reading.pasted = text;
  part("own").hidden = text === null;
}

function setMode(mode) {
  reading.mode = mode;
  shade();
}

addActions({
  surprise: () => setMode("surprise"),
  neuron: () => setMode("neuron"),
  attention: () => setMode("attention"),
  pick(button) {
    part("layer").value = button.dataset.layer;
    part("unit").value = button.dataset.unit;
    shade();
  },
  read() {
    readPasted(part("pasted").value);
    updateXray();
  },
  own() {
    readPasted(null);
    updateXray();
  },
});

xray.addEventListener("toggle", (event) => event.target === xray && updateXray());
element.addEventListener("lab-reset", () => {
  readPasted(null);
  part("pasted").value = "";
  for (const name of ["layer", "unit", "look-layer", "look-head"]) part(name).value = 1;
  place = null; // of the strip
  setMode("surprise");
  updateXray();
});
for (const name of ["layer", "unit", "look-layer", "look-head"]) part(name).addEventListener("change", shade);
