// The game is opened on the server, watched while it is seen, named in the address.

// Ask the server; a message that comes instead of an answer is shown.
async function ask(name, question) {
  const answer = await server[name](question);
  showMessage("game-error", answer);
  sight.refusal = answer.sentence ? answer : null;
  return answer.sentence ? null : answer;
}

// Let the game do something; returns whether it did.
async function act(action, { speed = null, to = null } = {}) {
  const answer = await ask("act", { id: game.id, do: action, speed, to });
  if (answer) showState(answer.state);
  return Boolean(answer);
}

// Begin a game anew, as a twin's where there is one; returns whether the server could.
async function openGame(text) {
  leaveSlowMotion();
  if (text) game.settings = parseGame(text);
  const answer = await ask("open", { game: text, twin: text ? twinGame() : null });
  if (!answer) return false;
  stopWatching();
  Object.assign(game, { id: answer.id, topic: answer.topic, settings: parseGame(answer.state.game) });
  beginHistories(answer.state.curves, answer.state.networks.length);
  showState(answer.state, true);
  showGame();
  watchGame();
  if (!wantsLessMotion()) await act("play", { speed: chosenSpeed() });
  return true;
}

async function changeGame(changes) {
  leaveSlowMotion();
  const before = game.settings;
  game.settings = { ...game.settings, ...changes };
  const answer = await ask("change", { id: game.id, game: formatGame(game.settings), twin: twinGame() });
  if (!answer) game.settings = before;
  if (!answer) return showSettings();
  game.settings = parseGame(answer.state.game);
  showState(answer.state);
  showGame();
}

function showGame() {
  showSettings();
  showTwins();
  showPreset();
  const query = `game=${encodeURIComponent(game.state.game).replaceAll("%2C", ",")}${twinInAddress()}`;
  document.dispatchEvent(new CustomEvent("lab-part-link", { detail: { name: "game", query } }));
  game.link = `tab=learn&part=game&${query}`;
}

function showState(state, atOnce = false) {
  game.state = state;
  const pictures = state.networks.map((network) => pictureOf(network, state.real));
  showPictures(pictures, atOnce);
  writeProbe();
  recordNumbers(state);
  showValue(state);
  showTransport(state);
}

// What the stream brings; slow motion shows frames of its own meanwhile.
function takeState(state) {
  if (state.sentence || sight.isLost) showMessage("game-error", state);
  sight.isLost = Boolean(state.sentence);
  if (!state.sentence && !isSlow()) showState(state);
}

function watchGame() {
  if (!sight.isSeen || sight.endWatching) return;
  sight.endWatching = watchTopic(game.topic, takeState);
}

function stopWatching() {
  sight.endWatching?.();
  sight.endWatching = null;
}

// The game stands while nobody sees it: another tab, another part.
function noticeSight() {
  const isSeen = element.clientWidth > 0;
  if (isSeen === sight.isSeen) return;
  sight.isSeen = isSeen;
  if (isSeen) return resumeGame();
  stopRunning();
  stopWatching();
}

// Go on with the game that was left, or begin it anew where the server has forgotten it.
async function resumeGame() {
  if (!game.id) return;
  watchGame();
  const isThere = await act(game.state.playing ? "play" : "pause", { speed: chosenSpeed() });
  if (!isThere && !sight.refusal?.isLost) await openGame(game.state.game);
}

addActions({ link: (button) => window.lab.copyLink(game.link, button) });
element.addEventListener("change", (event) => event.target.name === "game-map" && chooseMap(event.target.value));

function chooseMap(choice) {
  for (const { canvas } of planes.filter((plane) => plane.canvas.dataset.plane === "best")) {
    canvas.closest("figure").hidden = choice !== "both" || (canvas.dataset.network === "1" && !twin.setting);
  }
  for (const plane of planes) if (plane.canvas.dataset.plane === "map") plane.map = choice === "best" ? "best" : "map";
  element.classList.toggle("has-best", choice === "both");
  requestDrawing();
}

// The game of the address, or else the one that was left, or else the usual one.
async function begin() {
  sight.isSeen = element.clientWidth > 0;
  new ResizeObserver(noticeSight).observe(element);
  drawAllData();
  const address = new URLSearchParams(location.search);
  const text = address.get("tab") === "learn" ? address.get("game") : null;
  if (game.id && [null, game.state.game].includes(text)) {
    part("speed").value = SPEEDS.indexOf(game.state.speed);
    showGame();
    return resumeGame();
  }
  readTwin(text, address.get("twin"));
  if (await openGame(text)) return;
  const { sentence, isLost } = sight.refusal ?? {};
  if (text && !isLost) await openUsualGame(sentence);
}

// An address that cannot be read is answered by a sentence, and the usual game.
async function openUsualGame(sentence) {
  Object.assign(twin, { setting: null, value: null });
  await openGame(null);
  showMessage("game-error", { sentence });
}

begin();
