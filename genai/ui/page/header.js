const buttons = [...element.querySelectorAll("[data-language]")];
const mark = () =>
  buttons.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.language === document.documentElement.lang)));

act({
  async language(button) {
    await window.lab.setLanguage(button.dataset.language);
    trigger("language"); // the titles of closed tabs are translated by the server only
  },
});
new MutationObserver(mark).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
mark();
