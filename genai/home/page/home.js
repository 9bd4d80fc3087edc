// The Home tab: the wall, the arc, the questions, and the field that leads into a class's room.

const CODE = /^[A-Z0-9]{4,8}$/;
const LONGEST_FIRST_MS = 3000; // that the first picture covers this one, where the server does not answer

part("join").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = part("join").elements.room;
  const code = field.value.trim().toUpperCase();
  const isCode = CODE.test(code);
  part("join-wrong").hidden = isCode;
  field.setAttribute("aria-invalid", String(!isCode));
  if (!isCode) return field.focus();
  const address = new URL(location.href);
  address.search = new URLSearchParams({ room: code, lang: document.documentElement.lang });
  location.assign(address);
});

part("arc").append(...props.value.sections.map(makeSection));
part("questions").append(...props.value.questions.map(makeQuestion));
drawGenerative(figureOf("generative"));
drawLetters(figureOf("letters"));
onPieces.push(drawSamples, drawFilms);
showMotion();
fetchPieces();
setTimeout(() => document.getElementById("lab-first")?.remove(), LONGEST_FIRST_MS);
drawLearning();
