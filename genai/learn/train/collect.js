// Step 1: what the model is to learn from.

const BATCH = 20; // items of one question
const BATCH_CHARACTERS = 1_500_000; // of one question, whose limit is two million bytes
const MAX_TEXT_BYTES = 1_300_000; // of one text
const PICTURE_SIDE = 256; // pixels of a picture that is sent
const MODALITY_OF = { paste: "text", draw: "image", photo: "image", class: "image", record: "audio" };
const FIRST_SOURCE = { text: "paste", image: "draw", audio: "record" };

const own = {}; // of each modality, the summary of its data and the items
const chosen = { modality: "text", source: "paste", named: {}, from: {}, minutes: 3, settings: {} };

const emptyData = () => ({ id: null, count: 0, characters: 0, classes: [], problems: [], ready: false, items: [] });

// What the wall shows and a training would learn from.
function shownData() {
  if (chosen.source === "class") return room.data ?? emptyData();
  return own[chosen.modality] ?? emptyData();
}

async function ensureData(modality) {
  if (own[modality]?.id) return own[modality];
  const made = await ask("collect", { modality });
  if (!made) return null;
  own[modality] = { ...made, items: [] };
  remember({ data: { ...recall().data, [modality]: made.id } });
  return own[modality];
}

let questions = Promise.resolve(); // about own data, in order: each answer holds what those before it have changed

// Add items to the data of a modality, at first of that which is chosen now; true if all were taken.
function addItems(items, modality = chosen.modality) {
  const label = modality === "text" ? "" : part("class").value.trim();
  const added = questions.then(() => sendItems(items, modality, label));
  questions = added.catch(() => null);
  return added;
}

// Whoever adds data will start a training soon: the server warms a process for it, which takes seconds.
let isWarmed = false;

function warmUp(modality) {
  if (!isWarmed) server.settings({ modality, from: null });
  isWarmed = true;
}

// Send items, as many at a time as fit into a question; what could not be taken is listed by name.
async function sendItems(items, modality, label) {
  warmUp(modality);
  const data = await ensureData(modality);
  if (!data) return false;
  const refused = [];
  for (const batch of batches(items)) {
    const answer = await ask("add", { id: data.id, items: batch, class: label });
    if (!answer) {
      await forgetDeleted(modality);
      return false;
    }
    refused.push(...answer.refused);
    const { items: taken, ...summary } = answer;
    own[modality] = { ...summary, items: [...own[modality].items, ...taken] };
    showRefused(refused);
    showTaken();
  }
  return !refused.length;
}

// A text that was pasted or dropped; one that no question can hold is refused here.
function addText(value) {
  if (new Blob([value]).size <= MAX_TEXT_BYTES) return addItems([{ kind: "text", value, name: "" }]);
  showRefused([{ sentence: phrase("large_text", { megabytes: MAX_TEXT_BYTES / 1e6 }) }]);
  return false;
}

function batches(items) {
  const all = [[]];
  let characters = 0;
  for (const item of items) {
    const size = JSON.stringify(item.value).length;
    if (all.at(-1).length && (all.at(-1).length >= BATCH || characters + size > BATCH_CHARACTERS)) {
      all.push([]);
      characters = 0;
    }
    all.at(-1).push(item);
    characters += size;
  }
  return all.filter((batch) => batch.length);
}

// Data that nobody used for half an hour is gone: the next item begins anew.
async function forgetDeleted(modality) {
  const answer = await server.collection({ id: own[modality].id });
  if (!answer.sentence || answer.isLost) return;
  own[modality] = undefined;
  showTaken();
}

async function findOwnData() {
  const ids = recall().data ?? {};
  for (const [modality, id] of Object.entries(ids)) {
    const answer = await server.collection({ id });
    if (!answer.sentence) own[modality] = answer;
  }
  showTaken();
}

function showRefused(refused) {
  part("refused").replaceChildren(...refused.map(refusedItem));
}

