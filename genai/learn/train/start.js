// Step 2: what the training goes on from, how long it takes, and its settings.

const MINUTES = [1, 2, 3, 5, 10, 20, 30];
let offered = null; // the settings that the server offers for what is chosen

function radio(group, value, label, isChosen) {
  const input = make("input");
  Object.assign(input, { type: "radio", name: group, value, checked: isChosen });
  const node = make("label");
  node.append(input, said("span", "", label));
  return node;
}

// The nearest shipped model: for a text that which reads its characters, for photographs that which knows colours.
function nearestModel() {
  const { models, nearest } = modalities[chosen.modality];
  const names = models.map(({ name }) => name);
  const first = (...wanted) => wanted.find((name) => names.includes(name)) ?? nearest ?? "";
  if (chosen.source === "named") return first(chosen.named[chosen.modality]);
  if (chosen.modality === "text") return isChinese() ? first("tang") : first("shakespeare");
  return chosen.source === "photo" ? first("characters") : nearest ?? "";
}

function isChinese() {
  const text = shownData().items.map((item) => item.text ?? "").join("");
  return (text.match(/\p{Script=Han}/gu) ?? []).length > text.length / 2;
}

function showFrom() {
  const { models } = modalities[chosen.modality];
  const wanted = chosen.from[chosen.modality] ?? nearestModel();
  const nearest = nearestModel();
  const choices = models.map(({ name, title }) =>
    radio("train-from", name, name === nearest ? phrase("nearest_model", { title }) : title, name === wanted),
  );
  const scratch = radio("train-from", "", phrase("scratch"), wanted === "");
  part("from").replaceChildren(part("from").querySelector("legend"), ...choices, scratch);
  loadSettings();
}

const fromModel = () => part("from").querySelector("input:checked")?.value ?? "";

function showMinutes() {
  const choices = MINUTES.map((minutes) =>
    radio("train-minutes", minutes, phrase("n_minutes", { minutes }), minutes === chosen.minutes),
  );
  part("minutes").replaceChildren(part("minutes").querySelector("legend"), ...choices);
}

async function loadSettings() {
  const { modality } = chosen;
  const from = fromModel();
  const answer = await ask("settings", { modality, from: from || null });
  if (!answer || modality !== chosen.modality || from !== fromModel()) return;
  offered = answer.settings;
  chosen.isAllowed = answer.allowed;
  showHints();
  part("settings").replaceChildren(...offered.map((setting) => settingControl(setting, chosen.settings, false)));
}

// A control for one setting. While a run is going, one that cannot change is shown locked, with the reason.
function settingControl(setting, values, isLive) {
  const { name, title, low, high, choices, why } = setting;
  const value = values[name] ?? setting.value;
  const isLocked = isLive && !setting.live;
  const row = make("div", `lab-setting${isLocked ? " is-locked" : ""}`);
  const label = make("label");
  const shown = make("output", "", String(value));
  const input = choices ? choiceInput(choices, value) : numberInput(low, high, value);
  input.disabled = isLocked;
  input.dataset.setting = name;
  input.addEventListener("input", () => (shown.textContent = String(numberOf(input))));
  input.addEventListener("change", () => changeSetting(name, numberOf(input), isLive));
  shown.hidden = Boolean(choices); // a list shows its own value
  label.append(said("span", "", title), " ", shown, input);
  row.append(label);
  if (isLocked && why) row.append(said("small", "", why));
  return row;
}

function choiceInput(choices, value) {
  const select = make("select");
  select.append(...choices.map((choice) => makeOption(choice, choice === value)));
  return select;
}

function makeOption(choice, isChosen) {
  const option = make("option", "", String(choice));
  Object.assign(option, { value: choice, selected: isChosen });
  if (props.value.phrases[`choice_${choice}`]) setOptionText(option, phrase(`choice_${choice}`));
  return option;
}

// Rates and penalties differ by factors: their slider is logarithmic, with 0 at its left end.
function numberInput(low, high, value) {
  const slider = make("input");
  Object.assign(slider, { type: "range", min: 0, max: 100, step: 1 });
  const floor = low > 0 ? low : high / 1000;
  const isLogarithmic = low > 0 ? high / low >= 100 : high > 1; // a share, such as dropout, is not
  slider.valueOf100 = (place) => {
    if (!isLogarithmic) return low + (place / 100) * (high - low);
    return place === 0 ? low : floor * (high / floor) ** (place / 100);
  };
  const place = isLogarithmic ? (value <= low ? 0 : (100 * Math.log(value / floor)) / Math.log(high / floor)) : (100 * (value - low)) / (high - low);
  slider.value = Math.round(place);
  slider.first = { place: slider.value, value };
  return slider;
}

// What a control is set to; a slider that is back where it was has exactly the value that it began with.
function numberOf(input) {
  if (input.tagName === "SELECT") return Number.isNaN(+input.value) ? input.value : +input.value;
  if (input.value === input.first.place) return input.first.value;
  return Number(input.valueOf100(+input.value).toPrecision(2));
}

async function changeSetting(name, value, isLive) {
  if (!isLive) {
    chosen.settings[name] = value;
    return;
  }
  const answer = await ask("control", { id: run.id, do: "change", settings: { [name]: value } });
  if (answer) showRun(answer.state);
}

part("from").addEventListener("change", () => {
  chosen.from[chosen.modality] = fromModel();
  chosen.settings = {};
  loadSettings();
});

part("minutes").addEventListener("change", ({ target }) => {
  chosen.minutes = Number(target.value);
});

async function startRun() {
  const data = chosen.source === "named" ? chosen.named[chosen.modality] : shownData().id;
  const { modality, minutes, settings } = chosen;
  const answer = await ask("start", { modality, data, from: fromModel() || null, minutes, settings });
  if (!answer) return;
  remember({ run: answer.id, dataOfRun: { ...recall().dataOfRun, [answer.id]: data } });
  openRun(answer.id, answer.topic, answer.state);
  go("watch");
}
