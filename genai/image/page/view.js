const GAP = 10; // pixels between pictures, as in the style sheet
let chosen = 0; // index of the enlarged picture

// Scale pictures by whole numbers only: anything else would blur or distort their pixels.
function layOut() {
  const wall = part("wall");
  const cells = current?.cells;
  if (!cells?.length || !wall.clientWidth) return;
  const side = cells[0].side;
  const width = wall.clientWidth;
  const square = Math.ceil(Math.sqrt(current.count)); // columns of a square wall
  const fitting = Math.floor(((width + GAP) / square - GAP) / side);
  const smallest = Math.max(1, Math.ceil((width > 560 ? 88 : 60) / side));
  const largest = Math.max(1, Math.floor(256 / side));
  const cellWidth = side * Math.min(largest, Math.max(smallest, fitting));
  const room = Math.floor((width + GAP) / (cellWidth + GAP));
  wall.style.setProperty("--cell", `${cellWidth}px`);
  wall.style.setProperty("--columns", columns(current.count, square, room));
}

// From a square's columns up to as many as there is room for, take the number that leaves the fewest gaps in the last
// row.
function columns(count, square, room) {
  let best = Math.min(square, room);
  const gaps = (n) => Math.ceil(count / n) * n - count;
  for (let n = best + 1; n <= room; n++) {
    if (gaps(n) < gaps(best)) best = n;
  }
  return Math.max(1, best);
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
  part("seed").textContent = item.seed;
  part("dialog").showModal();
  lookInside();
  showStrip();
}

function origin() {
  return current.cells[0];
}

new ResizeObserver(layOut).observe(part("wall"));

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
});
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
