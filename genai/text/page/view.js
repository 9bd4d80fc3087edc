show((value, isNew) => {
  const page = part("page");
  const following = page.scrollTop + page.clientHeight >= page.scrollHeight - 40;
  part("prompt").textContent = value.prompt;
  part("written").textContent = value.written;
  part("human").hidden = !value.prompt;
  part("count").textContent = [...value.written].length;
  part("stopped").hidden = !value.stopped;
  if (isNew && value.asked) readPasted(null); // a new text was asked for: show it
  updateXray();
  showStrip();
  drawOdds();
  if (!value.running) return;
  if (following) page.scrollTop = page.scrollHeight;
}, cutLength);

// A shorter text is the beginning of a longer one: the link asks for as many characters as there are, and no more.
function cutLength(value) {
  const length = Math.max(1, [...value.written].length);
  const link = value.link.replace(/([?&]length=)\d+/, `$1${length}`).replace(/&finish=1\b/, "");
  return { ...value, link };
}

addActions({
  download() {
    const { prompt, written, footer, file } = current;
    saveBlob(new Blob([prompt + written + footer], { type: "text/plain;charset=utf-8" }), file);
  },
});
