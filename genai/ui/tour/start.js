// The button that begins a tab's tour. A tour's step comes back here as the event "follow": only a view of the tab
// itself can have the server set the tab's controls.
const tab = element.closest("[id$=-tour]").id.replace("-tour", "");
act({ tour: () => document.dispatchEvent(new CustomEvent("lab-tour", { detail: tab })) });
element.addEventListener("follow", (event) => trigger("follow", { link: event.detail }));
