// How the network of a moment chose one character of its sample.

let answer = null;

async function look(asked) {
  const found = await server.strip({ model: nameOf(asked), place: asked.place ?? null });
  if (moment !== asked || showTrouble(found)) return;
  answer = found;
  draw();
}

function draw() {
  const characters = [...answer.text];
  part("strip").hidden = false;
  part("strip-tried").hidden = true;
  drawStrip(characters, answer.strip.neurons, answer.strip.choices, answer.place);
  const before = characters.slice(0, answer.place).join("");
  const after = characters.slice(answer.place + 1).join("");
  part("look-text").replaceChildren(before, make("mark", "", visible(characters[answer.place])), after);
  part("look-choices").replaceChildren(...answer.strip.choices.map(choiceItem));
}

function choiceItem({ character, odds, chosen }) {
  const bar = make("span", "bar");
  bar.style.width = `${100 * odds}%`;
  const item = makeItem(make("code", "", visible(character)), bar, make("span", "share", percent(odds)));
  item.classList.toggle("is-chosen", chosen);
  return item;
}

function moveTo(place) {
  if (!answer || place < 0 || place >= [...answer.text].length) return;
  followMoment({ ...moment, place, isNew: false });
}

addActions({
  station: () => part("look-choices").scrollIntoView({ block: "nearest" }),
  before: () => moveTo(answer.place - 1),
  after: () => moveTo(answer.place + 1),
});
