// The falling loss of a text model, by the record of its training.

function drawCurve(figure, curve) {
  const [width, height, margin] = [600, 130, 8];
  const last = curve.steps.at(-1);
  const highest = Math.max(...curve.loss);
  const points = curve.steps.map((step, n) => {
    const x = margin + (step / last) * (width - 2 * margin);
    const y = height - margin - (curve.loss[n] / highest) * (height - 2 * margin);
    return [x, y];
  });
  const line = makeSvg("polyline", { points: points.map((point) => point.map((n) => n.toFixed(1)).join()).join(" ") });
  const dot = makeSvg("circle", { r: 6 });
  const floor = makeSvg("line", { x1: 0, x2: width, y1: height - 1, y2: height - 1 });
  part("fall", figure).append(floor, line, dot);
  setText(part("curve-title", figure), curve.title);
  part("curve-first", figure).textContent = decimal(curve.loss[0]);

  let at = curve.steps.length - 1;
  function draw() {
    const [x, y] = points[at];
    dot.setAttribute("cx", x);
    dot.setAttribute("cy", y);
    part("curve-last", figure).textContent = decimal(curve.loss[at]);
    part("curve-steps", figure).textContent = Math.round(curve.steps[at]).toLocaleString("en");
  }
  draw();
  animate(figure, 90, () => {
    at = (at + 1) % curve.steps.length;
    draw();
  });
}
