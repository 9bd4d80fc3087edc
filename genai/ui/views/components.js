// One component of z at a time: the most influential ones by slider, for the picture that is shown.

const TOP = 6;
const influences = { shares: null };

function forgetComponents() {
  influences.shares = null;
  part("sliders").replaceChildren();
  part("ranked").hidden = true;
  part("rank").hidden = false;
}

async function rank(button) {
  button.disabled = true;
  part("ranking").hidden = false;
  const [about, began] = [at.about + at.label, performance.now()];
  const told = await server.ranking(usual());
  button.disabled = false;
  part("ranking").hidden = true;
  if (about !== at.about + at.label) return;
  part("latent-error").hidden = !told.sentence;
  if (told.sentence) return say(part("latent-error"), told.sentence);
  influences.shares = told.shares;
  const sum = told.shares.reduce((total, share) => total + share, 0);
  part("sum").textContent = percent(sum, 0);
  part("average").textContent = percent(sum / told.shares.length, 1);
  part("drawn-count").textContent = told.count;
  part("drawn-seconds").textContent = ((performance.now() - began) / 1000).toFixed(1);
  part("another").max = told.shares.length - 1;
  const order = told.shares.map((_, n) => n).sort((a, b) => told.shares[b] - told.shares[a]);
  part("sliders").replaceChildren(...order.slice(0, TOP).map(slider));
  part("ranked").hidden = false;
  part("rank").hidden = true;
  showComponents();
}

function slider(component) {
  const [entry, label, name, range] = [make("li"), make("label"), make("b", "", "z"), make("input")];
  name.append(make("sub", "", component));
  Object.assign(range, { type: "range", min: -3, max: 3, step: 0.1 });
  Object.assign(range.dataset, { component });
  label.append(name, make("span", "", percent(influences.shares[component], 1)), range, make("output"));
  entry.append(label);
  return entry;
}

// Sliders that nobody has moved follow the noise of the place.
function showComponents() {
  for (const range of part("sliders").querySelectorAll("input")) {
    const value = at.z[range.dataset.component];
    if (!(range.dataset.component in at.changes)) range.value = value;
    range.nextSibling.textContent = value.toFixed(2).replace("-", "−");
  }
}

part("sliders").addEventListener("input", ({ target }) => {
  at.changes[target.dataset.component] = +target.value;
  makePoint();
});
part("sliders").addEventListener("change", () => makePoint(true));
part("another").addEventListener("change", ({ target }) => {
  const component = Number(target.value);
  if (!(target.value && component in influences.shares)) return;
  part("sliders").querySelector(`[data-component="${component}"]`)?.closest("li").remove();
  part("sliders").append(slider(component));
  showComponents();
});
act({ rank, reset: () => goTo(at.points, at.share) });
