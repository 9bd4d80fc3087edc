// A board to draw on, with finger, mouse, pen or keys. A drawing is a list of strokes, each x, y, x, y and so on.

const SIDE = 255; // of a drawing that is sent
const EPSILON = 2;
const KEY_STEP = 12; // pixels of the canvas
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const board = part("canvas");
const brush = board.getContext("2d");
let drawn = []; // the strokes on the board, in its pixels
let pointer = null; // the id of the finger that draws
let cursor = null; // where the keyboard's pen is
let keysDraw = false; // whether that pen is on the paper
let isSending = false; // a drawing; what is drawn meanwhile is of the next one

function placeOf(event) {
  const box = board.getBoundingClientRect();
  const scale = board.width / box.width;
  return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
}

function drawBoard() {
  const style = getComputedStyle(board);
  brush.clearRect(0, 0, board.width, board.height);
  brush.lineWidth = board.width * 0.05;
  brush.lineCap = brush.lineJoin = "round";
  brush.strokeStyle = brush.fillStyle = style.color;
  for (const stroke of drawn) {
    brush.beginPath();
    brush.moveTo(stroke[0], stroke[1]);
    for (let i = 0; i < stroke.length; i += 2) brush.lineTo(stroke[i], stroke[i + 1]);
    brush.stroke();
  }
  if (cursor) {
    brush.beginPath();
    brush.arc(...cursor, board.width * 0.02, 0, 7);
    if (keysDraw) brush.fill();
    else {
      brush.lineWidth = 4;
      brush.stroke();
    }
  }
  part("take-drawing").disabled = isSending || !drawn.length;
}

board.addEventListener("pointerdown", (event) => {
  if (pointer !== null || event.button) return;
  pointer = event.pointerId;
  board.setPointerCapture(pointer);
  cursor = null;
  drawn.push(placeOf(event));
  drawBoard();
});

board.addEventListener("pointermove", (event) => {
  if (event.pointerId !== pointer) return;
  // A fast finger makes more points than there are events.
  for (const point of event.getCoalescedEvents?.() ?? [event]) drawn.at(-1).push(...placeOf(point));
  drawBoard();
});

for (const name of ["pointerup", "pointercancel"]) {
  board.addEventListener(name, (event) => {
    if (event.pointerId === pointer) pointer = null;
  });
}

board.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const move = MOVES[event.key];
  if (move) moveCursor(move, event.shiftKey ? 4 : 1);
  else if (event.key === " ") liftOrLower();
  else if (event.key === "Enter") part("take-drawing").click();
  else if (event.key === "Backspace") actions.undoStroke();
  else return;
  event.preventDefault();
  drawBoard();
});

function moveCursor([dx, dy], steps) {
  const within = (value) => Math.max(0, Math.min(board.width, value));
  cursor ??= [board.width / 2, board.height / 2];
  cursor = [within(cursor[0] + dx * steps * KEY_STEP), within(cursor[1] + dy * steps * KEY_STEP)];
  if (keysDraw) drawn.at(-1).push(...cursor);
}

function liftOrLower() {
  cursor ??= [board.width / 2, board.height / 2];
  keysDraw = !keysDraw;
  if (keysDraw) drawn.push([...cursor]);
}

// The strokes that are finished: the pen of the keys is lifted for that, a finger is not.
function finishedStrokes() {
  keysDraw = false;
  return pointer === null ? [...drawn] : drawn.slice(0, -1);
}

function removeStrokes(strokes) {
  drawn = drawn.filter((stroke) => !strokes.includes(stroke));
  drawBoard();
}

function clearBoard() {
  drawn = [];
  pointer = null; // the stroke of a finger that is down ends too
  keysDraw = false;
  drawBoard();
}

// Scale strokes so that the longer side of the box around them is 255, and leave out the points that are not needed.
function fitted(strokes) {
  const flat = strokes.flat();
  const xs = flat.filter((_, i) => i % 2 === 0);
  const ys = flat.filter((_, i) => i % 2);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const scale = SIDE / Math.max(Math.max(...xs) - left, Math.max(...ys) - top, 1e-9);
  const points = (stroke) => stroke.flatMap((value, i) => (i % 2 ? [] : [[(value - left) * scale, (stroke[i + 1] - top) * scale]]));
  return strokes.map((stroke) => simplified(points(stroke)).flatMap(([x, y]) => [Math.round(x), Math.round(y)]));
}

// Ramer, Douglas and Peucker: keep the point that is farthest from the line through the ends, if it is far enough.
function simplified(points) {
  if (points.length < 3) return points;
  const distances = points.map((point) => distanceToSegment(point, points[0], points.at(-1)));
  const farthest = distances.indexOf(Math.max(...distances));
  if (distances[farthest] <= EPSILON) return [points[0], points.at(-1)];
  return [...simplified(points.slice(0, farthest + 1)).slice(0, -1), ...simplified(points.slice(farthest))];
}

function distanceToSegment([x, y], [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const share = length ? Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / length)) : 0;
  return Math.hypot(x - x0 - share * dx, y - y0 - share * dy);
}

addActions({
  undoStroke() {
    drawn.pop();
    pointer = null;
    keysDraw = false;
    drawBoard();
  },
  clearBoard,
});

// The ink has the colour of the page's text, which changes with the theme.
new MutationObserver(drawBoard).observe(document.body, { attributes: true, attributeFilter: ["class"] });
drawBoard();
