// A walk between the sounds of some seeds: played one after another, each again by a click, saved as one WAV.

const audioWalk = { answer: null, playing: -1, onward: false, asked: 0 }; // asked: walks so far

async function startWalk() {
  const heard = { label: current.number, variant: current.variantNumber };
  const question = { ...walkSettings(heard), loop: false, frames: +part("walk-count").value };
  const mine = ++audioWalk.asked;
  const answer = await server.sounds(question);
  if (mine !== audioWalk.asked) return; // another walk has been asked for meanwhile
  showMessage("walk-error", answer);
  if (answer.sentence) return;
  audioWalk.answer = answer;
  const count = answer.sounds.length;
  const items = answer.sounds.map(({ spectrogram }, n) => tile(spectrogram, "sound", n, `${n + 1} / ${count}`));
  part("film").replaceChildren(...items);
  part("film").hidden = part("wav").hidden = false;
  playSound(0, true);
}

// Make a sound the "start" or the "end" of the walk, which then is of its class; returns the seeds of the walk.
function putOnWalk(end, { seed, label }) {
  const seeds = walkSettings({ label, variant: null }).seeds;
  if (seeds.length < 2) seeds.splice(0, seeds.length, current.seed, current.seed + 1);
  seeds[end === "start" ? 0 : seeds.length - 1] = seed;
  part("seeds").value = seeds.join(", ");
  Object.assign(walkFromPlane, { label, variant: null, truncation: 1 });
  part("walk").open = true;
  return seeds;
}

// Play one sound and, if `onward`, those that follow it.
function playSound(place, onward) {
  Object.assign(audioWalk, { playing: place, onward });
  part("film")
    .querySelectorAll("button")
    .forEach((button, n) => button.setAttribute("aria-current", String(n === place)));
  part("halt").hidden = !onward;
  part("walker").src = audioWalk.answer.sounds[place].playable;
  part("walker").play().catch(() => {});
}

part("walker").addEventListener("ended", () => {
  const next = audioWalk.playing + 1;
  if (audioWalk.onward && next < audioWalk.answer.sounds.length) playSound(next, true);
  else part("halt").hidden = true;
});
part("walk").addEventListener("toggle", () => {
  if (!part("seeds").value && current && !current.empty) part("seeds").value = `${current.seed}, ${current.seed + 1}`;
});
addActions({
  walk: startWalk,
  halt() {
    audioWalk.onward = false;
    part("walker").pause();
    part("halt").hidden = true;
  },
  sound: (button) => playSound(+button.dataset.place, false),
  wav: () => save(audioWalk.answer.file, audioWalk.answer.name),
});
