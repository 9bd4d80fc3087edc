const audio = part("audio");

// Labels of the time axis, at most seven or so.
function timeTicks(seconds) {
  const step = [0.1, 0.2, 0.25, 0.5, 1, 2, 5].find((s) => seconds / s <= 6) ?? 10;
  const ticks = [];
  for (let n = 0; n * step <= seconds * 1.001; n++) {
    const tick = make("span", "", String(+(n * step).toFixed(2)));
    tick.style.left = `${((n * step) / seconds) * 100}%`;
    ticks.push(tick);
  }
  return ticks;
}

// Draw an envelope, "low high low high ..." in thousandths; returns how many pairs there are.
function drawEnvelope(path, envelope) {
  const heights = envelope.split(" ").map((thousandths) => 1 - thousandths / 1000);
  const points = heights.map((y, n) => `${Math.floor(n / 2) + 0.5},${y.toFixed(3)}`);
  const above = points.filter((_, n) => n % 2);
  const below = points.filter((_, n) => n % 2 === 0).reverse();
  path.setAttribute("d", `M${above.join("L")}L${below.join("L")}Z`);
  return above.length;
}

show((value, isNew) => {
  const wave = part("wave");
  wave.parentElement.setAttribute("viewBox", `0 0 ${drawEnvelope(wave, value.envelope)} 2`);
  part("spectrogram").src = value.spectrogram;
  part("pitches").replaceChildren(
    ...value.pitches.map(({ hz, at }) => {
      const tick = make("span", "", hz >= 1000 ? `${hz / 1000}k` : String(hz));
      tick.style.top = `${(1 - at) * 100}%`;
      return tick;
    }),
  );
  part("times").replaceChildren(...timeTicks(value.seconds));
  part("times2").replaceChildren(...timeTicks(value.seconds));
  if (value.label) setText(part("label"), value.label);
  else part("label").replaceChildren();
  if (value.variant) setText(part("variant"), value.variant);
  else part("variant").replaceChildren();
  part("seed").textContent = value.seed;
  part("seconds").textContent = value.seconds.toFixed(2);
  part("rate").textContent = value.rate;
  audio.src = value.playable;
  moveHead(0);
  lookInside();
  showStrip();
  enterPlane();
  openCensus();
  showInstruments();
  if (isNew && value.asked) audio.play().catch(() => {}); // browsers forbid sound before the first click
});

function subject() {
  return current;
}

function thumbnail() {
  return current.spectrogram;
}

function openInside(name) {
  if (name) unfold(name);
  else part("plots").scrollIntoView({ block: "center" });
}

function origin() {
  return current;
}

// The playhead in both plots, at 0 to 1 of the sound.
function moveHead(share) {
  part("plots").style.setProperty("--at", `${share * 100}%`);
}

function followPlayback() {
  if (audio.duration) moveHead(audio.currentTime / audio.duration);
  if (!audio.paused) requestAnimationFrame(followPlayback);
}

audio.addEventListener("play", () => {
  element.classList.add("is-playing");
  followPlayback();
});
audio.addEventListener("pause", () => element.classList.remove("is-playing"));
audio.addEventListener("ended", () => {
  element.classList.remove("is-playing");
  moveHead(0);
});
part("loop").addEventListener("change", (event) => {
  audio.loop = event.target.checked;
});

addActions({
  play: () => (audio.paused ? audio.play() : audio.pause()),
  seek(canvas, event) {
    const box = canvas.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    audio.currentTime = Math.min(0.999, Math.max(0, share)) * audio.duration;
    followPlayback();
    audio.play();
  },
  download: () => save(current.recording, current.file),
});
