const buttons = [...element.querySelectorAll("[data-language]")];

function markLanguage() {
  for (const button of buttons) {
    const isCurrent = button.dataset.language === document.documentElement.lang;
    button.setAttribute("aria-pressed", String(isCurrent));
  }
}

addActions({
  async language(button) {
    await window.lab.setLanguage(button.dataset.language);
    trigger("language"); // only the server translates the titles of closed tabs
  },
});
new MutationObserver(markLanguage).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
markLanguage();
