show((value) => {
  const verdict = part("verdict");
  verdict.dataset.kind = value.kind;
  verdict.textContent = { identical: "✓", close: "✓", coarse: "✓", compressed: "✓", altered: "≠" }[value.kind] ?? "?";
  setText(part("sentence"), value.sentence);
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
