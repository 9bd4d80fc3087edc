// The settings of a game: its controls, and the text that stands for it in addresses.

const SETTINGS = [
  "data",
  "loss",
  "latent_size",
  "width",
  "batch_size",
  "generator_rate",
  "discriminator_rate",
  "discriminator_steps",
  "penalty",
  "optimiser",
  "seed",
];
const RATES = ["0.0001", "0.0002", "0.0005", "0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1"];
const OPTIONS = {
  latent_size: ["1", "2"],
  width: ["8", "16", "32", "64"],
  batch_size: ["32", "64", "128", "256"],
  generator_rate: RATES,
  discriminator_rate: RATES,
  discriminator_steps: ["1", "2", "3", "5", "10", "20"],
  penalty: ["0", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1", "2", "5", "10"],
  optimiser: ["adam", "sgd"],
  order: ["alternating", "simultaneous"],
};
const NAMES_OF_OPTIONS = { adam: "Adam", sgd: "SGD" };
const ALTERNATING = "alternating";
const LOSSES = ["zero-sum", "non-saturating", "hinge", "wasserstein", "relativistic"];
// What both players minimise, in terms of probabilities D or of logits s.
const FORMULAS = {
  "zero-sum": {
    discriminator: "L_{D} = −E log D(x) − E log(1 − D(G(z)))",
    generator: "L_{G} = E log(1 − D(G(z)))",
  },
  "non-saturating": {
    discriminator: "L_{D} = −E log D(x) − E log(1 − D(G(z)))",
    generator: "L_{G} = −E log D(G(z))",
  },
  hinge: {
    discriminator: "L_{D} = E max(0, 1 − s(x)) + E max(0, 1 + s(G(z)))",
    generator: "L_{G} = −E s(G(z))",
  },
  wasserstein: {
    discriminator: "L_{D} = E s(G(z)) − E s(x)",
    generator: "L_{G} = −E s(G(z))",
  },
  relativistic: {
    discriminator: "L_{D} = E log(1 + e^{s(G(z)) − s(x)})",
    generator: "L_{G} = E log(1 + e^{s(x) − s(G(z))})",
  },
};

function parseGame(text) {
  const values = text.split(",");
  const settings = Object.fromEntries(SETTINGS.map((name, place) => [name, values[place]]));
  settings.points = values[SETTINGS.length] ?? "";
  settings.order = values[SETTINGS.length + 1] ?? ALTERNATING;
  return settings;
}

function formatGame(settings) {
  const values = SETTINGS.map((name) => settings[name]);
  const points = settings.data === "drawn" ? settings.points : "";
  if (settings.order !== ALTERNATING) values.push(points, settings.order);
  else if (points) values.push(points);
  return values.join(",");
}

// Show the settings of the game in the controls.
function showSettings() {
  const { settings } = game;
  for (const button of part("data").children) {
    button.setAttribute("aria-pressed", String(button.dataset.data === settings.data));
  }
  for (const input of part("losses").querySelectorAll("input")) input.checked = input.value === settings.loss;
  for (const control of element.querySelectorAll("[data-setting]")) setControl(control, settings[control.dataset.setting]);
  const { discriminator, generator } = FORMULAS[settings.loss];
  setFormula(part("loss-formula"), `${discriminator}     ${generator}`);
  setText(part("loss-words"), phrase(`loss_${settings.loss}`));
  drawData(part("data").lastElementChild, settings.data === "drawn" ? game.state?.real : null);
}

// A value from an address may be none of the list's: then the list gets it too.
function setControl(control, value) {
  const isMissing = control.options && ![...control.options].some((option) => option.value === value);
  if (isMissing) control.append(makeOption(value));
  control.value = value;
}

function makeOption(value) {
  const option = make("option", "", NAMES_OF_OPTIONS[value] ?? value);
  option.value = value;
  if (OPTIONS.order.includes(value)) setOptionText(option, phrase(`name_${value}`));
  return option;
}

for (const [name, values] of Object.entries(OPTIONS)) {
  element.querySelector(`[data-setting="${name}"]`).append(...values.map(makeOption));
}

element.addEventListener("change", (event) => {
  const { setting } = event.target.dataset;
  if (setting) changeGame({ [setting]: event.target.value });
  if (event.target.name === "game-loss") changeGame({ loss: event.target.value });
});

// The little pictures on the buttons of the data sets.
function drawData(button, text) {
  const canvas = button.querySelector("canvas");
  canvas.width = canvas.height = 88;
  const pen = canvas.getContext("2d");
  pen.fillStyle = colourOf("real");
  if (!text) return drawPencil(pen);
  forEachPoint(pointsOf(text), (x, y) => {
    pen.fillRect(((x + EXTENT) / (2 * EXTENT)) * 88 - 1.5, ((EXTENT - y) / (2 * EXTENT)) * 88 - 1.5, 3, 3);
  });
}

// What one draws oneself has no picture yet.
function drawPencil(pen) {
  pen.font = "56px sans-serif";
  pen.textAlign = "center";
  pen.fillText("✎", 44, 62);
}

function drawAllData() {
  for (const button of part("data").children) {
    const text = props.value.pictures[button.dataset.data];
    if (text) drawData(button, text);
  }
  if (game.settings?.data === "drawn") drawData(part("data").lastElementChild, game.state.real);
}

new MutationObserver(drawAllData).observe(document.body, { attributes: true, attributeFilter: ["class"] });

addActions({
  data(button) {
    if (button.dataset.data === "drawn") return openDrawing();
    return changeGame({ data: button.dataset.data });
  },
  reroll() {
    return changeGame({ seed: String(Math.floor(Math.random() * 1_000_000)) });
  },
});
