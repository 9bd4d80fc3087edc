const MARKS = { identical: "✓", close: "✓", coarse: "✓", compressed: "✓", reduced: "≈", altered: "≠" };

show((value) => {
  part("body").replaceChildren(...(value.items ? archive(value) : [finding(value)]));
});

function setValue(node, text) {
  if (typeof text === "string") node.textContent = text;
  else setText(node, text);
}

function finding(value) {
  const root = make("div", "lab-finding");
  root.append(part("finding").content.cloneNode(true));
  const verdict = part("verdict", root);
  verdict.dataset.kind = value.kind;
  verdict.textContent = MARKS[value.kind] ?? "?";
  setText(part("sentence", root), value.sentence);
  part("saved-as", root).hidden = !value.saved_as;
  if (value.saved_as) setText(part("saved-as", root), value.saved_as);
  if (value.comparison) compare(root, value.comparison);
  part("rows", root).replaceChildren(
    ...value.rows.flatMap(([name, text]) => {
      const term = make("dt");
      setText(term, name);
      const description = make("dd");
      setValue(description, text);
      return [term, description];
    }),
  );
  part("link", root).hidden = !value.link;
  if (value.link) part("link", root).href = value.link;
  return root;
}

// The files of a ZIP, each folded to its name and verdict.
function archive(value) {
  const verdict = make("p", "lab-verdict", value.all_ours ? "✓" : "?");
  verdict.dataset.kind = value.all_ours ? "identical" : "archive";
  const sentence = make("p");
  sentence.dataset.part = "sentence";
  setText(sentence, value.sentence);
  return [verdict, sentence, ...value.items.map(archivedFile)];
}

function archivedFile(item) {
  const details = make("details", "lab-archived");
  const mark = make("span", "lab-archived-mark", MARKS[item.kind] ?? "?");
  mark.dataset.kind = item.kind;
  const summary = make("summary");
  summary.append(mark, " ", make("code", "", item.name));
  details.append(summary, finding(item));
  return details;
}

function compare(root, comparison) {
  part("comparison", root).hidden = false;
  part("comparison", root).dataset.medium = comparison.medium;
  setText(part("amount", root), comparison.amount);
  const draw = { image: drawPicture, audio: drawSound, text: drawText }[comparison.medium];
  draw(part("file", root), comparison.file, comparison.difference, comparison.file_sound);
  draw(part("made", root), comparison.made, comparison.difference, comparison.made_sound);
  const showsDifference = comparison.medium === "image" && comparison.difference;
  part("difference-side", root).hidden = !showsDifference;
  if (showsDifference) drawPicture(part("difference", root), comparison.difference);
}

function drawPicture(node, source) {
  node.replaceChildren(makeImage(source));
}

// An envelope, "low high low high ..." in thousandths, with bands where the two sounds differ.
function drawSound(node, envelope, stretches, sound) {
  const heights = envelope.split(" ").map((thousandths) => 1 - thousandths / 1000);
  const points = heights.map((y, n) => `${Math.floor(n / 2) + 0.5},${y.toFixed(3)}`);
  const above = points.filter((_, n) => n % 2);
  const below = points.filter((_, n) => n % 2 === 0).reverse();
  const width = above.length;
  const svg = makeSvg("svg", { viewBox: `0 0 ${width} 2`, preserveAspectRatio: "none", "aria-hidden": "true" });
  for (const [start, end] of stretches ?? []) {
    svg.append(makeSvg("rect", { x: start * width, y: 0, width: (end - start) * width, height: 2 }));
  }
  svg.append(makeSvg("path", { d: `M${above.join("L")}L${below.join("L")}Z` }));
  node.replaceChildren(svg);
  if (!sound) return;
  const audio = make("audio");
  audio.controls = true;
  audio.src = sound;
  node.append(audio);
}

function drawText(node, pieces) {
  node.replaceChildren(...pieces.map(([text, differs]) => make(differs ? "mark" : "span", "", text)));
}

part("loading").hidden = false;
watch("value", () => (part("loading").hidden = !props.value?.empty));
