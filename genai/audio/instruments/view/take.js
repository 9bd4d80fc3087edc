// Take it along: a score of an instrument as a file, made by the server: its sound as WAV, its notes as MIDI.

const TAKES = { wav: "score_wav", midi: "score_midi" };
let takenScore = null;

// Download the file of a score. Where the kind is neither "wav" nor "midi", but the name of what was played, offer both
// below the instrument; sounds that are neither drums nor notes have no MIDI, so there is nothing to choose.
async function takeAlong(score, kind) {
  takenScore = score;
  if (kind in TAKES) return takeFile(kind);
  const hasKeys = play.about?.keys.some((key) => key !== null);
  if (!hasKeys && play.name !== "drums") return takeFile("wav");
  part("take").hidden = false;
  reveal(part("take"));
  part("take").querySelector("button").focus();
}

async function takeFile(kind) {
  part("play-error").hidden = true;
  part("take-making").hidden = false;
  try {
    const { file, name } = await askPlay(TAKES[kind], takenScore);
    save(file, name);
  } catch (refusal) {
    tellPlay(refusal);
  } finally {
    part("take-making").hidden = true;
  }
}

function forgetTake() {
  takenScore = null;
  part("take").hidden = true;
}

addActions({ "take-file": (button) => takeFile(button.dataset.kind) });
const shareTake = () => (window.lab.play = { ...window.lab.play, takeAlong });
if (window.lab) shareTake();
else document.addEventListener("lab-ready", shareTake, { once: true });
