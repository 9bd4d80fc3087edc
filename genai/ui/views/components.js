// One component of z at a time: sliders for the most influential ones, for the point that is shown.

const TOP = 6;
const influences = { shares: null };

function resetComponents() {
  influences.shares = null;
  part("sliders").replaceChildren();
  part("ranked").hidden = true;
  part("rank").hidden = false;
}

async function rankComponents(button) {
  button.disabled = true;
  part("ranking").hidden = false;
  const about = plane.about + plane.label;
  const start = performance.now();
  const answer = await server.ranking(cornerQuestion());
  button.disabled = false;
  part("ranking").hidden = true;
  if (about !== plane.about + plane.label) return; // another result or class has been chosen meanwhile
  showMessage("latent-error", answer);
  if (answer.sentence) return;
  const { shares, count } = answer;
  influences.shares = shares;
  const sum = shares.reduce((total, share) => total + share, 0);
  part("sum").textContent = percent(sum, 0);
  part("average").textContent = percent(sum / shares.length, 1);
  part("drawn-count").textContent = count;
  part("drawn-seconds").textContent = ((performance.now() - start) / 1000).toFixed(1);
  part("another").max = shares.length - 1;
  const order = shares.map((_, n) => n).sort((a, b) => shares[b] - shares[a]);
  part("sliders").replaceChildren(...order.slice(0, TOP).map(slider));
  part("ranked").hidden = false;
  part("rank").hidden = true;
  showComponents();
}

function slider(component) {
  const name = make("b", "", "z");
  name.append(make("sub", "", component));
  const range = make("input");
  Object.assign(range, { type: "range", min: -3, max: 3, step: 0.1 });
  Object.assign(range.dataset, { component });
  const label = make("label");
  label.append(name, make("span", "", percent(influences.shares[component], 1)), range, make("output"));
  return makeItem(label);
}

// A slider that nobody has moved shows the component of the point's own z.
function showComponents() {
  for (const range of part("sliders").querySelectorAll("input")) {
    const value = plane.z[range.dataset.component];
    if (!(range.dataset.component in plane.changes)) range.value = value;
    range.nextSibling.textContent = decimal(value);
  }
}

part("sliders").addEventListener("input", ({ target }) => {
  plane.changes[target.dataset.component] = +target.value;
  updatePoint();
});
part("sliders").addEventListener("change", () => updatePoint(true));
part("another").addEventListener("change", ({ target }) => {
  const component = Number(target.value);
  if (!(target.value && component in influences.shares)) return;
  part("sliders").querySelector(`[data-component="${component}"]`)?.closest("li").remove();
  part("sliders").append(slider(component));
  showComponents();
});
addActions({ rank: rankComponents, reset: () => goTo(plane.points, plane.share) });
