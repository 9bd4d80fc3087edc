// One result from noise to score: feature maps, the score among others, the nearest training item.
// The view says which result by a function `subject`, which returns its seed and the number of its class.
// Needs strip.js, which comes first.

const inside = part("inside");
let insideQuestion; // what was last asked about
let scrollTarget; // the part to scroll to once the answer is there

// What identifies one result to the server.
function questionAbout(item) {
  const params = linkParams();
  const { number: label, variantNumber: variant, seed } = item;
  return { model: params.get("model"), label, variant, seed, truncation: +params.get("truncation") };
}

async function lookInside() {
  if (!inside.open || !current || current.empty) return;
  const item = subject();
  const question = questionAbout(item);
  const mine = JSON.stringify(question);
  if (mine === insideQuestion) return;
  insideQuestion = mine;
  part("inside-body").hidden = true; // of another result
  const answer = await server.inside(question);
  if (mine !== insideQuestion) return; // another one has been chosen meanwhile
  showMessage("inside-error", answer);
  part("inside-body").hidden = Boolean(answer.sentence);
  if (answer.sentence) {
    insideQuestion = null;
    return;
  }
  part("drawn").replaceChildren(...answer.drawn.map(layer));
  part("judged").replaceChildren(
    ...answer.judged.map((sheets) => {
      const list = make("ol", "lab-layers");
      list.append(...sheets.map(layer));
      return list;
    }),
  );
  part("large-layer").hidden = true;
  showScore(answer.score, answer.scores);
  showGame(answer.game);
  showNearest(answer);
  showMoved(answer.moved);
  showOriginal(question, item, answer.nearest);
  if (scrollTarget) part(scrollTarget).scrollIntoView({ block: "center" });
  scrollTarget = null;
}

// Unfold, and scroll to a part.
function unfold(name) {
  if (inside.open && !part("inside-body").hidden) return part(name).scrollIntoView({ block: "center" });
  scrollTarget = name;
  inside.open = true; // the toggle event asks the server
}

function showMoved(parts) {
  part("moved-all").hidden = !parts.length;
  if (!parts.length) return;
  const largest = Math.max(...parts.map(Math.abs), 1e-9);
  const bars = parts.map((value, n) => {
    const height = (Math.abs(value) / largest) * 20;
    const rises = value > 0;
    return makeSvg("rect", { x: n + 0.1, width: 0.8, y: rises ? 20 - height : 20, height, class: rises ? "up" : "down" });
  });
  part("moved").replaceChildren(...bars);
}

function layer({ source, count, shape, low, high }) {
  const size = make("span", "", [count, ...shape].join(" × "));
  return makeItem(makeButton("layer", { low: low.toFixed(2), high: high.toFixed(2) }, makeImage(source), size));
}

function showScore(score, scores) {
  part("formula").hidden = !score;
  part("scores").hidden = !score?.place;
  if (!score) return;
  const { logit, place, sentence } = score;
  part("logit").textContent = decimal(logit);
  setText(part("standing"), sentence);
  for (const kind of ["real", "fake"]) part("standing").dataset[kind] = place ? percent(place[kind], 0) : "";
  if (place) drawHistogram(part("histogram"), logit, scores);
}

// The losses by which the networks were trained, and what is added to them.
function showGame(game) {
  part("games").hidden = !game;
  if (!game) return;
  const { loss, terms, here } = game;
  for (const node of part("games").querySelectorAll("[data-game]")) node.hidden = node.dataset.game !== (loss ?? "unknown");
  for (const node of part("games").querySelectorAll("[data-term]")) {
    const weight = terms[node.dataset.term];
    node.hidden = !weight;
    node.lastElementChild.textContent = weight;
  }
  part("losses").hidden = !here;
  if (!here) return;
  part("loss-d").textContent = decimal(here.discriminator);
  part("loss-g").textContent = decimal(here.generator);
}

// Between two neighbouring percentiles lie equally many items: counted in bins, percentiles give the histogram.
function drawHistogram(plot, value, sets) {
  const low = Math.min(value, ...Object.values(sets).map((set) => set[0]));
  const high = Math.max(value, ...Object.values(sets).map((set) => set.at(-1)));
  const x = (number) => ((number - low) / Math.max(high - low, 1e-9)) * 100;
  const outline = (values) => {
    const bins = Array(25).fill(0);
    for (const number of values) bins[Math.min(24, Math.floor(x(number) / 4))]++;
    const top = Math.max(...bins);
    const steps = bins.map((count, bin) => {
      const y = 30 - (count / top) * 28;
      return `L${bin * 4} ${y}L${bin * 4 + 4} ${y}`;
    });
    return `M0 30${steps.join("")}L100 30Z`;
  };
  plot.replaceChildren(
    ...Object.entries(sets).map(([name, set]) => makeSvg("path", { d: outline(set), class: name })),
    makeSvg("line", { x1: x(value), x2: x(value), y1: 0, y2: 32 }),
  );
}

function showNearest({ nearest, missing }) {
  for (const name of ["nearest", "distances", "searched-all", "credit-all"]) part(name).hidden = !nearest;
  part("missing").hidden = !missing;
  if (missing) setText(part("missing"), missing);
  if (!nearest) return;
  const { id, distance, nearer, usual, searched, credit } = nearest;
  part("nearest-id").textContent = id;
  part("distance").textContent = distance.toFixed(2);
  part("usual").textContent = usual[Math.floor(usual.length / 2)].toFixed(2);
  part("nearer").textContent = `${(nearer * 100).toFixed(0)} %`;
  part("searched").textContent = searched.toLocaleString("en");
  part("item-credit").textContent = credit;
  drawHistogram(part("distance-histogram"), distance, { real: usual });
}

// The training item itself beside this result; reading it may take a moment.
async function showOriginal(question, item, nearest) {
  for (const name of ["twins", "original-loading", "original-error", "compressed"]) part(name).hidden = true;
  const mine = insideQuestion;
  if (!nearest) return;
  const isCurrent = () => mine === insideQuestion;
  const answer = await markUnanswered(fetchOriginal({ model: question.model, row: nearest.row }, isCurrent));
  if (!isCurrent()) return;
  part("original-loading").hidden = true;
  part("compressed").hidden = !answer.compressed;
  part("original-error").hidden = !answer.sentence;
  part("twins").hidden = !answer.source;
  if (answer.sentence) setText(part("original-error"), answer.sentence);
  if (!answer.source) return;
  showTwin(part("made"), { source: item.spectrogram ?? item.source, sound: item.playable });
  showTwin(part("original"), answer);
}

// Ask until the server has read the item, or nobody wants it any more. The pauses count as unanswered too.
async function fetchOriginal(question, isCurrent) {
  for (;;) {
    const answer = await server.original(question);
    if (!answer.loading || !isCurrent()) return answer;
    part("original-loading").hidden = false;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function showTwin(place, { source, sound }) {
  const picture = makeImage(source);
  place.replaceChildren(picture);
  if (!sound) return;
  picture.className = "wide";
  const player = make("audio");
  player.controls = true;
  player.src = sound;
  place.append(player);
}

addActions({
  layer(button) {
    part("layer").src = button.querySelector("img").src;
    part("range").textContent = `${button.dataset.low} … ${button.dataset.high}`;
    part("large-layer").hidden = false;
  },
});
inside.addEventListener("toggle", lookInside);
