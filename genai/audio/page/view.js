const audio = part("audio");

function time(seconds) {
  const step = [0.1, 0.2, 0.25, 0.5, 1, 2, 5].find((s) => seconds / s <= 6) ?? 10;
  const ticks = [];
  for (let n = 0; n * step <= seconds * 1.001; n++) {
    const tick = make("span", "", String(+(n * step).toFixed(2)));
    tick.style.left = `${((n * step) / seconds) * 100}%`;
    ticks.push(tick);
  }
  return ticks;
}

// Draws "low high low high ...", in thousandths; returns how many stretches there are.
function outline(path, envelope) {
  const numbers = envelope.split(" ").map((thousandths) => 1 - thousandths / 1000);
  const point = (y, n) => `${Math.floor(n / 2) + 0.5},${y.toFixed(3)}`;
  const points = numbers.map(point);
  const above = points.filter((_, n) => n % 2);
  const below = points.filter((_, n) => n % 2 === 0).reverse();
  path.setAttribute("d", `M${above.join("L")}L${below.join("L")}Z`);
  return above.length;
}

show((value, isNew) => {
  const wave = part("wave");
  wave.parentElement.setAttribute("viewBox", `0 0 ${outline(wave, value.envelope)} 2`);
  part("spectrogram").src = value.spectrogram;
  part("pitches").replaceChildren(
    ...value.pitches.map(({ hz, at }) => {
      const tick = make("span", "", hz >= 1000 ? `${hz / 1000}k` : String(hz));
      tick.style.top = `${(1 - at) * 100}%`;
      return tick;
    }),
  );
  part("times").replaceChildren(...time(value.seconds));
  part("times2").replaceChildren(...time(value.seconds));
  if (value.label) say(part("label"), value.label);
  else part("label").replaceChildren();
  part("seed").textContent = value.seed;
  part("seconds").textContent = value.seconds.toFixed(2);
  part("rate").textContent = value.rate;
  audio.src = value.playable;
  move(0);
  lookInside();
  glance();
  enterPlane();
  openCensus();
  if (isNew && value.asked) audio.play().catch(() => {}); // a page just opened may not make a noise
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

function move(share) {
  part("plots").style.setProperty("--at", `${share * 100}%`);
}

function follow() {
  if (audio.duration) move(audio.currentTime / audio.duration);
  if (!audio.paused) requestAnimationFrame(follow);
}

audio.addEventListener("play", () => {
  element.classList.add("is-playing");
  follow();
});
audio.addEventListener("pause", () => element.classList.remove("is-playing"));
audio.addEventListener("ended", () => {
  element.classList.remove("is-playing");
  move(0);
});
part("loop").addEventListener("change", (event) => {
  audio.loop = event.target.checked;
});

act({
  play: () => (audio.paused ? audio.play() : audio.pause()),
  seek(canvas, event) {
    const box = canvas.getBoundingClientRect();
    audio.currentTime = Math.min(0.999, Math.max(0, (event.clientX - box.left) / box.width)) * audio.duration;
    follow();
    audio.play();
  },
  download: () => save(current.recording, current.file),
});
