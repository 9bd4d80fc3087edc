// Sentences that the scripts write, in both languages. The view's value has the phrases.

// A phrase with its fields filled in, by language.
function phrase(name, values) {
  const fill = (_, field) => values[field];
  return Object.fromEntries(
    Object.entries(props.value.phrases[name]).map(([language, text]) => [language, text.replace(/\{(\w+)\}/g, fill)]),
  );
}

function said(tag, className, text) {
  const node = make(tag, className);
  setText(node, text);
  return node;
}

// A text without the brackets of its terms, as a phone shows it.
const withoutTerms = (text) =>
  Object.fromEntries(
    Object.entries(text).map(([language, words]) => [language, words.replace(/\[\[[\w-]+\|([^\]]+)\]\]/g, "$1")]),
  );
