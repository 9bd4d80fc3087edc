// The odds at one character: what else could have come, and another way to go on from there.

async function open(place) {
  reading.place = place;
  glance(place);
  shaded.querySelector(".at")?.classList.remove("at");
  const node = shaded.querySelector(`[data-place="${place}"]`);
  node?.classList.add("at");
  node?.scrollIntoView({ block: "nearest" });
  const settings = Object.fromEntries(["temperature", "top_k", "top_p"].map((name) => [name, +asked().get(name)]));
  const answer = await ask("odds", { place, ...settings });
  if (!answer || reading.place !== place) return;
  part("odds").hidden = false;
  const { character, odds } = answer.choices.find((choice) => choice.chosen);
  const nats = (-Math.log(odds)).toFixed(2);
  part("formula").textContent = `−ln p(${visible(character)}) = −ln ${odds.toPrecision(3)} = ${nats} nats`;
  part("choices").replaceChildren(...answer.choices.map(bar));
}

function bar({ character, odds, dice, chosen }) {
  const row = make("li", chosen ? "chosen" : "");
  const button = make("button", "", visible(character));
  button.type = "button";
  Object.assign(button.dataset, { action: "branch", character });
  row.append(button);
  for (const [name, share] of [["network", odds], ["dice", dice]]) {
    const [track, fill, label] = [make("span", `bar ${name}`), make("i"), make("span", "label")];
    fill.style.width = `${share * 100}%`;
    label.append(word(name), ` ${percent(share)}`);
    track.append(fill, label);
    row.append(track);
  }
  return row;
}

// The prompt is the page's own control: what is written into it, the network goes on from.
function goOnFrom(prompt) {
  const box = document.querySelector("#text-prompt textarea");
  box.value = prompt;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => document.querySelector("#text-generate").click(), 50); // Gradio takes the value over first
}

act({
  branch(button) {
    reading.before.push(current.prompt);
    part("back").hidden = false;
    paste(null);
    goOnFrom([...reading.text].slice(0, reading.place).join("") + button.dataset.character);
  },
  back() {
    goOnFrom(reading.before.pop());
    part("back").hidden = !reading.before.length;
  },
});

shaded.addEventListener("click", (event) => {
  const place = event.target.dataset.place;
  if (place !== undefined && reading.seen) open(+place);
});
part("page").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || !reading.seen || shaded.hidden) return;
  event.preventDefault();
  const last = shaded.childElementCount - 1;
  open(Math.min(last, Math.max(0, (reading.place ?? -step) + step)));
});
