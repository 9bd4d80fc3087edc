// One result from noise to score: feature maps, the score among others, the nearest training item.
// The view says which by a function `subject`: something with the seed and the number of the class.
// The strip comes first.

const inside = part("inside");
const svg = (tag, attributes) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
};
let looked; // what was last asked about
let sought; // the part that is to be shown once the answer is there

// What identifies one result to the server.
function questionAbout(item) {
  const asked = new URLSearchParams(current.link);
  return { model: asked.get("model"), label: item.number, seed: item.seed, truncation: +asked.get("truncation") };
}

async function lookInside() {
  if (!inside.open || !current || current.empty) return;
  const item = subject();
  const question = questionAbout(item);
  const mine = JSON.stringify(question);
  if (mine === looked) return;
  looked = mine;
  part("inside-body").hidden = true; // of another result
  const told = await server.inside(question);
  if (mine !== looked) return; // another one has been chosen meanwhile
  const failed = Boolean(told.sentence);
  part("inside-error").hidden = !failed;
  part("inside-body").hidden = failed;
  if (failed) {
    looked = null;
    return say(part("inside-error"), told.sentence);
  }
  part("drawn").replaceChildren(...told.drawn.map(layer));
  part("judged").replaceChildren(
    ...told.judged.map((sheets) => {
      const list = make("ol", "lab-layers");
      list.append(...sheets.map(layer));
      return list;
    }),
  );
  part("large-layer").hidden = true;
  score(told.score, told.scores);
  nearest(told);
  moved(told.moved);
  original(question, item, told.nearest);
  if (sought) part(sought).scrollIntoView({ block: "center" });
  sought = null;
}

// Unfold, and bring a part of it into sight.
function unfold(name) {
  if (inside.open && !part("inside-body").hidden) return part(name).scrollIntoView({ block: "center" });
  sought = name;
  inside.open = true; // which asks
}

function moved(parts) {
  part("moved-all").hidden = !parts?.length;
  if (!parts?.length) return;
  const largest = Math.max(...parts.map(Math.abs), 1e-9);
  const bars = parts.map((value, n) => {
    const height = (Math.abs(value) / largest) * 20;
    return svg("rect", { x: n + 0.1, width: 0.8, y: value > 0 ? 20 - height : 20, height, class: value > 0 ? "up" : "down" });
  });
  part("moved").replaceChildren(...bars);
}

function layer(sheet) {
  const [entry, button, picture] = [make("li"), make("button"), make("img")];
  button.type = "button";
  button.dataset.action = "layer";
  Object.assign(button.dataset, { low: sheet.low.toFixed(2), high: sheet.high.toFixed(2) });
  picture.src = sheet.source;
  picture.alt = "";
  button.append(picture, make("span", "", [sheet.count, ...sheet.shape].join(" × ")));
  entry.append(button);
  return entry;
}

function score(logit, scores) {
  part("formula").hidden = logit === null;
  part("scores").hidden = logit === null || !scores.real;
  if (logit === null) return;
  const real = sigmoid(logit);
  const shown = (value) => value.toFixed(2).replace("-", "−");
  part("formula").textContent =
    `s = ${shown(logit)} · D(x) = σ(s) = ${real.toFixed(3)} · ln D(x) = ${shown(logSigmoid(logit))} · ln(1 − D(x)) = ${shown(logSigmoid(-logit))}`;
  if (scores.real) histogram(part("histogram"), logit, scores);
}

// Percentiles are evenly many items apart: counted in bins they give the histogram.
function histogram(plot, value, sets) {
  const low = Math.min(value, ...Object.values(sets).map((set) => set[0]));
  const high = Math.max(value, ...Object.values(sets).map((set) => set.at(-1)));
  const at = (x) => ((x - low) / Math.max(high - low, 1e-9)) * 100;
  const outline = (values) => {
    const bins = Array(25).fill(0);
    for (const value of values) bins[Math.min(24, Math.floor(at(value) / 4))]++;
    const top = Math.max(...bins);
    return `M0 30${bins.map((n, bin) => `L${bin * 4} ${30 - (n / top) * 28}L${bin * 4 + 4} ${30 - (n / top) * 28}`).join("")}L100 30Z`;
  };
  const here = at(value);
  plot.replaceChildren(
    ...Object.entries(sets).map(([name, set]) => svg("path", { d: outline(set), class: name })),
    svg("line", { x1: here, x2: here, y1: 0, y2: 32 }),
  );
}

function nearest({ nearest: found, missing }) {
  part("nearest").hidden = part("distances").hidden = !found;
  part("missing").hidden = !missing;
  if (missing) say(part("missing"), missing);
  if (!found) return;
  part("nearest-id").textContent = found.id;
  part("distance").textContent = found.distance.toFixed(2);
  part("usual").textContent = found.usual[Math.floor(found.usual.length / 2)].toFixed(2);
  part("nearer").textContent = `${(found.nearer * 100).toFixed(0)} %`;
  histogram(part("distance-histogram"), found.distance, { real: found.usual });
}

// The training item itself, side by side with this one, if the data is there; reading it may take a moment.
async function original(question, item, found) {
  for (const name of ["twins", "original-loading", "original-error", "absent"]) part(name).hidden = true;
  const mine = looked;
  if (!found) return;
  let told;
  while ((told = await server.original({ model: question.model, row: found.row })).loading) {
    if (mine !== looked) return;
    part("original-loading").hidden = false;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  if (mine !== looked) return;
  part("original-loading").hidden = true;
  part("absent").hidden = !told.absent;
  part("original-error").hidden = !told.sentence;
  part("twins").hidden = !told.source;
  if (told.sentence) say(part("original-error"), told.sentence);
  if (!told.source) return;
  twin(part("made"), { source: item.spectrogram ?? item.source, sound: item.playable });
  twin(part("original"), told);
}

function twin(place, { source, sound }) {
  const [picture, player] = [make("img", sound ? "wide" : ""), make("audio")];
  picture.src = source;
  picture.alt = "";
  player.controls = true;
  if (sound) player.src = sound;
  place.replaceChildren(picture, ...(sound ? [player] : []));
}

act({
  layer(button) {
    part("layer").src = button.querySelector("img").src;
    part("range").textContent = `${button.dataset.low} … ${button.dataset.high}`;
    part("large-layer").hidden = false;
  },
});
inside.addEventListener("toggle", lookInside);
