// The room of a class: the teacher's panel, which other places of the page put where they want it, and the phone.

const codeInAddress = new URLSearchParams(location.search).get("room")?.trim().toUpperCase();
if (codeInAddress) joinRoom(codeInAddress);
