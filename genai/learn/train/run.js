// Step 3: the run while it learns, and step 4: what becomes of it.

const GOING = ["queued", "preparing", "running", "paused", "stopping"];
const ENDED = ["stopped", "done"];
const GO_ON = ["paused", "stopped", "failed"]; // from where the run was saved last
const FILM_MS = 450;
const SMOOTHING = 0.85;
const LABEL_HEIGHT = 4; // of the chart's 50 units
const run = {
  id: null,
  state: null,
  end: null,
  moments: new Map(),
  asked: 0, // moments so far
  answered: 0, // the latest of them that has come
  shown: null, // the place of the moment that was chosen; null: the newest
  drawn: null, // the step of the moment that is drawn
  film: null,
  nearest: new Map(),
  look: null,
};

function openRun(id, topic, state) {
  run.end?.();
  stopFilm();
  run.answered = run.asked; // what is still on its way is of the run before
  closeLook();
  Object.assign(run, { id, state: null, shown: null, drawn: null, moments: new Map(), nearest: new Map(), settings: null });
  document.dispatchEvent(new CustomEvent("lab-part-link", { detail: { name: "train", query: `run=${id}` } }));
  if (state) showRun(state);
  run.end = watchTopic(topic ?? `run/${id}`, (news) => {
    if (!element.isConnected) {
      run.end(); // the view was built anew
      return;
    }
    showTrouble(news.sentence && !news.phase ? news.sentence : null);
    if (news.phase) showRun(news);
  });
}

// Write a text that differs from the one before: a state comes several times a second, and each writing of a status is
// read out, and takes away what was pressed and not yet released.
function setChanged(node, text) {
  const words = JSON.stringify(text);
  if (node.words === words) return;
  node.words = words;
  setText(node, text);
}

function showRun(state) {
  run.state = state;
  const isGoing = GOING.includes(state.phase);
  setChanged(part("phase"), phrase(`phase_${state.phase}`, { step: state.step }));
  setChanged(part("run-sentence"), state.sentence ?? { en: "", "zh-CN": "" });
  part("progress").value = 100 * state.progress;
  showFacts(state);
  part("fork-row").hidden = !state.fork;
  if (state.fork) say(part("forked"), "forked", { step: state.fork.step.toLocaleString("en") });
  const goesOn = GO_ON.includes(state.phase);
  setChanged(part("pause"), phrase(goesOn ? "go_on" : "pause"));
  part("stop").hidden = !isGoing;
  part("pause").hidden = !isGoing && !goesOn;
  part("pause").disabled = !goesOn && state.phase !== "running";
  part("steps").hidden = state.phase !== "paused";
  part("fork").disabled = !state.step;
  if (state.moment) keepMoment(state);
  showFilm();
  drawCurves(state);
  showLiveSettings(state);
  showUse(state);
  showHints();
}

function showFacts({ phase, step, steps_per_second, minutes_left }) {
  const facts = [phrase("fact_step", { step: step.toLocaleString("en") })];
  if (steps_per_second) facts.push(phrase("fact_speed", { speed: Number(steps_per_second.toPrecision(2)) }));
  if (minutes_left && ["running", "paused"].includes(phase)) facts.push(phrase("fact_left", { time: clock(minutes_left) }));
  part("run-facts").replaceChildren(...facts.map((fact) => said("span", "", fact)));
}

