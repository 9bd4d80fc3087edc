// Slow motion: one round in seven steps. Each lights up its layers of the picture and its line of the formulas.

const PHASES = {
  1: { layers: [], formula: "z ~ p(z)" },
  2: { layers: ["fake", "manifold"], formula: "x̃ = G(z)" },
  3: { layers: ["map", "real", "fake"], formula: "D(x), D(x̃)" },
  4: { layers: ["map", "real", "fake"], formula: "discriminator" },
  5: { layers: ["map"], formula: "θ_{D} ← θ_{D} − η_{D} ∇L_{D}" },
  6: { layers: ["fake", "arrows"], formula: "generator" },
  7: { layers: ["fake", "manifold"], formula: "θ_{G} ← θ_{G} − η_{G} ∇L_{G}" },
};
const slow = { frames: [], phase: 0, timer: null };

const slowSeconds = () => +part("slow-pace").value;
const isSlow = () => slow.frames.length > 0;

async function beginRound() {
  const answer = await ask("slow", { id: game.id });
  if (!answer) return leaveSlowMotion();
  slow.frames = answer.frames;
  showPhase(1);
}

function showPhase(phase) {
  const frame = slow.frames.find((candidate) => candidate.phase === phase);
  if (!frame) return;
  slow.phase = phase;
  litLayers = PHASES[phase].layers;
  part("slow").hidden = false;
  part("slow-button").setAttribute("aria-pressed", "true");
  for (const button of part("slow-steps").querySelectorAll("button")) {
    const isCurrent = +button.dataset.phase === phase;
    button.toggleAttribute("aria-current", isCurrent);
    if (isCurrent) button.setAttribute("aria-current", "step");
  }
  element.dataset.slow = phase;
  setFormula(part("slow-numbers"), numbersOfPhase(frame));
  followPoint();
  showState(frame.state);
  if (slow.timer) runSlowly();
}

// This step's own numbers, by their symbols.
function numbersOfPhase({ numbers }) {
  const written = Object.entries(numbers).map(([symbol, value]) => `${symbol} = ${shortNumber(value)}`);
  return written.join("    ");
}

// One point of the batch is followed: where it is in the latent space, and where the generator puts it.
function followPoint() {
  const numbers = Object.assign({}, ...slow.frames.slice(0, slow.phase).map((frame) => frame.numbers));
  const pair = (symbol) => [numbers[`${symbol}₁`], numbers[`${symbol}₂`]].filter(Number.isFinite);
  followed = slow.phase > 2 ? null : { z: pair("z"), made: pair("G(z)") };
}

function writeFormulas() {
  const { discriminator, generator } = FORMULAS[game.settings.loss];
  for (const button of part("slow-steps").querySelectorAll("button")) {
    const { formula } = PHASES[button.dataset.phase];
    setFormula(button.querySelector("code"), { discriminator, generator }[formula] ?? formula);
  }
}

async function nextPhase() {
  if (slow.phase < 7) return showPhase(slow.phase + 1);
  await beginRound();
}

function runSlowly() {
  clearTimeout(slow.timer);
  slow.timer = setTimeout(nextPhase, slowSeconds() * 1000);
  part("slow-run").setAttribute("aria-pressed", "true");
}

function stopRunning() {
  clearTimeout(slow.timer);
  slow.timer = null;
  part("slow-run").setAttribute("aria-pressed", "false");
}

function leaveSlowMotion() {
  stopRunning();
  if (!isSlow()) return;
  const last = slow.frames.at(-1).state;
  slow.frames = [];
  slow.phase = 0;
  litLayers = followed = null;
  part("slow").hidden = true;
  part("slow-button").setAttribute("aria-pressed", "false");
  delete element.dataset.slow;
  showState(last);
}

function showPace() {
  setText(part("slow-pace-shown"), phrase("seconds", { seconds: slowSeconds() }));
}

part("slow-pace").addEventListener("input", showPace);
showPace();

addActions({
  async slow() {
    if (isSlow()) return leaveSlowMotion();
    if (game.state?.playing) await act("pause");
    writeFormulas();
    await beginRound();
    runSlowly();
    if (isSlow()) part("planes").scrollIntoView({ block: "nearest" });
  },
  phase(button) {
    stopRunning();
    showPhase(+button.dataset.phase);
  },
  "slow-previous"() {
    stopRunning();
    if (slow.phase > 1) showPhase(slow.phase - 1);
  },
  "slow-next"() {
    stopRunning();
    return nextPhase();
  },
  "slow-run"() {
    if (slow.timer) stopRunning();
    else runSlowly();
  },
  "slow-end": leaveSlowMotion,
});