const refusedItem = ({ name, sentence }) => makeItem(name ? make("b", "", `${name}: `) : "", said("span", "", sentence));

function showTaken() {
  const data = shownData();
  const isNamed = chosen.source === "named";
  part("taken").hidden = isNamed;
  say(part("count"), `count_${chosen.modality}`, { count: data.count, characters: data.characters.toLocaleString("en") });
  part("undo").hidden = !data.undo;
  part("delete").hidden = !data.count || chosen.source === "class";
  part("nothing").hidden = data.count > 0;
  const named = data.classes.filter(({ name }) => name);
  part("counts").replaceChildren(...named.map(({ name, count }) => make("span", "", `${name} ${count}`)));
  part("classes").replaceChildren(...named.map(({ name }) => makeButton("chooseClass", { name }, name)));
  part("items").className = `lab-items of-${chosen.modality}`;
  part("items").replaceChildren(...data.items.map(itemOnWall));
  showHints();
}

function itemOnWall(item) {
  const remove = makeButton("removeItem", { item: item.item }, said("span", "lab-unseen", phrase("remove", { item: item.item })));
  remove.className = "lab-remove";
  remove.append(hiddenSign("×"));
  const content = drawings[item.kind](item);
  const entry = makeItem(content, remove);
  if (item.class) entry.append(make("small", "", item.class));
  return entry;
}

function hiddenSign(sign) {
  const node = make("span", "", sign);
  node.setAttribute("aria-hidden", "true");
  return node;
}

function textOnWall({ name, text, characters }) {
  const node = make("div", "lab-piece");
  if (name) node.append(make("b", "", name));
  node.append(make("p", "", text), said("small", "", phrase("characters", { count: characters.toLocaleString("en") })));
  return node;
}

function strokesOnWall({ strokes }) {
  const svg = makeSvg("svg", { viewBox: "-20 -20 295 295", "aria-hidden": "true", class: "lab-sketch" });
  const points = strokes.map((stroke) => stroke.map((value, i) => [value, stroke[i + 1]]).filter((_, i) => i % 2 === 0));
  const all = points.flat();
  const middle = (axis) => (Math.max(...all.map((point) => point[axis])) + Math.min(...all.map((point) => point[axis]))) / 2;
  const [dx, dy] = [127.5 - middle(0), 127.5 - middle(1)];
  const lines = points.map((stroke) =>
    makeSvg("polyline", { points: (stroke.length > 1 ? stroke : [...stroke, ...stroke]).map(([x, y]) => `${x + dx},${y + dy}`).join(" ") }),
  );
  svg.append(...lines);
  return svg;
}

function pictureOnWall({ picture }) {
  return makeImage(picture);
}

function soundOnWall({ item, peaks, seconds }) {
  const bars = makeSvg("svg", { viewBox: `0 0 ${peaks.length} 100`, preserveAspectRatio: "none", "aria-hidden": "true" });
  bars.append(...peaks.map((peak, x) => makeSvg("rect", { x: x + 0.1, y: 50 - peak / 2, width: 0.8, height: Math.max(peak, 2) })));
  const button = makeButton("hearItem", { item }, said("span", "lab-unseen", phrase("hear", { item, seconds })), bars);
  button.className = "lab-heard";
  return button;
}

const drawings = { text: textOnWall, strokes: strokesOnWall, picture: pictureOnWall, sound: soundOnWall };

const player = new Audio();
let pasting = null; // the text that is on its way

