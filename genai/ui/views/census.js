// Many fresh samples, counted by what the feature network recognises, the class or an attribute: bars that grow
// beside those of the training data. The previous run stays as an outline.

// The counts of all properties are in one list; each property keeps where its own begin and end.
const census = { model: null, properties: [], chosen: 0, run: null, now: null, before: null };
const total = (counts) => counts.reduce((a, b) => a + b, 0);
const ofProperty = (list) => list.slice(...census.properties[census.chosen].range);

async function openCensus() {
  if (!part("census").open || !current || current.empty) return;
  const params = linkParams();
  const model = params.get("model");
  if (census.model === model) return;
  Object.assign(census, { model, properties: [], chosen: 0, run: null, now: null, before: null });
  part("census-seed").value = params.get("seed");
  part("census-truncation").value = params.get("truncation");
  part("census-error").hidden = true;
  const about = await server.classes({ model });
  if (census.model !== model) return; // another one has been chosen meanwhile
  if (about.sentence) census.model = null; // so that it is asked for again when the fold is opened
  const none = about.none ?? about.sentence;
  part("census-none").hidden = !none;
  part("census-body").hidden = Boolean(none);
  if (none) return setText(part("census-none"), none);
  let end = 0;
  census.properties = about.properties.map((one) => ({ ...one, range: [end, (end += one.classes.length)] }));
  part("census-by").hidden = census.properties.length < 2;
  part("census-by").replaceChildren(
    ...census.properties.map(({ name }, number) => {
      const button = makeButton("census-by", { number });
      setText(button, name);
      return button;
    }),
  );
  drawCensus();
}

async function takeCensus(button) {
  const run = { seed: +part("census-seed").value, truncation: +part("census-truncation").value, seen: [], agreed: 0 };
  const { model, now, before } = census;
  const bar = part("census-progress");
  census.run = run;
  part("census-error").hidden = true;
  button.disabled = true;
  bar.hidden = false;
  const drawn = () => total(run.seen.slice(...census.properties[0].range));
  try {
    for (bar.value = 0; drawn() < bar.max; bar.value = drawn()) {
      const answer = await server.census({ model, ...run });
      if (census.run !== run) break; // the page shows another model meanwhile
      showMessage("census-error", answer);
      if (answer.sentence) break;
      Object.assign(run, answer);
      Object.assign(census, { now: run, before: now ?? before });
      drawCensus();
    }
  } finally {
    button.disabled = false;
    bar.hidden = true;
  }
}

function chooseProperty(button) {
  census.chosen = +button.dataset.number;
  drawCensus();
}

function classShares(run) {
  if (!run) return [];
  const seen = ofProperty(run.seen);
  return seen.map((count) => count / total(seen));
}

function drawCensus() {
  const { properties, chosen, now, before } = census;
  const about = properties[chosen];
  for (const button of part("census-by").children) {
    button.setAttribute("aria-pressed", String(+button.dataset.number === chosen));
  }
  setText(part("census-property"), about.name);
  setText(part("census-errs"), about.errs);
  part("census-agreement").hidden = !about.requested;
  part("census-evenly").hidden = !about.evenly;
  part("census-perfect").hidden = about.evenly;
  const generated = classShares(now);
  const earlier = classShares(before);
  const bounds = now ? ofProperty(now.bounds) : [];
  const evenly = about.evenly ? 1 / about.classes.length : undefined;
  const top = Math.max(evenly ?? 0, ...about.shares, ...earlier, ...bounds.map(([, high]) => high));
  const rows = about.classes.map((name, n) => {
    const head = make("th");
    head.scope = "row";
    setText(head, name);
    const plot = make("td");
    plot.append(classBars(generated[n], about.shares[n], earlier[n], bounds[n], evenly, top));
    const drawn = make("td", "g");
    if (now) drawn.append(make("b", "", percent(generated[n], 1)), make("small", "", interval(bounds[n])));
    const data = make("td", "real", about.shares.length ? percent(about.shares[n], 1) : "");
    const row = make("tr");
    row.append(head, plot, drawn, data);
    return row;
  });
  part("census-rows").replaceChildren(...rows);
  part("census-now").hidden = !now || total(ofProperty(now.seen)) < part("census-progress").max;
  part("census-before").hidden = !before;
  if (now) setText(part("census-run"), now.named);
  if (now) part("census-agreed").textContent = percent(now.agreed / total(ofProperty(now.seen)), 1);
  if (before) setText(part("census-earlier"), before.named);
}

const interval = (bounds) => bounds.map((share) => (share * 100).toFixed(1)).join(" – ");

// One value: generated above, the data below; the numbers are beside it.
function classBars(generated = 0, data, earlier, bounds, evenly, top) {
  const x = (share) => (share / top) * 99;
  const plot = makeSvg("svg", { viewBox: "0 0 100 20", preserveAspectRatio: "none", "aria-hidden": "true" });
  plot.append(makeSvg("rect", { y: 1, height: 9, width: x(generated), class: "g" }));
  if (data !== undefined) plot.append(makeSvg("rect", { y: 11, height: 8, width: x(data), class: "real" }));
  if (earlier !== undefined) plot.append(makeSvg("path", { d: `M0 0.5H${x(earlier)}V10.5H0`, class: "earlier" }));
  if (evenly) plot.append(makeSvg("line", { x1: x(evenly), x2: x(evenly), y1: 0, y2: 20, class: "evenly" }));
  if (bounds) plot.append(makeSvg("line", { x1: x(bounds[0]), x2: x(bounds[1]), y1: 5.5, y2: 5.5 }));
  return plot;
}

part("census").addEventListener("toggle", openCensus);
addActions({ census: takeCensus, "census-by": chooseProperty });
