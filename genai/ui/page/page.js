// Runs once when the page has loaded: language, links, keyboard. The server fills in the names of the tabs (NAMES), the
// first tab with models (WITH_MODELS), and live.js (LIVE_STREAM).
async () => {
  LIVE_STREAM;
  const TABS = NAMES;
  const FIRST_WITH_MODELS = "WITH_MODELS";
  const STORE = "genai-lab-language";
  const query = new URLSearchParams(location.search);

  // Gradio has no API to change the language, but its bundle exports the function that its own settings use.
  async function changeLocale(language) {
    const address = performance
      .getEntriesByType("resource")
      .map((entry) => entry.name)
      .find((name) => /assets\/core-[^/]*\.js/.test(name));
    if (address) (await import(address)).changeLocale(language);
  }

  const FREE = new Set(["tab", "lang", "__theme"]); // of an address that names no result
  const extras = {}; // of each tab, what its view adds to the link: an object of names and values
  const links = {}; // of each tab, the link of what it shows
  const tabButtons = () => [...document.querySelectorAll("#lab-tabs button[role=tab]")];
  const buttonOf = (tab) => tabButtons().find((button) => button.id === `tab-${tab}-button`);

  const tabOfTour = (query) => query.get("tour")?.split("-")[0]; // the name of a tour begins with that of its tab

  // Without a name in the address the page opens the first tab; an address that names a model, and no tab, is one of a
  // time when the first tab had models.
  function tabInAddress() {
    const now = new URLSearchParams(location.search);
    return now.get("tab") ?? tabOfTour(now) ?? (now.has("model") ? FIRST_WITH_MODELS : TABS[0]);
  }

  // While the page opens, Gradio selects the first tab and then that of the address, which must not be lost meanwhile.
  let hasClicked = false;
  document.addEventListener("click", () => (hasClicked = true), { capture: true });

  const lab = {
    // Parameters of an address that belong to no tab: they stay when another tab or result is opened.
    frame: ["__theme", "tour", "lesson", "step", "teacher", "lock"],

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
      const parameters = lab.frame.map((name) => [name, address.searchParams.get(name)]);
      address.search = `${link}&lang=${lab.language}`;
      for (const [name, value] of parameters) {
        if (value) address.searchParams.set(name, value);
      }
      const tab = address.searchParams.get("tab");
      for (const [name, value] of Object.entries(extras[tab] ?? {})) address.searchParams.set(name, value);
      return address;
    },

    // The address names the tab that is open, so that a reload stays there; Back opens the tab before.
    showTab(name) {
      if (hasClicked && tabInAddress() !== name) history.pushState(null, "", lab.address(links[name] ?? `tab=${name}`));
    },

    // Follow a link within the page, as if somebody had gone back to it. Returns false where the page has to be opened
    // anew: a part of the Learn tab reads what is to be shown in it only then.
    go(link) {
      const query = new URLSearchParams(link);
      if (query.get("tab") === "learn" && query.size > 1) return false;
      const address = new URL(location.href);
      const theme = address.searchParams.get("__theme");
      address.search = `${link}&lang=${lab.language}${theme ? `&__theme=${theme}` : ""}`;
      history.pushState(null, "", address);
      window.dispatchEvent(new PopStateEvent("popstate"));
      window.scrollTo(0, 0);
      return true;
    },

    // Open a part of the Learn tab. If that has not been laid out yet, it reads the address when it is.
    openPart(name, query = "") {
      const now = new URLSearchParams(location.search);
      const isThere = now.get("tab") === "learn" && now.get("part") === name && !query;
      links.learn = `tab=learn&part=${name}${query}`;
      if (!isThere) history.pushState(null, "", lab.address(links.learn));
      document.dispatchEvent(new CustomEvent("lab-open-part", { detail: name }));
      buttonOf("learn").click();
    },

    // Whether the visitor has chosen something in a tab, or the address names something for it or is that of its tour.
    names(tab) {
      const query = new URLSearchParams(location.search);
      const isOfTab = (query.get("tab") ?? tabOfTour(query)) === tab;
      return Boolean(links[tab]) || (isOfTab && (query.has("tour") || [...query.keys()].some((name) => !FREE.has(name))));
    },

    chooseModel(tab, model) {
      links[tab] = new URLSearchParams({ tab, model }).toString();
      history.replaceState(null, "", lab.address(links[tab]));
    },

    // A result may come when its visitor has gone on to another tab.
    keepAddress(link) {
      const tab = new URLSearchParams(link).get("tab");
      if (links[tab] === link) return; // a text grows by pieces, and browsers limit how often an address changes
      links[tab] = link;
      if (buttonOf(tab)?.ariaSelected !== "false") history.replaceState(null, "", lab.address(link));
    },

    // Keep what a view adds to the link of its tab, such as the pattern of a drum machine, in the address.
    keepExtras(tab, link, values) {
      if (!links[tab] && !Object.keys(values).length) return;
      extras[tab] = values;
      links[tab] = null;
      lab.keepAddress(link);
    },

    remember(link) {
      links[new URLSearchParams(link).get("tab")] = null; // the address may have been changed by hand
      lab.keepAddress(link);
      document.dispatchEvent(new CustomEvent("lab-result", { detail: link })); // for the tours
    },

    async copyLink(link, button) {
      const address = lab.address(link);
      for (const name of lab.frame) address.searchParams.delete(name);
      address.hash = ""; // a teacher's page has the token of a room there
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
  lab.watch = liveStream(() => window.gradio_config?.root ?? "");
  window.lab = lab;
  document.dispatchEvent(new CustomEvent("lab-ready")); // for views that were there first

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const button = [...document.querySelectorAll("button.lab-generate")].find((b) => b.offsetParent);
    if (!button) return;
    event.preventDefault();
    document.activeElement?.blur(); // a number box sends its value when it loses the focus
    setTimeout(() => button.click(), 50);
  });

  // Arrow keys move between tabs, as the pattern for tabs of WAI-ARIA asks.
  document.addEventListener("keydown", (event) => {
    const buttons = tabButtons().filter((button) => button.checkVisibility());
    const place = buttons.indexOf(event.target);
    const places = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: -1 };
    if (place < 0 || !(event.key in places)) return;
    event.preventDefault();
    const next = buttons.at(places[event.key] % buttons.length);
    next.focus();
    next.click();
  });

  // A long list shows the choice that came by a link or a tour; a chip that was clicked is in sight anyway.
  const shownChoices = new WeakMap(); // of each list
  document.addEventListener("lab-result", () => {
    for (const chip of document.querySelectorAll(".lab-label label:has(input:checked)")) {
      const list = chip.parentElement;
      const choice = chip.querySelector("input").value;
      if (!list.checkVisibility() || shownChoices.get(list) === choice) continue;
      shownChoices.set(list, choice);
      const frame = list.getBoundingClientRect();
      const place = chip.getBoundingClientRect();
      const isInSight = place.top >= frame.top && place.bottom <= frame.bottom;
      if (!isInSight) list.scrollTop += place.top - frame.top - (frame.height - place.height) / 2;
    }
  });

  window.addEventListener("popstate", () => buttonOf(tabInAddress())?.click());

  const isInAddress = query.get("lang")?.toLowerCase() === lab.language.toLowerCase();
  await lab.setLanguage(lab.language, isInAddress); // which language.js has chosen
}
