// Games that go well or fail, each with the reason and the one change that cures it.

let preset = null; // the one that was chosen last, while its settings hold

function listPresets() {
  part("presets").replaceChildren(
    ...props.value.presets.map(({ name, words: { title } }) => {
      const words = make("span");
      setText(words, title);
      const button = makeButton("preset", { name }, words);
      button.setAttribute("aria-pressed", "false");
      return button;
    }),
  );
}

function showPreset() {
  const text = formatGame(game.settings);
  preset = props.value.presets.find((candidate) => [candidate.game, candidate.cure].includes(text)) ?? null;
  const isCured = preset?.cure === text;
  for (const button of part("presets").children) {
    button.setAttribute("aria-pressed", String(button.dataset.name === preset?.name));
  }
  part("why").hidden = !preset?.cure; // a healthy game speaks for itself
  showDiracBeside(preset?.name === "circles");
  if (!preset?.cure) return;
  setText(part("why-text"), isCured ? preset.words.cured : preset.words.why);
  part("cure").hidden = isCured;
  setText(part("cure"), preset.words.cure);
}

addActions({
  preset(button) {
    const { game: text } = props.value.presets.find(({ name }) => name === button.dataset.name);
    Object.assign(twin, { setting: null, value: null });
    return openGame(text);
  },
  cure: () => openGame(preset.cure),
});
listPresets();
