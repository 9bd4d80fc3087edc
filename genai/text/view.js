show((value) => {
  const page = part("page");
  const following = page.scrollTop + page.clientHeight >= page.scrollHeight - 40;
  part("prompt").textContent = value.prompt;
  part("written").textContent = value.written;
  part("human").hidden = !value.prompt;
  part("count").textContent = [...value.written].length;
  part("stopped").hidden = !value.stopped;
  if (!value.running) return;
  if (following) page.scrollTop = page.scrollHeight;
});

act({
  download() {
    const { prompt, written, file } = current;
    saveBlob(new Blob([prompt + written], { type: "text/plain;charset=utf-8" }), file);
  },
});
