// The class on its phones: where the teacher has a room open, a step asks its question there, and shows the counts.

let room = null; // its last state
let asked = null; // the question of the exit ticket that was asked last

const pollOf = ({ question, answers, reason }) => ({
  question: withoutTerms(question),
  answers: answers.map(({ text }) => withoutTerms(text)),
  right: answers.findIndex(({ happens, right }) => happens || right),
  reply: answers.map(({ reply }) => withoutTerms(reply ?? reason)),
});

const questionsOfStep = () => step.questions ?? [step];

// The question of this step that the room is at, if it is at one.
function questionInRoom() {
  if (room?.activity !== "poll") return null;
  return questionsOfStep().find(({ question }) => withoutTerms(question).en === room.screen.question.en) ?? null;
}

// An activity that this page does not have is not offered.
const isOffered = (activity) => activity && document.querySelector(`[data-screen="${activity.name}"]`);

function drawClass() {
  if (!step) return;
  part("class").hidden = !window.lab.room?.isOpen() || isLocked();
  if (part("class").hidden) return;
  if (room) setText(part("room-name"), phrase("room", { code: room.code, seats: room.seats }));
  part("play-class").hidden = !isOffered(step.activity);
  const question = questionInRoom();
  part("show-class").hidden = !question || room.screen.phase === "shown";
  part("class-answered").hidden = part("bars").hidden = !question;
  if (!question) return;
  const { answered, counts, right } = room.screen;
  setText(part("class-answered"), phrase("answered", { answered, seats: room.seats }));
  part("bars").replaceChildren(
    ...question.answers.map(({ text }, n) => {
      const bar = make("li", n === right ? "is-right" : "");
      bar.style.setProperty("--share", answered ? counts[n] / answered : 0);
      const count = make("b", "", counts[n]);
      bar.append(said("span", "", withoutTerms(text)), count);
      return bar;
    }),
  );
}

// The first question, or the one after the question that was asked last.
function nextQuestion() {
  const questions = questionsOfStep();
  return questions[(questions.indexOf(asked) + 1) % questions.length];
}

function watchRoom() {
  window.lab.room.watch((state) => {
    room = state;
    drawClass();
  });
}

addActions({
  "ask-class"() {
    asked = nextQuestion();
    return window.lab.room.start("poll", pollOf(asked));
  },
  // What the class plays is on the panel of the room, as is the reason where it cannot begin.
  async "play-class"(button) {
    const { name, settings } = step.activity;
    button.disabled = true;
    await openPart("class");
    await window.lab.room.start(name, inPageLanguage(settings));
    button.disabled = false;
  },
  "show-class": () => window.lab.room.act("reveal"),
});
document.addEventListener("lab-room-ready", watchRoom);
if (window.lab?.room) watchRoom();
