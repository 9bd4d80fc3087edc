// The teacher's panel and window.lab.room, through which other places of the page use the room. The token is in the
// address after #, which no server sees, so that a reload stays the teacher's.

const KEEP_MS = 60_000;
const AGAIN_MS = 2000;
const panel = part("panel");
const inPanel = (name) => part(name, panel);
const teacher = { key: tokenInAddress(), opening: null, opened: null, state: null, ends: [], wantsLarge: false };
const watchers = new Set();

function tokenInAddress() {
  const [code, token] = new URLSearchParams(location.hash.slice(1)).get("class")?.split(".") ?? [];
  return token ? { code, token } : null;
}

function setHash(hash) {
  const address = new URL(location.href);
  address.hash = hash;
  history.replaceState(history.state, "", address);
}

const askTeacher = (name, question = {}) => ask(name, { ...teacher.key, ...question }, inPanel("class-trouble"));

// Open a room, unless one is open; true once it is. Two presses open one.
function openRoom() {
  teacher.opening ??= openAnother().finally(() => (teacher.opening = null));
  return teacher.opening;
}

async function openAnother() {
  if (teacher.opened) return true;
  const answer = await askTeacher("room_open", { address: pageAddress(), word: inPanel("class-word").value });
  if (answer) enter(answer);
  return Boolean(answer);
}

// After a reload. Without a connection the token stays, and is tried again.
async function returnToRoom() {
  const question = { ...teacher.key, address: pageAddress() };
  const answer = await server.room_again(question);
  if (answer.isLost) {
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    return returnToRoom();
  }
  if (answer.sentence) leave();
  else enter(answer);
  return Boolean(teacher.opened);
}

