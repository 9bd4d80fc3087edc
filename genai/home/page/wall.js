// The wall: tiles for all pieces, those in the language of the page first. The pieces come a few at a time, while the
// server may still be making them.

const pieces = [];
const AGAIN_MS = 700;
const LOST_MS = 10_000; // a guard counts questions by the minute
const onPieces = []; // functions to call when more pieces have come

function byModel(kind) {
  const models = new Map();
  for (const piece of pieces.filter((one) => one.kind === kind)) {
    if (!models.has(piece.model)) models.set(piece.model, []);
    models.get(piece.model).push(piece);
  }
  return [...models.values()];
}

// Turn by turn from each model, so that neighbours differ.
function interleaved(kind) {
  const models = byModel(kind);
  const longest = Math.max(0, ...models.map((own) => own.length));
  return Array.from({ length: longest }, (_, turn) => models.map((own) => own[turn])).flat().filter(Boolean);
}

const tiles = new Map(); // by link, so that none is made twice

function tileOf(key, makeTile) {
  if (!tiles.has(key)) tiles.set(key, makeTile());
  return tiles.get(key);
}

function drawWall() {
  document.getElementById("lab-first")?.remove(); // which showed the same texts before this script ran
  const language = document.documentElement.lang;
  const texts = byModel("text").sort(([a], [b]) => (b.language === language) - (a.language === language));
  part("texts").replaceChildren(...texts.map((own) => tileOf(own[0].link, () => makeWriting(own))));
  part("pictures").replaceChildren(...interleaved("image").map((one) => tileOf(one.link, () => makeFilm(one))));
  part("sounds").replaceChildren(...interleaved("audio").map((one) => tileOf(one.link, () => makeSound(one))));
}

async function fetchPieces() {
  if (!element.isConnected) return;
  const answer = await server.pieces({ have: pieces.length });
  if (answer.isLost) setTimeout(fetchPieces, LOST_MS);
  if (answer.sentence) return;
  pieces.push(...answer.pieces);
  if (answer.pieces.length) {
    drawWall();
    for (const tell of onPieces) tell();
  }
  part("making").hidden = !answer.more;
  if (answer.more) setTimeout(fetchPieces, answer.pieces.length ? 0 : AGAIN_MS);
}

const languageChange = new MutationObserver(() => {
  if (!element.isConnected) return languageChange.disconnect();
  drawWall();
  for (const tell of onPieces) tell();
});
languageChange.observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
