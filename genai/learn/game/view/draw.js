// A sheet on which real points are drawn with mouse, finger or keyboard.

const FEWEST_DRAWN = 20;
const MOST_DRAWN = 500;
const STROKE_SPACING = 0.05; // between the points of a stroke, in units of the plane
const paper = part("paper");
const drawing = { strokes: [], pen: [0, 0], isDown: false, hasFocus: false };

const drawnPoints = () => drawing.strokes.flat();

function openDrawing() {
  part("draw").showModal();
  paper.focus();
  drawPaper();
}

function setPoint(point) {
  if (drawnPoints().length >= MOST_DRAWN) return;
  drawing.strokes.at(-1).push(point);
  drawing.pen = point;
  drawPaper();
}

// As many points as fit between the last one of the stroke and the pointer.
function strokeTo([x, y]) {
  const [fromX, fromY] = drawing.pen;
  const count = Math.floor(Math.hypot(x - fromX, y - fromY) / STROKE_SPACING);
  for (let place = 1; place <= count; place++) {
    const share = place / count;
    setPoint([fromX + (x - fromX) * share, fromY + (y - fromY) * share]);
  }
}

function drawPaper() {
  const pen = preparedPen(paper);
  drawReal(pen, Float32Array.from(drawnPoints().flat()));
  if (drawing.hasFocus) drawCross(pen, drawing.pen);
  const count = drawnPoints().length;
  setText(part("draw-count"), phrase("drawn", { count, fewest: FEWEST_DRAWN, most: MOST_DRAWN }));
  part("draw-use").disabled = count < FEWEST_DRAWN;
  part("draw-undo").disabled = part("draw-clear").disabled = !count;
}

paper.addEventListener("pointerdown", (event) => {
  paper.setPointerCapture(event.pointerId);
  drawing.isDown = true;
  drawing.strokes.push([]);
  setPoint(pointUnder(paper, event));
});
paper.addEventListener("pointermove", (event) => drawing.isDown && strokeTo(pointUnder(paper, event)));
for (const end of ["pointerup", "pointercancel"]) paper.addEventListener(end, () => (drawing.isDown = false));

// Arrow keys move the pen; Space sets a point.
paper.addEventListener("keydown", (event) => {
  const moved = pointAfterKey(drawing.pen, event);
  if (moved) drawing.pen = moved;
  if (event.key === " ") {
    event.preventDefault();
    drawing.strokes.push([]);
    setPoint([...drawing.pen]);
  }
  drawPaper();
});
for (const change of ["focus", "blur"]) {
  paper.addEventListener(change, () => {
    drawing.hasFocus = change === "focus";
    drawPaper();
  });
}

addActions({
  "draw-undo"() {
    drawing.strokes.pop();
    drawPaper();
  },
  "draw-clear"() {
    drawing.strokes = [];
    drawPaper();
  },
  "draw-cancel": () => part("draw").close(),
  "draw-use"() {
    part("draw").close();
    return changeGame({ data: "drawn", points: encodePoints(drawnPoints()) });
  },
});
