// Sentences with numbers in them, in both languages, and formulas with the colours of the players.

const { phrases } = props.value;

// A sentence with its fields filled in, by language.
function phrase(name, values = {}) {
  const fill = (text) => text.replace(/\{(\w+)\}/g, (_, field) => values[field] ?? "–");
  return Object.fromEntries(Object.entries(phrases[name]).map(([language, text]) => [language, fill(text)]));
}

// The same in the language of the page, for what can hold no markup.
const inLanguage = (text) => text[document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en"];

// Options of a list are plain text: they are written anew when the language changes.
const optionTexts = new Map();

function setOptionText(option, text) {
  optionTexts.set(option, text);
  option.textContent = inLanguage(text);
}

new MutationObserver(() => {
  for (const [option, text] of optionTexts) option.textContent = inLanguage(text);
}).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });

// Numbers for people; the server sends null for one that is not finite.
const number = (value) => (Number.isFinite(value) ? withoutMinusZero(decimal(value)) : "–");
const withoutMinusZero = (text) => (/[1-9]/.test(text) ? text : text.replace("−", ""));
const share = (value) => (Number.isFinite(value) ? percent(value, 0) : "–");

const PLAYERS = { D: "d", G: "g", "G(z)": "g", x: "real", "x̃": "g" };
const PIECES_OF_FORMULA = /(G\(z\)|x̃|_\{[^}]*\}|\^\{[^}]*\}|\b[DGx]\b)/u;

// Write a formula: D blue, G purple, real points green; _{...} is below the line, ^{...} above it.
function setFormula(node, text) {
  node.replaceChildren(
    ...text.split(PIECES_OF_FORMULA).map((piece) => {
      if (/^[_^]\{/.test(piece)) return raisedOrLowered(piece);
      return PLAYERS[piece] ? make("b", PLAYERS[piece], piece) : piece;
    }),
  );
}

function raisedOrLowered(piece) {
  const node = make(piece[0] === "_" ? "sub" : "sup");
  setFormula(node, piece.slice(2, -1));
  return node;
}
