// Lessons. The step is in the address, as that of a tour.

let lessons; // once they were asked for
let lesson = null; // the one shown
let lessonName = null;

const isLocked = () => query().get("lock") === "1";

function goToStep(number) {
  if (step && isTeacher()) countTime(step.key);
  const kept = ["teacher", "lock"].filter((name) => query().get(name) === "1").map((name) => [name, "1"]);
  return navigate([["lesson", lessonName], ["step", number], ...kept]);
}

// Show the step or the hand-out that the address names, or nothing.
async function showAddress() {
  const name = query().get("lesson");
  if (name !== null) lessons ??= unlessRefused(await server.lessons({}));
  if (query().get("lesson") !== name) return; // the address has changed meanwhile
  const wasShown = Boolean(lesson);
  lesson = name !== null && lessons && Object.hasOwn(lessons, name) ? lessons[name] : null;
  lessonName = lesson && name;
  const prints = Boolean(lesson) && query().get("print") === "1";
  part("tour").hidden = !lesson || prints;
  document.documentElement.classList.toggle("lab-locked", Boolean(lesson) && isLocked());
  layOut();
  showHandOut(prints);
  if (!lesson && !wasShown) return; // whatever else is pointed at is a tour's
  if (!lesson) stopClock();
  demonstration++; // cancels the show that is going on
  pointAt(null);
  if (part("tour").hidden) return closeDialog();
  showStep();
}

function showStep() {
  const number = stepInAddress(lesson.steps);
  step = { ...lesson.steps[number - 1], number };
  step.key = step.id;
  const isTicket = Boolean(step.questions);
  setText(part("lesson-name"), { ...lesson.title });
  part("lesson-name").append(" · ", said("span", "", phrase("minutes", { minutes: step.minutes })));
  drawDots(lesson.steps);
  part("previous").disabled = number === 1;
  part("next").hidden = number === lesson.steps.length;
  part("finish").hidden = !part("next").hidden;
  part("asking").hidden = isTicket;
  part("ticket").hidden = !isTicket;
  part(isTicket ? "ticket" : "doing").before(part("class")); // what is to be done is hidden with the question
  if (isTicket) drawTicket();
  else drawStep();
  drawTeacher();
  drawClass();
  if (!isTicket) openPlace();
  part("step").scrollTop = 0;
  part("step-title").ariaLevel = isLocked() ? "1" : "2"; // the page's own title is hidden on a locked one
  part("step-title").focus({ preventScroll: true });
}

function drawTicket() {
  setRichText(part("step-title"), step.title);
  part("told").hidden = true;
  showQuestions(part("questions"), step.questions);
}

// Open where the step takes place. A locked page is set up for it, since nothing else can be reached there.
async function openPlace() {
  const shown = step;
  const place = placeOf(step.shows[0]);
  await until(() => document.querySelector(`#tab-${place.tab}-button`), () => step === shown);
  if (step !== shown) return;
  const link = place.partName ? `tab=${place.tab}&part=${place.partName}` : `tab=${place.tab}`;
  if (query().get("tab") !== place.tab) history.replaceState(null, "", window.lab.address(link));
  if (place.partName) await openPart(place.partName);
  else selectTab(place.tab);
  if (isLocked()) followLink(place, step.shows[0].set);
  else if (!place.partName) resetPlace(place); // an earlier step may have left it unfolded
}

function leave() {
  navigate([["tab", "learn"], ["part", "lesson"]]);
  document.dispatchEvent(new CustomEvent("lab-open-part", { detail: "lesson" }));
  selectTab("learn");
}

addActions({
  step: (button) => goToStep(button.dataset.number),
  previous: () => goToStep(step.number - 1),
  next: () => goToStep(step.number + 1),
  leave,
});

// The arrow keys, and those of a presenter's remote control, turn over the steps, except where they have another use.
const TURNS = { ArrowLeft: -1, PageUp: -1, ArrowRight: 1, PageDown: 1 };
const USES_KEYS = "input, select, textarea, audio, canvas, summary, dialog, [role=tab], [role=slider], [tabindex='0']";

function turnOver(event) {
  const turn = TURNS[event.key];
  if (!turn || event.defaultPrevented || part("tour").hidden || isLocked() || event.altKey || event.ctrlKey || event.metaKey) return;
  const usesKeys = event.target.closest(USES_KEYS);
  if (usesKeys && usesKeys !== part("step")) return;
  const number = step.number + turn;
  if (number < 1 || number > lesson.steps.length) return;
  event.preventDefault();
  goToStep(number);
}

document.addEventListener("keydown", turnOver);
document.addEventListener("lab-lesson", (event) => navigate([...new URLSearchParams(event.detail)]));
window.addEventListener("popstate", showAddress);

// The parts of the teacher and of the ticket have their places within the step.
part("told").before(part("notes"));
part("step").append(part("ticket"));
part("end").hidden = true;

if (window.lab) showAddress();
else document.addEventListener("lab-ready", showAddress, { once: true });
