// Questions with one right answer each, answered in the page. An answer says at once whether it is right, and why.

function answerOf({ text }, n) {
  const button = makeButton("choose-answer", { n });
  setText(button, text);
  return button;
}

function questionOf(question, n) {
  const item = make("li");
  const answers = make("div", "lab-tour-answers");
  answers.role = "group";
  answers.append(...question.answers.map(answerOf));
  const name = said("p", "lab-question", question.question);
  name.id = `${element.id || "lesson"}-question-${n}`;
  answers.setAttribute("aria-labelledby", name.id);
  const reason = make("p", "lab-question-reason");
  reason.role = "status";
  item.append(name, answers, reason);
  item.dataset.n = n;
  return item;
}

// Show questions in a list; `onChange(right, answered)` is called with each answer.
function showQuestions(list, questions, onChange = () => {}) {
  list.replaceChildren(...questions.map(questionOf));
  list.questions = questions;
  list.chosen = {}; // by the number of the question; the first answer counts
  list.onChange = onChange;
}

function checkAnswer(button) {
  const item = button.closest("li");
  const list = item.parentElement;
  const question = list.questions[item.dataset.n];
  list.chosen[item.dataset.n] ??= +button.dataset.n;
  const right = question.answers.findIndex((answer) => answer.right);
  for (const other of button.parentElement.children) {
    const isRight = +other.dataset.n === right;
    other.setAttribute("aria-pressed", String(other === button));
    other.classList.toggle("is-right", isRight);
    other.querySelector("[data-word]")?.remove();
    if (isRight) other.append(" ", part("words").content.querySelector("[data-word=right]").cloneNode(true));
  }
  setText(item.querySelector(".lab-question-reason"), question.reason);
  const chosen = Object.entries(list.chosen);
  list.onChange(chosen.filter(([n, choice]) => list.questions[n].answers[choice].right).length, chosen.length);
}

addActions({ "choose-answer": checkAnswer });
