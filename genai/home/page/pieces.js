// What the models made, as tiles: a text that is being written, a film, a sound to tap.

const word = (name) => part("words").content.querySelector(`[data-word="${name}"]`).cloneNode(true);
const LETTER_MS = 45;
const LETTERS_AT_FIRST = 40; // that are there when the wall is seen first
const REST_LETTERS = 90; // a text that is complete rests for as long as it takes to write so many letters

// A link that is followed within the page; in a new window it opens the page with it.
function makeWay(link, ...content) {
  const way = make("a");
  way.href = link;
  way.dataset.action = "way";
  way.append(...content);
  return way;
}

function followWay(way, event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a window of its own
  if (window.lab?.go(way.getAttribute("href"))) event.preventDefault();
}

function makeCaption(piece) {
  const caption = make("small", "lab-living-name");
  const title = make("span");
  setText(title, piece.title);
  caption.append(word("seed"), ` ${piece.seed} · `, title);
  return caption;
}

// The texts of one model, one after the other.
function makeWriting(pieces) {
  const paper = make("p", "lab-living-paper");
  paper.setAttribute("aria-hidden", "true");
  const prompt = make("span", "prompt");
  const written = make("span");
  paper.append(prompt, written);
  const tile = makeWay(pieces[0].link, makeCaption(pieces[0]), paper);
  tile.classList.add("lab-living-text");
  tile.lang = pieces[0].language;
  let shown = 0; // which of the texts
  let letters = LETTERS_AT_FIRST;

  function draw() {
    const piece = pieces[shown];
    prompt.textContent = piece.prompt;
    written.textContent = piece.written.slice(0, letters);
    tile.href = piece.link;
    paper.scrollTop = paper.scrollHeight;
  }

  function write() {
    letters++;
    if (letters > pieces[shown].written.length + REST_LETTERS) {
      shown = (shown + 1) % pieces.length;
      letters = 0;
      tile.querySelector("small").replaceWith(makeCaption(pieces[shown]));
    }
    if (letters <= pieces[shown].written.length) draw();
  }

  function settle() {
    tile.classList.toggle("is-whole", !moving);
    if (!moving) {
      letters = pieces[shown].written.length;
      draw();
      paper.scrollTop = 0;
    }
  }
  // A Chinese character says as much as several letters.
  animate(tile, pieces[0].language === "en" ? LETTER_MS : 3 * LETTER_MS, write);
  onMotion.push(settle);
  settle();
  draw();
  return tile;
}

function makeFilm(piece) {
  const picture = makeImage(moving ? piece.film : piece.still);
  picture.width = picture.height = 64;
  onMotion.push(() => {
    picture.src = moving ? piece.film : piece.still;
  });
  const tile = makeWay(piece.link, picture, makeCaption(piece));
  tile.classList.add("lab-living-picture");
  return tile;
}

const player = new Audio();
let playing = null; // the tile that is heard

function stopSound() {
  player.pause();
  playing?.classList.remove("is-playing");
  playing = null;
}

function playSound(button) {
  const again = playing === button;
  stopSound();
  if (again) return;
  player.src = button.dataset.sound;
  playing = button;
  button.classList.add("is-playing");
  player.play().catch(stopSound);
}
player.addEventListener("ended", stopSound);

function makeSound(piece) {
  const button = makeButton("sound", { sound: piece.sound });
  const unseen = make("span", "lab-unseen");
  unseen.append(word("play"), " ");
  const name = make("b");
  if (piece.label) setText(name, piece.label);
  button.append(unseen, makeWave(piece.envelope), name);
  const tile = make("div", "lab-living-sound");
  const way = makeWay(piece.link, makeCaption(piece));
  tile.append(button, way);
  return tile;
}

// The waveform, from the lowest and highest sample of each part, in thousandths.
function makeWave(envelope) {
  const values = envelope.split(" ").map(Number);
  const columns = values.length / 2;
  const middle = 20;
  const height = (value) => (middle - (value / 1000) * middle).toFixed(1);
  const points = [];
  for (let column = 0; column < columns; column += 4) {
    const x = ((column / columns) * 100).toFixed(1);
    points.push(`M${x} ${height(values[2 * column + 1])}V${height(values[2 * column])}`);
  }
  const wave = makeSvg("svg", { viewBox: "0 0 100 40", preserveAspectRatio: "none", "aria-hidden": "true" });
  wave.append(makeSvg("path", { d: points.join(""), pathLength: 1 }));
  return wave;
}

addActions({ way: followWay, sound: playSound });
