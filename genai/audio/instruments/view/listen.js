// Speech translation: digits that somebody said are named by the judges of the digits, and said by the network.

const LONGEST_SPEECH = 10; // seconds
const MOST_FILE_MEGABYTES = 20;
const hearing = { model: null, wave: null, heard: [], turn: 0 };

const speechRecorder = makeRecorder({
  most: LONGEST_SPEECH,
  progress(level, seconds) {
    part("listen-level").style.width = `${100 * level}%`;
    setText(part("listen-state"), playPhrase("listen-recording", { seconds: Math.floor(seconds), most: LONGEST_SPEECH }));
  },
  close() {
    openSession("playback");
    part("listen-level").style.width = "0";
    part("listen-state").replaceChildren();
    part("listen-record").ariaPressed = "false";
  },
  finish: (file) => play.name === "number" && hearFile(file, true),
});

function openListening() {
  const { errs } = play.about;
  if (hearing.model !== play.model) {
    Object.assign(hearing, { model: play.model, wave: null, heard: [] });
    part("listen-heard").replaceChildren();
    part("listen-error").hidden = true;
  }
  part("listen-body").hidden = !errs;
  part("listen-none").hidden = Boolean(errs);
  if (errs) setText(part("listen-errs"), errs);
  showSpeechRecorder(hasMicrophone ? null : "listen-insecure");
}

function closeListening() {
  hearing.turn++;
  speechRecorder.stop();
  part("listen-state").replaceChildren();
}

// Offer the microphone; where there is none, say why, and offer the phone's own recorder.
function showSpeechRecorder(why) {
  part("listen-record").hidden = !hasMicrophone;
  part("listen-stand-in").hidden = part("listen-why").hidden = !why;
  if (why) setText(part("listen-why"), playPhrase(why));
}

// iPhones give no microphone to a page that says it only plays sounds, as the engine does.
function openSession(type) {
  if (navigator.audioSession) navigator.audioSession.type = type;
}

async function startSpeech() {
  const button = part("listen-record");
  speech.end?.();
  sound.context(); // in the tap: what is heard is said without another one
  openSession("play-and-record");
  button.disabled = true; // while the browser asks the visitor
  try {
    await speechRecorder.start();
    button.ariaPressed = "true";
    if (play.name !== "number") speechRecorder.stop(); // it was closed meanwhile
  } catch {
    openSession("playback");
    showSpeechRecorder("listen-refused");
  } finally {
    button.disabled = false;
  }
}

// Read a recording or a file, let it be named, and say what was heard.
async function hearFile(file, isRecorded = false) {
  const turn = ++hearing.turn;
  const most = LONGEST_SPEECH * SOUND_RATE;
  part("listen-error").hidden = true;
  try {
    if (file.size > MOST_FILE_MEGABYTES * 1e6) {
      throw { sentence: playPhrase("listen-large", { megabytes: MOST_FILE_MEGABYTES }) };
    }
    const wave = await decodeSound(file).catch(() => {
      throw { sentence: playPhrase("listen-no-sound") };
    });
    const sent = wave.subarray(0, isRecorded ? most : most + 1); // a file that is too long is refused by the server
    setText(part("listen-state"), playPhrase("listen-naming"));
    const answer = await askPlay("heard", { checkpoint: play.model, sound: samplesOf(sent) });
    if (turn !== hearing.turn) return;
    Object.assign(hearing, { wave, heard: answer.heard });
    drawHeard(answer);
    sayHeard();
  } catch (refusal) {
    if (turn !== hearing.turn) return;
    part("listen-state").replaceChildren();
    const node = part("listen-error");
    node.hidden = false;
    if (refusal.sentence) setText(node, refusal.sentence);
    else node.replaceChildren(...part("play-lost").cloneNode(true).childNodes);
  }
}

// What was heard becomes the number above, in the voice that is chosen there.
function sayHeard() {
  const digits = hearing.heard.map(({ odds: [first] }) => play.about.digits[first.label]);
  const text = digits.join("");
  setText(part("listen-state"), playPhrase("listen-done", { digits: digits.join(" ") }));
  part("say-text").value = text;
  setNumber(text);
  sayDigits(allPlaces());
}

function drawHeard({ heard, more }) {
  part("listen-heard").replaceChildren(...heard.map(heardPiece));
  if (!more) return;
  const note = make("li", "lab-listen-more");
  setText(note, playPhrase("listen-more", { count: heard.length, more }));
  part("listen-heard").append(note);
}

function heardPiece({ start, end, odds }, n) {
  const yours = makeButton("listen-hear", { start, end });
  setText(yours, playPhrase("listen-yours", { seconds: (end - start).toFixed(1) }));
  const network = makeButton("listen-say", { place: n, label: odds[0].label });
  setText(network, playPhrase("listen-network"));
  const bars = make("div", "lab-listen-odds");
  bars.append(...odds.flatMap(oddsBar));
  return makeItem(bars, yours, network);
}

// One digit by the network, with the seed that the number above has at its place.
async function sayLabel({ place, label }) {
  sound.context();
  speech.end?.();
  try {
    const [buffer] = await loadSounds([soundAt(place, +label)]);
    sound.play(buffer, { length: heardIn(buffer).end });
  } catch (refusal) {
    tellPlay(refusal);
  }
}

function oddsBar({ label, share }, n) {
  const bar = make("i");
  const fill = make("span");
  fill.style.width = `${100 * share}%`;
  bar.append(fill);
  return [make(n ? "span" : "b", "", String(play.about.digits[label])), bar, make("small", "", percent(share))];
}

// A piece of the recording, which this page still has.
function hearYours({ start, end }) {
  sound.context();
  speech.end?.();
  const piece = hearing.wave.slice(Math.round(start * SOUND_RATE), Math.round(end * SOUND_RATE));
  const buffer = new AudioBuffer({ length: piece.length, sampleRate: SOUND_RATE });
  buffer.copyToChannel(piece, 0);
  sound.play(buffer);
}

for (const name of ["listen-file", "listen-phone"]) {
  part(name).addEventListener("change", ({ target }) => {
    sound.context();
    const [file] = target.files;
    if (file) hearFile(file);
    target.value = ""; // the same file may be chosen again
  });
}
part("listen").addEventListener("dragover", (event) => event.preventDefault());
part("listen").addEventListener("drop", (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  if (file && play.about.errs) hearFile(file);
});

addActions({
  "listen-say": (button) => sayLabel(button.dataset),
  "listen-record": () => (speechRecorder.isOn() ? speechRecorder.stop() : startSpeech()),
  "listen-hear": (button) => hearYours({ start: +button.dataset.start, end: +button.dataset.end }),
});
