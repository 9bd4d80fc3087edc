// The figure of two models of the same points. The generative one fits a normal distribution to each kind by maximum
// likelihood, and draws from it. The classifier fits a border by logistic regression, and names what it is shown.

const PLANE = { width: 300, height: 190 };
const KINDS = [0, 1]; // circles and squares
const NEW_MS = 900;
const MOST_NEW = 14;
const FIRST_POINTS = 14; // of each kind
const CENTRES = [
  { x: 95, y: 115, wide: 30, high: 17, lean: -0.5 },
  { x: 210, y: 75, wide: 24, high: 24, lean: 0 },
];

// Mulberry32, a small generator of random numbers from a seed; returns numbers from 0 to 1.
function makeRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// Two independent standard normal numbers (Box and Muller, 1958).
function normalPair(random) {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  const angle = 2 * Math.PI * random();
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

function firstPoints(random) {
  return KINDS.flatMap((kind) => {
    const { x, y, wide, high, lean } = CENTRES[kind];
    return Array.from({ length: FIRST_POINTS }, () => {
      const [a, b] = normalPair(random);
      return { kind, x: x + wide * a, y: y + high * b + lean * wide * a };
    });
  });
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// The normal distribution of greatest likelihood: mean and covariance, and the Cholesky factor of the covariance.
function fitNormal(points) {
  const x = mean(points.map((point) => point.x));
  const y = mean(points.map((point) => point.y));
  const xx = mean(points.map((point) => (point.x - x) ** 2)) + 1;
  const yy = mean(points.map((point) => (point.y - y) ** 2)) + 1;
  const xy = mean(points.map((point) => (point.x - x) * (point.y - y)));
  const first = Math.sqrt(xx);
  const across = xy / first;
  return { x, y, first, across, second: Math.sqrt(Math.max(1, yy - across ** 2)) };
}

const throughNormal = ({ x, y, first, across, second }, [a, b]) => ({
  x: x + first * a,
  y: y + across * a + second * b,
});

// Logistic regression by gradient descent on the cross-entropy; the points are moved to about -1 to 1 first.
function fitBorder(points) {
  const inputs = points.map(({ x, y, kind }) => ({ x: x / 150 - 1, y: y / 95 - 1, kind }));
  const weights = { x: 0, y: 0, bias: 0 };
  for (let step = 0; step < 400; step++) {
    const slope = { x: 0, y: 0, bias: 0 };
    for (const { x, y, kind } of inputs) {
      const odds = weights.x * x + weights.y * y + weights.bias;
      const error = 1 / (1 + Math.exp(-odds)) - kind;
      slope.x += error * x;
      slope.y += error * y;
      slope.bias += error;
    }
    for (const name of Object.keys(weights)) weights[name] -= (1.5 * slope[name]) / inputs.length;
  }
  return ({ x, y }) => weights.x * (x / 150 - 1) + weights.y * (y / 95 - 1) + weights.bias;
}

function drawPoint({ x, y, kind }, className) {
  const size = 4.5;
  if (kind === 0) return makeSvg("circle", { cx: x, cy: y, r: size, class: className });
  return makeSvg("rect", { x: x - size, y: y - size, width: 2 * size, height: 2 * size, class: className });
}

function ellipse(normal, deviations) {
  const corners = Array.from({ length: 48 }, (_, n) => {
    const angle = (n / 48) * 2 * Math.PI;
    const { x, y } = throughNormal(normal, [deviations * Math.cos(angle), deviations * Math.sin(angle)]);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return makeSvg("polygon", { points: corners.join(" "), class: "ellipse" });
}

// The border, as the cells of a coarse grid that it names a square.
function area(score) {
  const cell = 10;
  const cells = [];
  for (let x = 0; x < PLANE.width; x += cell) {
    for (let y = 0; y < PLANE.height; y += cell) {
      if (score({ x: x + cell / 2, y: y + cell / 2 }) > 0) cells.push(`M${x} ${y}h${cell}v${cell}h-${cell}z`);
    }
  }
  return makeSvg("path", { d: cells.join(""), class: "area" });
}

function drawGenerative(figure) {
  const random = makeRandom(7);
  const left = part("plane-generative", figure);
  const right = part("plane-classifier", figure);
  let points;
  let normals;
  let score;
  let drawn = [];
  let count = 0;

  function learn() {
    normals = KINDS.map((kind) => fitNormal(points.filter((point) => point.kind === kind)));
    score = fitBorder(points);
    draw();
  }

  function draw() {
    const real = points.map((point) => drawPoint(point, "real"));
    const made = drawn.map((point) => drawPoint(point, "made"));
    left.replaceChildren(...normals.flatMap((normal) => [ellipse(normal, 2), ellipse(normal, 1)]), ...real, ...made);
    const asked = drawn.slice(-1).map((point) => drawPoint({ ...point, kind: score(point) > 0 ? 1 : 0 }, "asked"));
    right.replaceChildren(area(score), ...points.map((point) => drawPoint(point, "real")), ...asked);
    part("count-drawn", figure).textContent = count;
    part("named", figure).textContent = drawn.length ? (score(drawn.at(-1)) > 0 ? "■" : "●") : "–";
  }

  function drawNew() {
    const kind = random() < points.filter((point) => point.kind === 0).length / points.length ? 0 : 1;
    drawn = [...drawn, { kind, ...throughNormal(normals[kind], normalPair(random)) }].slice(-MOST_NEW);
    count++;
    draw();
  }

  function begin() {
    points = firstPoints(random);
    drawn = [];
    count = 0;
    learn();
    drawNew();
  }

  let nextKind = 1; // what a tap adds
  left.addEventListener("click", (event) => {
    const box = left.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * PLANE.width;
    const y = ((event.clientY - box.top) / box.height) * PLANE.height;
    points.push({ kind: nextKind, x, y });
    learn();
  });
  addActions({
    "add-point": (button) => {
      nextKind = +button.dataset.kind;
      points.push({ kind: nextKind, x: 30 + 240 * random(), y: 25 + 140 * random() });
      learn();
    },
    "forget-points": begin,
  });
  begin();
  animate(left, NEW_MS, drawNew);
}
