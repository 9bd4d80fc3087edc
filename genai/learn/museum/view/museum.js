// The museum: one exhibit at a time.

const exhibits = () => props.value.exhibits;
let player = null;
let shown = null;

function nameInAddress() {
  const query = new URLSearchParams(location.search);
  const wanted = query.get("part") === "museum" ? query.get("exhibit") : null;
  return exhibits().some(({ name }) => name === wanted) ? wanted : exhibits()[0].name;
}

function makeNames() {
  part("names").replaceChildren(
    ...exhibits().map(({ name, title }) => {
      const button = makeButton("exhibit", { name });
      setText(button, title);
      return button;
    }),
  );
}

function sampleOf({ title, picture, sounds, text }, number) {
  const node = make("figure", "lab-replay-side");
  node.dataset.line = number;
  const caption = make("figcaption");
  setText(caption, title);
  node.append(caption);
  if (picture) node.append(Object.assign(makeImage(picture), { className: "lab-sample" }));
  for (const [sound, spectrogram] of sounds ?? []) {
    const audio = Object.assign(make("audio"), { controls: true, src: sound });
    node.append(Object.assign(makeImage(spectrogram), { className: "lab-moment-spectrogram" }), audio);
  }
  if (text !== undefined) node.append(Object.assign(make("pre", "", text), { tabIndex: 0 }));
  return node;
}

function wordFailed() {
  const words = [...part("word-failed").querySelectorAll(".t")];
  return Object.fromEntries(words.map((node) => [node.lang, node.textContent]));
}

async function load({ name, twin }) {
  part("samples").replaceChildren();
  part("histories").replaceChildren();
  part("problem").hidden = true;
  const answer = await server.exhibit({ exhibit: name });
  if (shown !== name) return;
  if (answer.sentence) {
    part("problem").hidden = false;
    setText(part("problem"), answer.sentence);
    return;
  }
  part("samples").replaceChildren(...answer.samples.map(sampleOf));
  const titles = [wordFailed(), twin];
  const sides = answer.histories.map((history, n) => ({ history, title: titles[n] }));
  player = new Player(part("player-template"), sides);
  part("histories").replaceChildren(player.node);
}

function open(name) {
  shown = name;
  player?.pause();
  player = null;
  for (const button of part("names").children) {
    if (button.dataset.name === name) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  const exhibit = exhibits().find((other) => other.name === name);
  setText(part("title"), exhibit.title);
  setText(part("diagnosis"), exhibit.diagnosis);
  setText(part("cure"), exhibit.cure);
  setText(part("twin"), exhibit.twin);
  part("changed").replaceChildren(...exhibit.changed.map(makeRow));
  setText(part("others"), exhibit.others);
  load(exhibit);
}

addActions({
  exhibit({ dataset: { name } }) {
    open(name);
    const detail = { name: "museum", query: `exhibit=${name}` };
    document.dispatchEvent(new CustomEvent("lab-part-link", { detail }));
  },
});

// The models are loaded when the part is opened, not with the page.
const container = document.getElementById("learn-museum");
container.addEventListener("lab-part-closed", () => player?.pause());
container.addEventListener("lab-part-opened", () => shown ?? open(nameInAddress()));

makeNames();
if (!container.classList.contains("is-closed")) open(nameInAddress());
