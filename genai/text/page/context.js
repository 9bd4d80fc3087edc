// What context costs both networks as the text grows, and what it gives them: two lines each, and the numbers below.

const CHART = { width: 360, height: 190, left: 40, right: 14, top: 10, bottom: 24 };
const measuring = { number: 0 }; // of the measurements; an answer to an earlier one comes too late

// Take back what was measured on another text or another pair of networks.
function forgetContext() {
  measuring.number++;
  for (const name of ["cost", "by-place", "context-error", "context-working"]) part(name).hidden = true;
}

async function measure(question, data) {
  const mine = ++measuring.number;
  part("context-working").hidden = false;
  const answer = await server[question]({ model: linkParams().get("model"), ...data });
  if (mine !== measuring.number) return null;
  part("context-working").hidden = true;
  showMessage("context-error", answer);
  return answer.sentence ? null : answer;
}

async function measureCost() {
  part("cost").hidden = true;
  const answer = await measure("cost", {});
  if (!answer) return;
  const lines = answer.readers.map(({ network, milliseconds }) => ({ network, values: milliseconds }));
  const columns = answer.lengths.map((length) => length.toLocaleString("en"));
  const kept = answer.readers.map((reader) => tableRow(reader.network, "kept", reader.kept.map((n) => n.toLocaleString("en"))));
  drawContext("cost", columns, lines, "read", "ms", kept);
}

async function measurePlaces() {
  part("by-place").hidden = true;
  const text = differing.text ?? [...besideSource(0)].slice(0, MAX_READ).join("");
  const answer = await measure("by_place", { text });
  if (!answer) return;
  const columns = answer.ends.map((end, n) => (end > 2 ? `${answer.ends[n - 1] + 1}–${end}` : `${end}`));
  const lines = answer.readers.map(({ network, nats }) => ({ network, values: nats }));
  part("place-windows").textContent = answer.windows;
  drawContext("by-place", columns, lines, "known", "nats", []);
}

// A chart of lines over columns, with a table of its numbers.
function drawContext(name, columns, lines, columnWord, unit, moreRows) {
  const table = make("table");
  const head = make("tr");
  const first = make("th");
  first.append(besideWord(columnWord));
  head.append(first, ...columns.map((column) => make("th", "", column)));
  const body = make("tbody");
  const rows = lines.map(({ network, values }) => tableRow(network, unit, values.map((value) => value.toPrecision(3))));
  body.append(...rows, ...moreRows);
  const thead = make("thead");
  thead.append(head);
  table.append(thead, body);
  const scroller = make("div", "lab-beside-scroller");
  Object.assign(scroller, { tabIndex: 0, role: "group" });
  scroller.append(table);
  part("chart", part(name)).replaceChildren(lineChart(columns, lines), scroller);
  part(name).hidden = false;
}

function tableRow(network, unit, values) {
  const row = make("tr");
  const head = make("th");
  head.scope = "row";
  head.append(make("b", network.toLowerCase(), network), " ", besideWord(unit));
  row.append(head, ...values.map((value) => make("td", "", value)));
  return row;
}

function lineChart(columns, lines) {
  const { width, height, left, right, top, bottom } = CHART;
  const highest = Math.max(...lines.flatMap(({ values }) => values)) * 1.1;
  const x = (n) => left + 12 + (n * (width - left - right - 24)) / Math.max(1, columns.length - 1);
  const y = (value) => top + (1 - value / highest) * (height - top - bottom);
  const svg = makeSvg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }); // the table says the same
  for (const share of [0, 0.5, 1]) {
    const at = y(share * highest);
    svg.append(makeSvg("line", { x1: left, x2: width - right, y1: at, y2: at }));
    svg.append(svgText((share * highest).toPrecision(2), { x: left - 6, y: at + 4, "text-anchor": "end" }));
  }
  const every = Math.ceil(columns.length / 6); // labels have room for six
  columns.forEach((column, n) => {
    if (n % every === 0) svg.append(svgText(column, { x: x(n), y: height - 6, "text-anchor": "middle" }));
  });
  for (const { network, values } of lines) {
    const kind = network.toLowerCase();
    const points = values.map((value, n) => `${x(n).toFixed(1)},${y(value).toFixed(1)}`);
    svg.append(makeSvg("polyline", { class: kind, points: points.join(" ") }));
    values.forEach((value, n) => svg.append(makeSvg("circle", { class: kind, cx: x(n), cy: y(value), r: 3 })));
  }
  return svg;
}

function svgText(text, attributes) {
  const node = makeSvg("text", attributes);
  node.textContent = text;
  return node;
}

addActions({ "beside-cost": measureCost, "beside-place-loss": measurePlaces });
