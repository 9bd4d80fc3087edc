// Photographs. Browsers give the camera to secure pages only, and only if the visitor agrees: else a file input that
// opens the phone's own camera stands in.

const HOLD_MS = 500; // between two pictures while the button is held

const hasCamera = Boolean(navigator.mediaDevices?.getUserMedia);
let stream = null;
let holding = null;

function showCamera(isOpen) {
  part("camera").hidden = part("shoot").hidden = part("close-camera").hidden = !isOpen;
  part("open-camera").hidden = isOpen || !hasCamera;
  part("camera-stand-in").hidden = isOpen || (hasCamera && part("camera-why").hidden);
}

function sayWhy(name, key) {
  part(name).hidden = false;
  say(part(name), key);
}

function closeCamera() {
  clearInterval(holding);
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  part("camera").srcObject = null;
  showCamera(false);
}

async function shoot() {
  const video = part("camera");
  if (!video.videoWidth) return;
  await addItems([{ kind: "picture", value: squareOf(video, video.videoWidth, video.videoHeight), name: "" }]);
}

addActions({
  async openCamera() {
    const button = part("open-camera");
    if (button.disabled) return; // a second press would open a second stream, which nobody stops
    button.disabled = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      sayWhy("camera-why", "camera_refused");
      showCamera(false);
      return;
    } finally {
      button.disabled = false;
    }
    if (!button.checkVisibility()) return closeCamera(); // another source or part was chosen while the visitor was asked
    part("camera").srcObject = stream;
    await part("camera").play().catch(() => null); // it was closed meanwhile
    if (!stream) return;
    showCamera(true);
    part("shoot").focus();
  },
  closeCamera,
});

part("shoot").addEventListener("pointerdown", () => {
  shoot();
  clearInterval(holding); // of a second finger
  holding = setInterval(shoot, HOLD_MS);
});
for (const name of ["pointerup", "pointerleave", "pointercancel"]) {
  part("shoot").addEventListener(name, () => clearInterval(holding));
}
part("shoot").addEventListener("click", (event) => {
  if (!event.detail) shoot(); // by a key
});

if (!hasCamera) sayWhy("camera-why", "camera_insecure");
showCamera(false);
