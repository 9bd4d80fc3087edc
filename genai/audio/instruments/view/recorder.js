// The recorder of the keyboard: what is played, and tunes; replayed in the timbre of now.

const REPLAY_LEAD_SECONDS = 0.05;

// A view is built anew when its tab is opened again; the recording stays.
const recording = (sound.recording ??= { notes: tuneNotes(TUNES.joy), tune: "joy" });

function setRecording(notes, tune = "") {
  piano.end?.();
  Object.assign(recording, { notes, tune });
}

function recordNote(note, from) {
  const { recorded } = piano;
  if (!recorded) return;
  recorded.origin ??= from;
  note.at = from - recorded.origin;
  if (note.at > MAX_RECORDED_SECONDS || recorded.notes.length >= MAX_NOTES) return endRecording();
  recorded.notes.push(note);
  drawRecording();
}

function startRecording() {
  piano.end?.();
  sound.context();
  piano.recorded = { origin: null, notes: [] };
  drawRecording();
}

// End the recording; one without notes leaves what was there.
function endRecording() {
  const { recorded } = piano;
  piano.recorded = null;
  if (recorded?.notes.length) setRecording(recorded.notes);
  recordingChanged();
}

function recordingChanged() {
  drawRecording();
  rememberPlay();
}

function startReplay() {
  endRecording();
  if (!hasAllSounds()) return;
  const origin = sound.context().currentTime + REPLAY_LEAD_SECONDS;
  const { notes } = recording;
  const { seconds } = keyScore();
  piano.shown = [];
  piano.end = sound.schedule((from, until) => {
    if (from > origin + seconds) piano.end?.();
    const due = notes.filter(({ at }) => origin + at >= from && origin + at < until);
    return due.map((note) => replayNote(note, origin)).filter(Boolean);
  }, replayEnded);
  drawRecording();
  requestAnimationFrame(showReplay);
}

// The event of a note; undefined where this keyboard lacks its key.
function replayNote(note, origin) {
  const { voiced, event } = noteEvent(note, origin + note.at) ?? {};
  if (voiced) piano.shown.push(voiced);
  return event;
}

function replayEnded() {
  piano.end = null;
  piano.shown = [];
  drawRecording();
  drawDown();
}

// Mark the keys that are heard now: the sound card is behind the clock.
function showReplay() {
  if (!piano.end) return;
  const { currentTime, outputLatency = 0 } = sound.context();
  const now = currentTime - outputLatency;
  piano.shown = piano.shown.filter(({ until }) => until > now);
  drawDown(piano.shown.filter(({ from }) => from <= now));
  requestAnimationFrame(showReplay);
}

// The recording in the timbre of now, for a file of it.
function keyScore() {
  const { notes, tune } = recording;
  const tempo = tune ? { tempo: TUNES[tune].tempo } : {};
  return { checkpoint: play.model, ...scoreOfNotes(notes, soundOfKey), ...tempo };
}

function drawRecording() {
  const notes = piano.recorded?.notes ?? recording.notes;
  const last = notes.at(-1);
  const seconds = last ? last.at + (last.length ?? 0) : 0;
  const values = { count: notes.length, seconds: seconds.toFixed(1) };
  setText(part("keys-notes"), playPhrase(piano.recorded ? "recording" : "notes", values));
  part("keys-record").ariaPressed = String(Boolean(piano.recorded));
  part("keys-replay").ariaPressed = String(Boolean(piano.end));
  part("keys-replay").disabled = !notes.length || !hasAllSounds();
  part("keys-clear").disabled = !notes.length || Boolean(piano.recorded);
  part("keys-take").hidden = !window.lab?.play?.takeAlong;
  part("keys-take").disabled = !recording.notes.length || !hasAllSounds();
  for (const button of element.querySelectorAll('[data-action="keys-tune"]')) {
    button.ariaPressed = String(button.dataset.tune === recording.tune);
  }
}

addActions({
  "keys-record": () => (piano.recorded ? endRecording() : startRecording()),
  "keys-replay": () => (piano.end ? piano.end() : startReplay()),
  "keys-tune"(button) {
    setRecording(tuneNotes(TUNES[button.dataset.tune]), button.dataset.tune);
    startReplay();
  },
  "keys-clear"() {
    setRecording([]);
    recordingChanged();
  },
  "keys-take": () => window.lab.play.takeAlong(keyScore(), "recording"),
});
