// The probabilities at one character: what else could have come, and another way to go on from there.

async function showOdds(place) {
  reading.place = place;
  showStrip(place);
  shaded.querySelector(".at")?.classList.remove("at");
  const node = shaded.querySelector(`[data-place="${place}"]`);
  node?.classList.add("at");
  node?.scrollIntoView({ block: "nearest" });
  const answer = await ask("odds", { place, ...samplingSettings() });
  if (!answer || reading.place !== place) return;
  part("odds").hidden = false;
  const { character, odds } = answer.choices.find((choice) => choice.chosen);
  const nats = (-Math.log(odds)).toFixed(2);
  part("formula").textContent = `−ln p(${visible(character)}) = −ln ${odds.toPrecision(3)} = ${nats} nats`;
  part("choices").replaceChildren(...answer.choices.map(choiceRow));
}

function samplingSettings() {
  const params = linkParams();
  return Object.fromEntries(["temperature", "top_k", "top_p"].map((name) => [name, +params.get(name)]));
}

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
