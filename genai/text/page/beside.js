// A model and its twin, the other kind of network trained on the same text, side by side: what both write for one
// request.

const beside = part("beside");
const besideColumn = (number) => beside.querySelector(`[data-column="${number}"]`);
const readButton = (source) => beside.querySelector(`[data-action="beside-read"][data-source="${source}"]`);
const pairing = {
  number: 0, // of the pair of texts; an answer about an earlier one comes too late
  link: null, // of the text whose twin's was asked for
  texts: [], // the shown one and its twin's, as the view's values
};

// Called with each value of the view, and whenever the fold is opened or closed.
async function updateBeside() {
  const ready = current && !current.running && !current.empty;
  beside.hidden = !ready || !current.twin;
  if (!ready || current.link !== pairing.link) forgetPair();
  if (beside.hidden || !beside.open || pairing.link !== null) return;
  pairing.link = current.link;
  const mine = pairing.number;
  fillColumn(0, current);
  part("beside-working").hidden = false;
  const answer = await server.beside({ model: linkParams().get("model"), link: current.link });
  if (mine !== pairing.number) return;
  part("beside-working").hidden = true;
  showMessage("beside-error", answer);
  if (answer.sentence) {
    pairing.link = null; // so that it is asked for again when the fold is opened
    return;
  }
  fillColumn(1, answer);
}

// Take back all that was said of a pair of texts.
function forgetPair() {
  Object.assign(pairing, { number: pairing.number + 1, link: null, texts: [] });
  part("beside-error").hidden = part("beside-working").hidden = true;
  for (const number of [0, 1]) {
    for (const name of ["beside-network", "beside-model", "beside-text"]) {
      part(name, besideColumn(number)).replaceChildren();
    }
    part("beside-link", besideColumn(number)).hidden = readButton(number).hidden = true;
  }
  forgetDiffer();
}

function fillColumn(number, text) {
  pairing.texts[number] = text;
  const column = besideColumn(number);
  part("beside-network", column).textContent = text.network;
  part("beside-model", column).textContent = new URLSearchParams(text.link).get("model");
  part("beside-text", column).replaceChildren(make("span", "human", text.prompt), make("span", "machine", text.written));
  part("beside-text", column).setAttribute("aria-label", text.network);
  const link = part("beside-link", column);
  link.hidden = readButton(number).hidden = false;
  link.dataset.link = text.link;
  link.href = window.lab ? window.lab.address(text.link) : text.link;
  readButton(number).querySelector("b").textContent = text.network;
}

addActions({
  // A click with a key held opens another window, as of any link.
  "beside-open"(link, event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openLink(link.dataset.link);
  },
});

beside.addEventListener("toggle", (event) => {
  if (event.target !== beside) return;
  endWriting();
  updateBeside();
});
