// A number that is said digit by digit: which digits a text has, and when each of them begins.

const MOST_DIGITS = 12;
const HAN_DIGITS = { 〇: 0, 零: 0, 一: 1, 幺: 1, 二: 2, 两: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9 };
const PAUSE_SIGNS = /[\s+()./,、·‐‑‒–—―−-]/u; // what stands between the groups of a telephone number or a date
const GROUP_PAUSE = 0.25; // seconds, more than between the digits of a group
const VOICE_FRAME = 0.01; // seconds of which the level is measured
const VOICE_LEVEL = 10 ** (-35 / 20); // of the loudest frame: what the network adds after a digit is fainter

// The digits of a text as [{digit, begins}], begins: a group begins with it. Throws a refusal: {sign} for a sign that
// is no digit, {most} for too many digits.
function readNumber(text) {
  const digits = [];
  let begins = false;
  for (const sign of text.normalize("NFKC")) {
    const digit = HAN_DIGITS[sign] ?? (/\d/.test(sign) ? +sign : null);
    if (digit !== null) digits.push({ digit, begins: begins && digits.length > 0 });
    else if (!PAUSE_SIGNS.test(sign)) throw { sign };
    begins = digit === null;
  }
  if (digits.length > MOST_DIGITS) throw { most: MOST_DIGITS };
  return digits;
}

// From when to when a digit is heard in its sound, in seconds. The sounds are all of one length; most of it is a faint
// noise, so that the pauses would be uneven without this.
function heardIn(buffer) {
  const samples = buffer.getChannelData(0);
  const step = Math.round(VOICE_FRAME * buffer.sampleRate);
  const levels = [];
  for (let first = 0; first < samples.length; first += step) {
    const frame = samples.subarray(first, first + step);
    levels.push(Math.sqrt(frame.reduce((sum, value) => sum + value * value, 0) / frame.length));
  }
  const threshold = VOICE_LEVEL * Math.max(...levels);
  const isHeard = (level) => level >= threshold;
  return {
    start: levels.findIndex(isHeard) * VOICE_FRAME,
    end: Math.min(buffer.duration, (levels.findLastIndex(isHeard) + 1) * VOICE_FRAME),
  };
}

// The digits in time, in seconds: [{at, length, from, to}]. at: when the sound begins; length: after which it fades out;
// from and to: when the digit is heard. Each is `pause` after the one before, and more where a group begins.
function placeDigits(digits, voices, pause) {
  let time = voices[0]?.start ?? 0;
  return digits.map(({ begins }, n) => {
    const { start, end } = voices[n];
    if (n) time += pause + (begins ? GROUP_PAUSE : 0);
    const from = time;
    time += end - start;
    return { at: Math.max(0, from - start), length: end, from, to: time };
  });
}
