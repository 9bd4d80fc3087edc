// The strip: noise, generator, result, discriminator and score of the chosen result.
// The strip of the first result comes with it, that of another one is asked for. The view provides `thumbnail`, the
// address of a picture of the result, and `openInside`, which unfolds what a station stands for.

let stripQuestion; // what was last asked about

async function showStrip() {
  const ready = current && !current.running && !current.empty;
  if (!ready) return;
  const question = questionAbout(subject());
  const mine = JSON.stringify(question);
  if (mine === stripQuestion) return;
  stripQuestion = mine;
  const answer = (subject() === origin() && current.strip) || (await server.strip(question));
  if (mine !== stripQuestion) return; // another result has been chosen meanwhile
  part("strip").hidden = Boolean(answer.sentence);
  if (answer.sentence) return;
  part("strip-noise").src = answer.noise.source;
  part("strip-drawn").src = answer.drawn.source;
  part("strip-item").src = thumbnail();
  const scored = answer.score !== null;
  for (const name of ["strip-judge", "strip-end", "strip-formula"]) part(name).hidden = !scored;
  if (!scored) return;
  part("strip-judged").src = answer.judged.source;
  showFormula(answer.score, answer.real);
}

function showFormula(score, real) {
  const probability = sigmoid(score);
  part("strip-gauge").style.width = `${probability * 100}%`;
  part("strip-share").textContent = probability.toFixed(2);
  part("strip-d").textContent = probability.toFixed(2);
  part("strip-s").textContent = decimal(score);
  part("strip-wins").textContent = decimal(logSigmoid(score));
  part("strip-loses").textContent = decimal(logSigmoid(-score));
  part("strip-real-all").hidden = real === null;
  if (real !== null) part("strip-real").textContent = decimal(logSigmoid(real));
}

function sigmoid(score) {
  return 1 / (1 + Math.exp(-score));
}

// ln σ(s) as −softplus(−s): for a score far below 0, σ(s) itself is rounded to 0, which has no logarithm.
function logSigmoid(score) {
  return Math.min(0, score) - Math.log1p(Math.exp(-Math.abs(score)));
}

function openLatent() {
  part("latent").open = true;
  part("latent").scrollIntoView({ block: "start" });
}

addActions({ station: ({ dataset: { opens } }) => (opens === "latent" ? openLatent() : openInside(opens)) });
