// One picture from noise to score: feature maps, the score among others, the nearest training picture.

const inside = part("inside");
let chosen = 0; // place of the enlarged picture
let looked; // the picture last asked about

async function lookInside(item) {
  if (!inside.open || !item) return;
  const asked = new URLSearchParams(current.link);
  looked = `${asked.get("model")} ${item.seed} ${asked.get("truncation")} ${item.number}`;
  const mine = looked;
  const question = { model: asked.get("model"), label: item.number, seed: item.seed, truncation: +asked.get("truncation") };
  const told = await server.inside(question);
  if (mine !== looked) return; // another picture has been chosen meanwhile
  const failed = Boolean(told.sentence);
  part("inside-error").hidden = !failed;
  part("inside-body").hidden = failed;
  if (failed) return say(part("inside-error"), told.sentence);
  for (const player of ["drawn", "judged"]) part(player).replaceChildren(...told[player].map(layer));
  part("large-layer").hidden = true;
  score(told.score, told.scores);
  nearest(told);
}

function layer(sheet) {
  const [entry, button, picture] = [make("li"), make("button"), make("img")];
  button.type = "button";
  button.dataset.action = "layer";
  Object.assign(button.dataset, { low: sheet.low.toFixed(2), high: sheet.high.toFixed(2) });
  picture.src = sheet.source;
  picture.alt = "";
  button.append(picture, make("span", "", `${sheet.count} × ${sheet.side} × ${sheet.side}`));
  entry.append(button);
  return entry;
}

function score(logit, scores) {
  part("formula").hidden = logit === null;
  part("scores").hidden = logit === null || !scores.real;
  if (logit === null) return;
  const real = 1 / (1 + Math.exp(-logit));
  const shown = (value) => value.toFixed(2).replace("-", "−");
  part("formula").textContent =
    `s = ${shown(logit)} · D(x) = σ(s) = ${real.toFixed(3)} · ln D(x) = ${shown(Math.log(real))} · ln(1 − D(x)) = ${shown(Math.log(1 - real))}`;
  if (scores.real) histogram(logit, scores);
}

// Percentiles are evenly many items apart: counted in bins they give the histogram.
function histogram(logit, scores) {
  const low = Math.min(logit, scores.real[0], scores.fake[0]);
  const high = Math.max(logit, scores.real.at(-1), scores.fake.at(-1));
  const at = (value) => ((value - low) / Math.max(high - low, 1e-9)) * 100;
  const outline = (values) => {
    const bins = Array(25).fill(0);
    for (const value of values) bins[Math.min(24, Math.floor(at(value) / 4))]++;
    const top = Math.max(...bins);
    return `M0 30${bins.map((n, bin) => `L${bin * 4} ${30 - (n / top) * 28}L${bin * 4 + 4} ${30 - (n / top) * 28}`).join("")}L100 30Z`;
  };
  const draw = (tag, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };
  const here = at(logit);
  part("histogram").replaceChildren(
    draw("path", { d: outline(scores.real), class: "real" }),
    draw("path", { d: outline(scores.fake), class: "fake" }),
    draw("line", { x1: here, x2: here, y1: 0, y2: 32 }),
  );
}

function nearest({ nearest: found, missing }) {
  part("nearest").hidden = !found;
  part("missing").hidden = !missing;
  if (missing) say(part("missing"), missing);
  if (!found) return;
  part("nearest-id").textContent = found.id;
  part("distance").textContent = found.distance.toFixed(2);
  part("usual").textContent = found.usual[Math.floor(found.usual.length / 2)].toFixed(2);
  part("nearer").textContent = `${(found.nearer * 100).toFixed(0)} %`;
}

act({
  layer(button) {
    part("layer").src = button.querySelector("img").src;
    part("range").textContent = `${button.dataset.low} … ${button.dataset.high}`;
    part("large-layer").hidden = false;
  },
});
inside.addEventListener("toggle", () => lookInside(current.cells[chosen]));
