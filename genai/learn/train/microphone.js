// Sounds, recorded or from files. The browser converts them; the server cuts them at silences.

const RATE = 16_000;
const LONGEST = 30; // seconds of one recording
const hasMicrophone = Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);
let recorder = null;
let meter = null;

// One channel at 16,000 samples a second, whatever the file has.
async function decoded(blob) {
  const context = new OfflineAudioContext(1, 1, RATE);
  const sound = await context.decodeAudioData(await blob.arrayBuffer());
  const mean = new Float32Array(sound.length);
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    const values = sound.getChannelData(channel);
    for (let i = 0; i < mean.length; i++) mean[i] += values[i] / sound.numberOfChannels;
  }
  return mean;
}

async function soundItems(file) {
  let wave;
  try {
    wave = await decoded(file);
  } catch {
    throw phrase("no_sound");
  }
  const items = [];
  for (let start = 0; start < wave.length && items.length < 10; start += LONGEST * RATE) {
    items.push({ kind: "sound", value: samplesOf(wave.subarray(start, start + LONGEST * RATE)), name: file.name ?? "" });
  }
  if (!items.length) throw phrase("no_sound");
  return items;
}

function samplesOf(wave) {
  const samples = Int16Array.from(wave, (value) => Math.max(-1, Math.min(1, value)) * 32767);
  return asBase64(new Uint8Array(samples.buffer));
}

async function startRecording() {
  let stream;
  try {
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    stream = await navigator.mediaDevices.getUserMedia({ audio });
  } catch {
    sayWhy("microphone-why", "microphone_refused");
    showMicrophone();
    return;
  }
  const pieces = [];
  const started = performance.now();
  recorder = new MediaRecorder(stream);
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  recorder.onstop = async () => {
    const type = recorder.mimeType;
    endRecording(stream);
    await addFiles([new File(pieces, "", { type })]);
  };
  recorder.start();
  watchLevel(stream, started);
  say(part("record"), "record_stop");
}

function watchLevel(stream, started) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const values = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(values);
    const level = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    part("level").style.width = `${Math.min(100, 100 * Math.sqrt(level) * 1.5)}%`;
    const seconds = (performance.now() - started) / 1000;
    say(part("recording"), "recording", { seconds: Math.floor(seconds), most: LONGEST });
    if (seconds >= LONGEST) stopRecording();
  }, 100);
  meter = () => {
    clearInterval(timer);
    context.close();
  };
}

function stopRecording() {
  if (recorder?.state === "recording") recorder.stop();
}

function endRecording(stream) {
  meter?.();
  meter = recorder = null;
  stream.getTracks().forEach((track) => track.stop());
  part("level").style.width = "0";
  part("recording").replaceChildren();
  say(part("record"), "record_start");
}

function showMicrophone() {
  part("record").hidden = !hasMicrophone;
  part("microphone-stand-in").hidden = hasMicrophone && part("microphone-why").hidden;
}

addActions({ record: () => (recorder ? stopRecording() : startRecording()) });

if (!hasMicrophone) sayWhy("microphone-why", "microphone_insecure");
showMicrophone();
