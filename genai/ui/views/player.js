// Plays histories of trainings: what a model generated after so many steps, always from the same seeds. Several are
// played side by side, after equally many steps or, where each side says how long its steps took, after equal times.

const PACE = { picture: 1000, text: 2000 }; // milliseconds a moment
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// Of each history the moment shown at a time is the last one up to it. The time is in steps, or in minutes where a step
// takes `pace` minutes.
function placeAt({ history, pace }, time) {
  const later = history.moments.findIndex((moment) => moment.step * pace > time + 1e-9);
  return later < 0 ? history.moments.length - 1 : Math.max(0, later - 1);
}

class Player {
  // Each side has a history as the server sends it and, where there are several, a title in both languages. With the
  // minutes that a step took (`pace`) and those up to each moment in words (`clock`), the sides are played by time.
  constructor(template, given) {
    this.node = template.content.cloneNode(true).firstElementChild;
    this.byTime = given.every(({ pace }) => pace);
    const sides = given.map((side) => ({ ...side, pace: this.byTime ? side.pace : 1 }));
    this.times = [...new Set(sides.flatMap(({ history, pace }) => history.moments.map(({ step }) => step * pace)))];
    this.times.sort((a, b) => a - b);
    this.sides = sides.map((side, n) => new Side(side, n));
    this.part("sides").append(...this.sides.map(({ node }) => node));
    this.part("moment").max = this.times.length - 1;
    this.charts = makeCharts(sides);
    this.part("curves").append(...this.charts.map(({ node }) => node));
    this.part("moment").addEventListener("input", () => {
      this.pause();
      this.draw();
    });
    this.part("play").addEventListener("click", () => (this.turn ? this.pause() : this.play()));
    this.draw();
  }

  part(name) {
    return part(name, this.node);
  }

  get place() {
    return +this.part("moment").value;
  }

  draw() {
    const time = this.times[this.place];
    for (const side of this.sides) side.show(time);
    // A side that has no moment of this very time shows the one before.
    setText(this.part("moment-facts"), this.sides.find(({ reached }) => reached === time).words);
    if (this.byTime) for (const side of this.sides) side.tellStep();
    for (const chart of this.charts) chart.show(time, this.sides.map((side) => side.moment.numbers));
  }

  pause() {
    this.turn = null;
    this.part("play").setAttribute("aria-pressed", "false");
    this.part("moment-facts").removeAttribute("aria-live");
    for (const side of this.sides) side.hush();
  }

  async play() {
    const turn = (this.turn = {}); // of this press of the button
    this.part("play").setAttribute("aria-pressed", "true");
    this.part("moment-facts").setAttribute("aria-live", "off"); // a screen reader would never come to the end
    if (this.place === this.times.length - 1) this.part("moment").value = 0;
    this.draw();
    while (this.turn === turn) {
      for (const side of this.sides) if (this.turn === turn) await side.present(this.sides.length);
      if (this.turn !== turn) return;
      if (this.place === this.times.length - 1 || !this.node.checkVisibility()) break;
      this.part("moment").value = this.place + 1;
      this.draw();
    }
    if (this.turn === turn) this.pause();
  }
}

// One history: a picture, a text or a sound with its spectrogram.
class Side {
  constructor({ history, title, pace, clock }, number) {
    Object.assign(this, { history, pace, clock, made: make("p", "lab-replay-made") });
    this.node = make("figure", "lab-replay-side");
    this.node.dataset.line = number;
    if (title) {
      const caption = make("figcaption");
      setText(caption, title);
      this.node.append(caption, this.made);
    }
    if (history.strip) this.addPicture();
    else if (history.moments.some(({ sound }) => sound)) this.addSound();
    else this.addText();
  }

  get moment() {
    return this.history.moments[this.place];
  }

  // When the moment shown was, in steps or minutes.
  get reached() {
    return this.moment.step * this.pace;
  }

  // The same in words.
  get words() {
    return this.clock?.[this.place] ?? this.moment.when;
  }

  // At equal times, each side has made another number of steps.
  tellStep() {
    setText(this.made, this.moment.when);
  }

  // The strip has a row for each moment; the box around it shows one row.
  addPicture() {
    const box = make("div", "lab-moment");
    this.picture = makeImage(this.history.strip);
    this.picture.dataset.part = "strip";
    const rows = this.history.moments.length;
    this.picture.onload = () => {
      box.style.aspectRatio = (this.picture.naturalWidth / this.picture.naturalHeight) * rows;
    };
    this.picture.style.height = `${rows * 100}%`;
    box.append(this.picture);
    this.node.append(box);
  }

