// One person plays alone, against the network: this page is the phone of a room that nobody else can join, and its
// teacher too. As soon as an answer is counted, it is shown whether it was right.

const REVEALED = { real_or_made: "shown", next_letter: "reveal" }; // the phase in which the truth is shown
const alone = { game: null, key: null, answered: "", isGoingOn: false, end: null, asked: 0 }; // asked: games so far

const gameOf = (name) => props.value.games.find((game) => game.name === name);

async function playAlone(game) {
  endAlone();
  const mine = ++alone.asked;
  inPanel("alone-wait").hidden = false;
  const { activity, settings } = game;
  const answer = await ask("room_alone", { activity, settings: settings[document.documentElement.lang], seat: newSeat() }, inPanel("class-trouble"));
  if (mine !== alone.asked) {
    if (answer) server.room_end({ code: answer.code, token: answer.token }); // another game was chosen meanwhile
    return;
  }
  inPanel("alone-wait").hidden = true;
  if (!answer) {
    stopAlone();
    return;
  }
  const { code, token, host } = answer;
  Object.assign(alone, { game, key: { code, token }, answered: "", isGoingOn: true, end: watchTopic(host, () => {}) });
  setText(inPanel("alone-title"), game.title);
  showPanel();
  leaveRoom();
  inPanel("alone-place").append(pupilView);
  pupilView.classList.add("is-alone");
  pupilView.hidden = false;
  pupil.code = code;
  sitDown(answer);
}

function endAlone() {
  if (!alone.key) return;
  leaveRoom();
  alone.end();
  server.room_end(alone.key); // without a connection it ends by itself
  alone.key = null;
  inPanel("alone-next").hidden = true;
}

function stopAlone() {
  alone.asked++;
  endAlone();
  inPanel("alone-wait").hidden = true;
  alone.game = null;
  pupilView.classList.remove("is-alone");
  pupilView.hidden = true;
  showPanel();
  inPanel("alone-games").firstElementChild?.focus();
}

const isAnsweredAlone = () => Boolean(alone.key) && alone.answered === pupil.state.turn;

function revealAlone(turn) {
  if (!alone.key || !REVEALED[pupil.state?.activity]) return;
  alone.answered = turn;
  ask("room_act", { ...alone.key, do: "reveal" }, inPanel("class-trouble"));
}

function goOnAlone() {
  alone.isGoingOn = true;
  ask("room_act", { ...alone.key, do: "next" }, inPanel("class-trouble"));
}

// The keyboard stays where one plays: at the button that goes on, then at the first answer.
function showAlone() {
  if (!alone.key) return;
  const { activity, screen, ended } = pupil.state;
  if (ended) {
    stopAlone();
    return;
  }
  const next = inPanel("alone-next");
  const isShown = screen.phase === REVEALED[activity];
  if (isShown && next.hidden) {
    next.hidden = false;
    next.focus({ preventScroll: true });
  }
  next.hidden = !isShown;
  if (isShown || !alone.isGoingOn) return;
  alone.isGoingOn = false;
  const area = areaOf("phone", activity, inPupil("pupil-screens"));
  const answer = [...area.querySelectorAll("button, [tabindex]")].find((node) => !node.disabled && node.checkVisibility());
  const again = inPanel("alone").querySelector("[data-press=aloneAgain]"); // after the last one
  (answer ?? again).focus({ preventScroll: true });
}