function clock(minutes) {
  const seconds = Math.round(minutes * 60);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

// The film: what the same seeds gave at each kept step.

function keepMoment({ moment }) {
  run.moments.set(moment.step, moment);
}

function showFilm() {
  const { moments = [], moment } = run.state;
  const place = part("film-place");
  part("film").hidden = moments.length < 2;
  part("no-moment").hidden = Boolean(moments.length || moment);
  const followed = run.shown === null;
  place.max = Math.max(0, moments.length - 1);
  if (followed) place.value = place.max;
  nameFilmButton();
  if (!followed || !moment) return;
  if (moment.step === run.drawn) showLook(); // drawn anew, what is heard, pressed or focused in it would be lost
  else drawMoment(moment, moment.step);
}

function nameFilmButton() {
  setChanged(part("play-film"), phrase(run.film ? "film_stop" : "film_play"));
}

// Show a kept moment, unless one that was asked for later has come before it.
async function showMoment(step) {
  const mine = ++run.asked;
  const { moments } = run;
  if (!moments.has(step)) {
    const answer = await ask("moment", { id: run.id, step });
    if (!answer) return;
    moments.set(step, answer.moment);
  }
  if (mine <= run.answered) return;
  run.answered = mine;
  drawMoment(moments.get(step), step);
}

function drawMoment(moment, step) {
  run.drawn = step;
  say(part("moment-title"), "moment", { step: step.toLocaleString("en") });
  part("moment-title").dataset.step = step;
  const { text, picture, sounds } = moment;
  part("run-text").hidden = text === undefined;
  part("run-pictures").hidden = !picture;
  part("run-sounds").hidden = !sounds;
  if (text !== undefined) part("run-text").textContent = text;
  if (picture) drawPictures(moment, step);
  if (sounds) part("run-sounds").replaceChildren(...sounds.map(soundOfRun));
  showLook();
}

function soundOfRun({ sound, spectrogram }, place) {
  const node = make("figure");
  const image = lookButton(place, makeImage(spectrogram));
  const audio = make("audio");
  Object.assign(audio, { src: sound, controls: true, preload: "none" });
  node.append(image, audio);
  return node;
}

// What the network of the moment saw: views below this one show it, of the nearest moment whose model was kept.

function keptStep() {
  const shown = Number(part("moment-title").dataset.step);
  const distance = (step) => Math.abs(Math.log(step / shown));
  return (run.state.looks ?? []).reduce((best, step) => (distance(step) < distance(best) ? step : best), run.state.looks?.[0]);
}

function showLook() {
  const kept = keptStep();
  part("look-row").hidden = kept === undefined;
  if (kept === undefined) return;
  const isShown = kept === Number(part("moment-title").dataset.step);
  part("look-kept").hidden = isShown;
  if (!isShown) say(part("look-kept"), "look_kept", { step: kept.toLocaleString("en") });
  if (run.look && run.look.step !== kept) openLook(run.look.place, false);
}

function openLook(place, isNew) {
  run.look = { id: run.id, modality: run.state.modality, step: keptStep(), place, isNew };
  document.dispatchEvent(new CustomEvent("lab-look", { detail: run.look }));
}

function closeLook() {
  if (run.look) document.dispatchEvent(new CustomEvent("lab-look", { detail: null }));
}

document.addEventListener("lab-look", ({ detail }) => {
  run.look = detail;
});

// A picture of an item of the sample, by which one looks at how the network made it.
function lookButton(place, picture) {
  return makeButton("lookAt", { place }, picture, said("span", "lab-unseen", phrase("look_at", { number: place + 1 })));
}

function stopFilm() {
  clearInterval(run.film);
  run.film = null;
  nameFilmButton();
}

part("film-place").addEventListener("input", ({ target }) => {
  stopFilm();
  const { moments } = run.state;
  const place = Number(target.value);
  run.shown = place === moments.length - 1 ? null : place;
  showMoment(moments[place]);
});

// Pictures, and beside each the own one that is most like it.

async function drawPictures(moment, step) {
  const data = ownDataOfRun();
  const tiles = await cutTiles(moment);
  if (run.drawn !== step) return; // another moment has been drawn meanwhile
  const paint = (matches) => {
    part("run-pictures").replaceChildren(...tiles.map((tile, n) => tileBeside(tile, n, matches?.[n])));
    part("nearest-hint").hidden = !matches;
  };
  paint(run.nearest.get(step));
  if (!data || run.nearest.has(step)) return;
  const { nearest } = run;
  nearest.set(step, null); // is being asked for
  const answer = await server.nearest({ id: data, pictures: tiles.map((tile) => tile.toDataURL()) });
  if (answer.isLost) nearest.delete(step); // so that it is asked for again
  if (answer.sentence) return;
  nearest.set(step, answer.matches);
  if (run.drawn === step && run.nearest === nearest) paint(answer.matches);
}

// The id of the own data that the run learns from; nothing for a published set.
function ownDataOfRun() {
  const id = recall().dataOfRun?.[run.id];
  return [own.image?.id, room.data?.id].includes(id) ? id : undefined;
}

// The wall of samples is one picture with square tiles.
async function cutTiles({ picture, columns, rows }) {
  const image = makeImage(picture);
  await image.decode();
  const side = image.naturalWidth / columns;
  return Array.from({ length: columns * rows }, (_, n) => {
    const canvas = make("canvas");
    canvas.width = canvas.height = side;
    canvas.getContext("2d").drawImage(image, (n % columns) * side, Math.floor(n / columns) * side, side, side, 0, 0, side, side);
    return canvas;
  });
}

function tileBeside(tile, place, match) {
  const node = make("figure");
  node.append(lookButton(place, tile));
  if (!match) return node;
  node.append(makeImage(match.picture), said("figcaption", "", phrase("likeness", { share: Math.round(100 * Math.max(0, match.likeness)) })));
  node.classList.toggle("is-copy", match.likeness > 0.97);
  return node;
}

// Curves: the losses of a text share a scale with its baselines, the scores of real and generated items one of their
// own, so that the two can be compared; all others have each their own.

const SCORES = ["real", "fake"];

function drawCurves({ curves = {}, names = {}, baselines = {}, fork }) {
  const { step = [], minutes, ...series } = curves;
  const shown = Object.entries(series).filter(([name, values]) => names[name] && values.some((value) => value !== null));
  const levels = Object.entries(baselines);
  const common = levels.length ? rangeOf([...shown.flatMap(([, values]) => values), ...levels.map(([, value]) => value)]) : null;
  const scores = rangeOf(SCORES.flatMap((name) => series[name] ?? []));
  part("own-scales").hidden = Boolean(common);
  const last = step.at(-1) || 1;
  const lines = shown.map(([kind, values], n) => {
    const range = common ?? (SCORES.includes(kind) ? scores : rangeOf(values));
    const line = (heights, name) => {
      const points = heights.flatMap((value, i) => (value === null ? [] : [`${(100 * step[i]) / last},${heightOf(value, range)}`]));
      return withLine(makeSvg("polyline", { points: points.join(" "), class: name }), n);
    };
    return [line(values, "raw"), line(smooth(values), "smooth")];
  });
  const marks = levels.map(([, value]) => makeSvg("line", { x1: 0, x2: 100, y1: heightOf(value, common), y2: heightOf(value, common) }));
  if (fork?.step < last) {
    const x = (100 * fork.step) / last;
    marks.push(makeSvg("line", { x1: x, x2: x, y1: 0, y2: 50 }));
  }
  part("run-curves").replaceChildren(...marks, ...lines.flat());
  drawLevels(levels.map(([name, value]) => ({ name: names[name] ?? { en: name, "zh-CN": name }, height: heightOf(value, common) })));
  part("run-names").replaceChildren(
    ...shown.map(([name, values], n) => withLine(makeItem(said("span", "", names[name]), ` ${numberText(values.findLast((value) => value !== null))}`), n)),
    ...levels.map(([name, value]) => {
      const item = makeItem(said("span", "", names[name] ?? { en: name, "zh-CN": name }), ` ${numberText(value)}`);
      item.className = "is-level";
      return item;
    }),
  );
}

// The mean of the values so far, in which each one before counts 0.85 times the next; nulls stay. Divided by the sum of
// the weights, so that the start is not drawn towards 0.
function smooth(values) {
  let sum = 0;
  let weights = 0;
  return values.map((value) => {
    if (value === null) return null;
    sum = SMOOTHING * sum + value;
    weights = SMOOTHING * weights + 1;
    return sum / weights;
  });
}

// A label is below its line; where the label of the line before leaves no room, it is below that; at the bottom of the
// chart above it. The chart is 50 units high.
function drawLevels(levels) {
  let next = 0;
  const labels = levels
    .sort((one, other) => one.height - other.height)
    .map(({ name, height }, n) => {
      const top = Math.max(next, Math.min(height, 50 - LABEL_HEIGHT * (levels.length - n)));
      next = top + LABEL_HEIGHT;
      const label = said("span", "", name);
      label.style.top = `${2 * top}%`;
      return label;
    });
  part("run-levels").replaceChildren(...labels);
}

function withLine(node, n) {
  node.dataset.line = n % 4;
  return node;
}

function rangeOf(values) {
  const numbers = values.filter((value) => value !== null);
  const low = Math.min(...numbers);
  return { low, height: Math.max(...numbers) - low || 1 };
}

const heightOf = (value, { low, height }) => 48 - (46 * (value - low)) / height;
const numberText = (value) => Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 });

