// Runs once when the page has loaded: language (the server fills in the one that it was started with), links, keyboard.
async () => {
  const LANGUAGES = ["en", "zh-CN"];
  const STORE = "genai-lab-language";
  const query = new URLSearchParams(location.search);
  const supported = (language) => LANGUAGES.find((l) => l.toLowerCase() === String(language).toLowerCase());
  const storedLanguage = () => {
    try {
      return localStorage.getItem(STORE);
    } catch {
      return null; // no storage in this browser: the choice lasts until the page is closed
    }
  };
  const browserLanguage = () => (navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en");

  // Gradio has no API to change the language, but its bundle exports the function that its own settings use.
  async function changeLocale(language) {
    const address = performance
      .getEntriesByType("resource")
      .map((entry) => entry.name)
      .find((name) => /assets\/core-[^/]*\.js/.test(name));
    if (address) (await import(address)).changeLocale(language);
  }

  const lab = {
    get language() {
      return document.documentElement.lang;
    },

    async setLanguage(language, store = true) {
      document.documentElement.lang = language;
      document.title = { en: "Generative AI Lab", "zh-CN": "生成式 AI 实验室" }[language];
      if (store) {
        try {
          localStorage.setItem(STORE, language);
        } catch {
          // no storage in this browser
        }
        const address = new URL(location.href);
        if (address.searchParams.has("lang")) {
          address.searchParams.set("lang", language);
          history.replaceState(null, "", address);
        }
      }
      await changeLocale(language);
    },

    address(link) {
      const address = new URL(location.href);
      const parameters = ["__theme", "tour", "step"].map((name) => [name, address.searchParams.get(name)]);
      address.search = `${link}&lang=${lab.language}`;
      for (const [name, value] of parameters) {
        if (value) address.searchParams.set(name, value);
      }
      return address;
    },

    remember(link) {
      history.replaceState(null, "", lab.address(link));
      document.dispatchEvent(new CustomEvent("lab-result", { detail: link })); // for the tours
    },

    async copyLink(link, button) {
      const address = lab.address(link);
      for (const name of ["__theme", "tour", "step"]) address.searchParams.delete(name);
      history.replaceState(null, "", lab.address(link));
      let copied = true;
      try {
        await navigator.clipboard.writeText(address.toString()); // https and localhost only
      } catch {
        copied = lab.copyWithoutClipboard(address.toString());
      }
      button.dataset.copied = copied ? "yes" : "no";
      setTimeout(() => delete button.dataset.copied, 2500);
    },

    copyWithoutClipboard(text) {
      const box = document.createElement("textarea");
      box.value = text;
      document.body.append(box);
      box.select();
      const copied = document.execCommand("copy");
      box.remove();
      return copied;
    },
  };
  window.lab = lab;

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const button = [...document.querySelectorAll("button.lab-generate")].find((b) => b.offsetParent);
    if (!button) return;
    event.preventDefault();
    document.activeElement?.blur(); // a number box sends its value when it loses the focus
    setTimeout(() => button.click(), 50);
  });

  const inAddress = supported(query.get("lang"));
  const language = inAddress ?? supported(storedLanguage()) ?? supported("FALLBACK") ?? browserLanguage();
  await lab.setLanguage(language, Boolean(inAddress));
}
