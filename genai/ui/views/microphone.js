// Sounds, recorded or from files, in the form that the server reads: the browser decodes and converts them.

const SOUND_RATE = 16_000;
const hasMicrophone = Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);

// One channel at 16,000 samples a second, whatever the file has. Rejects where it is no sound.
async function decodeSound(blob) {
  const context = new OfflineAudioContext(1, 1, SOUND_RATE);
  const sound = await context.decodeAudioData(await blob.arrayBuffer());
  const mean = new Float32Array(sound.length);
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    const values = sound.getChannelData(channel);
    for (let i = 0; i < mean.length; i++) mean[i] += values[i] / sound.numberOfChannels;
  }
  return mean;
}

// A wave in [-1, 1] as 16-bit samples in base64.
function samplesOf(wave) {
  const samples = Int16Array.from(wave, (value) => Math.max(-1, Math.min(1, value)) * 32767);
  return asBase64(new Uint8Array(samples.buffer));
}

// The microphone of a view. `progress(level, seconds)` is called ten times a second, level in 0 to 1; `finish(file)`
// when the recording has ended, by stop() or after `most` seconds; `close()` before that, when the microphone is off.
function makeRecorder({ most, progress, close, finish }) {
  let recorder = null;
  let endMeter = null;
  let isStarting = false; // while the browser asks the visitor

  // True once it records; false where it does or is starting already, since nobody would stop a second stream. Rejects
  // where the microphone is not given.
  async function start() {
    if (isStarting || recorder) return false;
    isStarting = true;
    let stream;
    try {
      const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      stream = await navigator.mediaDevices.getUserMedia({ audio });
    } finally {
      isStarting = false;
    }
    const pieces = [];
    recorder = new MediaRecorder(stream);
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    recorder.onstop = () => {
      const type = recorder.mimeType;
      endMeter();
      recorder = null;
      stream.getTracks().forEach((track) => track.stop());
      close();
      finish(new File(pieces, "", { type }));
    };
    recorder.start();
    endMeter = watchLevel(stream);
    return true;
  }

  function watchLevel(stream) {
    const started = performance.now();
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const values = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(values);
      const level = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
      const seconds = (performance.now() - started) / 1000;
      progress(Math.min(1, 1.5 * Math.sqrt(level)), seconds);
      if (seconds >= most) stop();
    }, 100);
    return () => {
      clearInterval(timer);
      context.close();
    };
  }

  function stop() {
    if (recorder?.state === "recording") recorder.stop();
  }

  return { start, stop, isOn: () => Boolean(recorder) };
}
