// The button that begins a tab's tour. A step of the tour comes back here as the event "follow", because only a view of
// the tab itself can make the server set the tab's controls.
const tab = element.closest("[id$=-tour]").id.replace("-tour", "");
addActions({ tour: () => document.dispatchEvent(new CustomEvent("lab-tour", { detail: tab })) });
element.addEventListener("follow", (event) => trigger("follow", { link: event.detail }));
