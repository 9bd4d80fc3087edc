// A walk between the sounds of some seeds: heard one after another, each again by a click, saved as one WAV.

const walked = { told: null, playing: -1 };

async function startWalk() {
  const asked = new URLSearchParams(current.link);
  const seeds = part("seeds").value.split(/[^0-9]+/).filter(Boolean).map(Number);
  const told = await server.sounds({
    model: asked.get("model"), seeds, label: handed.label ?? current.number,
    truncation: handed.truncation ?? +asked.get("truncation"), loop: false, frames: +part("walk-count").value,
  }); // prettier-ignore
  part("walk-error").hidden = !told.sentence;
  if (told.sentence) return say(part("walk-error"), told.sentence);
  walked.told = told;
  part("film").replaceChildren(
    ...told.sounds.map((sound, place) => {
      const [entry, button, picture] = [make("li"), make("button"), make("img")];
      button.type = "button";
      button.setAttribute("aria-label", `${place + 1} / ${told.sounds.length}`);
      Object.assign(button.dataset, { action: "sound", place });
      picture.src = sound.spectrogram;
      picture.alt = "";
      button.append(picture);
      entry.append(button);
      return entry;
    }),
  );
  part("film").hidden = part("wav").hidden = false;
  hear(0, true);
}

function hear(place, onward) {
  Object.assign(walked, { playing: place, onward });
  part("film").querySelectorAll("button").forEach((button, n) => button.setAttribute("aria-current", String(n === place)));
  part("halt").hidden = !onward;
  part("walker").src = walked.told.sounds[place].playable;
  part("walker").play().catch(() => {});
}

part("walker").addEventListener("ended", () => {
  if (walked.onward && walked.playing + 1 < walked.told.sounds.length) hear(walked.playing + 1, true);
  else part("halt").hidden = true;
});
part("walk").addEventListener("toggle", () => {
  if (!part("seeds").value && current && !current.empty) part("seeds").value = `${current.seed}, ${current.seed + 1}`;
});
act({
  walk: startWalk,
  halt() {
    walked.onward = false;
    part("walker").pause();
    part("halt").hidden = true;
  },
  sound: (button) => hear(+button.dataset.place, false),
  wav: () => save(walked.told.file, walked.told.name),
});
