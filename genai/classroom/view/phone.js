// A phone that has joined a room: it shows what the room asks, and nothing else of the page.

const SEATS = "genai-lab-seats";
const pupilView = part("pupil"); // a teacher's page may show it within another view
const inPupil = (name) => part(name, pupilView);
const pupil = { code: "", seat: "", state: null, own: null, asked: "", sending: null, end: null };

function recallSeats() {
  try {
    return JSON.parse(localStorage.getItem(SEATS)) ?? {};
  } catch {
    return {}; // no storage in this browser: the seat is found by the cookie
  }
}

function keepSeat(code, seat) {
  const seats = recallSeats();
  if (seat) seats[code] = seat;
  else delete seats[code];
  try {
    localStorage.setItem(SEATS, JSON.stringify(seats));
  } catch {
    // no storage in this browser
  }
}

const newSeat = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const askPupil = (name, question = {}) => ask(name, { code: pupil.code, seat: pupil.seat, ...question }, inPupil("pupil-trouble"));

// Make the page a phone in a room; Back leads to where it was.
function goToRoom(typed) {
  const code = typed.trim().toUpperCase();
  if (!code) return;
  const address = new URL(location.href);
  address.search = new URLSearchParams({ room: code, lang: document.documentElement.lang });
  address.hash = "";
  history.pushState(null, "", address);
  joinRoom(code);
}

function leaveRoom() {
  pupil.end?.();
  Object.assign(pupil, { code: "", state: null, own: null, asked: "", sending: null, end: null });
  for (const name of ["pupil-wait", "pupil-ended", "pupil-again"]) inPupil(name).hidden = true;
  areaOf("phone", "", inPupil("pupil-screens"));
}

function showPhone(isPhone) {
  document.documentElement.classList.toggle("lab-in-room", isPhone);
  pupilView.hidden = !isPhone;
}

// Join a room: the page shows nothing else, or a teacher's page shows the phone at a place beside the screen.
async function joinRoom(code, place = null) {
  leaveRoom();
  if (place) {
    place.append(pupilView);
    pupilView.hidden = false;
  } else showPhone(true);
  inPupil("pupil-code").textContent = code;
  pupil.code = code;
  pupil.seat = recallSeats()[code] ?? newSeat();
  const answer = await askPupil("room_join");
  if (pupil.code !== code) return; // it has gone on to another room
  inPupil("pupil-again").hidden = Boolean(answer);
  inPupil("pupil-again-code").value = code;
  if (!answer) return;
  keepSeat(code, answer.seat);
  sitDown(answer);
}

function sitDown({ seat, topic, ...own }) {
  pupil.seat = seat;
  pupil.own = own;
  pupil.end = watchTopic(topic, showRoom);
}

// A teacher's room is over: the phone in its page is too.
function leaveAlong() {
  leaveRoom();
  pupilView.hidden = true;
  inPanel("class-along").setAttribute("aria-pressed", false);
}

function showRoom(state) {
  showTrouble(state.sentence, inPupil("pupil-trouble"));
  if (state.sentence) return;
  pupil.state = state;
  inPupil("pupil-ended").hidden = !state.ended;
  inPupil("pupil-wait").hidden = state.ended || Boolean(state.activity);
  inPupil("pupil-again").hidden = !state.ended;
  if (state.ended) {
    keepSeat(state.code, null);
    inPupil("pupil-again-code").value = "";
  }
  showActivity();
  showAlone();
  lookAgain();
}

function showActivity() {
  const { state, own } = pupil;
  const area = areaOf("phone", state.activity ?? "", inPupil("pupil-screens"));
  if (state.activity) renderers[state.activity].showPhone(state.screen, own?.turn === state.turn ? own.phone : {}, area);
}

// What only this phone sees is asked for when the turn or its phase changes, and after a sleep.
async function lookAgain() {
  const { turn, screen, activity, ended } = pupil.state;
  const asked = `${turn} ${screen.phase}`;
  if (ended || !activity || pupil.asked === asked) return;
  pupil.asked = asked;
  takeOwn(await askPupil("room_look"));
}

function takeOwn(answer) {
  if (!pupil.state) return; // the room was left meanwhile
  if (!answer) {
    pupil.asked = ""; // it is asked again at the next state
    return;
  }
  pupil.own = answer;
  showActivity();
}

// What was chosen last in this turn, where it is still on its way.
const latestAnswer = () => (pupil.sending?.turn === pupil.state.turn ? pupil.sending.value : null);

// Send the answer of this phone; true once it is counted. Without a connection it is sent again and again: the server
// decides by its turn whether it still counts. A later answer takes its place.
async function sendAnswer(value) {
  if (!pupil.state || isAnsweredAlone()) return false; // the room was left, or the answer is shown in a moment
  const sent = { code: pupil.code, seat: pupil.seat, turn: pupil.state.turn, value };
  pupil.sending = sent;
  let answer = await server.room_answer(sent);
  while (answer.isLost && pupil.sending === sent) {
    if (inPupil("pupil-trouble").hidden) showTrouble(phrase("unsent"), inPupil("pupil-trouble"));
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    if (pupil.sending === sent) answer = await server.room_answer(sent);
  }
  if (pupil.sending !== sent) return false;
  pupil.sending = null;
  showTrouble(answer.sentence, inPupil("pupil-trouble"));
  if (!answer.sentence) takeOwn(answer);
  if (!answer.sentence) revealAlone(sent.turn);
  return !answer.sentence;
}

inPupil("pupil-again").addEventListener("submit", (event) => {
  event.preventDefault();
  goToRoom(inPupil("pupil-again-code").value);
});

arrange("phone", inPupil("pupil-screens"));