function enter(answer) {
  teacher.key = { code: answer.code, token: answer.token };
  teacher.opened = answer;
  setHash(`class=${answer.code}.${answer.token}`);
  teacher.ends = [watchTopic(answer.topic, showState), watchTopic(answer.host, () => {})];
  inPanel("class-word").value = "";
  inPanel("class-qr").src = answer.qr;
  inPanel("class-code").textContent = answer.code;
  inPanel("class-link").textContent = answer.link.replace(/^https?:\/\//, "");
  chooseSetup(props.value.activities[0].name);
  showPanel();
}

function leave() {
  leaveAlong();
  for (const end of teacher.ends) end();
  Object.assign(teacher, { key: null, opened: null, state: null, ends: [] });
  setHash("");
  showPanel();
  tellWatchers();
}

function showState(state) {
  showTrouble(state.sentence, inPanel("class-trouble"));
  if (state.sentence) return;
  if (state.ended) {
    leave();
    return;
  }
  teacher.state = state;
  showPanel();
  tellWatchers();
}

function tellWatchers() {
  for (const callback of [...watchers]) callback(teacher.state);
}

function showPanel() {
  const { opened, state } = teacher;
  inPanel("class-closed").hidden = Boolean(opened || alone.game);
  inPanel("alone").hidden = !alone.game;
  inPanel("class-room").hidden = !opened;
  if (!opened) return;
  const seats = state?.seats ?? 0;
  say(inPanel("class-seats"), ["no_seat", "seat"][seats] ?? "seats", { count: seats });
  const name = state?.activity;
  inPanel("class-head").classList.toggle("is-small", Boolean(name) && !teacher.wantsLarge);
  inPanel("class-size").hidden = !name;
  inPanel("class-size").setAttribute("aria-pressed", teacher.wantsLarge);
  inPanel("class-lock").setAttribute("aria-pressed", Boolean(state?.locked));
  inPanel("class-stop").hidden = !name;
  const area = areaOf("screen", name ?? "", inPanel("class-screens"));
  if (name) renderers[name].showScreen(state.screen, area, state);
}

// What the teacher chooses an activity and its settings from. It may ask the server, so it waits for an open room.
function chooseSetup(name) {
  for (const button of inPanel("class-names").children) button.setAttribute("aria-pressed", button.dataset.name === name);
  const setup = areaOf("setup", name, inPanel("class-setups"));
  if (setup.dataset.shown) return;
  setup.dataset.shown = "yes";
  renderers[name].show?.(setup);
}

// Start an activity; true once it goes on. A room is opened where there is none.
async function startActivity(activity, settings = {}) {
  if (!(await openRoom())) return false;
  const answer = await askTeacher("room_start", { activity, settings });
  if (!answer) return false;
  teacher.wantsLarge = false;
  inPanel("class-setup").open = false;
  return true;
}

const actInRoom = async (button, value) => Boolean(await askTeacher("room_act", { do: button, value }));

// A room that cannot be ended, without a connection or after a restart of the server, ends by itself.
async function endRoom() {
  const answer = await askTeacher("room_end");
  leave();
  return Boolean(answer);
}

// Make this page a phone of its own room too: a teacher plays with the class, or somebody plays alone.
async function playAlong() {
  const button = inPanel("class-along");
  if (button.getAttribute("aria-pressed") === "true") return;
  button.setAttribute("aria-pressed", true);
  await joinRoom(teacher.key.code, inPanel("class-along-place"));
}

// Call a function with each state of the room, null where there is none, until the function that is returned is called.
function watchRoom(callback) {
  watchers.add(callback);
  queueMicrotask(() => watchers.has(callback) && callback(teacher.state));
  return () => watchers.delete(callback);
}

listen(panel, {
  open: openRoom,
  end: endRoom,
  lock: () => actInRoom(teacher.state?.locked ? "unlock" : "lock"),
  along: playAlong,
  size() {
    teacher.wantsLarge = !teacher.wantsLarge;
    showPanel();
  },
  choose: (button) => chooseSetup(button.dataset.name),
  alone: (button) => playAlone(gameOf(button.dataset.name)),
  aloneAgain: () => playAlone(alone.game),
  aloneStop: stopAlone,
  aloneNext: goOnAlone,
});

panel.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act], [data-start]");
  if (!button || !panel.contains(button)) return;
  const { act, value, start } = button.dataset;
  if (act) actInRoom(act, value);
  else startActivity(start, renderers[start].settings(areaOf("setup", start, inPanel("class-setups"))));
});

inPanel("class-join").addEventListener("submit", (event) => {
  event.preventDefault();
  goToRoom(inPanel("class-join-code").value);
});

// The page's stream sleeps while the page is hidden, as behind slides: the room stays nevertheless.
setInterval(() => teacher.opened && server.room_keep(teacher.key), KEEP_MS);

arrange("screen", inPanel("class-screens"));
arrange("setup", inPanel("class-setups"));
inPanel("class-word-row").hidden = !props.value.asksWord;
inPanel("class-local").hidden = !["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
for (const { name, title } of props.value.activities) {
  const button = said("button", "", title);
  Object.assign(button, { type: "button" });
  Object.assign(button.dataset, { press: "choose", name });
  inPanel("class-names").append(button);
}
for (const { name, title } of props.value.games) {
  const button = said("button", "", title);
  Object.assign(button, { type: "button" });
  Object.assign(button.dataset, { press: "alone", name });
  inPanel("alone-games").append(button);
}
showPanel();

function offerRoom() {
  window.lab.room = {
    isOpen: () => Boolean(teacher.key),
    open: openRoom,
    start: startActivity,
    act: actInRoom,
    end: endRoom,
    watch: watchRoom,
    join: goToRoom,
    // Show the panel within an element of another view. It is taken out of where it was.
    place(node) {
      panel.hidden = false;
      node.append(panel);
    },
  };
  document.dispatchEvent(new CustomEvent("lab-room-ready"));
  if (teacher.key) teacher.opening = returnToRoom().finally(() => (teacher.opening = null));
}

if (window.lab) offerRoom();
else document.addEventListener("lab-ready", offerRoom, { once: true });
