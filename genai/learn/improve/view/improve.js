// Comparisons of two runs each, one at a time, and the wrong network.

const comparisons = () => props.value.comparisons;
const WRONG = "wrong"; // the name of the wrong network in addresses
let player = null;
let answered = null; // the histories of the comparison shown
let shown = null;

function nameInAddress() {
  const query = new URLSearchParams(location.search);
  const wanted = query.get("part") === "improve" ? query.get("pair") : null;
  const known = [...comparisons().map(({ name }) => name), WRONG];
  return known.includes(wanted) ? wanted : known[0];
}

function makeChoices() {
  const words = comparisons().map(({ name, title }) => [name, (button) => setText(button, title)]);
  words.push([WRONG, (button) => button.append(...part("word-wrong").cloneNode(true).childNodes)]);
  part("pairs").replaceChildren(
    ...words.map(([name, fill]) => {
      const button = makeButton("compare", { name });
      fill(button);
      return button;
    }),
  );
}

function rows(name, lines) {
  const head = make("th");
  head.colSpan = 3;
  head.scope = "rowgroup";
  head.append(...part(`word-${name}`).cloneNode(true).childNodes);
  const title = make("tr");
  title.append(head);
  part(name).replaceChildren(title, ...lines.map(makeRow));
}

async function loadHistories(comparison) {
  part("histories").replaceChildren();
  part("problem").hidden = true;
  const answer = await server.pair({ pair: comparison.name });
  if (shown !== comparison.name) return;
  if (answer.sentence) {
    part("problem").hidden = false;
    setText(part("problem"), answer.sentence);
    return;
  }
  answered = answer;
  showPlayer(comparison);
}

// By the minutes of computing, both sides show what they had after the same time; by the steps, after as many steps.
function showPlayer(comparison) {
  player?.pause();
  const byMinutes = element.querySelector("[name=improve-clock]:checked").value === "minutes";
  const sides = answered.histories.map((history, n) => ({
    history,
    title: comparison.sides[n],
    ...(byMinutes && { pace: answered.pace[n], clock: answered.clock[n] }),
  }));
  player = new Player(part("player-template"), sides);
  part("histories").replaceChildren(player.node);
}

part("clock").addEventListener("change", () => {
  const comparison = comparisons().find(({ name }) => name === shown);
  if (comparison && player) showPlayer(comparison);
});

function compare(name) {
  shown = name;
  player?.pause();
  player = null;
  fight = null;
  for (const button of part("pairs").children) {
    if (button.dataset.name === name) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  part("comparison").hidden = name === WRONG;
  part("duel").hidden = name !== WRONG;
  const comparison = comparisons().find((other) => other.name === name);
  if (!comparison) return;
  setText(part("title"), comparison.title);
  setText(part("text"), comparison.text);
  setText(part("before"), comparison.sides[0]);
  setText(part("after"), comparison.sides[1]);
  for (const group of ["changed", "cost", "gave"]) rows(group, comparison[group]);
  part("live").hidden = !document.querySelector("#learn-parts [data-name=train]:not([hidden])");
  part("live-link").href = `?${comparison.live}`;
  part("left-out").hidden = part("live").hidden || !comparison.left_out;
  if (comparison.left_out) setText(part("left-out"), comparison.left_out);
  loadHistories(comparison);
}

function keepLink(name) {
  document.dispatchEvent(new CustomEvent("lab-part-link", { detail: { name: "improve", query: `pair=${name}` } }));
}

addActions({
  compare({ dataset: { name } }) {
    compare(name);
    keepLink(name);
  },
});

const container = document.getElementById("learn-improve");
container.addEventListener("lab-part-closed", () => {
  player?.pause();
  fight = null;
});

makeChoices();
compare(nameInAddress());
