// Many fresh samples, counted by the class that the judge sees: bars that grow beside the training data's; the run
// before stays as an outline.

const census = { model: null, about: null, run: null, now: null, before: null };
const total = (counts) => counts.reduce((a, b) => a + b, 0);

async function openCensus() {
  if (!part("census").open || !current || current.empty) return;
  const asked = new URLSearchParams(current.link);
  const model = asked.get("model");
  if (census.model === model) return;
  Object.assign(census, { model, about: null, run: null, now: null, before: null });
  part("census-seed").value = asked.get("seed");
  part("census-truncation").value = asked.get("truncation");
  part("census-error").hidden = true;
  const about = await server.classes({ model });
  if (census.model !== model) return; // another one has been chosen meanwhile
  part("census-none").hidden = !about.none;
  part("census-body").hidden = Boolean(about.none);
  if (about.none) return say(part("census-none"), about.none);
  census.about = about;
  say(part("census-errs"), about.errs);
  drawCensus();
}

async function takeCensus(button) {
  const run = { seed: +part("census-seed").value, truncation: +part("census-truncation").value, seen: [], agreed: 0 };
  const { model, now, before } = census;
  const [bar, all] = [part("census-progress"), part("census-progress").max];
  census.run = run;
  part("census-error").hidden = true;
  button.disabled = !(bar.hidden = false);
  for (bar.value = 0; total(run.seen) < all; bar.value = total(run.seen)) {
    const answer = await server.census({ model, ...run });
    if (census.run !== run) break; // the page has gone on to another model
    part("census-error").hidden = !answer.sentence;
    if (answer.sentence) {
      say(part("census-error"), answer.sentence);
      break;
    }
    Object.assign(run, answer);
    Object.assign(census, { now: run, before: now ?? before });
    drawCensus();
  }
  button.disabled = !(bar.hidden = true);
}

function drawCensus() {
  const { about, now, before } = census;
  const [made, earlier] = [now, before].map((run) => (run ? run.seen.map((count) => count / total(run.seen)) : []));
  const bounds = now?.bounds ?? [];
  const evenly = 1 / about.classes.length;
  const top = Math.max(evenly, ...about.shares, ...earlier, ...bounds.map(([, high]) => high));
  const rows = about.classes.map((name, n) => {
    const [row, word, plot, drawn, data] = [make("tr"), make("th"), make("td"), make("td", "g"), make("td", "real")];
    word.scope = "row";
    say(word, name);
    plot.append(bars(made[n], about.shares[n], earlier[n], bounds[n], evenly, top));
    if (now) drawn.append(make("b", "", percent(made[n], 1)), make("small", "", bounds[n].map((x) => (x * 100).toFixed(1)).join(" – ")));
    if (about.shares.length) data.textContent = percent(about.shares[n], 1);
    row.append(word, plot, drawn, data);
    return row;
  });
  part("census-rows").replaceChildren(...rows);
  part("census-now").hidden = !now || total(now.seen) < part("census-progress").max;
  part("census-before").hidden = !before;
  if (now) say(part("census-run"), now.named);
  if (now) part("census-agreed").textContent = percent(now.agreed / total(now.seen), 1);
  if (before) say(part("census-earlier"), before.named);
}

// One class: generated above, the data below; the numbers stand beside it.
function bars(made = 0, data, earlier, bounds, evenly, top) {
  const at = (share) => (share / top) * 99;
  const plot = svg("svg", { viewBox: "0 0 100 20", preserveAspectRatio: "none", "aria-hidden": "true" });
  plot.append(svg("rect", { y: 1, height: 9, width: at(made), class: "g" }));
  if (data !== undefined) plot.append(svg("rect", { y: 11, height: 8, width: at(data), class: "real" }));
  if (earlier !== undefined) plot.append(svg("path", { d: `M0 0.5H${at(earlier)}V10.5H0`, class: "earlier" }));
  plot.append(svg("line", { x1: at(evenly), x2: at(evenly), y1: 0, y2: 20, class: "evenly" }));
  if (bounds) plot.append(svg("line", { x1: at(bounds[0]), x2: at(bounds[1]), y1: 5.5, y2: 5.5 }));
  return plot;
}

part("census").addEventListener("toggle", openCensus);
act({ census: takeCensus });
