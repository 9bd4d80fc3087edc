// The strip: how one character of the text came; the arrows and a click in the X-ray choose which. What there is to
// tell of the first one shown comes with the text, of others it is asked for.

const BEGIN = 16; // characters after the prompt; NOTED of batch.py, so that what there is to tell comes with the text
let glanced; // what was last asked about
let place = null; // null: the one that BEGIN names
let placed; // the text that the place is in

async function glance(chosen) {
  const ready = current && !current.running && !current.empty;
  if (!ready) return;
  const own = current.prompt + current.written;
  const kept = Boolean(reading.seen) && xray.open;
  const text = kept ? reading.text : own;
  if (text !== placed) place = null;
  placed = text;
  const last = [...text].length - 1;
  if (last < 0) return void (part("strip").hidden = true);
  place = Math.max(0, Math.min(last, chosen ?? place ?? [...current.prompt].length + BEGIN));
  const settings = Object.fromEntries(["temperature", "top_k", "top_p"].map((name) => [name, +asked().get(name)]));
  const read = kept ? text : [...text].slice(0, place + 1).join("");
  const question = { model: asked().get("model"), text: read, place, kept, ...settings };
  const mine = JSON.stringify([question, last]); // a longer text may begin alike, but has more characters
  if (mine === glanced) return;
  glanced = mine;
  const given = !kept && current.strip?.place === place ? current.strip : null;
  const told = given ?? (await server.strip(question));
  if (mine !== glanced) return; // another result has come meanwhile
  part("strip").hidden = Boolean(told.sentence);
  if (told.sentence) return;
  stations([...text], told);
  point(place);
}

// Marks the character in the plain text; the X-ray marks it by itself.
function point(place) {
  if (!window.CSS?.highlights) return; // a browser without them: the strip still names the character
  const human = [...current.prompt].length;
  const node = part(place < human ? "prompt" : "written").firstChild;
  const characters = [...(node?.data ?? "")];
  const at = place < human ? place : place - human;
  if (at >= characters.length) return void CSS.highlights.delete("lab-place");
  const range = new Range();
  const start = characters.slice(0, at).join("").length;
  range.setStart(node, start);
  range.setEnd(node, start + characters[at].length);
  CSS.highlights.set("lab-place", new Highlight(range));
}

function stations(characters, { neurons, choices }) {
  const came = choices.find((choice) => choice.chosen);
  part("strip-text").textContent = characters.slice(Math.max(0, place - 12), place).map(visible).join("");
  part("strip-neurons").src = neurons.source;
  bars("strip-odds", choices, "odds");
  bars("strip-dice", choices, "dice");
  for (const name of ["strip-letter", "strip-name"]) part(name).textContent = visible(came.character);
  part("strip-place").textContent = `${place + 1} / ${characters.length}`;
  part("strip-share").textContent = came.odds.toPrecision(3);
  part("strip-nats").textContent = (-Math.log(came.odds)).toFixed(2);
  part("strip-thrown").textContent = percent(came.dice);
}

function bars(name, choices, key) {
  const width = 100 / choices.length;
  const most = Math.max(...choices.flatMap(({ odds, dice }) => [odds, dice])); // one scale before and after the dice
  part(name).replaceChildren(
    ...choices.map((choice, n) => {
      const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      const height = Math.max(1, (choice[key] / most) * 42);
      const box = { x: n * width + 1, y: 44 - height, width: width - 2, height, class: choice.chosen ? "chosen" : "" };
      for (const [attribute, value] of Object.entries(box)) bar.setAttribute(attribute, value);
      return bar;
    }),
  );
}

// A station opens what is inside: the X-ray, with its neurons, or with the odds at this place.
async function visit(opens) {
  if (opens === "page") return part("page").focus();
  const here = place;
  if (!xray.open) xray.open = true;
  reading.mode = opens === "neurons" ? "neuron" : reading.mode;
  await look();
  if (!reading.seen) return;
  await (opens === "neurons" ? shade() : open(here));
  part(opens).scrollIntoView({ block: "center" });
}

act({
  station: (button) => visit(button.dataset.opens),
  before: () => glance(place - 1),
  after: () => glance(place + 1),
});
