// The seed plane: a pad on which a point of the latent space is chosen, and the result at that point. The view says by
// a function `origin` which result lies in the corner: it returns its seed and the number of its class.

const SIDE = 8;
const SNAP = 0.12; // a point nearer than this to a seed snaps to it
const latent = part("latent");
const pad = part("pad");
const plane = { points: [[0, 0]], share: 0, label: null, truncation: 1, changes: {}, pins: {}, z: [], waiting: 0 };
const walkFromPlane = {}; // label, variant and truncation of a walk that was begun here

function cornerQuestion() {
  const { model, seed, label, variant, truncation } = plane;
  return { model, seed, label, variant, truncation };
}

// Send one question at a time; of those that come up meanwhile, only the latest is sent afterwards.
function askLatest(name, draw) {
  let next = null;
  let busy = false;
  return async (question) => {
    next = { question, about: plane.about };
    if (busy) return;
    busy = true;
    countWaiting(1);
    try {
      while (next) {
        const { question, about } = next;
        next = null;
        const answer = await server[name](question);
        if (about !== plane.about) continue; // another result has come meanwhile
        showMessage("latent-error", answer);
        if (!answer.sentence) draw(answer);
      }
    } finally {
      busy = false;
      countWaiting(-1);
    }
  };
}

function countWaiting(change) {
  plane.waiting += change;
  latent.setAttribute("aria-busy", String(plane.waiting > 0));
}

const askMap = askLatest("plane", (answer) => {
  part("map").src = answer.map;
  showClasses(answer.names);
});

const askPoint = askLatest("point", (answer) => {
  plane.z = answer.z;
  for (const picture of latent.querySelectorAll('[data-shows="point"]')) picture.src = answer.picture;
  showComponents();
  if (!answer.sound) return;
  part("again").hidden = false;
  part("voice").src = answer.sound;
  part("voice").play().catch(() => {}); // browsers forbid sound before the first click
});

function updatePoint(hear = false) {
  drawMarks();
  const changes = Object.entries(plane.changes).map(([component, value]) => [+component, value]);
  askPoint({ ...cornerQuestion(), points: plane.points, share: plane.share, hear, changes });
}

function goTo(points, share = 0, hear = false) {
  Object.assign(plane, { points, share, changes: {} });
  updatePoint(hear);
}

const seedAt = (x, y) => (plane.seed + x + SIDE * y) % 2 ** 32;

// Show the current point: on the pad, and in words.
function drawMarks() {
  const isArc = plane.points.length > 1;
  const [x, y] = plane.points[0];
  const here = isArc ? [] : outlined("circle", { cx: x, cy: y, r: 0.42 }, "here");
  part("marks").replaceChildren(...arcLine(), ...pinMarks(), ...here);
  const seeds = new Set([
    seedAt(Math.floor(x), Math.floor(y)),
    seedAt(Math.ceil(x), Math.floor(y)),
    seedAt(Math.floor(x), Math.ceil(y)),
    seedAt(Math.ceil(x), Math.ceil(y)),
  ]);
  part("where-seed").hidden = isArc || seeds.size > 1;
  part("where-between").hidden = isArc || seeds.size === 1;
  part("where-arc").hidden = !isArc;
  part("where-point").hidden = isArc;
  part("at-seed").textContent = seedAt(x, y);
  part("at-seeds").textContent = [...seeds].join(", ");
  part("at-point").textContent = `x ${+x.toFixed(2)}, y ${+y.toFixed(2)}`;
  part("at-share").textContent = `${plane.share * 8} / 8`;
  for (const button of latent.querySelectorAll("[data-pin]")) button.disabled = isArc;
}

// A dark shape under a light one: visible on every map.
function outlined(tag, attributes, name) {
  return ["under", name].map((className) => makeSvg(tag, { ...attributes, class: className }));
}

function arcLine() {
  const { A, B } = plane.pins;
  return A && B ? outlined("line", { x1: A[0], y1: A[1], x2: B[0], y2: B[1] }, "way") : [];
}

