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

// A link of another place of the page begins a game for one person: ?tab=learn&part=class&alone=NAME
// The next letter is asked for in a text of the page's language.
const nameInAddress = new URLSearchParams(location.search).get("alone");
const isOfPoems = nameInAddress === "letters" && document.documentElement.lang.startsWith("zh");
const gameInAddress = gameOf(isOfPoems ? "poems" : nameInAddress);
if (gameInAddress) playAlone(gameInAddress);