  addSound() {
    this.sound = make("audio");
    this.sound.controls = true;
    this.sound.dataset.part = "moment-sound";
    this.spectrogram = make("img", "lab-moment-spectrogram");
    this.spectrogram.alt = "";
    this.spectrogram.dataset.part = "moment-spectrogram";
    this.node.append(this.spectrogram, this.sound);
  }

  addText() {
    this.text = make("pre");
    this.text.dataset.part = "moment-text";
    this.text.tabIndex = 0; // it can be scrolled
    this.node.append(this.text);
  }

  show(time) {
    this.place = placeAt(this, time);
    const { text, sound, spectrogram } = this.moment;
    if (this.picture) this.picture.style.top = `${-this.place * 100}%`;
    if (this.text) this.text.textContent = text;
    if (this.sound && this.sound.src !== sound) {
      this.sound.src = sound;
      this.spectrogram.src = spectrogram;
    }
  }

  hush() {
    this.sound?.pause();
  }

  // Let the visitor see or hear the moment; of several silent sides, all are seen at once.
  async present(sides) {
    if (!this.sound) {
      await wait((this.text ? PACE.text : PACE.picture) / sides);
      return;
    }
    this.sound.currentTime = 0;
    const over = new Promise((resolve) => {
      for (const name of ["ended", "pause", "error"]) this.sound.addEventListener(name, resolve, { once: true });
    });
    try {
      await this.sound.play();
      await over;
    } catch {
      await wait(PACE.picture); // the browser refused, or the visitor went on before the sound had begun
    }
  }
}

// A row of the table beside several players: what is compared, and its value on each side, all in both languages.
function makeRow({ name, values, note }) {
  const head = make("th");
  head.scope = "row";
  setText(head, name);
  if (note.en) {
    const small = make("small");
    setText(small, note);
    head.append(small);
  }
  const cells = values.map((value) => {
    const cell = make("td");
    setText(cell, value);
    return cell;
  });
  const line = make("tr");
  line.append(head, ...cells);
  return line;
}

// A small chart for each logged number, by its name in words, with a line for each history and the value now.
function makeCharts(sides) {
  const names = [...new Set(sides.flatMap(({ history }) => Object.keys(history.curve)))];
  return names
    .filter((name) => name !== "step" && name !== "minutes")
    .map((name) => new Chart(name, sides));
}

class Chart {
  constructor(name, sides) {
    this.name = name;
    this.last = Math.max(...sides.map(({ history, pace }) => (history.curve.step?.at(-1) ?? 1) * pace));
    const series = sides.map(({ history, pace }) => pointsOf(history, name).map(([step, value]) => [step * pace, value]));
    const values = series.flat().map(([, value]) => value);
    [this.low, this.high] = [Math.min(...values), Math.max(...values)];
    const title = make("figcaption");
    setText(title, sides.find(({ history }) => history.names[name]).history.names[name]);
    this.now = make("b", "lab-chart-now");
    title.append(this.now);
    this.svg = makeSvg("svg", { viewBox: "0 0 100 40", preserveAspectRatio: "none", "aria-hidden": "true" });
    this.svg.append(...series.map((points, n) => this.line(points, n)));
    this.cursor = makeSvg("line", { y1: 0, y2: 40 });
    this.svg.append(this.cursor);
    const range = make("small", "", `${short(this.low)} … ${short(this.high)}`);
    this.node = make("figure", "lab-chart");
    this.node.dataset.name = name;
    this.node.append(title, this.svg, range);
  }

  line(points, number) {
    const height = this.high - this.low || 1;
    const position = ([time, value]) => `${(time / this.last) * 100},${38 - ((value - this.low) / height) * 36}`;
    const line = makeSvg("polyline", { points: points.map(position).join(" ") });
    line.dataset.line = number;
    return line;
  }

  show(time, numbers) {
    const x = Math.min(100, (time / this.last) * 100);
    this.cursor.setAttribute("x1", x);
    this.cursor.setAttribute("x2", x);
    const values = numbers.map((of, n) => {
      const value = make("span", "", of[this.name] === undefined ? "–" : short(of[this.name]));
      value.dataset.line = n;
      return value;
    });
    this.now.replaceChildren(...values);
  }
}

// The curve has a hundred points of the whole run; the moments, whose values are shown, lie mostly at its start.
function pointsOf({ curve, moments }, name) {
  const points = (curve[name] ?? []).map((value, n) => [curve.step[n], value]);
  const shown = moments.map(({ step, numbers }) => [step, numbers[name]]);
  return [...points, ...shown].filter(([, value]) => typeof value === "number").sort(([a], [b]) => a - b);
}

const short = (value) => String(+value.toPrecision(3)).replace("-", "−");
