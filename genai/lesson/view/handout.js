// The hand-out: two pages to print, made of the same lesson.

// In a style element, because Gradio scopes the rules of style sheets to its own container.
const pageRule = make("style", "", "@page { margin: 12mm; }");

function tickQuestion({ question, answers }, notes) {
  const item = make("li");
  item.append(said("p", "lab-handout-question", withoutTerms(question)));
  const list = make("ul");
  list.append(...answers.map(({ text }) => said("li", "", withoutTerms(text))));
  item.append(list);
  if (notes) item.append(part("saw").content.cloneNode(true));
  return item;
}

async function showHandOut(shown) {
  document.documentElement.classList.toggle("lab-printing", shown);
  part("handout").hidden = !shown;
  pageRule.remove();
  if (!shown) return;
  document.head.append(pageRule);
  terms ??= unlessRefused(await server.glossary({}));
  if (!terms) return;
  setText(part("handout-title"), lesson.title);
  part("handout-goals").replaceChildren(...lesson.goals.map((goal) => said("li", "", goal)));
  const steps = lesson.steps.filter(({ questions }) => !questions);
  part("handout").dataset.steps = steps.length;
  part("handout-steps").replaceChildren(...steps.map((one) => tickQuestion(one, true)));
  part("handout-words").replaceChildren(
    ...lesson.words.flatMap((key) => [said("dt", "", terms[key].term), said("dd", "", terms[key].text)]),
  );
  const ticket = lesson.steps.at(-1).questions;
  part("handout-ticket").replaceChildren(...ticket.map((one) => tickQuestion(one, false)));
  part("handout-address").textContent = `${location.host}${location.pathname}?lesson=${lessonName}`;
  part("handout").dataset.ready = lessonName;
}

addActions({ print: () => window.print() });
