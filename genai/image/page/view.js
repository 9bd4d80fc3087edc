const GAP = 10; // least pixels between two columns, and the pixels between two rows
const WIDEST_GAP = 24;
const SMALLEST_PICTURE = 60; // pixels
const WIDEST_PICTURE = 256;
let chosen = 0; // index of the enlarged picture

function layOut() {
  const wall = part("wall");
  const cells = current?.cells;
  if (!cells?.length || !wall.clientWidth) return;
  const { columns, width } = chooseGrid(current.count, cells[0].side, wall.clientWidth);
  const spare = columns > 1 ? Math.floor((wall.clientWidth - columns * width) / (columns - 1)) : GAP;
  wall.style.setProperty("--cell", `${width}px`);
  wall.style.setProperty("--columns", columns);
  wall.style.columnGap = `${Math.max(GAP, Math.min(WIDEST_GAP, spare))}px`;
}

// Of all grids that are roughly square, take the one that leaves least room beside and in its last row.
function chooseGrid(count, side, room) {
  const square = Math.ceil(Math.sqrt(count));
  const smallest = side * Math.ceil(SMALLEST_PICTURE / side);
  const most = Math.max(1, Math.min(count, Math.floor((room + GAP) / (smallest + GAP))));
  let best = { columns: 1, width: 0, fill: 0 };
  for (let columns = Math.min(most, Math.ceil(square / 1.5)); columns <= Math.min(most, square * 1.5); columns++) {
    const width = pictureWidth(columns, side, room);
    const full = count / (Math.ceil(count / columns) * columns);
    const fill = ((columns * (width + GAP) - GAP) / room) * full ** 2;
    if (fill > best.fill) best = { columns, width, fill };
  }
  return best;
}

// Scale pictures by whole numbers only: anything else would blur or distort their pixels.
function pictureWidth(columns, side, room) {
  const scale = Math.floor(((room + GAP) / columns - GAP) / side);
  return side * Math.max(1, Math.min(scale, Math.floor(WIDEST_PICTURE / side)));
}

function cell(item, index) {
  const picture = makeImage(item.source);
  picture.width = picture.height = item.side;
  const caption = make("span", "caption");
  if (item.label) {
    const name = make("b");
    setText(name, item.label);
    caption.append(name, " ");
  }
  caption.append(make("code", "", String(item.seed)));
  return makeItem(makeButton("enlarge", { index }, picture, caption));
}

show((value) => {
  part("wall").replaceChildren(...value.cells.map(cell));
  layOut();
  if (chosen >= value.cells.length) chosen = 0;
  showStrip();
  enterPlane();
  openCensus();
}, cutCount);

// A shorter series consists of the first pictures of a longer one.
function cutCount(value) {
  return { ...value, link: value.link.replace(/([?&]count=)\d+/, `$1${value.cells.length}`) };
}

function subject() {
  return current.cells[chosen];
}

function thumbnail() {
  return subject().source;
}

function openInside(name) {
  enlarge();
  if (name) unfold(name);
}

function enlarge() {
  const item = subject();
  const large = part("large");
  const room = Math.min(window.innerWidth - 80, window.innerHeight - 220, 640);
  const scale = Math.max(1, Math.floor(room / item.side));
  large.src = item.source;
  large.style.width = large.style.height = `${item.side * scale}px`;
  if (item.label) setText(part("name"), item.label);
  else part("name").replaceChildren();
  if (item.variant) setText(part("variant"), item.variant);
  else part("variant").replaceChildren();
  part("seed").textContent = item.seed;
  part("dialog").showModal();
  lookInside();
  showStrip();
}

function origin() {
  return current.cells[0];
}

new ResizeObserver(layOut).observe(part("wall"));
element.addEventListener("lab-reset", () => {
  chosen = 0;
});

addActions({
  enlarge(button) {
    chosen = Number(button.dataset.index);
    enlarge();
  },
  close: () => part("dialog").close(),
  picture() {
    const { source, file } = current.cells[chosen];
    save(source, file);
  },
  download: () => saveBlob(zip(current.cells), current.archive),
  async large(button) {
    const { seed } = current.cells[chosen];
    const answer = await askSlides("enlarged", { seed, count: 1 }, button, "large-error");
    if (answer) save(answer.cells[0].source, answer.cells[0].file);
  },
  async enlarged(button) {
    const answer = await askSlides("enlarged", wallQuestion(), button, "slides-error");
    if (answer) saveBlob(zip(answer.cells), answer.archive);
  },
  async sheet(button) {
    const answer = await askSlides("sheet", wallQuestion(), button, "slides-error");
    if (answer) save(answer.source, answer.file);
  },
});

element.addEventListener("lab-reset", () => (part("slides-error").hidden = true));

const wallQuestion = () => ({ seed: current.cells[0].seed, count: current.cells.length });

// What was asked for, a class or a variant; null where the seed chooses it.
function readAsked(name) {
  const asked = linkParams().get(name);
  return asked === "any" ? null : asked;
}

// Ask for files of the pictures that are shown; null where there is none, and why is then shown.
async function askSlides(name, question, button, trouble) {
  const params = linkParams();
  const label = readAsked("label");
  const variant = readAsked("variant");
  const model = params.get("model");
  const truncation = Number(params.get("truncation") ?? 1);
  button.disabled = true;
  const answer = await server[name]({ model, label, variant, truncation, ...question });
  button.disabled = false;
  showMessage(trouble, answer);
  return answer.sentence ? null : answer;
}

part("dialog").addEventListener("click", (event) => {
  if (event.target === part("dialog")) part("dialog").close(); // beside the picture
});

// A ZIP of the pictures, stored and not compressed: PNG is compressed already.
function zip(cells) {
  const files = cells.map(({ source, file }) => {
    const bytes = Uint8Array.from(atob(source.split(",")[1]), (c) => c.charCodeAt(0));
    return { name: new TextEncoder().encode(file), bytes, crc: crc32(bytes) };
  });
  const contents = [];
  const directory = [];
  let offset = 0;
  for (const { name, bytes, crc } of files) {
    // Version 2.0, no flags, stored, 1 January 1980: the same pictures give the same archive.
    const sizes = [...le32(bytes.length), ...le32(bytes.length), ...le16(name.length), 0, 0];
    const common = [20, 0, 0, 0, 0, 0, 0, 0, 33, 0, ...le32(crc), ...sizes];
    const localHeader = [0x50, 0x4b, 3, 4, ...common];
    const centralHeader = [0x50, 0x4b, 1, 2, 20, 0, ...common, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...le32(offset)];
    contents.push(new Uint8Array(localHeader), name, bytes);
    directory.push(new Uint8Array(centralHeader), name);
    offset += localHeader.length + name.length + bytes.length;
  }
  const size = directory.reduce((sum, piece) => sum + piece.length, 0);
  const counts = [...le16(files.length), ...le16(files.length)];
  const end = [0x50, 0x4b, 5, 6, 0, 0, 0, 0, ...counts, ...le32(size), ...le32(offset), 0, 0];
  return new Blob([...contents, ...directory, new Uint8Array(end)], { type: "application/zip" });
}

function le16(n) {
  return [n & 255, (n >>> 8) & 255];
}

function le32(n) {
  return [...le16(n & 65535), ...le16(n >>> 16)];
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
