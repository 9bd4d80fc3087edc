// Say a number: a sound of the network for each digit. What is said, the seeds, the speaker and the pause are in the
// address.

const FIRST_NUMBER = "1-2-1-0";
const FIRST_VOICE = 58; // of the seeds 0 to 119 the least hoarse one whose ten digits both judges name with odds of .99
const FIRST_PAUSE = 0.1; // seconds
const SAY_LEAD = 0.05; // seconds from the tap to the first digit
const SEED_COUNT = 2 ** 32;

const speech = {
  model: null,
  text: "",
  digits: [], // {digit, begins}
  seeds: [], // for each of the twelve digits that there may be
  isOneVoice: true,
  variant: null, // a number; null for that of each seed
  pause: FIRST_PAUSE,
  before: [], // {seeds, isOneVoice, variant}, which Undo brings back
  turn: 0, // counts what was asked to be said: the last one is said
  end: null, // ends what is being said
};

const seedsFrom = (first) => Array.from({ length: MOST_DIGITS }, (_, n) => (first + n) % SEED_COUNT);
const sameSeeds = (seed) => Array(MOST_DIGITS).fill(seed % SEED_COUNT);
const digitItems = () => speech.digits.map(({ digit }, n) => soundAt(n, play.about.digits.indexOf(digit)));

// A class said with the seed of a place.
function soundAt(place, label) {
  return { seed: speech.seeds[place], label, to: null, at: null, variant: speech.variant };
}

async function openNumber(parameters) {
  if (speech.model !== play.model || parameters.has("say") || parameters.has("takes")) readSaying(parameters);
  speech.model = play.model;
  part("say-text").value = speech.text;
  readText();
  drawSaying();
  openListening();
  await loadDigits();
}

function closeNumber() {
  speech.turn++;
  speech.end?.();
  closeListening();
}

function readSaying(parameters) {
  const seeds = (parameters.get("takes") ?? "").split("_").filter((text) => /^\d+$/.test(text) && +text < SEED_COUNT);
  speech.variant = seeds.length ? readVariant(parameters.get("player")) : askedVariant();
  speech.text = parameters.get("say") ?? FIRST_NUMBER;
  speech.isOneVoice = parameters.get("voice") !== "each";
  speech.seeds = readSeeds(seeds.map(Number).slice(0, MOST_DIGITS));
  speech.pause = inRange(parseFloat(parameters.get("pause")), { low: 0, high: 1 }, FIRST_PAUSE);
  speech.before = [];
}

// The speaker that was asked for above; null where the seed chose.
function askedVariant() {
  return new URLSearchParams(current.link).has("variant") ? (current.variantNumber ?? null) : null;
}

// The seeds of an address for as many digits as it has; those after them count up.
function readSeeds(given) {
  if (!given.length) given = [FIRST_VOICE];
  if (speech.isOneVoice) return sameSeeds(given[0]);
  return [...given, ...seedsFrom(given.at(-1) + 1)].slice(0, MOST_DIGITS);
}

function sayingAddress() {
  const { text, digits, seeds, isOneVoice, variant, pause } = speech;
  const takes = isOneVoice ? seeds[0] : seeds.slice(0, Math.max(1, digits.length)).join("_");
  const player = variant === null ? {} : { player: variant };
  return { say: text, voice: isOneVoice ? "one" : "each", takes, ...player, pause };
}

// Read the digits of the text; a text that cannot be said is refused by a sentence, and nothing is said.
function readText() {
  const error = part("say-error");
  error.hidden = true;
  try {
    speech.digits = readNumber(speech.text);
  } catch (refusal) {
    speech.digits = [];
    error.hidden = false;
    setText(error, playPhrase(refusal.most ? "number-long" : "number-sign", refusal));
  }
  part("say-text").ariaInvalid = String(!error.hidden);
}

const loadDigits = async () => (speech.digits.length ? loadSounds(digitItems()) : []);

// Called after each change of what is to be speech. The sounds are fetched soon, to be there when they are asked for.
let digitsTimer;

function sayingChanged() {
  speech.turn++;
  speech.end?.();
  drawSaying();
  rememberPlay();
  clearTimeout(digitsTimer);
  digitsTimer = setTimeout(() => sound.loadKit(play.model, digitItems()).catch(tellPlay), 300);
}

function setNumber(text) {
  speech.text = text;
  readText();
  sayingChanged();
}

// Set seeds, whether all are one, or the speaker; Undo takes it back.
function changeVoice(change) {
  const { seeds, isOneVoice, variant } = speech;
  speech.before.push({ seeds, isOneVoice, variant });
  Object.assign(speech, change);
  sayingChanged();
}

function nextSeeds() {
  const { seeds, digits, isOneVoice } = speech;
  const next = isOneVoice ? sameSeeds(seeds[0] + 1) : seedsFrom(seeds[0] + Math.max(1, digits.length));
  changeVoice({ seeds: next });
}

// Another seed for one digit: then it is no longer one voice.
function otherTake(place) {
  const seed = Math.floor(Math.random() * SEED_COUNT);
  changeVoice({ seeds: speech.seeds.with(place, seed), isOneVoice: false });
  element.querySelector(`[data-action="say-other"][data-place="${place}"]`).focus();
  sayDigits([place]);
}

const allPlaces = () => speech.digits.map((_, n) => n);

