// Twins: a second game of the same seed beside the first, with one setting changed.

const TWIN_SETTINGS = ["loss", ...Object.keys(OPTIONS), "seed"];

const twinGame = () => (twin.setting ? formatGame({ ...game.settings, [twin.setting]: twin.value }) : null);
const twinInAddress = () => (twin.setting ? `&twin=${twin.setting}:${encodeURIComponent(twin.value)}` : "");

// Read in what the twin of an address differs.
function readTwin(text, difference) {
  const [setting, value] = (difference ?? "").split(":");
  if (!text || !TWIN_SETTINGS.includes(setting) || !value) return;
  game.settings = parseGame(text);
  Object.assign(twin, { setting, value });
}

function listTwinValues() {
  const setting = part("twin-setting").value;
  const values = { ...OPTIONS, loss: LOSSES, seed: seedsBeside() }[setting];
  const others = values.filter((value) => value !== game.settings?.[setting]);
  part("twin-value").replaceChildren(
    ...others.map((value) => {
      const option = makeOption(value);
      if (setting === "loss") setOptionText(option, phrase(`name_${value}`));
      return option;
    }),
  );
}

const seedsBeside = () => [1, 2, 3, 4].map((distance) => String(+(game.settings?.seed ?? 0) + distance));

// Name both planes by the setting in which they differ.
function showTwins() {
  const isTwin = Boolean(twin.setting);
  part("twin-end").hidden = !isTwin;
  part("plane-1").hidden = !isTwin;
  part("plane-name-0").hidden = !isTwin;
  element.classList.toggle("has-twin", isTwin);
  chooseMap(element.querySelector("[name=game-map]:checked").value);
  if (!isTwin) return;
  part("twin-setting").value = twin.setting;
  listTwinValues();
  setControl(part("twin-value"), twin.value);
  for (const [letter, value] of [["A", game.settings[twin.setting]], ["B", twin.value]]) {
    setText(part(`plane-name-${letter === "A" ? 0 : 1}`), nameOfTwin(letter, value));
  }
}

function nameOfTwin(letter, value) {
  const setting = phrase(`name_${twin.setting}`);
  const name = (language) => (["loss", "order"].includes(twin.setting) ? phrase(`name_${value}`)[language] : (NAMES_OF_OPTIONS[value] ?? value));
  const languages = Object.keys(setting);
  return Object.fromEntries(languages.map((language) => [language, `${letter} · ${setting[language]}: ${name(language)}`]));
}

for (const setting of TWIN_SETTINGS) {
  const option = makeOption(setting);
  setOptionText(option, phrase(`name_${setting}`));
  part("twin-setting").append(option);
}
part("twin-setting").addEventListener("change", listTwinValues);
part("twin").addEventListener("toggle", () => part("twin-value").childElementCount || listTwinValues());

addActions({
  twin() {
    Object.assign(twin, { setting: part("twin-setting").value, value: part("twin-value").value });
    reveal(part("stage"));
    return openGame(formatGame(game.settings));
  },
  "twin-end"() {
    Object.assign(twin, { setting: null, value: null });
    return openGame(formatGame(game.settings));
  },
});
