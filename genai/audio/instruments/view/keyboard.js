// What a keyboard consists of: its keys and where they lie, the keys of a computer that play them, and its voices.
// A key is a MIDI number: 60 is C4, each number is a semitone.

const OCTAVE = 12; // semitones
const PITCHES = ["C", "C", "D", "D", "E", "F", "F", "G", "G", "A", "A", "B"]; // of an octave's keys; black ones: sharp
const BLACK = [1, 3, 6, 8, 10]; // in each octave
const VOICES = 8; // that sound at once

// The keys of a computer from a C on, each a semitone higher. They are places on a keyboard, so that layouts of letters
// do not matter; the letters are those of an English one.
const COMPUTER_KEYS = [
  ["KeyA", "A"], ["KeyW", "W"], ["KeyS", "S"], ["KeyE", "E"], ["KeyD", "D"], ["KeyF", "F"],
  ["KeyT", "T"], ["KeyG", "G"], ["KeyY", "Y"], ["KeyH", "H"], ["KeyU", "U"], ["KeyJ", "J"],
  ["KeyK", "K"], ["KeyO", "O"], ["KeyL", "L"], ["KeyP", "P"], ["Semicolon", ";"], ["Quote", "'"],
];

const isBlackKey = (key) => BLACK.includes(key % OCTAVE);
const octaveOf = (key) => Math.floor(key / OCTAVE) - 1;
const lowestOf = (octave) => OCTAVE * (octave + 1); // its C

// The key that a code of a computer's key plays; undefined if it plays none.
function keyOfCode(code, octave) {
  const place = COMPUTER_KEYS.findIndex(([name]) => name === code);
  return place < 0 ? undefined : lowestOf(octave) + place;
}

const computerKeyOf = (key, octave) => COMPUTER_KEYS[key - lowestOf(octave)];

// The keys from the lowest to the highest that a model has, as {key, label, rate}. keys: the key of each class, null
// where it is none. Where a key has no class, the nearest one sounds for it, faster or slower by `rate`.
function pianoKeys(keys) {
  const named = keys.map((key, label) => ({ key, label })).filter(({ key }) => key !== null);
  const has = named.map(({ key }) => key);
  const lowest = Math.min(...has) - isBlackKey(Math.min(...has)); // a keyboard ends with white keys
  const highest = Math.max(...has) + isBlackKey(Math.max(...has));
  return Array.from({ length: highest - lowest + 1 }, (_, n) => {
    const key = lowest + n;
    const far = (one) => Math.abs(one.key - key);
    const nearest = named.reduce((best, other) => (far(other) < far(best) ? other : best));
    return { key, label: nearest.label, rate: 2 ** ((key - nearest.key) / OCTAVE) };
  });
}

// Where keys lie, in widths of a white one: the left edge of a white key, the middle of a black one.
function layKeys(keys) {
  let whites = 0;
  const places = keys.map((key) => (isBlackKey(key) ? whites : whites++));
  return { places, whites };
}

// Who sounds. A key that is struck again takes its own voice, else a note takes one that is free, else that of the
// oldest note. Times are seconds of one clock.
class VoicePool {
  constructor(count = VOICES) {
    this.notes = Array.from({ length: count }, () => null);
  }

  // Give a note a voice; returns {voice, key, from, until}. `until` may be brought forward when the key is released.
  start(key, from, seconds) {
    const note = { voice: this.choose(key, from), key, from, until: from + seconds };
    this.notes[note.voice] = note;
    return note;
  }

  choose(key, from) {
    const own = this.notes.findIndex((note) => note?.key === key && note.until > from);
    if (own >= 0) return own;
    const free = this.notes.findIndex((note) => !note || note.until <= from);
    if (free >= 0) return free;
    const starts = this.notes.map((note) => note.from);
    return starts.indexOf(Math.min(...starts));
  }
}
