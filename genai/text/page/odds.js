// The probabilities at one character: what else could have come, and another way to go on from there.

const CONTROLS = { temperature: "#text-temperature", top_k: "#text-top-k", top_p: "#text-top-p", typical_p: "#text-typical-p" };
const RANGES = { temperature: [0, 5], top_k: [0, 1e6], top_p: [1e-6, 1], typical_p: [1e-6, 1] }; // of text/request.py
const LEFT_OUT = { typical_p: 1 }; // by links, as in ui/panel/links.py

const WIDE_READING = 620; // pixels; where a text has them, its bars are beside it

let tried = {}; // settings that differ from those of the text, since a control was moved
let triedLink; // of the text that they were tried on

async function showOdds(place) {
  reading.place = place;
  showStrip(place);
  shaded.querySelector(".at")?.classList.remove("at");
  const node = shaded.querySelector(`[data-place="${place}"]`);
  node?.classList.add("at");
  node?.scrollIntoView({ block: "nearest" });
  if (reading.mode === "attention") shade();
  const answer = await ask("odds", { place });
  if (!answer || reading.place !== place) return;
  reading.odds = answer;
  drawOdds();
  part("odds").scrollIntoView({ block: "nearest" });
}

// Called whenever another text is read: nothing is chosen in it yet.
function clearOdds() {
  reading.place = reading.odds = null;
  drawOdds();
}

function drawOdds() {
  const chosen = reading.odds !== null;
  part("odds").hidden = !chosen;
  part("pick").hidden = chosen;
  if (!chosen) return;
  const choices = withDice(reading.odds);
  const { character, odds } = choices.find((choice) => choice.chosen);
  const nats = (-Math.log(odds)).toFixed(2);
  part("formula").textContent = `−ln p(${visible(character)}) = −ln ${odds.toPrecision(3)} = ${nats} `;
  part("formula").append(word("nats"));
  part("choices").replaceChildren(...choices.map(choiceRow));
  part("tried").hidden = !isTried();
}

// Choices with the probability that each is drawn with under the settings as they are now.
function withDice(answer) {
  if (!answer.logits) return answer.choices; // of a strip in motion, under the text's own settings
  answer.values ??= decodeLogits(answer.logits);
  const probabilities = samplingProbabilities(answer.values, { ...samplingSettings(), ...triedSettings() });
  return answer.choices.map((choice) => ({ ...choice, dice: probabilities[choice.rank] }));
}

// The settings that the text was written with.
function samplingSettings() {
  const params = linkParams();
  return Object.fromEntries(Object.keys(CONTROLS).map((name) => [name, +(params.get(name) ?? LEFT_OUT[name])]));
}

// The settings that were tried on the text that is shown: none of a new text.
function triedSettings() {
  if (triedLink !== current.link) tried = {};
  triedLink = current.link;
  return tried;
}

const isTried = () => Object.keys(triedSettings()).length > 0;

function trySettings() {
  if (!current?.link) return;
  const own = samplingSettings();
  triedSettings();
  for (const [name, selector] of Object.entries(CONTROLS)) {
    const box = document.querySelector(`${selector} input[type=number]`);
    const [low, high] = RANGES[name];
    const value = box?.value ? +box.value : NaN;
    if (!(value >= low && value <= high)) continue; // the server refuses it
    if (value === own[name]) delete tried[name];
    else tried[name] = value;
  }
  drawStations();
  drawOdds();
}

// A slider acts at once on the bars of the chosen character. Gradio sets the box beside a slider after the event.
for (const kind of ["input", "change", "click"]) {
  element.closest("[role=tabpanel]")?.addEventListener(kind, ({ target }) => {
    if (target.closest(Object.values(CONTROLS).join())) requestAnimationFrame(trySettings);
  });
}

// An observer and no media query: the tour may take part of the page's width. (Gradio drops container queries.)
new ResizeObserver(([{ contentRect }]) => {
  part("reading").classList.toggle("is-wide", contentRect.width >= WIDE_READING);
}).observe(part("reading"));

function choiceRow({ character, odds, dice, chosen }) {
  const row = make("li", chosen ? "chosen" : "");
  row.append(makeButton("branch", { character }, visible(character)));
  row.append(probabilityBar("network", odds), probabilityBar("dice", dice));
  return row;
}

function probabilityBar(name, share) {
  const fill = make("i");
  fill.style.width = `${share * 100}%`;
  const label = make("span", "label");
  label.append(word(name), ` ${percent(share)}`);
  const bar = make("span", `bar ${name}`);
  bar.append(fill, label);
  return bar;
}

// Continue from a text: put it into the page's prompt and press Generate.
function generateFrom(prompt) {
  const box = document.querySelector("#text-prompt textarea");
  box.value = prompt;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => document.querySelector("#text-generate").click(), 50); // after Gradio has read the box
}

addActions({
  branch(button) {
    reading.prompts.push(current.prompt);
    part("back").hidden = false;
    readPasted(null);
    generateFrom([...reading.text].slice(0, reading.place).join("") + button.dataset.character);
  },
  back() {
    generateFrom(reading.prompts.pop());
    part("back").hidden = !reading.prompts.length;
  },
});

shaded.addEventListener("click", (event) => {
  const place = event.target.dataset.place;
  if (place !== undefined && reading.answer) showOdds(+place);
});
part("page").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || !reading.answer || shaded.hidden) return;
  event.preventDefault();
  const last = shaded.childElementCount - 1;
  showOdds(Math.min(last, Math.max(0, (reading.place ?? -step) + step)));
});
