// One text as both networks read it: shaded by its surprise, where they differ most, and on which kinds of characters.

const FULL_SHADE = 600; // hundredths of a nat: from 6 nats on, as in the X-ray
const MAX_READ = 2000; // characters; text/page/beside.py reads no more
const BEFORE = 12; // characters of context in the list
const AFTER = 6;

const differing = {
  number: 0, // of the reading; an answer to an earlier one comes too late
  text: null, // that was read by both
};
const besideWord = (name) => part("beside-words").content.querySelector(`[data-word="${name}"]`).cloneNode(true);
const inHundredths = (value) => (value / 100).toFixed(2);

// Take back all that was said of a text.
function forgetDiffer() {
  Object.assign(differing, { number: differing.number + 1, text: null });
  forgetContext();
  for (const name of ["differ", "differ-error", "differ-working"]) part(name).hidden = true;
  for (const button of beside.querySelectorAll("[data-action=beside-read]")) button.setAttribute("aria-pressed", "false");
}

function besideSource(source) {
  if (source === "pasted") return part("beside-pasted").value;
  const text = pairing.texts[source];
  return text ? text.prompt + text.written : "";
}

async function readBoth(button) {
  const pasted = button.dataset.source === "pasted";
  const characters = [...besideSource(button.dataset.source)];
  forgetDiffer();
  const mine = differing.number;
  button.setAttribute("aria-pressed", "true");
  part("differ-working").hidden = false;
  const text = characters.slice(0, MAX_READ).join("");
  const answer = await server.differ({ model: linkParams().get("model"), text, pasted });
  if (mine !== differing.number) return;
  part("differ-working").hidden = true;
  showMessage("differ-error", answer);
  if (answer.sentence) return;
  part("differ-cut").hidden = characters.length <= MAX_READ;
  differing.text = answer.text;
  drawDiffer(answer);
}

function drawDiffer({ text, readers, most, kinds }) {
  const characters = [...text];
  part("differ-texts").replaceChildren(...readers.map((reader) => shadedColumn(characters, reader)));
  part("differ-most").replaceChildren(...readers.map((_, first) => mostColumn(characters, readers, first, most[first])));
  part("differ-head").replaceChildren(kindHead(readers));
  part("differ-kinds").replaceChildren(...kinds.map(kindRow));
  part("differ").hidden = false;
}

function shadedColumn(characters, { network, surprise, mean }) {
  const head = make("h3");
  const figure = make("span");
  figure.append(besideWord("mean"), ` ${mean.toFixed(2)} `, besideWord("nats"), `, n = ${characters.length}`);
  head.append(make("b", "", network), figure);
  const text = make("div", "lab-beside-text");
  Object.assign(text, { tabIndex: 0, role: "group", ariaLabel: network });
  text.append(
    ...characters.map((character, place) => {
      const node = make("span", "c", character);
      node.dataset.at = place;
      node.style.setProperty("--s", `${Math.round(Math.min(1, surprise[place] / FULL_SHADE) * 55)}%`);
      return node;
    }),
  );
  const column = make("section");
  column.append(head, text);
  return column;
}

// The places where the network of a number was more surprised than the other one.
function mostColumn(characters, readers, number, places) {
  const head = make("h3");
  const label = make("span");
  label.append(besideWord("more"));
  head.append(label, make("b", "", readers[number].network));
  const list = make("ol");
  list.append(...places.map((place) => makeItem(placeButton(characters, readers, place))));
  const column = make("section");
  column.append(head, places.length ? list : besideWord("none"));
  return column;
}

function placeButton(characters, readers, place) {
  const context = make("code");
  const shown = (from, to) => characters.slice(Math.max(0, from), to).map(visible).join("");
  context.append(shown(place - BEFORE, place), make("mark", "", visible(characters[place])), shown(place + 1, place + 1 + AFTER));
  const numbers = readers.map(({ network, surprise }) => `${network} ${inHundredths(surprise[place])}`);
  return makeButton("beside-place", { place }, context, make("span", "", numbers.join(" · ")));
}

function kindHead(readers) {
  const row = make("tr");
  const kind = make("th");
  kind.append(besideWord("kind"));
  row.append(kind, make("th", "", "n"), ...readers.map(({ network }) => make("th", "", network)));
  for (const { network } of readers) {
    const more = make("th", "", `${network} `);
    more.append(besideWord("clearly"));
    row.append(more);
  }
  return row;
}

function kindRow({ kind, count, means, more }) {
  const row = make("tr");
  const head = make("th");
  head.scope = "row";
  head.append(besideWord(kind));
  const cells = [count, ...means.map((mean) => mean.toFixed(2)), ...more];
  row.append(head, ...cells.map((cell) => make("td", "", cell)));
  return row;
}

// Outline a character in both columns, and scroll each to it.
function showInBoth(place) {
  for (const node of part("differ-texts").querySelectorAll(".at")) node.classList.remove("at");
  for (const node of part("differ-texts").querySelectorAll(`[data-at="${place}"]`)) {
    node.classList.add("at");
    const text = node.parentElement;
    text.scrollTop = node.offsetTop - text.offsetTop - text.clientHeight / 2;
  }
  reveal(part("differ-texts"));
}

function unfoldPaste(open) {
  part("beside-paste").hidden = !open;
  beside.querySelector("[data-action=beside-paste]").setAttribute("aria-expanded", String(open));
}

addActions({
  "beside-read": readBoth,
  "beside-paste": () => unfoldPaste(part("beside-paste").hidden),
  "beside-place": (button) => showInBoth(+button.dataset.place),
});

element.addEventListener("lab-reset", () => {
  part("beside-pasted").value = "";
  unfoldPaste(false);
  forgetDiffer();
});