async function showLiveSettings(state) {
  if (run.settings) return;
  run.settings = [];
  const answer = await ask("settings", { modality: state.modality, from: state.from ?? null });
  if (!answer) return;
  run.settings = answer.settings;
  part("live-settings").replaceChildren(...answer.settings.map((setting) => settingControl(setting, state.settings ?? {}, true)));
}

async function control(what) {
  const answer = await ask("control", { id: run.id, ...what });
  if (answer) showRun(answer.state);
  return answer;
}

// Step 4.

function showUse({ phase, checkpoint, command, step }) {
  const isThere = ENDED.includes(phase);
  part("use").disabled = !checkpoint;
  part("download").hidden = !checkpoint;
  if (checkpoint) part("download").href = `${window.gradio_config?.root ?? ""}/${checkpoint}`;
  part("command").textContent = command ?? "";
  if (!part("use-said").dataset.used) say(part("use-said"), isThere ? "use_ready" : "use_wait", { step });
}

addActions({
  pauseOrGo: () => control({ do: GO_ON.includes(run.state.phase) ? "go" : "pause" }),
  stepBy: (button) => control({ do: "step", steps: Number(button.dataset.steps) }),
  stopRun: () => control({ do: "stop" }),
  lookNow: () => openLook(run.state.modality === "text" ? null : 0, true),
  lookAt: (button) => openLook(Number(button.dataset.place), true),
  async forkRun() {
    const data = recall().dataOfRun?.[run.id];
    const answer = await ask("control", { id: run.id, do: "fork", settings: {} });
    if (!answer) return;
    const { id } = answer.state;
    remember({ run: id, dataOfRun: { ...recall().dataOfRun, [id]: data } });
    openRun(id, `run/${id}`, answer.state);
  },
  openForked: () => openRun(run.state.fork.id),
  playFilm() {
    if (run.film) {
      stopFilm();
      return;
    }
    const { moments } = run.state;
    let place = run.shown === null ? 0 : run.shown;
    run.film = setInterval(() => {
      part("film-place").value = place;
      run.shown = place;
      showMoment(moments[place]);
      place++;
      if (place < moments.length) return;
      stopFilm();
      run.shown = null;
    }, FILM_MS);
    nameFilmButton();
  },
  async useModel() {
    const answer = await ask("use", { id: run.id });
    if (!answer) return;
    part("use-said").dataset.used = "yes";
    setText(part("use-said"), answer.said ?? phrase("used"));
    const link = said("a", "lab-button", phrase("open_model"));
    link.href = window.lab.address(answer.link.slice(1)).search; // the page anew, whose tab has the model then
    part("use-said").append(" ", link);
  },
  again() {
    go("data");
  },
});