function pinMarks() {
  return Object.entries(plane.pins).flatMap(([name, [x, y]]) => {
    const letter = makeSvg("text", { x, y, class: "pin" });
    letter.textContent = name;
    return [makeSvg("circle", { cx: x, cy: y, r: 0.3, class: "pin" }), letter];
  });
}

function showClasses(names) {
  part("classes").hidden = !names.length;
  if (part("class-list").childElementCount === names.length) return;
  part("class-list").replaceChildren(
    ...names.map((name, number) => {
      const input = make("input");
      Object.assign(input, { type: "radio", name: `${plane.model}-plane-class`, value: number });
      input.checked = number === plane.label;
      const words = make("span");
      setText(words, name);
      const label = make("label");
      label.append(input, words);
      return label;
    }),
  );
}

// A new result, or the fold was opened: begin in the corner, which is that result.
function enterPlane() {
  if (!current || current.empty || current.running) return;
  const params = linkParams();
  const { seed, number: label, variantNumber: variant } = origin();
  const begin = { model: params.get("model"), seed, label, variant, truncation: +params.get("truncation") };
  const about = JSON.stringify(begin);
  if (about === plane.about) return;
  delete walkFromPlane.label;
  delete walkFromPlane.variant;
  delete walkFromPlane.truncation;
  if (!latent.open) return;
  Object.assign(plane, begin, { about, pins: {} });
  part("class-list").replaceChildren();
  part("again").hidden = true;
  changeClass();
  goTo([[0, 0]]);
}

// After another truncation or class was chosen: the same points, with other results.
function changeTruncation() {
  part("psi").value = plane.truncation;
  part("psi-shown").textContent = plane.truncation;
  askMap(cornerQuestion());
  updateArc();
}

function changeClass() {
  changeTruncation();
  resetComponents();
  updateTruncations();
}

const onPad = (coordinate) => Math.min(SIDE - 1, Math.max(0, coordinate));

// The point under the pointer.
function pointOf(event) {
  const box = pad.getBoundingClientRect();
  const x = onPad(((event.clientX - box.left) / box.width) * SIDE - 0.5);
  const y = onPad(((event.clientY - box.top) / box.height) * SIDE - 0.5);
  const nearSeed = [x, y].every((v) => Math.abs(v - Math.round(v)) < SNAP);
  return [x, y].map((v) => (nearSeed ? Math.round(v) : +v.toFixed(3)));
}

pad.addEventListener("pointerdown", (event) => {
  pad.setPointerCapture(event.pointerId);
  goTo([pointOf(event)]);
});
pad.addEventListener("pointermove", (event) => pad.hasPointerCapture(event.pointerId) && goTo([pointOf(event)]));
pad.addEventListener("pointerup", (event) => goTo([pointOf(event)], 0, true));

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
pad.addEventListener("keydown", (event) => {
  const direction = ARROWS[event.key];
  if (!direction) return;
  event.preventDefault();
  const step = event.shiftKey ? 1 : 0.1;
  goTo([plane.points[0].map((v, axis) => onPad(+(v + direction[axis] * step).toFixed(2)))]);
});
pad.addEventListener("keyup", (event) => ARROWS[event.key] && updatePoint(true));

part("psi").addEventListener("input", () => {
  plane.truncation = +part("psi").value;
  part("psi-shown").textContent = plane.truncation;
  updatePoint();
});
part("psi").addEventListener("change", () => {
  changeTruncation();
  updatePoint(true);
});
part("class-list").addEventListener("change", (event) => {
  plane.label = +event.target.value;
  changeClass();
  goTo(plane.points, plane.share, true);
});
latent.addEventListener("toggle", enterPlane);
part("pad-name").id = `${pad.closest('[id$="-view"]').id}-pad`;
pad.setAttribute("aria-labelledby", part("pad-name").id);
addActions({ again: () => part("voice").play() });
