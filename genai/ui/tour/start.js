// The button that begins a tab's tour. A step of the tour comes back here as the event "follow", because only a view of
// the tab itself can make the server set the tab's controls.
const tab = element.closest("[id$=-tour]").id.replace("-tour", "");
const begin = (name) => document.dispatchEvent(new CustomEvent("lab-tour", { detail: name }));
addActions({ tour: () => begin(tab), further: (button) => begin(button.dataset.tour) });
for (const { name, title } of props.value.tours) {
  const button = makeButton("further", { tour: name }, "");
  button.classList.add("lab-tour-start");
  setText(button, title);
  part("further").append(button);
  part("further").hidden = false;
}
element.addEventListener("follow", (event) => trigger("follow", { link: event.detail }));

// In another language the tab may begin with another model. It changes to that one where nobody has used the tab yet.
let isUsed = false;
const { openings } = props.value;
const panel = element.closest("[role=tabpanel]");
for (const kind of ["input", "click"]) {
  panel?.addEventListener(kind, (event) => {
    isUsed ||= event.isTrusted && Boolean(event.target.closest(".lab-settings"));
  });
}

function openInLanguage() {
  if (!element.isConnected) return languageChange.disconnect();
  const wanted = openings[document.documentElement.lang];
  const chosen = panel?.querySelector(`#${tab}-model input:checked`)?.value;
  const isOpened = document.querySelector(`#${tab}-view [data-link]`)?.dataset.link; // else an opening is on its way
  if (!isOpened || isUsed || !wanted || !chosen || chosen === wanted) return;
  if (!window.lab || window.lab.names(tab)) return; // the page's script finds the language first
  trigger("follow", { link: `?tab=${tab}&model=${wanted}` });
}

const languageChange = new MutationObserver(openInLanguage);
languageChange.observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
setTimeout(openInLanguage, 300); // the language may have changed while the tab was closed; its view is there then
