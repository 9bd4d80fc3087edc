// Own sounds, recorded or from files. The server cuts them at silences.

const LONGEST = 30; // seconds of one recording

async function soundItems(file) {
  let wave;
  try {
    wave = await decodeSound(file);
  } catch {
    throw phrase("no_sound");
  }
  const items = [];
  const length = LONGEST * SOUND_RATE;
  for (let start = 0; start < wave.length && items.length < 10; start += length) {
    items.push({ kind: "sound", value: samplesOf(wave.subarray(start, start + length)), name: file.name ?? "" });
  }
  if (!items.length) throw phrase("no_sound");
  return items;
}

const microphone = makeRecorder({
  most: LONGEST,
  progress(level, seconds) {
    part("level").style.width = `${100 * level}%`;
    say(part("recording"), "recording", { seconds: Math.floor(seconds), most: LONGEST });
  },
  close() {
    part("level").style.width = "0";
    part("recording").replaceChildren();
    say(part("record"), "record_start");
  },
  finish: (file) => addFiles([file], "audio"), // whatever is chosen by then
});

async function startRecording() {
  try {
    if (!(await microphone.start())) return;
  } catch {
    sayWhy("microphone-why", "microphone_refused");
    showMicrophone();
    return;
  }
  say(part("record"), "record_stop");
  if (!part("record").checkVisibility()) microphone.stop(); // another source or part was chosen while the visitor was asked
}

function showMicrophone() {
  part("record").hidden = !hasMicrophone;
  part("microphone-stand-in").hidden = hasMicrophone && part("microphone-why").hidden;
}

addActions({ record: () => (microphone.isOn() ? microphone.stop() : startRecording()) });

if (!hasMicrophone) sayWhy("microphone-why", "microphone_insecure");
showMicrophone();
