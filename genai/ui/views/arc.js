// Two pinned points of the plane, and nine pictures along the arc between them.

const askArc = lastly("arc", (told) => {
  const last = told.pictures.length - 1;
  part("arc").replaceChildren(...told.pictures.map((source, n) => tile(source, "step", n, `A ${n} / ${last} B`)));
  part("arc-all").hidden = false;
});

function tile(source, action, place, name) {
  const [entry, button, picture] = [make("li"), make("button"), make("img")];
  button.type = "button";
  button.setAttribute("aria-label", name);
  Object.assign(button.dataset, { action, place });
  picture.src = source;
  picture.alt = "";
  button.append(picture);
  entry.append(button);
  return entry;
}

function makeArc() {
  const { A, B } = at.pins;
  part("along").hidden = !(A && B && [...A, ...B].every(Number.isInteger) && seedAt(...A) !== seedAt(...B));
  if (A && B) askArc({ ...usual(), points: [A, B] });
  else part("arc-all").hidden = true;
}

act({
  pin(button) {
    at.pins[button.dataset.pin] = at.points[0];
    mark();
    makeArc();
  },
  step: (button) => goTo([at.pins.A, at.pins.B], button.dataset.place / 8, true),
  along() {
    part("seeds").value = [at.pins.A, at.pins.B].map((point) => seedAt(...point)).join(", ");
    Object.assign(handed, { label: at.label, truncation: at.truncation });
    part("walk").open = true;
    part("walk").scrollIntoView({ block: "nearest" });
  },
});
