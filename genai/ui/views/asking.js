// Sentences that a view's scripts write, in both languages, and questions whose answer may be a sentence. The view's
// value has the phrases.

// A phrase with its fields filled in, by language. A value may be a text in both languages.
function phrase(name, values = {}) {
  const fill = (language) => (_, field) => values[field]?.[language] ?? values[field] ?? "–";
  return Object.fromEntries(
    Object.entries(props.value.phrases[name]).map(([language, text]) => [language, text.replace(/\{(\w+)\}/g, fill(language))]),
  );
}

const say = (node, name, values) => setText(node, phrase(name, values));

function said(tag, className, text) {
  const node = make(tag, className);
  setText(node, text);
  return node;
}

function showTrouble(sentence, node = part("trouble")) {
  node.hidden = !sentence;
  node.replaceChildren();
  if (!sentence) return;
  node.append(said("p", "", sentence));
  reveal(node);
}

// Ask the server; a sentence is shown, and the answer is then null.
async function ask(name, question, trouble = part("trouble")) {
  const answer = await server[name](question);
  showTrouble(answer.sentence, trouble);
  return answer.sentence ? null : answer;
}