addActions({
  // What is typed meanwhile stays in the box.
  async paste() {
    const box = part("pasted");
    const text = box.value;
    if (text === pasting) return; // a second tap
    pasting = text;
    try {
      if ((await addText(text)) && box.value.startsWith(text)) box.value = box.value.slice(text.length);
    } finally {
      if (pasting === text) pasting = null;
    }
  },
  // What is drawn meanwhile stays on the board.
  async takeDrawing() {
    const sent = finishedStrokes();
    if (isSending || !sent.length) return;
    isSending = true;
    drawBoard();
    try {
      const strokes = fitted(sent);
      if (phone.code ? await sendDrawing(strokes) : await addItems([{ kind: "strokes", value: strokes, name: "" }])) removeStrokes(sent);
    } finally {
      isSending = false;
      drawBoard();
    }
  },
  chooseClass(button) {
    part("class").value = button.dataset.name;
  },
  async removeItem(button) {
    const item = Number(button.dataset.item);
    if (chosen.source === "class") {
      await ask("remove_from_wall", { ...room.key, item });
      return;
    }
    const data = shownData();
    const summary = await ask("remove", { id: data.id, item });
    if (!summary) return;
    own[chosen.modality] = { ...summary, items: data.items.filter((other) => other.item !== item) };
    showTaken();
    (part("items").querySelector(".lab-remove") ?? part("undo")).focus();
  },
  async undoRemove() {
    if (chosen.source === "class") {
      await ask("restore_to_wall", room.key);
      return;
    }
    const data = shownData();
    const answer = await ask("restore", { id: data.id });
    if (!answer) return;
    const items = [...data.items, ...answer.items].sort((one, other) => one.item - other.item);
    own[chosen.modality] = { ...answer, items };
    showTaken();
  },
  async deleteAll() {
    const summary = await ask("clear", { id: shownData().id });
    if (!summary) return;
    own[chosen.modality] = { ...summary, items: [] };
    showRefused([]);
    showTaken();
  },
  async hearItem(button) {
    const answer = await ask("hear", { id: shownData().id, item: Number(button.dataset.item) });
    if (!answer) return;
    player.src = answer.sound;
    player.play();
  },
});

// Files, chosen or dropped.

async function textItem(file) {
  if (file.size > MAX_TEXT_BYTES) throw phrase("large", { megabytes: MAX_TEXT_BYTES / 1e6 });
  return { kind: "file", value: asBase64(new Uint8Array(await file.arrayBuffer())), name: file.name };
}

// The central square of a picture, small: a photograph of ten million pixels never leaves the device.
async function pictureItem(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw phrase("no_picture");
  }
  return { kind: "picture", value: squareOf(bitmap, bitmap.width, bitmap.height), name: file.name ?? "" };
}

function squareOf(source, width, height) {
  const side = Math.min(width, height);
  const canvas = make("canvas");
  canvas.width = canvas.height = PICTURE_SIDE;
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, PICTURE_SIDE, PICTURE_SIDE);
  context.drawImage(source, (width - side) / 2, (height - side) / 2, side, side, 0, 0, PICTURE_SIDE, PICTURE_SIDE);
  return canvas.toDataURL("image/jpeg", 0.92);
}

const readers = { text: textItem, image: pictureItem, audio: soundItems };

async function addFiles(files, modality = chosen.modality) {
  const read = [];
  const refused = [];
  for (const file of files) {
    try {
      read.push(await readers[modality](file));
    } catch (sentence) {
      refused.push({ name: file.name, sentence: sentence.en ? sentence : phrase("unreadable") });
    }
  }
  showRefused([]);
  if (read.length) await addItems(read.flat(), modality);
  part("refused").append(...refused.map(refusedItem));
}

for (const name of ["text-file", "picture-file", "camera-file", "sound-file", "microphone-file"]) {
  part(name).addEventListener("change", async ({ target }) => {
    const files = [...target.files];
    target.value = ""; // so that the same file can be chosen again
    await addFiles(files);
  });
}

part("stage-data").addEventListener("dragover", (event) => event.preventDefault());
part("stage-data").addEventListener("drop", (event) => {
  if (chosen.source === "named" || chosen.source === "class") return;
  event.preventDefault();
  if (event.dataTransfer.files.length) addFiles([...event.dataTransfer.files]);
  else if (chosen.modality === "text") addText(event.dataTransfer.getData("text"));
});
