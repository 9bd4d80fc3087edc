// What the discriminator and its best reply say about one place: under the pointer, or moved by the arrow keys.

const probe = { at: null, network: 0 };
const ARROW_KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const inPlane = (value) => Math.min(EXTENT, Math.max(-EXTENT, value));

// The point of the plane under the pointer.
function pointUnder(canvas, event) {
  const box = canvas.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * 2 * EXTENT - EXTENT;
  const y = EXTENT - ((event.clientY - box.top) / box.height) * 2 * EXTENT;
  return [x, y].map(inPlane);
}

// Where an arrow key moves a point, with Shift further; nothing for another key.
function pointAfterKey([x, y], event) {
  const direction = ARROW_KEYS[event.key];
  if (!direction) return null;
  event.preventDefault();
  const distance = event.shiftKey ? 0.25 : 0.05;
  return [inPlane(x + direction[0] * distance), inPlane(y + direction[1] * distance)];
}

function moveProbe(at, network = probe.network) {
  Object.assign(probe, { at, network });
  part("probe-hint").hidden = Boolean(at);
  part("probe").hidden = !at;
  writeProbe();
  requestDrawing();
}

function writeProbe() {
  const picture = motion.to[probe.network];
  if (!probe.at || !picture) return;
  const [x, y] = probe.at;
  const at = (map) => share(valueAt(map, x, y));
  const values = { x: decimal(x), y: decimal(y), d: at(picture.map), best: at(picture.best) };
  setText(part("probe"), phrase("probe", values));
}

function valueAt(map, x, y) {
  const cell = (value) => Math.min(MAP_SIDE - 1, Math.floor(((value + EXTENT) / (2 * EXTENT)) * MAP_SIDE));
  return map[cell(y) * MAP_SIDE + cell(x)] / 255;
}

for (const { canvas, network } of planes) {
  for (const move of ["pointermove", "pointerdown"]) {
    canvas.addEventListener(move, (event) => moveProbe(pointUnder(canvas, event), network));
  }
  canvas.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && moveProbe(null));
  canvas.addEventListener("keydown", (event) => {
    const at = pointAfterKey(probe.at ?? [0, 0], event);
    if (at) moveProbe(at, network);
    else if (event.key === "Escape") moveProbe(null);
  });
}
