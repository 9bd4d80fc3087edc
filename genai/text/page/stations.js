// The drawing of the strip, for any view that has stations.html: the stations of one character.

const visible = (character) => ({ " ": "␣", "\n": "↵", "\t": "⇥" })[character] ?? character;

// The characters of the text, the picture of the neurons, the choices with "odds" and "dice", and the character's place.
function drawStrip(characters, neurons, choices, place) {
  const { character, odds, dice } = choices.find((choice) => choice.chosen);
  part("strip-text").textContent = characters.slice(Math.max(0, place - 12), place).map(visible).join("");
  part("strip-neurons").src = neurons.source;
  drawBars("strip-odds", choices, "odds");
  drawBars("strip-dice", choices, "dice");
  for (const name of ["strip-letter", "strip-name"]) part(name).textContent = visible(character);
  part("strip-place").textContent = `${place + 1} / ${characters.length}`;
  part("strip-share").textContent = odds.toPrecision(3);
  part("strip-nats").textContent = (-Math.log(odds)).toFixed(2);
  part("strip-thrown").textContent = percent(dice);
}

function drawBars(name, choices, key) {
  const width = 100 / choices.length;
  const top = Math.max(...choices.flatMap(({ odds, dice }) => [odds, dice])); // one scale for both stations
  part(name).replaceChildren(
    ...choices.map((choice, n) => {
      const height = Math.max(1, (choice[key] / top) * 42);
      const box = { x: n * width + 1, y: 44 - height, width: width - 2, height };
      return makeSvg("rect", { ...box, class: choice.chosen ? "chosen" : "" });
    }),
  );
}
