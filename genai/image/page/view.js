const GAP = 10;
let chosen = 0; // place of the enlarged picture

// Whole numbers of screen pixels for each pixel of a picture: anything else would blur or distort it.
function layOut() {
  const wall = part("wall");
  const cells = current?.cells;
  if (!cells?.length || !wall.clientWidth) return;
  const side = cells[0].side;
  const width = wall.clientWidth;
  const fits = (columns) => Math.floor(((width + GAP) / columns - GAP) / side);
  const least = Math.max(1, Math.ceil((width > 560 ? 88 : 60) / side));
  const most = Math.max(1, Math.floor(256 / side));
  const square = Math.ceil(Math.sqrt(current.count));
  const cell = side * Math.min(most, Math.max(least, fits(square)));
  wall.style.setProperty("--cell", `${cell}px`);
  wall.style.setProperty("--columns", columns(current.count, square, Math.floor((width + GAP) / (cell + GAP))));
}

// At least a square's columns and at most what fits; of these, those that leave the fewest gaps in the last row.
function columns(count, square, room) {
  let best = Math.min(square, room);
  const gaps = (n) => Math.ceil(count / n) * n - count;
  for (let n = best + 1; n <= room; n++) if (gaps(n) < gaps(best)) best = n;
  return Math.max(1, best);
}

function cell(item, index) {
  const entry = make("li");
  const button = make("button");
  button.type = "button";
  button.dataset.action = "enlarge";
  button.dataset.index = index;
  const picture = make("img");
  picture.src = item.source;
  picture.alt = "";
  picture.width = picture.height = item.side;
  const caption = make("span", "caption");
  if (item.label) {
    const name = make("b");
    say(name, item.label);
    caption.append(name, " ");
  }
  caption.append(make("code", "", String(item.seed)));
  button.append(picture, caption);
  entry.append(button);
  return entry;
}

show((value) => {
  part("wall").replaceChildren(...value.cells.map(cell));
  layOut();
  if (chosen >= value.cells.length) chosen = 0;
  glance();
  enterPlane();
  openCensus();
}, stopped);

// The first pictures of a longer series are those of a shorter one.
function stopped(value) {
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
  const sight = Math.min(window.innerWidth - 80, window.innerHeight - 220, 640);
  const scale = Math.max(1, Math.floor(sight / item.side));
  large.src = item.source;
  large.style.width = large.style.height = `${item.side * scale}px`;
  if (item.label) say(part("name"), item.label);
  else part("name").replaceChildren();
  part("seed").textContent = item.seed;
  part("dialog").showModal();
  lookInside();
  glance();
}

function origin() {
  return current.cells[0];
}

new ResizeObserver(layOut).observe(part("wall"));

act({
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

// A ZIP of the pictures as they are: PNG is packed already, so the files are stored one after another.
function zip(cells) {
  const files = cells.map(({ source, file }) => {
    const bytes = Uint8Array.from(atob(source.split(",")[1]), (c) => c.charCodeAt(0));
    return { name: new TextEncoder().encode(file), bytes, sum: checksum(bytes) };
  });
  const pieces = [];
  const directory = [];
  let offset = 0;
  for (const { name, bytes, sum } of files) {
    // Version 2.0, no flags, stored, 1 January 1980: the same pictures give the same archive.
    const common = [20, 0, 0, 0, 0, 0, 0, 0, 33, 0, ...le32(sum), ...le32(bytes.length), ...le32(bytes.length),
      ...le16(name.length), 0, 0]; // prettier-ignore
    directory.push(new Uint8Array([0x50, 0x4b, 1, 2, 20, 0, ...common, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...le32(offset)]), name);
    pieces.push(new Uint8Array([0x50, 0x4b, 3, 4, ...common]), name, bytes);
    offset += 30 + name.length + bytes.length;
  }
  const size = directory.reduce((sum, piece) => sum + piece.length, 0);
  const end = [0x50, 0x4b, 5, 6, 0, 0, 0, 0, ...le16(files.length), ...le16(files.length), ...le32(size), ...le32(offset), 0, 0];
  return new Blob([...pieces, ...directory, new Uint8Array(end)], { type: "application/zip" });
}

function le16(n) {
  return [n & 255, (n >>> 8) & 255];
}

function le32(n) {
  return [...le16(n & 65535), ...le16(n >>> 16)];
}

// CRC-32 as in every ZIP, bit by bit.
function checksum(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
