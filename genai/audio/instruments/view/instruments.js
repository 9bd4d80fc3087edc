// The row of instruments below a sound. Each is folded until its button is pressed, and asks for nothing before.
//
// An instrument's script calls addInstrument(name, {open, close, address, follow}); its HTML is a part "play-<name>".
// open(parameters): show it for play.model; parameters are those of the address, empty ones where a button was
// pressed. It may be called again, for another model. close(): end what it does. address(): an object of names and
// values that are to be in the address while it is open; rememberPlay() writes them. follow(): another result of the
// same model is shown.

const play = { model: null, about: null, name: "", opening: 0 };
const instruments = {};

function addInstrument(name, instrument) {
  instruments[name] = instrument;
}

const instrumentButton = (name) => element.querySelector(`[data-action="instrument"][data-instrument="${name}"]`);

// Called with each new result: offer the instruments that suit its model, and let an open one follow the model.
function showInstruments() {
  const suited = (current.instruments ?? []).filter((name) => name in instruments);
  for (const button of element.querySelectorAll('[data-action="instrument"]')) {
    button.hidden = !suited.includes(button.dataset.instrument);
  }
  part("instruments").hidden = !suited.length;
  const model = linkParams().get("model");
  if (model === play.model) {
    instruments[play.name]?.follow?.();
    return;
  }
  if (!suited.includes(play.name)) closeInstrument(); // first: it draws by what it knows of its model
  Object.assign(play, { model, about: null });
  if (openAsInAddress(suited, model)) return;
  if (play.name) openInstrument(play.name);
}

// What the address says when the page is opened. Another model may be shown before the one that it names.
let playAddress = new URLSearchParams(location.search);

function openAsInAddress(suited, model) {
  const name = playAddress.get("play");
  const named = playAddress.get("model") ?? model;
  if (playAddress.get("tab") !== "audio" || !suited.includes(name) || named !== model) return false;
  openInstrument(name, playAddress);
  playAddress = new URLSearchParams();
  return true;
}

async function openInstrument(name, parameters = new URLSearchParams()) {
  if (play.name !== name) closeInstrument();
  const opening = ++play.opening;
  play.name = name;
  instrumentButton(name).ariaExpanded = "true";
  part("play-sound").hidden = false;
  part("play-loading").hidden = false;
  try {
    const about = play.about ?? (await askPlay("instruments", { checkpoint: play.model }));
    if (opening !== play.opening) return; // it was closed, or opened for another model
    play.about = about;
    part(`play-${name}`).hidden = false;
    await instruments[name].open(parameters);
    rememberPlay();
  } catch (refusal) {
    tellPlay(refusal);
  } finally {
    if (opening === play.opening) part("play-loading").hidden = true;
  }
}

function closeInstrument() {
  const { name } = play;
  play.opening++;
  play.name = "";
  if (!name) return;
  sound.stopAll();
  forgetTake();
  if (play.about) instruments[name].close?.(); // else it has not been opened yet
  instrumentButton(name).ariaExpanded = "false";
  for (const piece of [`play-${name}`, "play-sound", "play-loading", "play-error"]) part(piece).hidden = true;
  rememberPlay();
}

// Ask the server; a sentence of refusal is thrown.
async function askPlay(name, question) {
  const answer = await server[name](question);
  if (answer.sentence) throw answer;
  return answer;
}

// Show why something did not work: the sentence of the server, else that it was not reached.
function tellPlay(refusal) {
  const node = part("play-error");
  node.hidden = false;
  if (refusal.sentence) setText(node, refusal.sentence);
  else node.replaceChildren(...part("play-lost").cloneNode(true).childNodes);
  reveal(node);
}

// The sounds of a kit of the current model; the place shows that they are on their way, and why they do not come.
async function loadSounds(items) {
  part("play-loading").hidden = false;
  part("play-error").hidden = true;
  try {
    return await sound.loadKit(play.model, items);
  } finally {
    part("play-loading").hidden = true;
  }
}

// A phrase with its fields filled in, in both languages. A value may be a text in both languages.
function playPhrase(name, values = {}) {
  const fill = (language) => (_, field) => values[field]?.[language] ?? values[field] ?? "–";
  return Object.fromEntries(
    Object.entries(play.about.phrases[name]).map(([language, text]) => [language, text.replace(/\{(\w+)\}/g, fill(language))]),
  );
}

// A sound in words, in both languages.
const soundName = ({ seed, label }) =>
  playPhrase(label === null ? "seed" : "sound", { seed, name: play.about.classes[label] });

// An option of a list holds plain text alone, which is written anew when the language changes.
function plainOption(value, words) {
  const option = make("option", "", words[document.documentElement.lang]);
  return Object.assign(option, { value, words });
}

function translateOptions(list) {
  new MutationObserver(() => {
    for (const option of list.options) option.textContent = option.words[document.documentElement.lang];
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
}

// The list of the model's variants, hidden where there is no choice; its first entry leaves it to the seed.
function drawVariants(name, chosen) {
  const { variants } = play.about;
  part(`${name}-all`).hidden = variants.length < 2;
  const options = variants.map((words, number) => plainOption(String(number), words));
  part(name).replaceChildren(plainOption("", playPhrase("any")), ...options);
  part(name).value = chosen ?? "";
}

// The number of a variant as an address or a list has it; null for that of the seed.
function readVariant(text) {
  return /^\d+$/.test(text ?? "") && +text < play.about.variants.length ? +text : null;
}

// Write what the open instrument is set to into the address; soon, since browsers limit how often it changes.
let addressTimer;

function rememberPlay() {
  clearTimeout(addressTimer);
  addressTimer = setTimeout(() => window.lab?.keepExtras("audio", current.link, playParameters()), 300);
}

function playParameters() {
  return play.name ? { play: play.name, ...instruments[play.name].address?.() } : {};
}

part("play-volume").value = sound.volume();
part("play-volume").addEventListener("input", (event) => sound.volume(+event.target.value));
element.addEventListener("lab-reset", closeInstrument);
// In another tab nobody could stop a beat, a replay or a comparison.
new ResizeObserver(() => element.clientWidth || sound.stopAll()).observe(element);
addActions({
  instrument(button) {
    const { instrument } = button.dataset;
    if (play.name === instrument) closeInstrument();
    else openInstrument(instrument);
  },
  silence: () => sound.stopAll(),
});
