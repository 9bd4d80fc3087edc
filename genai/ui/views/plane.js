// The seed plane: one point of the latent space, dragged to, and what is made of it. The view says by a function
// `origin` which result lies in the corner: something with its seed and the number of its class.

const SIDE = 8;
const SNAP = 0.12; // nearer than this to a seed, a dragged point is the seed's
const latent = part("latent");
const pad = part("pad");
const at = { points: [[0, 0]], share: 0, label: null, truncation: 1, changes: {}, pins: {}, z: [], asking: 0 };
const handed = {}; // label and truncation of a walk that begins here

function usual() {
  return { model: at.model, seed: at.seed, label: at.label, truncation: at.truncation };
}

// One question is in the air at a time; of those that come up meanwhile only the last one follows.
function lastly(name, draw) {
  let [waiting, busy] = [null, false];
  return async (question) => {
    waiting = { question, about: at.about };
    if (busy) return;
    busy = true;
    wait(1);
    try {
      while (waiting) {
        const { question, about } = waiting;
        waiting = null;
        const told = await server[name](question);
        if (about !== at.about) continue; // another result has come meanwhile
        part("latent-error").hidden = !told.sentence;
        if (told.sentence) say(part("latent-error"), told.sentence);
        else draw(told, question);
      }
    } finally {
      busy = false;
      wait(-1);
    }
  };
}

function wait(more) {
  at.asking += more;
  latent.setAttribute("aria-busy", String(at.asking > 0));
}

const askMap = lastly("plane", (told) => {
  part("map").src = told.map;
  layClasses(told.names);
});

const askPoint = lastly("point", (told) => {
  at.z = told.z;
  for (const picture of latent.querySelectorAll('[data-shows="point"]')) picture.src = told.picture;
  showComponents();
  if (!told.sound) return;
  part("again").hidden = false;
  part("voice").src = told.sound;
  part("voice").play().catch(() => {}); // a page just opened may not make a noise
});

function makePoint(hear = false) {
  mark();
  askPoint({ ...usual(), points: at.points, share: at.share, hear,
    changes: Object.entries(at.changes).map(([component, value]) => [+component, value]) }); // prettier-ignore
}

function goTo(points, share = 0, hear = false) {
  Object.assign(at, { points, share, changes: {} });
  makePoint(hear);
}

const seedAt = (x, y) => (at.seed + x + SIDE * y) % 2 ** 32;

// Where we are: on the pad, and in words.
function mark() {
  const { A, B } = at.pins;
  const arc = at.points.length > 1;
  const [x, y] = at.points[0];
  const pins = Object.entries(at.pins).map(([name, [px, py]]) => {
    const letter = svg("text", { x: px, y: py, class: "pin" });
    letter.textContent = name;
    return [svg("circle", { cx: px, cy: py, r: 0.3, class: "pin" }), letter];
  });
  // Dark under light: seen on every map.
  const twice = (tag, attributes, above) => ["under", above].map((name) => svg(tag, { ...attributes, class: name }));
  const line = A && B ? twice("line", { x1: A[0], y1: A[1], x2: B[0], y2: B[1] }, "way") : [];
  const here = arc ? [] : twice("circle", { cx: x, cy: y, r: 0.42 }, "here");
  part("marks").replaceChildren(...line, ...pins.flat(), ...here);
  const [left, right, top, bottom] = [Math.floor(x), Math.ceil(x), Math.floor(y), Math.ceil(y)];
  const around = new Set([seedAt(left, top), seedAt(right, top), seedAt(left, bottom), seedAt(right, bottom)]);
  part("where-seed").hidden = arc || around.size > 1;
  part("where-between").hidden = arc || around.size === 1;
  part("where-arc").hidden = !arc;
  part("where-point").hidden = arc;
  part("at-seed").textContent = seedAt(x, y);
  part("at-seeds").textContent = [...around].join(", ");
  part("at-point").textContent = `x ${+x.toFixed(2)}, y ${+y.toFixed(2)}`;
  part("at-share").textContent = `${at.share * 8} / 8`;
  for (const button of latent.querySelectorAll("[data-pin]")) button.disabled = arc;
}

function layClasses(names) {
  part("classes").hidden = !names.length;
  if (part("class-list").childElementCount === names.length) return;
  part("class-list").replaceChildren(
    ...names.map((name, number) => {
      const [label, input, words] = [make("label"), make("input"), make("span")];
      Object.assign(input, { type: "radio", name: `${at.model}-plane-class`, value: number });
      input.checked = number === at.label;
      say(words, name);
      label.append(input, words);
      return label;
    }),
  );
}

// A result has come, or the fold is opened: begin in the corner, which is that result.
function enterPlane() {
  if (!current || current.empty || current.running) return;
  const asked = new URLSearchParams(current.link);
  const { seed, number } = origin();
  const begin = { model: asked.get("model"), seed, label: number, truncation: +asked.get("truncation") };
  const about = JSON.stringify(begin);
  if (about === at.about) return;
  delete handed.label;
  delete handed.truncation;
  if (!latent.open) return;
  Object.assign(at, begin, { about, pins: {} });
  part("class-list").replaceChildren();
  part("again").hidden = true;
  otherClass();
  goTo([[0, 0]]);
}

// The same places at another truncation, and for another class: other results.
function otherTruncation() {
  part("psi").value = at.truncation;
  part("psi-shown").textContent = at.truncation;
  askMap(usual());
  makeArc();
}

function otherClass() {
  otherTruncation();
  forgetComponents();
  makeTruncations();
}

function drag(event) {
  const box = pad.getBoundingClientRect();
  const inside = (share) => Math.min(SIDE - 1, Math.max(0, share * SIDE - 0.5));
  const exact = [inside((event.clientX - box.left) / box.width), inside((event.clientY - box.top) / box.height)];
  const near = exact.every((v) => Math.abs(v - Math.round(v)) < SNAP);
  return [exact.map((v) => (near ? Math.round(v) : +v.toFixed(3)))];
}

pad.addEventListener("pointerdown", (event) => {
  pad.setPointerCapture(event.pointerId);
  goTo(drag(event));
});
pad.addEventListener("pointermove", (event) => pad.hasPointerCapture(event.pointerId) && goTo(drag(event)));
pad.addEventListener("pointerup", (event) => goTo(drag(event), 0, true));

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
pad.addEventListener("keydown", (event) => {
  const way = ARROWS[event.key];
  if (!way) return;
  event.preventDefault();
  const step = event.shiftKey ? 1 : 0.1;
  goTo([at.points[0].map((v, axis) => Math.min(SIDE - 1, Math.max(0, +(v + way[axis] * step).toFixed(2))))]);
});
pad.addEventListener("keyup", (event) => ARROWS[event.key] && makePoint(true));

part("psi").addEventListener("input", () => {
  at.truncation = +part("psi").value;
  part("psi-shown").textContent = at.truncation;
  makePoint();
});
part("psi").addEventListener("change", () => {
  otherTruncation();
  makePoint(true);
});
part("class-list").addEventListener("change", (event) => {
  at.label = +event.target.value;
  otherClass();
  goTo(at.points, at.share, true);
});
latent.addEventListener("toggle", enterPlane);
part("pad-name").id = `${pad.closest('[id$="-view"]').id}-pad`;
pad.setAttribute("aria-labelledby", part("pad-name").id);
act({ again: () => part("voice").play() });
