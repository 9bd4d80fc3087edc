show((value) => {
  const verdict = part("verdict");
  verdict.dataset.kind = value.kind;
  verdict.textContent = { identical: "✓", close: "✓", coarse: "✓", compressed: "✓", reduced: "≈", altered: "≠" }[value.kind] ?? "?";
  setText(part("sentence"), value.sentence);
  part("saved-as").hidden = !value.saved_as;
  if (value.saved_as) setText(part("saved-as"), value.saved_as);
  part("rows").replaceChildren(
    ...value.rows.flatMap(([name, text]) => {
      const term = make("dt");
      setText(term, name);
      return [term, make("dd", "", text)];
    }),
  );
  part("link").hidden = !value.link;
  if (value.link) part("link").href = value.link;
});

part("loading").hidden = false;
watch("value", () => (part("loading").hidden = !props.value?.empty));
