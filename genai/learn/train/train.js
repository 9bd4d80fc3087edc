// The four steps, one at a time. What is missing for the next is named beside its button.

const STEPS = ["data", "start", "watch", "use"];
const KEEP_MS = 5 * 60_000;
const NEXT_WORDS = { data: "next_data", start: "next_start", watch: "next_watch" };
let step = "data";

// Gradio builds a view anew when its tab is opened again: what was chosen stays with the page.
const before = window.labTrain;
window.labTrain = chosen;

function go(name) {
  step = chosen.step = name;
  for (const other of STEPS) part(`stage-${other}`).hidden = other !== name;
  for (const button of part("guide").querySelectorAll("button")) {
    if (button.dataset.step === name) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  }
  if (name === "start") {
    showFrom();
    showMinutes();
  }
  if (name !== "data") closeCamera();
  if (name !== "watch") closeLook();
  showHints();
}

// What is missing before the next step, each with its remedy.
function missing() {
  if (step === "data") return missingData();
  if (step === "start" && chosen.isAllowed === false) return [phrase("hint_closed")];
  if (step === "watch" && run.state && !ENDED.includes(run.state.phase)) return [phrase("hint_watch")];
  return [];
}

function missingData() {
  if (chosen.source === "named") return chosen.named[chosen.modality] ? [] : [phrase("hint_named")];
  if (chosen.source === "class" && !room.data) return [phrase("hint_room")];
  const data = shownData();
  if (data.count || chosen.source === "class") return data.problems;
  return [phrase(`hint_${chosen.modality}`)];
}

const isOpen = {
  data: () => true,
  start: () => !missingData().length,
  watch: () => Boolean(run.id),
  use: () => Boolean(run.state && (ENDED.includes(run.state.phase) || run.state.checkpoint)),
};

function showHints() {
  const hints = missing();
  part("hints").replaceChildren(...hints.map((hint) => makeItem(said("span", "", hint))));
  const next = part("next");
  part("next-row").hidden = !NEXT_WORDS[step];
  if (NEXT_WORDS[step]) say(next, NEXT_WORDS[step]);
  next.disabled = hints.length > 0;
  for (const button of part("guide").querySelectorAll("button")) button.disabled = !isOpen[button.dataset.step]();
}

addActions({
  go: (button) => go(button.dataset.step),
  next() {
    if (step === "start") startRun();
    else go(STEPS[STEPS.indexOf(step) + 1]);
  },
});

// What is to be learnt from, and how it comes.

function chooseModality(modality, source = FIRST_SOURCE[modality]) {
  chosen.modality = modality;
  element.querySelector(`[name=train-modality][value=${modality}]`).checked = true;
  for (const label of part("source").querySelectorAll("label")) label.hidden = !label.dataset.of.split(" ").includes(modality);
  showNamed();
  chooseSource(source);
}

function chooseSource(source) {
  chosen.source = source;
  element.querySelector(`[name=train-source][value=${source}]`).checked = true;
  for (const tool of element.querySelectorAll("[data-tool]")) tool.hidden = tool.dataset.tool !== source;
  part("class-row").hidden = !["draw", "photo", "record"].includes(source);
  if (source !== "photo") closeCamera();
  microphone.stop();
  showRefused([]);
  showTaken();
}

function showNamed() {
  const { named } = modalities[chosen.modality];
  const wanted = (chosen.named[chosen.modality] ??= named[0]?.name);
  part("named").replaceChildren(...named.map(({ name, title }) => radio("train-named", name, title, name === wanted)));
  part("named-none").hidden = named.length > 0;
}

part("modality").addEventListener("change", ({ target }) => chooseModality(target.value));
part("source").addEventListener("change", ({ target }) => chooseSource(target.value));
part("named").addEventListener("change", ({ target }) => {
  chosen.named[chosen.modality] = target.value;
  showHints();
});

// A ready-made start from another place of the page: what is in the address is chosen already.
function chooseFromAddress(query) {
  const modality = query.get("modality");
  chooseModality(modality in modalities ? modality : "text");
  const { named, models } = modalities[chosen.modality];
  const data = query.get("data");
  if (named.some(({ name }) => name === data)) {
    chosen.named[chosen.modality] = data;
    showNamed();
    chooseSource("named");
  }
  const from = query.get("from");
  if (from === "none" || models.some(({ name }) => name === from)) chosen.from[chosen.modality] = from === "none" ? "" : from;
  const minutes = Number(query.get("minutes"));
  if (MINUTES.includes(minutes)) chosen.minutes = minutes;
  nameUnknown(query, {
    modality: Object.keys(modalities),
    data: named.map(({ name }) => name),
    from: ["none", ...models.map(({ name }) => name)],
    minutes: MINUTES.map(String),
  });
  for (const [name, value] of query) {
    if (!NOT_SETTINGS.includes(name)) chosen.settings[name] = Number.isNaN(+value) ? value : +value;
  }
  if (named.some(({ name }) => name === data) && query.has("modality")) go("start");
}

// What an address asks for and is not offered is said, not left out in silence.
function nameUnknown(query, offers) {
  const unknown = Object.entries(offers).find(([name, values]) => query.has(name) && !values.includes(query.get(name)));
  if (!unknown) return;
  const [name, values] = unknown;
  showTrouble(phrase("unknown", { name, value: query.get(name).slice(0, 40), offered: values.join(", ") || "–" }), part("unknown"));
}

function chooseAsBefore(choice) {
  Object.assign(chosen, choice);
  chooseModality(choice.modality, choice.source);
  go(choice.step);
}

const NOT_SETTINGS = ["tab", "part", "lang", "__theme", "tour", "step", "modality", "data", "from", "minutes", "run", "join"];

// The run that this browser started last, if the server still has it, is a step away.
async function findLastRun() {
  const id = recall().run;
  const answer = id && (await server.runs({ ids: [id] }));
  const state = answer?.runs?.find((other) => other.id === id);
  if (state && !run.id) openRun(id, `run/${id}`, state);
}

// Data that is in use is not deleted, however long the lesson is.
function keepData() {
  if (document.hidden || !element.isConnected) return;
  for (const { id } of [...Object.values(own), room.data ?? {}]) {
    if (id) server.keep({ id });
  }
}

// No camera and no microphone is on while nobody sees the view: another tab, another part.
function noticeSight() {
  if (element.clientWidth) return;
  closeCamera();
  microphone.stop();
}

async function begin() {
  new ResizeObserver(noticeSight).observe(element);
  const query = new URLSearchParams(location.search);
  const isMine = query.get("tab") === "learn" && query.get("part") === "train";
  if (before) chooseAsBefore(before);
  else chooseFromAddress(isMine ? query : new URLSearchParams());
  if (isMine && query.get("join")) {
    joinRoom(query.get("join").trim().toUpperCase());
    return;
  }
  questions = findOwnData(); // before items are added to it
  setInterval(keepData, KEEP_MS);
  const id = isMine ? query.get("run") : null;
  if (id) {
    openRun(id);
    if (!before) go("watch");
  } else findLastRun();
  if ((await findRoom()) && !before) chooseModality("image", "class");
}

if (!before) go("data");
begin();
