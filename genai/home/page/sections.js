// The sections of the arc and the questions, made of the content that the server sends with the page.

function makeWays(ways) {
  const row = make("p", "lab-ways");
  row.append(
    ...ways.map(({ text, link }) => {
      const words = make("span");
      setText(words, text);
      return makeWay(link, words);
    }),
  );
  return row;
}

function makeWords(tag, text, className) {
  const node = make(tag, className);
  setText(node, text);
  return node;
}

function makeCard({ kind, model = "", title, text, ways }) {
  const card = make("div", "lab-home-card");
  card.append(makeWords("h4", title));
  if (kind) {
    const sample = make("div", "lab-home-sample");
    Object.assign(sample.dataset, { kind, model, place: title.en });
    card.append(sample);
  }
  card.append(makeWords("p", text), makeWays(ways));
  return card;
}

function makeSection({ id, figure, title, text, cards, ways }) {
  const section = make("section", "lab-arc-section");
  section.dataset.section = id;
  section.setAttribute("aria-labelledby", `lab-home-${id}`);
  const heading = makeWords("h3", title);
  heading.id = `lab-home-${id}`;
  section.append(heading);
  const words = make("div", "lab-arc-words");
  words.append(...text.map((paragraph) => makeWords("p", paragraph)));
  if (ways.length) words.append(makeWays(ways));
  section.append(words);
  const template = figure && part(`figure-${figure}`);
  if (template) {
    const node = make("figure", `lab-figure lab-figure-${figure}`);
    node.dataset.figure = figure;
    node.append(template.content.cloneNode(true));
    section.append(node);
  }
  if (figure === "rules") section.append(makeRules());
  if (figure === "films") section.append(make("div", "lab-films"));
  if (cards) {
    const row = make("div", "lab-home-cards");
    row.append(...cards.map(makeCard));
    section.append(row);
  }
  return section;
}

function makeRules() {
  const list = make("ol", "lab-rules");
  const items = props.value.rules.map(({ date, who, text, source }) => {
    const item = make("li");
    const time = make("time", "", date);
    time.dateTime = date;
    const link = make("a");
    link.href = source;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    link.append(word("source"));
    item.append(time, makeWords("b", who), makeWords("p", text), link);
    return item;
  });
  list.append(...items);
  let at = 0;
  animate(list, 1800, () => {
    items[at].classList.remove("is-now");
    at = (at + 1) % items.length;
    items[at].classList.add("is-now");
  });
  return list;
}

function makeQuestion({ question, answer, ways }) {
  const fold = make("details");
  fold.append(makeWords("summary", question), makeWords("p", answer), makeWays(ways));
  return fold;
}

// One piece of each kind beside the words on it.
function drawSamples() {
  const makers = { text: (own) => makeWriting([own]), image: makeFilm, audio: makeSound };
  for (const sample of element.querySelectorAll(".lab-home-sample")) {
    const { kind, model, place } = sample.dataset;
    const own = pieces.filter((piece) => piece.kind === kind);
    const inLanguage = own.find((piece) => piece.language === document.documentElement.lang);
    const chosen = own.find((piece) => piece.model === model) ?? inLanguage ?? own[0];
    if (!chosen || sample.dataset.link === chosen.link) continue;
    sample.dataset.link = chosen.link;
    sample.replaceChildren(tileOf(`${place} ${chosen.link}`, () => makers[kind](chosen)));
  }
}

// All films side by side: each is a walk, as a video is pictures in an order.
function drawFilms() {
  const films = interleaved("image").map((piece) => tileOf(`film ${piece.link}`, () => makeFilm(piece)));
  element.querySelector(".lab-films").replaceChildren(...films);
}

const figureOf = (name) => element.querySelector(`[data-figure=${name}]`);

async function drawLearning() {
  const { game, curve } = await server.learning({});
  for (const [name, data, draw] of [["game", game, drawGame], ["curve", curve, drawCurve]]) {
    const figure = figureOf(name);
    figure.hidden = !data;
    if (data) draw(figure, data);
  }
}
