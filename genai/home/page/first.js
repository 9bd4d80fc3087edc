// Runs before Gradio's scripts: the first picture stays on an address that opens Home, until that is drawn.
const first = document.getElementById("lab-first");
const query = new URLSearchParams(location.search);
const isHome = (query.get("tab") ?? "home") === "home" && [...query.keys()].every((name) => ["tab", "lang", "__theme"].includes(name));
if (isHome) {
  const theme = query.get("__theme") ?? "system";
  const isDark = theme === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
  first.classList.toggle("dark", isDark);
  const style = document.createElement("style");
  style.textContent = window.gradio_config?.css ?? "";
  first.append(style);
} else first.remove();
