// A walk between the pictures of some seeds: drawn a few at a time, watched, dragged through, saved as a film.

const RATE = 25; // pictures a second
const walked = { question: null, frames: [], halted: false, shown: 0 };

function walkQuestion() {
  const asked = new URLSearchParams(current.link);
  const seeds = part("seeds").value.split(/[^0-9]+/).filter(Boolean).map(Number);
  const chosen = asked.get("label");
  return {
    model: asked.get("model"), seeds, label: handed.label ?? (chosen === "any" ? null : chosen),
    truncation: handed.truncation ?? +asked.get("truncation"), loop: part("loops").checked, frames: Math.max(2, Math.round(+part("walk-seconds").value * RATE) || 2),
  }; // prettier-ignore
}

async function askWalk(question, data) {
  const answer = await server[question](data);
  part("walk-error").hidden = !answer.sentence;
  if (answer.sentence) say(part("walk-error"), answer.sentence);
  return answer.sentence ? null : answer;
}

async function startWalk() {
  const question = walkQuestion();
  Object.assign(walked, { question, frames: [], halted: false, shown: 0 });
  part("walked").hidden = part("halt").hidden = false;
  part("films").hidden = part("film").hidden = true;
  while (walked.question === question && !walked.halted && walked.frames.length < question.frames) {
    const answer = await askWalk("steps", { ...question, start: walked.frames.length });
    if (!answer) break;
    const strip = new Image();
    strip.src = answer.strip;
    await strip.decode();
    for (let n = 0; n < answer.count; n++) walked.frames.push([strip, n * answer.side, answer.side]);
    part("walked").value = walked.frames.length / question.frames;
  }
  if (walked.question !== question) return; // another walk has begun
  part("walked").hidden = part("halt").hidden = true;
  if (!walked.frames.length) return;
  part("screen").hidden = false;
  part("films").hidden = walked.halted;
  layFilm();
}

function drawFrame(canvas, n) {
  const [strip, x, side] = walked.frames[n];
  canvas.width = canvas.height = side;
  canvas.getContext("2d").drawImage(strip, x, 0, side, side, 0, 0, side, side);
}

// Nine pictures of the walk; each can be looked at longer.
function layFilm() {
  const count = Math.min(9, walked.frames.length);
  part("film").replaceChildren(
    ...Array.from({ length: count }, (_, n) => {
      const place = Math.round((n * (walked.frames.length - 1)) / Math.max(1, count - 1));
      const [entry, button, canvas] = [make("li"), make("button"), make("canvas")];
      button.type = "button";
      button.setAttribute("aria-label", `${place + 1} / ${walked.frames.length}`);
      Object.assign(button.dataset, { action: "frame", place });
      drawFrame(canvas, place);
      button.append(canvas);
      entry.append(button);
      return entry;
    }),
  );
  part("film").hidden = false;
}

// One picture after another while the walk is open; people who asked for less motion see it stand still.
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
setInterval(() => {
  if (still || !part("walk").open || !walked.frames.length || walked.held > performance.now()) return;
  walked.shown = (walked.shown + 1) % walked.frames.length;
  drawFrame(part("screen"), walked.shown);
}, 1000 / RATE);

async function saveWalk(kind, button) {
  button.disabled = true;
  const answer = await askWalk("film", { ...walked.question, seconds: walked.question.frames / RATE, kind });
  button.disabled = false;
  if (answer) save(answer.file, answer.name);
}

part("walk").addEventListener("toggle", () => {
  if (part("seeds").value || !current?.cells) return;
  part("seeds").value = current.cells.slice(0, 3).map((cell) => cell.seed).join(", ");
});
act({
  walk: startWalk,
  halt: () => (walked.halted = true),
  frame(button) {
    walked.held = performance.now() + 2000;
    drawFrame(part("screen"), (walked.shown = +button.dataset.place));
  },
  mp4: (button) => saveWalk("mp4", button),
  webp: (button) => saveWalk("webp", button),
});
