// The strip: noise, generator, result, discriminator, score, each of the very result that is chosen.
// That of the first result comes with it, others are asked for. The view gives `thumbnail`, the address of a picture
// of the result, and `openInside`, which unfolds a station.

let glanced; // what was last asked about

async function glance() {
  const ready = current && !current.running && !current.empty;
  if (!ready) return;
  const question = questionAbout(subject());
  const mine = JSON.stringify(question);
  if (mine === glanced) return;
  glanced = mine;
  const told = (subject() === origin() && current.strip) || (await server.strip(question));
  if (mine !== glanced) return; // another result has come meanwhile
  part("strip").hidden = Boolean(told.sentence);
  if (told.sentence) return;
  part("strip-noise").src = told.noise.source;
  part("strip-drawn").src = told.drawn.source;
  part("strip-item").src = thumbnail();
  const judged = told.score !== null;
  for (const name of ["strip-judge", "strip-end", "strip-formula"]) part(name).hidden = !judged;
  if (!judged) return;
  part("strip-judged").src = told.judged.source;
  formula(told.score, told.real);
}

function formula(score, real) {
  const [share, shown] = [sigmoid(score), (value) => value.toFixed(2).replace("-", "−")];
  part("strip-gauge").style.width = `${share * 100}%`;
  part("strip-share").textContent = part("strip-d").textContent = share.toFixed(2);
  part("strip-s").textContent = shown(score);
  part("strip-wins").textContent = shown(logSigmoid(score));
  part("strip-loses").textContent = shown(logSigmoid(-score));
  part("strip-real-all").hidden = real === null;
  if (real !== null) part("strip-real").textContent = shown(logSigmoid(real));
}

function sigmoid(score) {
  return 1 / (1 + Math.exp(-score));
}

// ln σ(s) as −softplus(−s): for a score far below 0 the share itself is rounded to 0, whose logarithm is none.
function logSigmoid(score) {
  return Math.min(0, score) - Math.log1p(Math.exp(-Math.abs(score)));
}

// The noise opens the latent space it lies in, every other station what was computed there.
function openLatent() {
  part("latent").open = true;
  part("latent").scrollIntoView({ block: "start" });
}

act({ station: ({ dataset: { opens } }) => (opens === "latent" ? openLatent() : openInside(opens)) });
