// Two pinned points of the plane, and nine thumbnails along the arc between them.

const askArc = askLatest("arc", (answer) => {
  const last = answer.pictures.length - 1;
  part("arc").replaceChildren(...answer.pictures.map((source, n) => tile(source, "step", n, `A ${n} / ${last} B`)));
  part("arc-all").hidden = false;
});

function tile(source, action, place, name) {
  const button = makeButton(action, { place }, makeImage(source));
  button.setAttribute("aria-label", name);
  return makeItem(button);
}

function updateArc() {
  const { A, B } = plane.pins;
  const areSeeds = A && B && [...A, ...B].every(Number.isInteger);
  part("along").hidden = !areSeeds || seedAt(...A) === seedAt(...B);
  if (A && B) askArc({ ...cornerQuestion(), points: [A, B] });
  else part("arc-all").hidden = true;
}

// What a walk visits: the seeds typed, in the class and at the truncation of the plane if it was begun there, else in
// the class and the variant that are asked for.
function walkSettings(asked) {
  const params = linkParams();
  return {
    model: params.get("model"),
    seeds: part("seeds").value.split(/[^0-9]+/).filter(Boolean).map(Number),
    label: walkFromPlane.label ?? asked.label,
    variant: "variant" in walkFromPlane ? walkFromPlane.variant : asked.variant,
    truncation: walkFromPlane.truncation ?? +params.get("truncation"),
  };
}

addActions({
  pin(button) {
    plane.pins[button.dataset.pin] = plane.points[0];
    drawMarks();
    updateArc();
  },
  step: (button) => goTo([plane.pins.A, plane.pins.B], button.dataset.place / 8, true),
  along() {
    part("seeds").value = [plane.pins.A, plane.pins.B].map((point) => seedAt(...point)).join(", ");
    const { label, variant, truncation } = plane;
    Object.assign(walkFromPlane, { label, variant, truncation });
    part("walk").open = true;
    part("walk").scrollIntoView({ block: "nearest" });
  },
});
