// The game with two parameters: the generator makes one point at theta, the real data lie at 0, D(x) = sigma(psi x).

const DIRAC = {
  loss: ["zero-sum", "non-saturating", "hinge", "wasserstein", "relativistic"],
  update: ["alternating", "simultaneous"],
  penalty: ["0", "0.1", "0.3", "1"],
  rate: ["0.02", "0.05", "0.1", "0.2", "0.5"],
};
const DIRAC_STEPS = 400;
const DIRAC_EDGE = 2.2;
const dirac = { path: [], shown: 0, isMoving: false };

const askDirac = sendLatest(async (question) => {
  const answer = await server.dirac(question);
  showMessage("dirac-error", answer);
  if (!answer.sentence) showDirac(answer);
});

function updateDirac() {
  if (!part("dirac").open) return;
  askDirac({
    loss: part("dirac-loss").value,
    update: part("dirac-update").value,
    penalty: +part("dirac-penalty").value,
    rate: +part("dirac-rate").value,
    steps: DIRAC_STEPS,
  });
}

function showDirac({ path, field }) {
  dirac.path = path;
  dirac.shown = wantsLessMotion() ? path.length : 1;
  const largest = Math.max(1e-9, ...field.map(([, , dx, dy]) => Math.hypot(dx, dy)));
  part("dirac-plot").replaceChildren(
    makeSvg("path", { d: `M-${DIRAC_EDGE} 0H${DIRAC_EDGE}M0 -${DIRAC_EDGE}V${DIRAC_EDGE}`, class: "axes" }),
    makeSvg("path", { d: field.map((arrow) => diracArrow(arrow, largest)).join(""), class: "field" }),
    makeSvg("path", { d: "", class: "path" }),
    makeSvg("circle", { cx: path[0][0], cy: -path[0][1], r: 0.07, class: "start" }),
    makeSvg("circle", { cx: 0, cy: 0, r: 0.07, class: "goal" }),
    makeSvg("circle", { cx: 0, cy: 0, r: 0.09, class: "here" }),
    axisName("θ", DIRAC_EDGE - 0.05, 0.25, "g"),
    axisName("ψ", 0.18, 0.12 - DIRAC_EDGE, "d"),
  );
  writeDiracEnd(path);
  if (!dirac.isMoving) moveDirac();
}

function axisName(text, x, y, className) {
  const node = makeSvg("text", { x, y, class: className });
  node.textContent = text;
  return node;
}

// An arrow of the field as long as the square root of its length, so that short ones are seen too; y points up.
function diracArrow([theta, psi, dtheta, dpsi], largest) {
  const length = Math.hypot(dtheta, dpsi);
  if (length < 1e-6) return "";
  const drawn = 0.3 * Math.sqrt(length / largest);
  const x = theta + (dtheta / length) * drawn;
  const y = -psi - (dpsi / length) * drawn;
  const angle = Math.atan2(-dpsi, dtheta);
  const back = (side) => `${x + 0.07 * Math.cos(angle + side * 2.6)} ${y + 0.07 * Math.sin(angle + side * 2.6)}`;
  return `M${theta} ${-psi}L${x} ${y}M${back(1)}L${x} ${y}L${back(-1)}`;
}

function moveDirac() {
  const points = dirac.path.slice(0, dirac.shown).filter((point) => point.every(Number.isFinite));
  const [theta, psi] = points.at(-1);
  const plot = part("dirac-plot");
  plot.querySelector(".path").setAttribute("d", `M${points.map(([x, y]) => `${x} ${-y}`).join("L")}`);
  const here = plot.querySelector(".here");
  here.setAttribute("cx", theta);
  here.setAttribute("cy", -psi);
  dirac.isMoving = dirac.shown < dirac.path.length;
  if (!dirac.isMoving) return;
  dirac.shown = Math.min(dirac.path.length, dirac.shown + 2);
  requestAnimationFrame(moveDirac);
}

function writeDiracEnd(path) {
  const distance = ([theta, psi]) => Math.hypot(theta, psi);
  const values = { begin: decimal(distance(path[0])), end: decimal(distance(path.at(-1))), steps: path.length - 1 };
  const change = distance(path.at(-1)) / distance(path[0]);
  const name = change < 0.5 ? "dirac_converges" : change > 1.05 ? "dirac_diverges" : "dirac_circles";
  setText(part("dirac-end"), phrase(name, values));
}

// Beside the game that circles, the two-parameter game shows the reason.
function showDiracBeside(isBeside) {
  part("dirac").classList.toggle("is-first", isBeside);
  if (isBeside) part("dirac").open = true;
}

for (const [name, values] of Object.entries(DIRAC)) {
  const list = part(`dirac-${name}`);
  for (const value of values) {
    const option = makeOption(value);
    if (phrases[`name_${value}`]) setOptionText(option, phrase(`name_${value}`));
    list.append(option);
  }
  list.addEventListener("change", updateDirac);
}
part("dirac-rate").value = "0.1";
part("dirac").addEventListener("toggle", updateDirac);
