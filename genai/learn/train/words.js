// Sentences that scripts write, in both languages, and what a browser remembers.

const { phrases, modalities } = props.value;

// A phrase with its fields filled in, by language. A value may be a text in both languages.
function phrase(name, values = {}) {
  const fill = (language) => (_, field) => values[field]?.[language] ?? values[field] ?? "–";
  return Object.fromEntries(
    Object.entries(phrases[name]).map(([language, text]) => [language, text.replace(/\{(\w+)\}/g, fill(language))]),
  );
}

const say = (node, name, values) => setText(node, phrase(name, values));

// Options of a list are plain text: they are written anew when the language changes.
function setOptionText(option, text) {
  option.words = text;
  option.textContent = text[document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en"];
}

new MutationObserver(() => {
  for (const option of element.querySelectorAll("option")) if (option.words) setOptionText(option, option.words);
}).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });

function said(tag, className, text) {
  const node = make(tag, className);
  setText(node, text);
  return node;
}

// What this browser remembers: the ids of its data and runs, which nobody else knows.
const MEMORY = "genai-lab-train";

function recall() {
  try {
    return JSON.parse(localStorage.getItem(MEMORY)) ?? {};
  } catch {
    return {}; // no storage in this browser
  }
}

function remember(changes) {
  try {
    localStorage.setItem(MEMORY, JSON.stringify({ ...recall(), ...changes }));
  } catch {
    // no storage in this browser: a reload begins anew
  }
}

function showTrouble(sentence, name = "trouble") {
  const node = part(name);
  node.hidden = !sentence;
  node.replaceChildren();
  if (!sentence) return;
  node.append(said("p", "", sentence));
  reveal(node);
}

// Ask the server; a sentence is shown, and the answer is then null.
async function ask(name, question, trouble = "trouble") {
  let answer;
  try {
    answer = (await server[name](question)) ?? { sentence: phrase("lost") }; // Gradio logs a refusal, and returns nothing
  } catch (error) {
    answer = { sentence: refusalIn(error) };
  }
  showTrouble(answer?.sentence, trouble);
  return !answer || answer.sentence ? null : answer;
}

// The guard's refusals come as an error with both languages in one line.
function refusalIn(error) {
  const text = String(error?.detail ?? error?.message ?? "");
  return text.includes(" · ") ? { en: text.split(" · ")[0], "zh-CN": text.split(" · ")[1] } : phrase("lost");
}
