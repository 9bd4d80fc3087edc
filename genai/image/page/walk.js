// A walk between the pictures of some seeds: drawn a few frames at a time, watched, saved as a film.

const RATE = 25; // frames a second
const imageWalk = { question: null, frames: [], halted: false, shown: 0, pausedUntil: 0 };

function walkQuestion() {
  const asked = { label: readAsked("label"), variant: readAsked("variant") };
  const frames = Math.max(2, Math.round(+part("walk-seconds").value * RATE) || 2);
  return { ...walkSettings(asked), loop: part("loops").checked, frames };
}

async function askWalk(name, question) {
  const answer = await server[name](question);
  showMessage("walk-error", answer);
  return answer.sentence ? null : answer;
}

async function startWalk() {
  const question = walkQuestion();
  const frames = [];
  Object.assign(imageWalk, { question, frames, halted: false, shown: 0 });
  part("walked").hidden = part("halt").hidden = false;
  part("films").hidden = part("film").hidden = true;
  while (imageWalk.question === question && !imageWalk.halted && frames.length < question.frames) {
    const answer = await askWalk("steps", { ...question, start: frames.length });
    if (!answer) break;
    const strip = new Image();
    strip.src = answer.strip;
    await strip.decode();
    for (let n = 0; n < answer.count; n++) frames.push({ strip, x: n * answer.side, side: answer.side });
    part("walked").value = frames.length / question.frames;
  }
  if (imageWalk.question !== question) return; // another walk has begun
  part("walked").hidden = part("halt").hidden = true;
  if (!frames.length) return;
  part("screen").hidden = false;
  part("films").hidden = imageWalk.halted;
  showFilm();
}

function drawFrame(canvas, n) {
  const { strip, x, side } = imageWalk.frames[n];
  canvas.width = canvas.height = side;
  canvas.getContext("2d").drawImage(strip, x, 0, side, side, 0, 0, side, side);
}

// Nine frames of the walk; a click on one stops the film there for a moment.
function showFilm() {
  const length = imageWalk.frames.length;
  const count = Math.min(9, length);
  part("film").replaceChildren(
    ...Array.from({ length: count }, (_, n) => {
      const place = Math.round((n * (length - 1)) / Math.max(1, count - 1));
      const canvas = make("canvas");
      drawFrame(canvas, place);
      const button = makeButton("frame", { place }, canvas);
      button.setAttribute("aria-label", `${place + 1} / ${length}`);
      return makeItem(button);
    }),
  );
  part("film").hidden = false;
}

// Play the frames while the walk is unfolded, but not for people who asked for less motion.
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
setInterval(() => {
  if (reducedMotion || !part("walk").open || !imageWalk.frames.length) return;
  if (imageWalk.pausedUntil > performance.now()) return;
  imageWalk.shown = (imageWalk.shown + 1) % imageWalk.frames.length;
  drawFrame(part("screen"), imageWalk.shown);
}, 1000 / RATE);

async function saveWalk(kind, button) {
  button.disabled = true;
  const { question } = imageWalk;
  try {
    const answer = await askWalk("film", { ...question, seconds: question.frames / RATE, kind });
    if (answer) save(answer.file, answer.name);
  } finally {
    button.disabled = false;
  }
}

part("walk").addEventListener("toggle", () => {
  if (part("seeds").value || !current?.cells) return;
  part("seeds").value = current.cells.slice(0, 3).map((cell) => cell.seed).join(", ");
});
addActions({
  walk: startWalk,
  halt() {
    imageWalk.halted = true;
  },
  frame(button) {
    imageWalk.shown = +button.dataset.place;
    imageWalk.pausedUntil = performance.now() + 2000;
    drawFrame(part("screen"), imageWalk.shown);
  },
  mp4: (button) => saveWalk("mp4", button),
  webp: (button) => saveWalk("webp", button),
});
