// What several activities show: files of the server, and shares as bars with their intervals.

const fileAddress = (path) => `${window.gradio_config?.root ?? ""}/gradio_api/file=${path}`;

function makeStrip(className, low, high) {
  const node = make("i", className);
  node.style.left = `${100 * low}%`;
  node.style.width = `${100 * (high - low)}%`;
  return node;
}

const shareWords = ({ share, count, n }) => (share === null ? "–" : `${count}/${n} · ${percent(share, 0)}`);

// A share {count, n, share, bounds} as a bar named by a text; with `chance`, a line where guessing would lie.
function makeShare(name, value, { tone = "class", chance = null } = {}) {
  const row = make("li", `lab-share is-${tone}`);
  const track = make("div", "lab-share-track");
  track.append(makeStrip("lab-share-fill", 0, value.share ?? 0));
  if (chance !== null) track.append(makeStrip("lab-share-chance", chance, chance));
  if (value.bounds) track.append(makeStrip("lab-share-interval", ...value.bounds));
  row.append(said("span", "lab-share-name", name), make("span", "lab-share-count", shareWords(value)), track);
  return row;
}
