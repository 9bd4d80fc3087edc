// The part of the Learn tab: the teacher's panel is put here whenever the part is opened.

const place = () => window.lab.room.place(part("place"));
const placeWhenReady = () => (window.lab?.room ? place() : document.addEventListener("lab-room-ready", place, { once: true }));

document.getElementById("learn-class")?.addEventListener("lab-part-opened", placeWhenReady);
placeWhenReady();