// The digits of some places as events of a score, and when each is heard.
function placesInTime(places, buffers) {
  const voices = places.map((n) => heardIn(buffers[n]));
  return placeDigits(places.map((n) => speech.digits[n]), voices, speech.pause);
}

// Say the digits of some places, one after the other. Call it in a tap.
async function sayDigits(places) {
  const context = sound.context();
  speech.end?.();
  const turn = ++speech.turn;
  try {
    const buffers = await loadDigits();
    if (turn !== speech.turn || !places.length) return;
    const spoken = placesInTime(places, buffers);
    const origin = context.currentTime + SAY_LEAD;
    const events = spoken.map(({ at, length }, n) => ({ buffer: buffers[places[n]], when: origin + at, length }));
    speech.end = sound.schedule((from, until) => events.filter(({ when }) => when >= from && when < until), endSaying);
    part("say").ariaPressed = "true";
    followSaying(turn, places, spoken, origin);
  } catch (refusal) {
    tellPlay(refusal);
  }
}

function endSaying() {
  speech.end = null;
  part("say").ariaPressed = "false";
  markDigit(-1);
}

// Mark the digit that is heard now: the sound card is behind the clock.
function followSaying(turn, places, spoken, origin) {
  if (turn !== speech.turn || !speech.end) return;
  const { currentTime, outputLatency = 0 } = sound.context();
  const now = currentTime - outputLatency - origin;
  if (now > spoken.at(-1).to) return speech.end();
  markDigit(places[spoken.findIndex(({ from, to }) => from <= now && now < to)] ?? -1);
  requestAnimationFrame(() => followSaying(turn, places, spoken, origin));
}

function markDigit(place) {
  [...part("say-digits").children].forEach((cell, n) => cell.classList.toggle("is-now", n === place));
}

// The number as a score, for a file of it.
async function numberScore() {
  const spoken = placesInTime(allPlaces(), await loadDigits());
  const events = spoken.map(({ at, length }, n) => ({ at, sound: n, gain: 1, rate: 1, length, group: null }));
  const seconds = spoken.at(-1).to + 0.1; // in which the last one fades out
  return { checkpoint: play.model, kit: digitItems(), events, seconds };
}

function drawSaying() {
  const { digits, seeds, isOneVoice, variant, pause, before } = speech;
  drawVariants("say-variant", variant);
  part("say-digits").replaceChildren(...digits.map(digitCell));
  part("say").disabled = part("say-take").disabled = !digits.length;
  part("say-take").hidden = !window.lab?.play?.takeAlong;
  part("say-undo").disabled = !before.length;
  part("say-seed").value = seeds[0];
  part("say-pause").value = pause;
  part("say-pause-shown").textContent = `${pause.toFixed(2)} s`;
  for (const button of element.querySelectorAll('[data-action="say-voice"]')) {
    button.ariaPressed = String((button.dataset.voice === "one") === isOneVoice);
  }
}

function digitCell({ digit, begins }, n) {
  const place = n + 1;
  const hear = makeButton("say-digit", { place: n }, make("b", "", String(digit)), make("code", "", String(speech.seeds[n])));
  const other = makeButton("say-other", { place: n }, make("span", "", "↻"));
  hear.append(unseen("number-digit", { place, digit }));
  other.firstChild.ariaHidden = "true";
  other.append(unseen("number-other", { place }));
  const cell = makeItem(hear, other);
  cell.classList.toggle("is-group", begins);
  return cell;
}

function unseen(name, values) {
  const node = make("span", "lab-unseen");
  setText(node, playPhrase(name, values));
  return node;
}

part("say-text").addEventListener("input", (event) => setNumber(event.target.value));
part("say-text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing) sayDigits(allPlaces());
});
part("say-pause").addEventListener("input", (event) => {
  speech.pause = +event.target.value;
  part("say-pause-shown").textContent = `${speech.pause.toFixed(2)} s`;
  rememberPlay();
});
part("say-seed").addEventListener("change", ({ target: { value, validity } }) => {
  if (!value || !validity.valid) return drawSaying();
  speech.seeds = speech.seeds.with(0, +value);
  chooseVoice(speech.isOneVoice);
});
part("say-variant").addEventListener("change", ({ target: { value } }) => {
  changeVoice({ variant: readVariant(value) });
  sayDigits(allPlaces());
});
translateOptions(part("say-variant"));

function chooseVoice(isOneVoice) {
  const [first] = speech.seeds;
  changeVoice({ seeds: isOneVoice ? sameSeeds(first) : seedsFrom(first), isOneVoice });
}

addActions({
  say: () => (speech.end ? speech.end() : sayDigits(allPlaces())),
  "say-digit": (button) => sayDigits([+button.dataset.place]),
  "say-other": (button) => otherTake(+button.dataset.place),
  "say-voice": (button) => chooseVoice(button.dataset.voice === "one"),
  "say-next"() {
    nextSeeds();
    sayDigits(allPlaces());
  },
  "say-undo"() {
    Object.assign(speech, speech.before.pop());
    sayingChanged();
  },
  "say-example"(button) {
    part("say-text").value = button.dataset.text;
    setNumber(button.dataset.text);
    sayDigits(allPlaces());
  },
  async "say-take"() {
    window.lab.play.takeAlong(await numberScore(), "number");
  },
});
Object.assign(sound, { readNumber, heardIn, placeDigits, numberScore }); // what the tests need
addInstrument("number", { open: openNumber, close: closeNumber, address: sayingAddress });
