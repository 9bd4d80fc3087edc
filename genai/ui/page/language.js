// Runs before all other scripts: chooses the language of the page. Gradio asks the browser for its language once, when
// it starts; a change later does not reach components that are being loaded just then. The server fills in the
// language that it was started with (FALLBACK).
(() => {
  const LANGUAGES = ["en", "zh-CN"];
  const supported = (language) => LANGUAGES.find((l) => l.toLowerCase() === String(language).toLowerCase());
  const stored = () => {
    try {
      return localStorage.getItem("genai-lab-language");
    } catch {
      return null; // no storage in this browser: the choice lasts until the page is closed
    }
  };
  const inAddress = new URLSearchParams(location.search).get("lang");
  const ofBrowser = navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
  const language = supported(inAddress) ?? supported(stored()) ?? supported("FALLBACK") ?? ofBrowser;
  document.documentElement.lang = language;
  Object.defineProperty(navigator, "language", { value: language, configurable: true });
})();
