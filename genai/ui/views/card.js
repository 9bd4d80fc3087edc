// A figure's name and what to compare it with are in one cell, so that the table fits a phone.
function figureRow({ name, value, n, beside }) {
  const head = make("th");
  head.scope = "row";
  setText(head, name);
  const list = make("small");
  for (const [other, number] of beside) {
    const entry = make("span");
    setText(entry, other);
    entry.append(` ${number}`);
    list.append(entry);
  }
  if (beside.length) head.append(list);
  const row = make("tr");
  row.append(head, make("td", "", value), make("td", "", n));
  return row;
}

function figureProtocol({ name, protocol }) {
  const head = make("dt");
  setText(head, name);
  const body = make("dd");
  setText(body, protocol);
  return [head, body];
}

function showFigures(figures) {
  part("quality").hidden = !figures.length;
  part("figures").replaceChildren(...figures.map(figureRow));
  part("protocols").replaceChildren(...figures.flatMap(figureProtocol));
}

function showDataSet({ data, source }) {
  part("data").replaceChildren(data);
  if (!/^https?:\/\//.test(source)) return;
  const link = make("a", "", data);
  link.href = source;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  part("data").replaceChildren(link);
}

show((value) => {
  showFigures(value.figures);
  showDataSet(value);
  setText(part("licence"), value.licence);
  setText(part("size"), value.size);
  part("credit").textContent = value.credit;
  part("credit").parentElement.hidden = !value.credit;
  element.querySelector("dl").hidden = part("more").hidden = !value.data;
  for (const name of ["diagnosis", "limits", "not_for"]) {
    const remark = value.said[name];
    part(name).hidden = !remark;
    if (remark) setText(part(name).querySelector("p"), remark);
  }
  if (value.trained) setText(part("trained"), value.trained);
  forgetPast();
  part("problems").replaceChildren(
    ...value.problems.map((problem) => {
      const item = make("li");
      setText(item, problem);
      return item;
    }),
  );
});
