let trainingHistory; // of the model on the card, once it was asked for

async function showHistory() {
  if (!part("more").open || !current.remembers) return;
  if (!trainingHistory) {
    const model = current.model;
    const answer = await server.moments({ model });
    if (model !== current.model || answer.sentence) return;
    trainingHistory = answer;
    part("moment").max = answer.moments.length - 1;
    part("moment").value = answer.moments.length - 1;
    if (answer.strip) loadStrip(answer);
  }
  part("past").hidden = false;
  showMoment();
}

// The strip has a row for each moment; the box around it shows one row.
function loadStrip(answer) {
  const strip = part("strip");
  strip.onload = () => {
    strip.parentElement.style.aspectRatio = (strip.naturalWidth / strip.naturalHeight) * answer.moments.length;
  };
  strip.src = answer.strip;
}

function showMoment() {
  const place = +part("moment").value;
  const { moments } = trainingHistory;
  const { step, when, numbers, text, sound, spectrogram } = moments[place];
  const facts = make("span");
  setText(facts, when);
  part("moment-facts").replaceChildren(facts, ...Object.entries(numbers).flatMap(loggedNumber));
  part("moment-text").hidden = text === undefined;
  part("moment-text").textContent = text ?? "";
  part("moment-picture").hidden = !trainingHistory.strip;
  part("strip").style.height = `${moments.length * 100}%`;
  part("strip").style.top = `${-place * 100}%`;
  part("moment-sound").hidden = part("moment-spectrogram").hidden = !sound;
  if (sound) {
    part("moment-sound").src = sound;
    part("moment-spectrogram").src = spectrogram;
  }
  drawCurves(step);
}

function loggedNumber([name, value]) {
  const label = make("span");
  setText(label, trainingHistory.names[name]);
  return [" · ", label, ` ${value}`];
}

// Each logged number on its own scale; the vertical line is at the step that is shown.
function drawCurves(step) {
  const { step: steps = [], minutes, ...series } = trainingHistory.curve;
  const names = Object.keys(series);
  part("curve").parentElement.classList.toggle("no-curve", !names.length);
  const last = steps.at(-1) ?? 1;
  const lines = names.map((name, n) => {
    const points = series[name].map((value, i) => [steps[i], value]).filter(([, value]) => value !== null);
    const values = points.map(([, value]) => value);
    const low = Math.min(...values);
    const range = Math.max(...values) - low || 1;
    const position = ([x, value]) => `${(x / last) * 100},${38 - ((value - low) / range) * 36}`;
    const line = makeSvg("polyline", { points: points.map(position).join(" ") });
    line.dataset.line = n;
    return line;
  });
  const x = (step / last) * 100;
  part("curve").replaceChildren(...lines, makeSvg("line", { x1: x, x2: x, y1: 0, y2: 40 }));
  part("curve-names").replaceChildren(
    ...names.map((name, n) => {
      const label = make("span");
      setText(label, trainingHistory.names[name]);
      label.dataset.line = n;
      return label;
    }),
  );
}

// A figure's name and what to compare it with are in one cell, so that the table fits a phone.
function figureRow({ name, value, n, beside }) {
  const head = make("th");
  head.scope = "row";
  setText(head, name);
  const list = make("small");
  for (const [other, number] of beside) {
    const entry = make("span");
    setText(entry, other);
    entry.append(` ${number}`);
    list.append(entry);
  }
  if (beside.length) head.append(list);
  const row = make("tr");
  row.append(head, make("td", "", value), make("td", "", n));
  return row;
}

function figureProtocol({ name, protocol }) {
  const head = make("dt");
  setText(head, name);
  const body = make("dd");
  setText(body, protocol);
  return [head, body];
}

function showFigures(figures) {
  part("quality").hidden = !figures.length;
  part("figures").replaceChildren(...figures.map(figureRow));
  part("protocols").replaceChildren(...figures.flatMap(figureProtocol));
}

function showDataSet({ data, source }) {
  part("data").replaceChildren(data);
  if (!/^https?:\/\//.test(source)) return;
  const link = make("a", "", data);
  link.href = source;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  part("data").replaceChildren(link);
}

show((value) => {
  showFigures(value.figures);
  showDataSet(value);
  setText(part("licence"), value.licence);
  setText(part("size"), value.size);
  part("credit").textContent = value.credit;
  part("credit").parentElement.hidden = !value.credit;
  element.querySelector("dl").hidden = part("more").hidden = !value.data;
  for (const name of ["diagnosis", "limits", "not_for"]) {
    const remark = value.said[name];
    part(name).hidden = !remark;
    if (remark) setText(part(name).querySelector("p"), remark);
  }
  if (value.trained) setText(part("trained"), value.trained);
  part("past").hidden = true;
  trainingHistory = null;
  showHistory();
  part("problems").replaceChildren(
    ...value.problems.map((problem) => {
      const item = make("li");
      setText(item, problem);
      return item;
    }),
  );
});

part("more").addEventListener("toggle", showHistory);
part("moment").addEventListener("input", showMoment);
