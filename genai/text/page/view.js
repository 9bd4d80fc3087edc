show((value, isNew) => {
  const page = part("page");
  const following = page.scrollTop + page.clientHeight >= page.scrollHeight - 40;
  part("prompt").textContent = value.prompt;
  part("written").textContent = value.written;
  part("human").hidden = !value.prompt;
  const count = [...value.written].length;
  part("count").textContent = count;
  part("many").hidden = count === 1;
  part("one").hidden = count !== 1;
  part("stopped").hidden = !value.stopped;
  if (isNew && value.asked) readPasted(null); // a new text was asked for: show it
  keepPace(value, isNew);
  updateXray();
  updateBeside();
  if (!writing.active) showStrip();
  drawOdds();
  if (!value.running || writing.active) return;
  if (following) page.scrollTop = page.scrollHeight;
}, cutLength);

// A shorter text is the beginning of a longer one: the link asks for as many characters as there are, and no more.
function cutLength(value) {
  const characters = [...value.written];
  const count = writing.active ? writtenCount() : characters.length; // what was seen when Stop was pressed
  const written = characters.slice(0, count).join("");
  const length = Math.max(1, count);
  const link = value.link.replace(/([?&]length=)\d+/, `$1${length}`).replace(/&finish=1\b/, "");
  return { ...value, written, link };
}

addActions({
  download() {
    const { prompt, written, footer, file } = current;
    saveBlob(new Blob([prompt + written + footer], { type: "text/plain;charset=utf-8" }), file);
  },
});
