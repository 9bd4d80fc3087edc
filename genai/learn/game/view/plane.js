// The plane: real and generated points, the discriminator as a heat map, the generator's manifold, its gradient.

const LAYERS = ["map", "manifold", "real", "fake", "arrows"]; // from the bottom up
const MAP_SIDE = 40;
const MANIFOLD_SIDE = 21;
const ARROW_LENGTH = 0.4; // of a gradient of length 1, in units of the plane
const LONGEST_ARROW = 0.45;

// Blue: the discriminator says real; orange: generated. Both are told apart with any colour vision.
const HEAT = {
  light: { generated: [236, 158, 84], even: [250, 248, 243], real: [116, 171, 222] },
  dark: { generated: [146, 82, 22], even: [26, 24, 36], real: [34, 98, 160] },
};

const isDark = () => document.body.classList.contains("dark");
const colourOf = (name) => getComputedStyle(element).getPropertyValue(`--lab-${name}`).trim();
const shownLayers = new Set(LAYERS);
let followed = null; // in slow motion, one point: its noise `z` of one or two numbers, and where it is `made`
let litLayers = null; // in slow motion, the layers that a step is about; the others are dimmed

const planes = [...element.querySelectorAll("[data-plane]")].map((canvas) => ({
  canvas,
  network: +canvas.dataset.network,
  map: canvas.dataset.plane,
  picture: null,
}));
const motion = { from: [], to: [], began: 0, lasts: 0, lastFrame: 0, isDrawing: false };

// Show the pictures of all networks; unless `atOnce`, the browser eases from those before.
function showPictures(pictures, atOnce) {
  const now = performance.now();
  const sincePictures = now - motion.lastFrame;
  motion.from = pictures.map((picture, place) => visiblePicture(place, now) ?? picture);
  motion.to = pictures;
  motion.began = now;
  motion.lastFrame = now;
  motion.lasts = atOnce || wantsLessMotion() ? 0 : Math.min(400, Math.max(60, sincePictures));
  requestDrawing();
}

const wantsLessMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function visiblePicture(place, now) {
  const { from, to, began, lasts } = motion;
  if (!to[place]) return null;
  const share = lasts ? Math.min(1, (now - began) / lasts) : 1;
  return mixPictures(from[place], to[place], share);
}

function requestDrawing() {
  if (motion.isDrawing) return;
  motion.isDrawing = true;
  requestAnimationFrame(drawPlanes);
}

function drawPlanes() {
  motion.isDrawing = false;
  const now = performance.now();
  for (const plane of planes) {
    plane.picture = visiblePicture(plane.network, now);
    if (plane.picture && plane.canvas.clientWidth) drawPlane(plane);
  }
  if (now < motion.began + motion.lasts) requestDrawing();
}

function drawPlane({ canvas, picture, map }) {
  const pen = preparedPen(canvas);
  const layers = {
    map: () => drawMap(pen, picture[map]),
    manifold: () => drawManifold(pen, picture),
    real: () => drawReal(pen, picture.real),
    fake: () => drawFake(pen, picture.fake),
    arrows: () => drawArrows(pen, picture),
  };
  for (const name of LAYERS) {
    if (!shownLayers.has(name)) continue;
    pen.globalAlpha = litLayers && !litLayers.includes(name) ? 0.15 : 1;
    layers[name]();
  }
  pen.globalAlpha = 1;
  if (followed) drawFollowed(pen, followed);
  if (probe.at) drawCross(pen, probe.at);
}

// The latent space is a small square in the corner, with the noise that was drawn; a single number lies on its middle
// line. A thin line leads to where the generator puts it.
function drawFollowed(pen, { z: [first, second = 0], made }) {
  const half = 0.4;
  const [left, top] = [0.08 - EXTENT, EXTENT - 0.08];
  const place = [left + half + first * half * 0.94, top - half + second * half * 0.94];
  pen.lineWidth = 0.012;
  pen.strokeStyle = colourOf("g");
  pen.fillStyle = colourOf("surface");
  pen.fillRect(left, top, 2 * half, -2 * half);
  pen.strokeRect(left, top, 2 * half, -2 * half);
  if (made.length) {
    pen.beginPath();
    pen.moveTo(...place);
    pen.lineTo(...made);
    pen.stroke();
  }
  for (const point of made.length ? [place, made] : [place]) drawBigPoint(pen, point);
  writeOnPlane(pen, "z", left + 0.04, top - 0.13);
}

function drawBigPoint(pen, [x, y]) {
  const path = new Path2D();
  path.arc(x, y, 0.045, 0, 2 * Math.PI);
  fillOutlined(pen, path, "g");
}

// Canvas text would be upside down where y points up.
function writeOnPlane(pen, text, x, y) {
  pen.save();
  pen.translate(x, y);
  pen.scale(0.01, -0.01);
  pen.font = "italic 13px serif";
  pen.fillStyle = colourOf("g");
  pen.fillText(text, 0, 0);
  pen.restore();
}

// A canvas of as many pixels as the screen has there, on which one unit is one unit of the plane and y points up.
function preparedPen(canvas) {
  const side = Math.round(canvas.clientWidth * Math.min(2, window.devicePixelRatio));
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d");
  const pixels = side / (2 * EXTENT);
  pen.setTransform(pixels, 0, 0, -pixels, side / 2, side / 2);
  pen.clearRect(-EXTENT, -EXTENT, 2 * EXTENT, 2 * EXTENT);
  return pen;
}

const heatTile = make("canvas");
heatTile.width = heatTile.height = MAP_SIDE;
const heatTables = { light: heatTable(HEAT.light), dark: heatTable(HEAT.dark) };

