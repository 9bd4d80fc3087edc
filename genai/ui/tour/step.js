// One step: a question with answers, what to do, and what happened and why.

let step; // the one shown; its `key` is its own
let showsRunning = 0;

// A value within a show that may be another one in each language, in that of the page.
function inPageLanguage(value) {
  if (Array.isArray(value)) return value.map(inPageLanguage);
  if (value === null || typeof value !== "object") return value;
  if ("zh-CN" in value) return inPageLanguage(value[document.documentElement.lang] ?? value.en);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inPageLanguage(inner)]));
}

// The shows of the step without their names, which the page has in both languages.
const showsHere = () => step.shows.map(({ set, actions, point, numbers }) => inPageLanguage({ set, actions, point, numbers }));

const memories = {}; // of each step, by its key

const word = (name) => part("words").content.querySelector(`[data-word="${name}"]`).cloneNode(true);

// What was answered, whether the explanation was revealed, and the numbers read from the page.
function memory() {
  memories[step.key] ??= { answer: null, revealed: false, numbersOf: {} };
  // Numbers that were read from a show of one language mean nothing in the other.
  const language = step.shows.some(({ set }) => typeof set === "object") ? document.documentElement.lang : "any";
  memories[step.key].numbers = memories[step.key].numbersOf[language] ??= {};
  return memories[step.key];
}

function drawStep() {
  const { answer, revealed, numbers } = memory();
  setRichText(part("step-title"), step.title);
  part("told").hidden = !step.text;
  if (step.text) setRichText(part("told"), step.text);
  setRichText(part("question"), step.question);
  part("answers").replaceChildren(...step.answers.map(answerButton));
  part("skip").hidden = answer !== null;
  part("doing").hidden = part("revealing").hidden = answer === null;
  setRichText(part("task"), step.task);
  part("shows").replaceChildren(...step.shows.map(showButton));
  part("failed").hidden = true;
  part("ask").hidden = revealed;
  part("reveal").hidden = !revealed;
  const reply = step.answers[answer]?.reply;
  part("reply").hidden = !reply;
  if (reply) setRichText(part("reply"), reply);
  explain(numbers);
}

function answerButton({ text, happens }, n) {
  const { answer, revealed } = memory();
  const button = makeButton("answer", { n });
  button.setAttribute("aria-pressed", String(answer === n));
  setText(button, text);
  if (revealed && happens) button.append(word("happened"));
  return button;
}

function showButton({ name }, n) {
  const button = makeButton("show", { n });
  setText(button, name);
  return button;
}

function explain(numbers) {
  const names = step.shows.flatMap((show) => Object.keys(show.numbers));
  part("missing").hidden = names.every((name) => name in numbers);
  part("why").replaceChildren(
    ...step.reveal.map((text) => {
      const paragraph = make("p");
      setRichText(paragraph, text, numbers);
      return paragraph;
    }),
  );
}

async function runShow(n) {
  const shownStep = step;
  const { numbers } = memory();
  showsRunning++;
  part("busy").hidden = false;
  part("failed").hidden = true;
  const demonstrated = demonstrate(showsHere()[n], numbers);
  explain(numbers); // without those of an earlier run of the same show
  const succeeded = await demonstrated;
  showsRunning--;
  part("busy").hidden = showsRunning === 0;
  if (shownStep !== step) return;
  part("failed").hidden = succeeded !== false;
  explain(numbers);
}

async function revealStep() {
  const shownStep = step;
  const { numbers } = memory();
  memory().revealed = true;
  drawStep();
  part("reveal").scrollIntoView({ block: "nearest" });
  if (showsRunning || Object.keys(numbers).length) return;
  await readByHand({ ...step, shows: showsHere() }, numbers);
  if (shownStep === step) explain(numbers);
}

function chooseAnswer(n) {
  memory().answer = n;
  drawStep();
  part("doing").scrollIntoView({ block: "nearest" });
  part("shows").firstChild.focus({ preventScroll: true });
}

addActions({
  answer: (button) => chooseAnswer(+button.dataset.n),
  skip: () => chooseAnswer(-1),
  show: (button) => runShow(+button.dataset.n),
  reveal: revealStep,
});
new MutationObserver(() => {
  if (step) explain(memory().numbers);
}).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
