let told; // the history of the model on the card

async function remember() {
  if (!part("more").open || !current.remembers) return;
  if (!told) {
    const model = current.model;
    const answer = await server.moments({ model });
    if (model !== current.model || answer.sentence) return;
    told = answer;
    part("moment").max = told.moments.length - 1;
    part("moment").value = told.moments.length - 1;
    if (told.strip) {
      const strip = part("strip");
      strip.onload = () => {
        strip.parentElement.style.aspectRatio = (strip.naturalWidth / strip.naturalHeight) * told.moments.length;
      };
      strip.src = told.strip;
    }
  }
  part("past").hidden = false;
  showMoment();
}

function showMoment() {
  const place = +part("moment").value;
  const { step, minutes, text, sound, ...numbers } = told.moments[place];
  const facts = [`${step}`, `${minutes} min`, ...Object.entries(numbers).map(([name, value]) => `${name} ${value}`)];
  part("moment-facts").textContent = facts.join(" · ");
  part("moment-text").hidden = text === undefined;
  part("moment-text").textContent = text ?? "";
  part("moment-picture").hidden = !told.strip;
  const count = told.moments.length;
  part("strip").style.height = `${count * 100}%`;
  part("strip").style.top = `${-place * 100}%`;
  part("moment-sound").hidden = !sound;
  if (sound) part("moment-sound").src = sound;
  curves(step);
}

// Each number of the training by its own scale; the line marks the step that is shown.
function curves(step) {
  const { step: steps = [], minutes, ...series } = told.curve;
  const names = Object.keys(series);
  part("curve").parentElement.classList.toggle("no-curve", !names.length);
  const last = steps.at(-1) ?? 1;
  const lines = names.map((name, n) => {
    const known = series[name].map((value, i) => [steps[i], value]).filter(([, value]) => value !== null);
    const values = known.map(([, value]) => value);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
    line.setAttribute("points", known.map(([s, v]) => `${(s / last) * 100},${38 - ((v - low) / (high - low || 1)) * 36}`).join(" "));
    line.dataset.line = n;
    return line;
  });
  const mark = document.createElementNS("http://www.w3.org/2000/svg", "line");
  for (const [name, value] of Object.entries({ x1: (step / last) * 100, x2: (step / last) * 100, y1: 0, y2: 40 })) mark.setAttribute(name, value);
  part("curve").replaceChildren(...lines, mark);
  part("curve-names").replaceChildren(
    ...names.map((name, n) => {
      const label = make("span", "", name);
      label.dataset.line = n;
      return label;
    }),
  );
}

// Name and what stands beside it in one cell, so that the table fits a phone; how it was measured in a list of its own.
function quality(figures) {
  part("quality").hidden = !figures.length;
  const rows = figures.map(({ name, value, n, beside }) => {
    const [row, word] = [make("tr"), make("th")];
    word.scope = "row";
    say(word, name);
    const list = make("small");
    for (const [other, number] of beside) {
      const entry = make("span");
      say(entry, other);
      entry.append(` ${number}`);
      list.append(entry);
    }
    if (beside.length) word.append(list);
    row.append(word, make("td", "", value), make("td", "", n));
    return row;
  });
  part("figures").replaceChildren(...rows);
  const told = figures.flatMap(({ name, protocol }) => {
    const [word, how] = [make("dt"), make("dd", "", protocol)];
    say(word, name);
    how.lang = "en"; // as the file has it
    return [word, how];
  });
  part("protocols").replaceChildren(...told);
}

show((value) => {
  quality(value.figures);
  part("data").replaceChildren();
  if (/^https?:\/\//.test(value.source)) {
    const link = make("a", "", value.data);
    link.href = value.source;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    part("data").append(link);
  } else part("data").textContent = value.data;
  say(part("licence"), value.licence);
  say(part("size"), value.size);
  part("credit").textContent = value.credit;
  part("credit").parentElement.hidden = !value.credit;
  element.querySelector("dl").hidden = part("more").hidden = !value.data;
  for (const name of ["diagnosis", "limits", "not_for"]) {
    const said = value.said[name];
    part(name).hidden = !said;
    if (said) say(part(name).querySelector("p"), said);
  }
  if (value.trained) say(part("trained"), value.trained);
  part("past").hidden = true;
  told = null;
  remember();
  part("problems").replaceChildren(
    ...value.problems.map((problem) => {
      const item = make("li");
      say(item, problem);
      return item;
    }),
  );
});

part("more").addEventListener("toggle", remember);
part("moment").addEventListener("input", showMoment);
