// Recordings of a keyboard, tunes to start with, and the score of either.
// A note is {key, at, gain, length}: at in seconds from the first note on, gain 0 to 1, length in seconds until it fades
// out, null where its sound ends by itself.

const MAX_NOTES = 1000; // of a recording
const MAX_SCORE_SECONDS = 120; // as long as the file of a score may be
const MAX_RECORDED_SECONDS = MAX_SCORE_SECONDS - 2; // when the last note may begin
const DAMPER_SECONDS = 0.07; // from the release of a key until its sound fades out, which takes 0.03 s
const MELODY_GAIN = 0.8;
const BASS_GAIN = 0.5;

// A note is written as its name and, if they are not 1, its beats: "C4:2". "-" is a rest. Both tunes are in the public
// domain: the hymn of Beethoven's ninth symphony (1824), and the song of the jasmine flower from Jiangsu.
const TUNES = {
  joy: {
    tempo: 116, // beats a minute
    melody: `E4 E4 F4 G4 G4 F4 E4 D4 C4 C4 D4 E4 E4:1.5 D4:.5 D4:2
             E4 E4 F4 G4 G4 F4 E4 D4 C4 C4 D4 E4 D4:1.5 C4:.5 C4:2`,
    bass: `C3:2 C3:2 G2:2 G2:2 C3:2 G2:2 C3:2 G2:2
           C3:2 C3:2 G2:2 G2:2 C3:2 C3:2 G2:2 C3:2`,
  },
  jasmine: {
    tempo: 92,
    melody: `A4 A4:.5 C5:.5 D5:.5 F5:.5 F5:.5 D5:.5 C5 C5:.5 D5:.5 C5:2
             A4 A4:.5 C5:.5 D5:.5 F5:.5 F5:.5 D5:.5 C5 C5:.5 D5:.5 C5:2
             C5 C5 C5 A4:.5 C5:.5 D5 D5 C5:2
             A4 G4:.5 A4:.5 C5 A4:.5 G4:.5 F4 F4:.5 G4:.5 F4:2
             A4:.5 G4:.5 F4:.5 A4:.5 G4:1.5 A4:.5 C5 D5:.5 F5:.5 C5:2
             G4 A4:.5 C5:.5 G4:.5 A4:.5 F4:.5 D4:.5 C4:2 D4 F4
             G4:1.5 A4:.5 F4:.5 G4:.5 F4:.5 D4:.5 C4:4`,
    bass: `F3:2 F3:2 F3:2 C3:2 F3:2 F3:2 F3:2 C3:2
           F3:2 F3:2 D3:2 C3:2 F3:2 C3:2 F3:2 F3:2
           F3:2 C3:2 F3:2 C3:2 C3:2 D3:2 C3:2 D3:2
           C3:2 D3:2 C3:4`,
  },
};

// The key of a name such as "C#4".
function keyNamed(name) {
  const [, letter, sharp, octave] = /^([A-G])(#?)(\d)$/.exec(name);
  return lowestOf(+octave) + PITCHES.indexOf(letter) + (sharp ? 1 : 0);
}

// The notes of a tune, in the order of their times.
function tuneNotes({ tempo, melody, bass }) {
  const notes = [...lineNotes(melody, tempo, MELODY_GAIN), ...lineNotes(bass, tempo, BASS_GAIN)];
  return notes.sort((a, b) => a.at - b.at);
}

function lineNotes(line, tempo, gain) {
  const notes = [];
  let beat = 0;
  for (const word of line.trim().split(/\s+/)) {
    const [name, beats = "1"] = word.split(":");
    const length = (+beats * 60) / tempo;
    if (name !== "-") notes.push({ key: keyNamed(name), at: (beat * 60) / tempo, gain, length });
    beat += +beats;
  }
  return notes;
}

// How long a note sounds. seconds: of its sound.
const noteSeconds = ({ length }, seconds) => (length === null ? seconds : Math.min(seconds, length + RELEASE_SECONDS));

// The kit, the events and the seconds of a score. soundOf(key): {item of the kit, rate, seconds of the sound}, or
// undefined for a key that the keyboard lacks.
function scoreOfNotes(notes, soundOf) {
  const pool = new VoicePool();
  const kit = [];
  const places = new Map(); // in the kit, by class
  const events = [];
  let seconds = 0;
  for (const note of notes) {
    const { item, rate, seconds: longest } = soundOf(note.key) ?? {};
    if (!item) continue;
    if (!places.has(item.label)) places.set(item.label, kit.push(item) - 1);
    const sounding = noteSeconds(note, longest);
    const { voice } = pool.start(note.key, note.at, sounding);
    const { at, gain, length } = note;
    events.push({ at, sound: places.get(item.label), gain, rate, length, group: voice });
    seconds = Math.max(seconds, at + sounding);
  }
  return { kit, events, seconds: Math.min(seconds, MAX_SCORE_SECONDS) };
}
