// The room of a class: the teacher's panel, which other places of the page put where they want it, and the phone.

const codeInAddress = () => new URLSearchParams(location.search).get("room")?.trim().toUpperCase();

window.addEventListener("popstate", () => {
  const code = codeInAddress();
  const isPhone = document.documentElement.classList.contains("lab-in-room");
  if (code && code !== pupil.code) joinRoom(code);
  else if (!code && isPhone) {
    leaveRoom();
    showPhone(false);
  }
});

if (codeInAddress()) joinRoom(codeInAddress());
