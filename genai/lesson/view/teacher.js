// What only the teacher's view has: notes, and a clock of minutes planned against minutes used. The clock is kept in
// this browser's tab, so that a reload does not lose it. A window with the class's view follows the teacher's.

const CLOCK = "genai-lab-lesson-clock";
const channel = new BroadcastChannel("genai-lab-lesson"); // between the windows of one browser
const clock = { lesson: null, used: {}, since: null }; // milliseconds by step; since when it runs, null if it stands

const isTeacher = () => query().get("teacher") === "1";
const minutesAndSeconds = (ms) => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;

function readClock(name) {
  let kept = {};
  try {
    kept = JSON.parse(sessionStorage.getItem(CLOCK)) ?? {};
  } catch {
    // no storage in this browser: a reload begins the clock anew
  }
  Object.assign(clock, { lesson: name, used: {}, since: null }, kept.lesson === name ? kept : {});
}

function keepClock() {
  try {
    sessionStorage.setItem(CLOCK, JSON.stringify(clock));
  } catch {
    // as above
  }
}

// Add the time since the clock was read last to a step.
function countTime(id) {
  if (clock.since === null) return;
  const now = Date.now();
  clock.used[id] = (clock.used[id] ?? 0) + now - clock.since;
  clock.since = now;
  keepClock();
}

// A lesson that is closed takes no time.
function stopClock() {
  countTime(step.key);
  clock.since = null;
  keepClock();
}

function drawClock() {
  if (!lesson || part("clock").hidden) return;
  countTime(step.key);
  const used = clock.used[step.key] ?? 0;
  const whole = Object.values(clock.used).reduce((a, b) => a + b, 0);
  setText(part("clock-part"), phrase("part", { used: minutesAndSeconds(used), planned: step.minutes }));
  setText(part("clock-whole"), phrase("whole", { used: minutesAndSeconds(whole), planned: lesson.minutes }));
  part("clock").classList.toggle("is-over", used > step.minutes * 60_000);
  Object.assign(part("clock-bar"), { max: step.minutes * 60_000, value: used });
  part("clock-go").hidden = clock.since !== null;
  part("clock-stop").hidden = clock.since === null;
}

const linkTo = (changes) => `?${new URLSearchParams({ lesson: lessonName, step: step.number, ...changes, lang: window.lab.language })}`;

function drawTeacher() {
  const shown = isTeacher();
  part("tour").classList.toggle("is-teacher", shown);
  part("clock").hidden = part("notes").hidden = !shown;
  if (!shown) return;
  if (clock.lesson !== lessonName) readClock(lessonName);
  for (const name of ["note", "stumbles", "solo"]) setRichText(part(name), step[name]);
  part("before-all").hidden = step.number !== 1;
  part("before").replaceChildren(...lesson.before.map((text) => said("li", "", text)));
  part("for-class").href = linkTo({});
  part("locked").href = linkTo({ lock: 1 });
  drawClock();
  channel.postMessage({ lesson: lessonName, step: step.number });
}

addActions({
  clock() {
    countTime(step.key);
    clock.since = clock.since === null ? Date.now() : null;
    keepClock();
    drawClock();
  },
});

channel.addEventListener("message", ({ data }) => {
  const follows = lesson && !isTeacher() && !isLocked() && data.lesson === lessonName;
  if (follows && data.step !== step.number) goToStep(data.step);
});
setInterval(drawClock, 1000);
