// Rich words, and the dialog that explains them. Texts hold [[key|words]] for a term and {name} for a number.

let terms; // of the glossary, once asked for

function rich(text, numbers = {}) {
  return text.split(/(\[\[[\w-]+\|[^\]]+\]\]|\{\w+\})/).map((piece) => {
    const term = piece.match(/^\[\[([\w-]+)\|([^\]]+)\]\]$/);
    if (term) {
      const button = make("button", "lab-term", term[2]);
      button.type = "button";
      Object.assign(button.dataset, { action: "term", term: term[1] });
      return button;
    }
    const number = piece.match(/^\{(\w+)\}$/);
    if (!number) return piece;
    const value = make("b", "", numbers[number[1]] ?? "…");
    value.dataset.number = number[1];
    return value;
  });
}

// As say(), for a text with terms and numbers in it.
function tell(node, text, numbers) {
  say(node, text);
  for (const span of node.children) span.replaceChildren(...rich(span.textContent, numbers));
}

// One entry, or all of them with a box to look among them.
async function explain(key) {
  terms ??= await server.glossary({});
  const keys = key ? [key] : Object.keys(terms);
  part("entries").replaceChildren(
    ...keys.flatMap((name) => {
      const [head, body] = [make("dt"), make("dd")];
      say(head, terms[name].term);
      say(body, terms[name].text);
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
  const sought = part("filter").value.trim().toLowerCase();
  for (const head of part("entries").querySelectorAll("dt")) {
    const found = (head.textContent + head.nextSibling.textContent).toLowerCase().includes(sought);
    head.hidden = head.nextSibling.hidden = !found;
  }
});
part("glossary").addEventListener("click", (event) => {
  if (event.target === part("glossary")) part("glossary").close(); // beside it
});
act({
  term: (button) => explain(button.dataset.term),
  terms: () => explain(null),
  close: () => part("glossary").close(),
});
