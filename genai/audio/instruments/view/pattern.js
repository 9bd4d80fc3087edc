// Patterns of a drum machine, and the clock that says when their steps are.

const STEPS = 16;
const STEPS_A_BEAT = 4;
const FIRST_STEP = 1 << (STEPS - 1);
const TEMPO = { low: 30, high: 300 }; // beats a minute
const SWING = { low: 0.5, high: 0.75 }; // share of a pair of steps that the first one takes

// One row for each pad; "x" is a stroke. 咚咚锵 is how lion dancers say their rhythm: drum, drum, cymbals and gong.
const PATTERNS = {
  floor: {
    tempo: 122,
    swing: 0.5,
    rows: { kick: "x...x...x...x...", snare: "....x.......x...", hat: "..x...x...x...x." },
  },
  hiphop: {
    tempo: 90,
    swing: 0.6,
    rows: { kick: "x......x..x.....", snare: "....x.......x...", hat: "x.x.x.x.x.x.x...", open: "..............x." },
  },
  lion: {
    tempo: 78,
    swing: 0.5,
    rows: { kick: "x...x...x..x.x..", tom: "xx..xx..xx.x.x..", cymbal: "..x...x...x.x.x.", gong: "..x...x...x.x.x." },
  },
};
const ROLES = ["kick", "snare", "hat", "open", "tom", "cymbal", "gong", "click"]; // of the eight pads
const CHANCES = { kick: 0.3, snare: 0.15, hat: 0.5, open: 0.1, tom: 0.12, cymbal: 0.05, gong: 0.08, click: 0.2 };

const rowOf = (text = "") => [...text.padEnd(STEPS, ".")].reduce((bits, stroke) => 2 * bits + (stroke === "x"), 0);
const isStroke = (bits, step) => Boolean(bits & (FIRST_STEP >> step));
const strokesOf = (bits) => Array.from({ length: STEPS }, (_, step) => step).filter((step) => isStroke(bits, step));
const rowsOf = (pattern) => ROLES.map((role) => rowOf(PATTERNS[pattern].rows[role]));

// A pattern by chance: strokes on a beat are twice as likely as others.
function randomRows() {
  return ROLES.map((role) => {
    const chance = (step) => CHANCES[role] * (step % 4 ? 1 : 2);
    return Array.from({ length: STEPS }, (_, step) => step).reduce(
      (bits, step) => (Math.random() < chance(step) ? bits | (FIRST_STEP >> step) : bits),
      0,
    );
  });
}

// Rows in an address: four hexadecimal digits each.
const writeRows = (rows) => rows.map((bits) => bits.toString(16).padStart(4, "0")).join("_");

function readRows(text) {
  if (!/^([0-9a-f]{4}_){7}[0-9a-f]{4}$/.test(text ?? "")) return null;
  return text.split("_").map((bits) => parseInt(bits, 16));
}

// How far into the pattern a step is, in steps: with swing every second one is late.
const placeOf = (step, swing) => step + (step % 2 ? 2 * swing - 1 : 0);
const stepSeconds = (tempo) => 60 / tempo / STEPS_A_BEAT;

// The steps in time. Each is computed from the origin, so that no error adds up.
class StepClock {
  constructor(origin, tempo, swing) {
    Object.assign(this, { origin, tempo, swing, next: 0, until: origin });
  }

  at(step) {
    return this.origin + placeOf(step, this.swing) * stepSeconds(this.tempo);
  }

  // The steps from one time to another as {step, at}; each is returned once, and those that were missed never.
  between(from, until) {
    const steps = [];
    if (from > this.at(this.next)) this.skipTo(from);
    for (; this.at(this.next) < until; this.next++) {
      if (this.at(this.next) >= from) steps.push({ step: this.next, at: this.at(this.next) });
    }
    this.until = until;
    return steps;
  }

  // Go on with the first step that may lie after a time, however many were missed.
  skipTo(time) {
    const passed = Math.floor((time - this.origin) / stepSeconds(this.tempo)) - 1;
    this.next = Math.max(this.next, passed);
  }

  // Change the tempo; the place in the pattern stays where it is at the end of what has been returned.
  setTempo(tempo) {
    const passed = (this.until - this.origin) / stepSeconds(this.tempo);
    this.origin = this.until - passed * stepSeconds(tempo);
    this.tempo = tempo;
  }
}
