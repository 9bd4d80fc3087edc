// The lessons to choose from, and the quiz.

const LINKS = { class: "step=1", teacher: "step=1&teacher=1", print: "print=1" };

function lessonCard([name, { title, minutes, goals }]) {
  const card = make("article");
  const head = said("h2", "", title);
  head.append(" ", said("small", "", phrase("minutes", { minutes })));
  const list = make("ul");
  list.append(...goals.map((goal) => said("li", "", goal)));
  const links = part("links").content.cloneNode(true);
  for (const link of links.querySelectorAll("a")) link.href = `?lesson=${name}&${LINKS[link.dataset.for]}`;
  card.append(head, list, links);
  return card;
}

function showScore(right, answered) {
  const { questions } = part("questions");
  part("certificate").hidden = answered < questions.length;
  setText(part("score"), phrase("score", { right, of: questions.length }));
}

async function fill() {
  if (part("lessons").children.length) return;
  const [all, quiz] = await Promise.all([server.lessons({}), server.quiz({})]);
  if (all.sentence || quiz.sentence) return; // it is asked again when the part is opened again
  part("lessons").replaceChildren(...Object.entries(all).map(lessonCard));
  showQuestions(part("questions"), quiz.questions, showScore);
}

addActions({
  open(link, event) {
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("lab-lesson", { detail: link.search }));
  },
});

// The lessons are asked for when the part is opened, not with the page.
const container = document.getElementById("learn-lesson");
container.addEventListener("lab-part-opened", fill);
if (!container.classList.contains("is-closed")) fill();
