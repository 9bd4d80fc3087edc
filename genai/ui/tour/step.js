// One step: a question with answers, what to do, and what happened and why.

let step; // the one shown
let tab; // and whose it is
const past = {}; // by tab and number: what was answered, whether it was revealed, the numbers found

const word = (name) => part("words").content.querySelector(`[data-word="${name}"]`).cloneNode(true);
const memory = () => (past[`${tab} ${step.number}`] ??= { answer: null, revealed: false, found: {} });

function draw() {
  const { answer, revealed, found } = memory();
  tell(part("step-title"), step.title);
  tell(part("question"), step.question);
  part("answers").replaceChildren(
    ...step.answers.map(({ text, happens }, n) => {
      const button = make("button");
      button.type = "button";
      Object.assign(button.dataset, { action: "answer", n });
      button.setAttribute("aria-pressed", String(answer === n));
      say(button, text);
      if (revealed && happens) button.append(word("happened"));
      return button;
    }),
  );
  part("skip").hidden = answer !== null;
  part("doing").hidden = part("revealing").hidden = answer === null;
  tell(part("task"), step.task);
  part("shows").replaceChildren(
    ...step.shows.map(({ name }, n) => {
      const button = make("button");
      button.type = "button";
      Object.assign(button.dataset, { action: "show", n });
      say(button, name);
      return button;
    }),
  );
  part("failed").hidden = true;
  part("ask").hidden = revealed;
  part("reveal").hidden = !revealed;
  part("reply").hidden = !step.answers[answer];
  if (step.answers[answer]) tell(part("reply"), step.answers[answer].reply);
  why(found);
}

function why(found) {
  part("missing").hidden = step.shows.every(({ numbers }) => Object.keys(numbers).every((name) => name in found));
  part("why").replaceChildren(
    ...step.reveal.map((text) => {
      const paragraph = make("p");
      tell(paragraph, text, found);
      return paragraph;
    }),
  );
}

async function demonstrate(n) {
  const [shown, { found }] = [step, memory()];
  part("busy").hidden = false;
  part("failed").hidden = true;
  const whole = await perform(tab, step.shows[n], found);
  part("busy").hidden = true;
  if (shown !== step) return;
  part("failed").hidden = whole;
  why(found);
}

async function uncover() {
  const [shown, { found }] = [step, memory()];
  memory().revealed = true;
  draw();
  part("reveal").scrollIntoView({ block: "nearest" });
  if (Object.keys(found).length || !suits(tab, step)) return;
  await read(step.shows[0], found);
  if (shown === step) why(found);
}

function answer(n) {
  memory().answer = n;
  draw();
  part("doing").scrollIntoView({ block: "nearest" });
  part("shows").firstChild.focus({ preventScroll: true });
}

act({
  answer: (button) => answer(+button.dataset.n),
  skip: () => answer(-1),
  show: (button) => demonstrate(+button.dataset.n),
  reveal: uncover,
});
