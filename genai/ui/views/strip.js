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
  if (answer.sentence) {
    stripQuestion = null; // so that the next press asks again
    return;
  }
  part("strip-noise").src = answer.noise.source;
  part("strip-drawn").src = answer.drawn.source;
  part("strip-item").src = thumbnail();
  const scored = answer.score !== null;
  for (const name of ["strip-judge", "strip-end", "strip-formula"]) part(name).hidden = !scored;
  if (!scored) return;
  part("strip-judged").src = answer.judged.source;
  showStripScore(answer.score);
}

function showStripScore({ logit, place, sentence }) {
  part("strip-s").textContent = decimal(logit);
  setText(part("strip-sentence"), sentence);
  part("strip-boxes").hidden = part("strip-legend").hidden = !place;
  if (place) drawBoxes(part("strip-boxes"), logit, place.boxes);
}

// A box plot of each set of scores, one above the other, and a line at this score.
function drawBoxes(plot, logit, boxes) {
  const ends = [logit, ...Object.values(boxes).flatMap((box) => [box[0], box.at(-1)])];
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const x = (score) => 2 + ((score - low) / Math.max(high - low, 1e-9)) * 96;
  const rows = Object.entries(boxes).flatMap(([name, box], row) => {
    const [first, left, middle, right, last] = box.map(x);
    const y = 10 + row * 20;
    return [
      makeSvg("path", { class: name, d: `M${first} ${y}H${last}` }),
      makeSvg("rect", { class: name, x: left, y: y - 7, width: right - left, height: 14 }),
      makeSvg("path", { class: name, d: `M${middle} ${y - 7}V${y + 7}` }),
    ];
  });
  plot.replaceChildren(...rows, makeSvg("path", { class: "this", d: `M${x(logit)} 0V40` }));
}

function openLatent() {
  part("latent").open = true;
  part("latent").scrollIntoView({ block: "start" });
}

addActions({ station: ({ dataset: { opens } }) => (opens === "latent" ? openLatent() : openInside(opens)) });
