// The X-ray: each character shaded by surprise or by one neuron; a click shows what else could have come.

const xray = part("xray");
const shaded = part("shaded");
const reading = { text: "", model: null, seen: null, done: null, mode: "surprise", place: null, pasted: null, before: [] };

const word = (name) => part("words").content.querySelector(`[data-word="${name}"]`).cloneNode(true);
const asked = () => new URLSearchParams(current.link);
const visible = (character) => ({ " ": "␣", "\n": "↵", "\t": "⇥" })[character] ?? character;

async function ask(question, data = {}) {
  const answer = await server[question]({ model: asked().get("model"), text: reading.text, ...data });
  const failed = Boolean(answer.sentence);
  part("xray-error").hidden = !failed;
  if (failed) say(part("xray-error"), answer.sentence);
  return failed ? null : answer;
}

// Called whenever a text is there, and whenever the X-ray is opened or closed.
async function look() {
  const open = xray.open && current && !current.running && !current.empty;
  for (const name of ["prompt", "written"]) part(name).hidden = open;
  shaded.hidden = !open;
  if (!open) return;
  const [text, model] = [reading.pasted ?? current.prompt + current.written, asked().get("model")];
  if (text === reading.text && model === reading.model) return reading.done;
  Object.assign(reading, { text, model, seen: null, place: null, done: readText(text, model) });
  return reading.done;
}

async function readText(text, model) {
  shaded.replaceChildren(text); // readable while the network reads it
  part("odds").hidden = true;
  const pasted = reading.pasted !== null;
  const seen = await ask("look", { text, pasted });
  if (text !== reading.text || model !== reading.model) return; // another text has come meanwhile
  if (!seen) return void (reading.model = null);
  reading.seen = seen;
  if (pasted) text = reading.text = reading.pasted = seen.text; // indented as the model is used to
  part("layer").max = seen.layers;
  part("unit").max = seen.units;
  const human = pasted ? Infinity : [...current.prompt].length;
  shaded.replaceChildren(
    ...[...text].map((character, place) => {
      const node = make("span", place < human ? "c human" : "c", character);
      node.dataset.place = place;
      return node;
    }),
  );
  part("bits").hidden = false;
  part("bits-here").textContent = seen.bits.toFixed(2);
  part("bits-usual-all").hidden = seen.usual === null;
  part("bits-usual").textContent = seen.usual?.toFixed(2) ?? "";
  rank(seen.properties);
  markCopy(seen.copied);
  await shade();
}

// The longest passage that stands in the training text is underlined where it is.
function markCopy(copied) {
  part("copy").hidden = !copied;
  if (!copied) return;
  part("copy-length").textContent = copied.length || "";
  part("copy-none").hidden = copied.length > 0;
  const nodes = [...shaded.querySelectorAll(".c")].slice(copied.start, copied.start + copied.length);
  for (const node of nodes) node.classList.add("copied");
}

// Rows of the table: a property, its best neurons as buttons, the best of as many random units.
function rank(properties) {
  const rows = Object.entries(properties).map(([name, { hits, chance }]) => {
    const [row, head, cell] = [make("tr"), make("th"), make("td")];
    head.append(word(name));
    for (const { layer, unit, correlation } of hits) {
      const button = make("button", "", `${layer}·${unit} `);
      button.type = "button";
      Object.assign(button.dataset, { action: "pick", layer, unit });
      button.append(make("b", "", correlation.toFixed(2).replace("-", "−")));
      cell.append(button);
    }
    row.append(head, cell, make("td", "", chance.toFixed(2)));
    return row;
  });
  part("found").replaceChildren(...rows);
}

async function shade() {
  const neuron = reading.mode === "neuron";
  part("neurons").hidden = !neuron;
  for (const name of ["surprise", "neuron"]) {
    xray.querySelector(`[data-action="${name}"]`).setAttribute("aria-pressed", String(name === reading.mode));
  }
  part("ramp").className = reading.mode;
  part("low").replaceChildren(neuron ? "−1" : word("expected"));
  part("high").replaceChildren(neuron ? "+1" : word("surprising"));
  if (!reading.seen) return;
  let values = reading.seen.surprise;
  if (neuron) {
    const shown = await ask("neuron", { layer: +part("layer").value, unit: +part("unit").value });
    if (!shown) return;
    values = shown.activation;
    draw(shown.gates);
  }
  const nodes = shaded.querySelectorAll(".c");
  nodes.forEach((node, n) => {
    const strength = neuron ? Math.abs(values[n]) / 100 : Math.min(1, values[n] / 600); // six nats: 1 in 400
    node.style.setProperty("--s", `${Math.round(strength * 55)}%`);
    node.style.setProperty("--hue", neuron ? `var(--lab-${values[n] < 0 ? "d" : "g"})` : "var(--lab-alert)");
  });
}

// The gates of the chosen neuron as small curves, one above the other; they keep their scale, -1 to 1.
function draw(gates) {
  const names = Object.keys(gates);
  const svg = part("gates");
  const length = gates[names[0]].length;
  svg.setAttribute("viewBox", `0 0 ${Math.max(1, length - 1)} ${names.length * 2.4}`);
  svg.replaceChildren(
    ...names.map((name, row) => {
      const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
      line.setAttribute("points", gates[name].map((v, n) => `${n},${row * 2.4 + 1.2 - v / 100}`).join(" "));
      return line;
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

function paste(text) {
  reading.pasted = text;
  part("own").hidden = text === null;
}

act({
  surprise: () => ((reading.mode = "surprise"), shade()),
  neuron: () => ((reading.mode = "neuron"), shade()),
  pick(button) {
    part("layer").value = button.dataset.layer;
    part("unit").value = button.dataset.unit;
    shade();
  },
  read() {
    paste(part("pasted").value);
    look();
  },
  own() {
    paste(null);
    look();
  },
});

xray.addEventListener("toggle", (event) => event.target === xray && look());
for (const name of ["layer", "unit"]) part(name).addEventListener("change", shade);
