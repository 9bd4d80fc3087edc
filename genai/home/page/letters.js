// The figure of the next character: the odds that a model gave at each place of a text of the wall.

const LETTER_STAYS_MS = 1600;

function drawLetters(figure) {
  let piece = null;
  let at = 0;

  // The text in the language of the page, the first on the wall.
  function choosePiece() {
    const texts = pieces.filter((one) => one.kind === "text" && one.places.length);
    const chosen = texts.find((one) => one.language === document.documentElement.lang) ?? texts[0];
    figure.hidden = !chosen;
    if (!chosen || chosen === piece) return;
    piece = chosen;
    at = 0;
    drawText();
    draw();
  }

  function drawText() {
    const prompt = make("span", "prompt", piece.prompt);
    const letters = piece.places.map(({ character }, n) => {
      const letter = make("span", "letter", character === "\n" ? "↵" : character);
      letter.dataset.n = n;
      return letter;
    });
    part("letters", figure).replaceChildren(prompt, ...letters);
    part("place", figure).max = letters.length - 1;
    part("letters", figure).lang = piece.language;
    setText(part("letters-title", figure), piece.title);
  }

  const visible = (character) => ({ "\n": "↵", " ": "␣" })[character] ?? character;

  // The line is full at a fifth, or at the likeliest character where that has more.
  function bar([character, share], came, full) {
    const row = make("p", character === came ? "is-came" : "");
    const line = make("i");
    const filled = make("u");
    filled.style.width = `${(100 * share) / full}%`;
    line.append(filled);
    row.append(make("b", "", visible(character)), line, make("span", "", percent(share)));
    return row;
  }

  function draw() {
    const place = piece.places[at];
    [...part("letters", figure).querySelectorAll(".letter")].forEach((letter, n) => {
      letter.classList.toggle("is-read", n < at);
      letter.classList.toggle("is-now", n === at);
    });
    part("place", figure).value = at;
    part("place", figure).setAttribute("aria-valuetext", visible(place.character));
    const { likeliest, character, probability, nats } = place;
    const full = Math.max(0.2, likeliest[0][1]);
    const rows = likeliest.some(([other]) => other === character) ? likeliest : [...likeliest, [character, probability]];
    part("odds", figure).replaceChildren(...rows.map((row) => bar(row, character, full)));
    part("came", figure).textContent = visible(character);
    part("share", figure).textContent = percent(probability);
    part("nats", figure).textContent = decimal(nats);
    const soFar = piece.places.slice(0, at + 1).map((one) => one.nats);
    part("mean", figure).textContent = decimal(mean(soFar));
  }

  let waits = 0;
  function goTo(place) {
    at = place;
    waits = 4; // the visitor reads
    draw();
  }
  part("place", figure).addEventListener("input", (event) => goTo(+event.target.value));
  part("letters", figure).addEventListener("click", ({ target }) => {
    if (target.dataset.n) goTo(+target.dataset.n);
  });
  onPieces.push(choosePiece);
  choosePiece();
  animate(figure, LETTER_STAYS_MS, () => {
    if (!piece || waits-- > 0) return;
    at = (at + 1) % piece.places.length;
    draw();
  });
}
