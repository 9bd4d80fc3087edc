// Texts with terms and numbers, and the dialog that explains the terms. In a text, [[key|words]] stands for a term and
// {name} for a number.

const PIECES = /(\[\[[\w-]+\|[^\]]+\]\]|\{\w+\})/;
let terms; // of the glossary, once it was asked for

function termButton(key, words) {
  const button = makeButton("term", { term: key }, words);
  button.className = "lab-term";
  return button;
}

function numberNode(name, value) {
  const node = make("b", "", value ?? "…");
  node.dataset.number = name;
  return node;
}

function richText(text, numbers = {}) {
  return text.split(PIECES).map((piece) => {
    const [, key, words] = piece.match(/^\[\[([\w-]+)\|([^\]]+)\]\]$/) ?? [];
    if (key) return termButton(key, words);
    const [, name] = piece.match(/^\{(\w+)\}$/) ?? [];
    return name ? numberNode(name, numbers[name]) : piece;
  });
}

// As setText(), for a text with terms and numbers in it.
function setRichText(node, text, numbers) {
  setText(node, text);
  for (const span of node.children) span.replaceChildren(...richText(span.textContent, numbers));
}

// Show one entry, or all of them with a search box.
async function showGlossary(key) {
  terms ??= unlessRefused(await server.glossary({}));
  if (!terms) return;
  const keys = key ? [key] : Object.keys(terms);
  part("entries").replaceChildren(
    ...keys.flatMap((name) => {
      const head = make("dt");
      setText(head, terms[name].term);
      const body = make("dd");
      setText(body, terms[name].text);
      return [head, body];
    }),
  );
  part("filter-all").hidden = part("glossary-title").hidden = Boolean(key);
  part("all").hidden = !key;
  part("filter").value = "";
  const dialog = part("glossary");
  if (!dialog.open) dialog.showModal();
  (key ? part("entries") : part("filter")).focus();
}

part("filter").addEventListener("input", () => {
  const filter = part("filter").value.trim().toLowerCase();
  for (const head of part("entries").querySelectorAll("dt")) {
    const body = head.nextSibling;
    const matches = (head.textContent + body.textContent).toLowerCase().includes(filter);
    head.hidden = body.hidden = !matches;
  }
});
part("glossary").addEventListener("click", (event) => {
  if (event.target === part("glossary")) part("glossary").close(); // a click beside the dialog's content
});
addActions({
  term: (button) => showGlossary(button.dataset.term),
  terms: () => showGlossary(null),
  close: () => part("glossary").close(),
});
