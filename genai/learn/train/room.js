// The class draws: the teacher's wall, and the drawing surface of a phone that has joined. The teacher's token is in
// the address after #, which no server sees, so that a reload stays the teacher's.

const room = { key: null, data: null, watching: null };
const phone = { code: "", seat: "", task: "" };

const pageAddress = () => location.origin + location.pathname;

function tokenInAddress() {
  const [code, token] = new URLSearchParams(location.hash.slice(1)).get("room")?.split(".") ?? [];
  return token ? { code, token } : null;
}

async function openRoom() {
  const tasks = part("tasks").value.split(/[,，、;；\n]/).map((task) => task.trim()).filter(Boolean);
  const answer = await ask("open_room", { tasks, address: pageAddress(), word: part("word").value });
  if (!answer) return;
  part("word").value = "";
  location.hash = `room=${answer.code}.${answer.token}`;
  showRoom({ code: answer.code, token: answer.token }, answer);
}

// After a reload.
async function findRoom() {
  const key = tokenInAddress();
  const answer = key && (await server.wall({ ...key, address: pageAddress() }));
  if (!answer || answer.sentence) return false;
  showRoom(key, answer);
  return true;
}

function showRoom(key, answer) {
  room.key = key;
  part("room-closed").hidden = true;
  part("room").hidden = false;
  part("qr").src = answer.qr;
  part("code").textContent = key.code;
  part("link").textContent = answer.link;
  showWall(answer.id, answer.wall);
  room.watching?.();
  room.watching = watchTopic(answer.topic, (wall) => {
    if (!element.isConnected) {
      room.watching(); // the view was built anew
      return;
    }
    showTrouble(wall.sentence);
    if (!wall.sentence) showWall(answer.id, wall);
  });
}

function showWall(id, wall) {
  room.data = { ...wall.summary, id, items: wall.items };
  say(part("phones"), wall.phones ? "phones" : "no_phone", { count: wall.phones });
  if (chosen.source === "class") showTaken();
}

// A phone.

function seatOf(code) {
  const seats = recall().seats ?? {};
  seats[code] ??= Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  remember({ seats });
  return seats[code];
}

async function joinRoom(code) {
  phone.code = code;
  element.classList.add("is-phone");
  document.documentElement.classList.add("lab-joined");
  part("phone").hidden = false;
  part("phone-board").append(part("board"));
  part("phone-code").textContent = code;
  phone.seat = seatOf(code);
  showPhone(await ask("join", { code, seat: phone.seat }, part("phone-trouble")));
}

function showPhone(answer) {
  if (!answer) return;
  phone.task ||= answer.tasks[0] ?? "";
  part("phone-tasks").replaceChildren(
    ...answer.tasks.map((name) => {
      const button = makeButton("chooseTask", { name }, name);
      button.setAttribute("aria-pressed", name === phone.task);
      return button;
    }),
  );
  const there = answer.own.filter((item) => !item.removed);
  const removed = answer.own.length - there.length;
  say(part("phone-count"), removed ? "sent_removed" : "sent", { count: there.length, removed });
  part("phone-items").replaceChildren(...there.map((item) => makeItem(strokesOnWall(item))));
}

// True once the drawing is on the wall; until then it stays on the board, so that none is lost.
async function sendDrawing(strokes) {
  const question = { code: phone.code, seat: phone.seat, strokes, class: phone.task };
  const answer = await ask("send", question, part("phone-trouble"));
  showPhone(answer);
  return Boolean(answer);
}

part("word-row").hidden = !props.value.asksWord;

addActions({
  openRoom,
  chooseTask(button) {
    phone.task = button.dataset.name;
    for (const other of part("phone-tasks").children) other.setAttribute("aria-pressed", other === button);
  },
});