// The colours of all 256 values of a map, as red, green, blue, alpha.
function heatTable(palette) {
  return Array.from({ length: 256 }, (_, value) => [...heatColour(value / 255, palette), 255]);
}

function drawMap(pen, map) {
  const tile = heatTile.getContext("2d");
  const pixels = tile.createImageData(MAP_SIDE, MAP_SIDE);
  const table = heatTables[isDark() ? "dark" : "light"];
  map.forEach((value, place) => pixels.data.set(table[Math.round(value)], place * 4));
  tile.putImageData(pixels, 0, 0);
  pen.drawImage(heatTile, -EXTENT, -EXTENT, 2 * EXTENT, 2 * EXTENT); // row 0 is the lowest
}

function heatColour(probability, { generated, even, real }) {
  const end = probability < 0.5 ? generated : real;
  const share = Math.abs(2 * probability - 1);
  return even.map((value, channel) => value + (end[channel] - value) * share);
}

// Where the generator puts a regular grid of noise: cells are darker where it squeezes much noise into little room.
function drawManifold(pen, { grid, density }) {
  const isCurve = grid.length < MANIFOLD_SIDE * MANIFOLD_SIDE * 2;
  pen.strokeStyle = pen.fillStyle = colourOf("g");
  const alpha = pen.globalAlpha;
  if (isCurve) drawCurve(pen, grid, density, alpha);
  else drawCells(pen, grid, density, alpha);
  pen.globalAlpha = alpha;
}

function drawCurve(pen, grid, density, alpha) {
  pen.lineCap = "round";
  pen.lineWidth = 0.022;
  for (let place = 0; place < density.length; place++) {
    pen.globalAlpha = alpha * (0.15 + 0.6 * (density[place] / 255));
    pen.beginPath();
    pen.moveTo(grid[2 * place], grid[2 * place + 1]);
    pen.lineTo(grid[2 * place + 2], grid[2 * place + 3]);
    pen.stroke();
  }
}

function drawCells(pen, grid, density, alpha) {
  pen.lineWidth = 0.004;
  const cells = MANIFOLD_SIDE - 1;
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      const corner = row * MANIFOLD_SIDE + column;
      const corners = [corner, corner + 1, corner + MANIFOLD_SIDE + 1, corner + MANIFOLD_SIDE];
      pen.beginPath();
      for (const place of corners) pen.lineTo(grid[2 * place], grid[2 * place + 1]);
      pen.closePath();
      pen.globalAlpha = alpha * (0.03 + 0.4 * (density[row * cells + column] / 255));
      pen.fill();
      pen.globalAlpha = alpha * 0.3;
      pen.stroke();
    }
  }
}

// Real points are round, generated ones are diamonds: told apart without colours too.
function drawReal(pen, points) {
  const size = 0.02;
  const path = new Path2D();
  forEachPoint(points, (x, y) => {
    path.moveTo(x + size, y);
    path.arc(x, y, size, 0, 2 * Math.PI);
  });
  fillOutlined(pen, path, "real");
}

function drawFake(pen, points) {
  const size = 0.028;
  const path = new Path2D();
  forEachPoint(points, (x, y) => {
    path.moveTo(x, y - size);
    path.lineTo(x + size, y);
    path.lineTo(x, y + size);
    path.lineTo(x - size, y);
    path.closePath();
  });
  fillOutlined(pen, path, "g");
}

function fillOutlined(pen, path, colour) {
  pen.lineWidth = 0.012;
  pen.strokeStyle = colourOf("surface");
  pen.stroke(path);
  pen.fillStyle = colourOf(colour);
  pen.fill(path);
}

function forEachPoint(points, draw) {
  for (let place = 0; place < points.length; place += 2) draw(points[place], points[place + 1]);
}

// Where each generated point would have to move for the generator's loss to fall.
function drawArrows(pen, { fake, arrows }) {
  const path = new Path2D();
  for (let place = 0; place < arrows.length; place += 2) {
    addArrow(path, fake[place], fake[place + 1], arrows[place], arrows[place + 1]);
  }
  pen.lineWidth = 0.009;
  pen.lineJoin = pen.lineCap = "round";
  pen.strokeStyle = colourOf("ink");
  pen.stroke(path);
}

function addArrow(path, x, y, dx, dy) {
  const length = Math.hypot(dx, dy) * ARROW_LENGTH;
  if (length < 0.004) return;
  const angle = Math.atan2(dy, dx);
  const drawn = Math.min(length, LONGEST_ARROW);
  const tip = { x: x + drawn * Math.cos(angle), y: y + drawn * Math.sin(angle) };
  const head = Math.min(0.045, drawn * 0.5);
  path.moveTo(x, y);
  path.lineTo(tip.x, tip.y);
  for (const side of [-1, 1]) {
    path.moveTo(tip.x, tip.y);
    const back = angle + side * 2.6;
    path.lineTo(tip.x + head * Math.cos(back), tip.y + head * Math.sin(back));
  }
}

function drawCross(pen, [x, y]) {
  pen.strokeStyle = colourOf("ink");
  pen.lineWidth = 0.012;
  pen.beginPath();
  for (const [dx, dy] of [[0.08, 0], [0, 0.08]]) {
    pen.moveTo(x - dx, y - dy);
    pen.lineTo(x + dx, y + dy);
  }
  pen.stroke();
}

new ResizeObserver(requestDrawing).observe(element);
new MutationObserver(requestDrawing).observe(document.body, { attributes: true, attributeFilter: ["class"] });
