// The strip: how one character of the text was generated. The arrows, or a click in the X-ray, choose which one. The
// strip of the first character shown comes with the text, that of another one is asked for.

const FIRST = 16; // characters after the prompt; SNAPSHOT_AT of text/decoding/batch.py, whose strip comes with the text
let stripQuestion; // what was last asked about
let stripAnswer = null; // to it, with the characters of the text
let place = null; // of the character shown; null: the one that firstPlace() names
let placeText; // the text that the place is in

async function showStrip(chosen) {
  const ready = current && !current.running && !current.empty;
  if (!ready) return;
  const kept = Boolean(reading.answer) && xray.open; // the server has read this text for the X-ray
  const text = kept ? reading.text : current.prompt + current.written;
  if (text !== placeText) place = null;
  placeText = text;
  const characters = [...text];
  const last = characters.length - 1;
  if (last < 0) {
    part("strip").hidden = true;
    return;
  }
  place = Math.max(0, Math.min(last, chosen ?? place ?? firstPlace(characters)));
  const beginning = kept ? text : characters.slice(0, place + 1).join("");
  const question = { model: linkParams().get("model"), text: beginning, place, kept };
  const mine = JSON.stringify([question, last]); // a longer text may begin alike, but has more characters
  if (mine === stripQuestion) return drawStations();
  stripQuestion = mine;
  stripAnswer = null;
  const included = !kept && current.strip?.place === place;
  const answer = included ? current.strip : await server.strip(question);
  if (mine !== stripQuestion) return; // another character has been chosen meanwhile
  if (answer.isLost) {
    stripQuestion = null; // so that the next press asks again
    return;
  }
  part("strip").hidden = Boolean(answer.sentence);
  if (answer.sentence) return;
  stripAnswer = { ...answer, characters };
  drawStations();
  highlightCharacter();
}

// A blank says little at first sight: the strip begins with a letter.
function firstPlace(characters) {
  const from = [...current.prompt].length + FIRST;
  const letter = characters.findIndex((character, n) => n >= from && character.trim());
  return letter < 0 ? from : letter;
}

// Mark the character in the plain text; the X-ray marks it by itself.
function highlightCharacter() {
  if (!window.CSS?.highlights) return; // an older browser: the strip still names the character
  const promptLength = [...current.prompt].length;
  const inPrompt = place < promptLength;
  const node = part(inPrompt ? "prompt" : "written").firstChild;
  const characters = [...(node?.data ?? "")];
  const index = inPrompt ? place : place - promptLength;
  if (index >= characters.length) {
    CSS.highlights.delete("lab-place");
    return;
  }
  const range = new Range();
  const start = characters.slice(0, index).join("").length; // in UTF-16 units
  range.setStart(node, start);
  range.setEnd(node, start + characters[index].length);
  CSS.highlights.set("lab-place", new Highlight(range));
}

function drawStations() {
  if (!stripAnswer) return;
  part("strip-network").textContent = current.network;
  part("strip-own").hidden = current.pair;
  part("strip-pair").hidden = !current.pair;
  drawStrip(stripAnswer.characters, stripAnswer.neurons, withDice(stripAnswer), place);
  part("strip-tried").hidden = !isTried() || !stripAnswer.logits; // in motion the settings are the text's own
}

// A station opens the X-ray: its neurons, or the probabilities at this place.
async function openStation(opens) {
  if (opens === "page") return part("page").focus();
  const chosen = place;
  if (!xray.open) xray.open = true;
  if (opens === "neurons") reading.mode = "neuron";
  await updateXray();
  if (!reading.answer) return;
  await (opens === "neurons" ? shade() : showOdds(chosen));
  part(opens).scrollIntoView({ block: "center" });
}

addActions({
  station: (button) => openStation(button.dataset.opens),
  before: () => showStrip(place - 1),
  after: () => showStrip(place + 1),
});
