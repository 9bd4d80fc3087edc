// What a browser remembers, and the sets and models of each modality.

const { modalities } = props.value;

// Options of a list are plain text: they are written anew when the language changes.
function setOptionText(option, text) {
  option.words = text;
  option.textContent = text[document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en"];
}

new MutationObserver(() => {
  for (const option of element.querySelectorAll("option")) if (option.words) setOptionText(option, option.words);
}).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });

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
