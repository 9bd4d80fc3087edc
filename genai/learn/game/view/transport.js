// Play, steps, speed, and the way back.

const SPEEDS = [1, 2, 5, 10, 20, 30, 60, 120, 250, 500]; // steps a second
const SENTENCE_EVERY_MS = 3000;

part("speed").max = SPEEDS.length - 1;
part("speed").value = SPEEDS.indexOf(30);
const sentence = { written: -Infinity };
let isRewinding = false;

const chosenSpeed = () => SPEEDS[+part("speed").value];

function showTransport(state) {
  part("play-word").hidden = state.playing;
  part("pause-word").hidden = !state.playing;
  element.classList.toggle("is-playing", state.playing);
  showSpeed(state);
  showKept(state);
  showSentence(state);
  showWaiting(state);
}

function showSpeed(state) {
  const real = state.playing && Number.isFinite(state.rate) ? Math.round(state.rate) : null;
  const words = real === null ? phrase("speed", { wanted: chosenSpeed() }) : phrase("speed_real", { wanted: chosenSpeed(), real });
  setText(part("speed-shown"), words);
  part("speed").setAttribute("aria-valuetext", inLanguage(words));
}

// The slider has the steps that one can go back to.
function showKept({ step }) {
  if (isRewinding) return;
  const slider = part("back");
  slider.max = Math.max(step, 1);
  slider.value = step;
  slider.disabled = !step;
  part("back-shown").textContent = step;
}

// What the picture shows, in words, for those who do not see it: seldom while it plays, at once when it stands.
function showSentence(state) {
  const now = performance.now();
  part("sentence").ariaLive = state.playing ? "off" : "polite";
  if (state.playing && now - sentence.written < SENTENCE_EVERY_MS) return;
  sentence.written = now;
  const parts = state.networks.map(({ numbers }) => describeNetwork(state.step, numbers));
  setText(part("sentence"), joinTexts(parts));
}

function describeNetwork(step, numbers) {
  const values = {
    step,
    modes: numbers.modes,
    of: numbers.modes_of,
    share: share(numbers.progress_to_best),
    distance: shortNumber(numbers.wasserstein),
  };
  return phrase(numbers.modes_of > 1 ? "sentence_modes" : "sentence", values);
}

function joinTexts(texts) {
  if (texts.length === 1) return texts[0];
  const [first, second] = texts;
  const languages = Object.keys(first);
  return Object.fromEntries(languages.map((language) => [language, `A: ${first[language]} B: ${second[language]}`]));
}

// Why a game does not go as fast as it was set to, or not at all.
function showWaiting({ waiting, exploded }) {
  const isWaiting = Number.isFinite(waiting) && waiting < 1;
  part("game-waiting").hidden = !isWaiting && !exploded;
  if (exploded) setText(part("game-waiting"), phrase("exploded"));
  else if (isWaiting) setText(part("game-waiting"), phrase("waiting", { share: share(waiting) }));
}

// Send one question at a time; of those that come up meanwhile, only the latest is sent afterwards.
function sendLatest(send) {
  let next = null;
  let isBusy = false;
  return async (question) => {
    next = question;
    if (isBusy) return;
    isBusy = true;
    try {
      while (next !== null) {
        const now = next;
        next = null;
        await send(now);
      }
    } finally {
      isBusy = false;
    }
  };
}

// While the slider is dragged, the curves show what there was; the game goes back once it is let go.
part("back").addEventListener("input", () => {
  isRewinding = true;
  part("back-shown").textContent = part("back").value;
  readAt(+part("back").value);
});
part("back").addEventListener("change", async () => {
  leaveSlowMotion();
  const to = +part("back").value;
  try {
    if (to < game.state.step) await act("back", { to });
  } finally {
    isRewinding = false;
  }
  readAt(null);
  showKept(game.state);
});

const setSpeed = sendLatest((speed) => act(game.state?.playing ? "play" : "pause", { speed }));
part("speed").addEventListener("input", () => {
  if (game.state) showSpeed({ ...game.state, rate: null });
  setSpeed(chosenSpeed());
});

addActions({
  play() {
    leaveSlowMotion();
    return act(game.state?.playing ? "pause" : "play", { speed: chosenSpeed() });
  },
  async step(button) {
    leaveSlowMotion();
    if (game.state?.playing) await act("pause");
    await act(button.dataset.do);
  },
  async restart() {
    leaveSlowMotion();
    if (!(await act("reset")) && !sight.refusal?.isLost) await openGame(game.state.game);
  },
  layer(button) {
    const { layer } = button.dataset;
    if (!shownLayers.delete(layer)) shownLayers.add(layer);
    button.setAttribute("aria-pressed", String(shownLayers.has(layer)));
    requestDrawing();
  },
});
