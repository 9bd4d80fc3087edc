// Guided tours. The step is in the address, so that Back and Forward walk through the steps, and a link opens one.

let tours; // once they were asked for
let shownTour; // the name of the tour shown
let tab; // in which it takes place

const goToStep = (name, number) => navigate([["tour", name], ["step", number]]);

// Put a prompt that was typed and not yet generated from into the address, so that Back returns to it.
function keepPrompt() {
  const prompt = document.querySelector("#text-prompt textarea")?.value;
  const generated = document.querySelector("#text-view [data-part=prompt]")?.textContent;
  if (prompt === undefined || prompt === generated) return;
  const address = new URL(location.href);
  const model = address.searchParams.get("model") ?? document.querySelector("#text-model input:checked")?.value;
  for (const [name, value] of Object.entries({ tab: "text", model, prompt })) {
    if (value) address.searchParams.set(name, value);
  }
  history.replaceState(null, "", address);
}

// Show the step that the address names, or no tour.
async function showAddress() {
  const name = query().get("tour");
  if (name !== null) tours ??= unlessRefused(await server.tours({}));
  if (query().get("tour") !== name) return; // the address has changed meanwhile
  const tour = name !== null && tours && Object.hasOwn(tours, name) && tours[name];
  part("tour").hidden = !tour;
  layOut();
  demonstration++; // cancels the one being shown
  pointAt(null);
  if (!tour) return closeDialog();
  const number = stepInAddress(tour.steps);
  shownTour = name;
  tab = name.split("-")[0];
  step = { ...tour.steps[number - 1], number, key: `${name} ${number}` };
  selectTab(tab);
  resetPlace({ tab }); // an earlier step may have left it unfolded
  setText(part("tour-name"), tour.title);
  drawDots(tour.steps);
  drawEnd(tour.steps);
  drawStep();
  part("step").scrollTop = 0;
  part("step-title").focus({ preventScroll: true });
}

// At the last step the way on is out of the tour, or to the next one; after the last tour comes the first.
function drawEnd(steps) {
  const isLast = step.number === steps.length;
  part("previous").disabled = step.number === 1;
  part("next").hidden = isLast;
  part("finish").hidden = part("end").hidden = !isLast;
  const isHere = (name) => !tours[name].model || document.querySelector(`#${name.split("-")[0]}-model input[value="${tours[name].model}"]`);
  const names = Object.keys(tours).filter(isHere);
  const name = names[(names.indexOf(shownTour) + 1) % names.length];
  const title = make("span");
  setText(title, tours[name].title);
  part("next-tour").dataset.tour = name;
  part("next-tour").replaceChildren(word("next-tour"), title);
}

function leave() {
  const params = new URLSearchParams(lastLink());
  navigate(params.get("tab") === tab ? [...params] : [["tab", tab]]);
  document.querySelector(`#${tab}-tour [data-action=tour]`)?.focus();
}

// Back or Forward to an address that names a result: generate it again, unless it is the last one generated.
function onPopState() {
  if (!window.lab) return; // the page is still being built, and reads the address when it is ready
  const params = query();
  for (const name of ["lang", ...window.lab.frame]) params.delete(name);
  const namesResult = params.get("tab") && params.size > 2;
  const isLast = params.toString() === new URLSearchParams(lastLink()).toString();
  showAddress();
  if (namesResult && !isLast) followLink({ tab: params.get("tab") }, `?${params}`);
}

addActions({
  step: (button) => goToStep(shownTour, button.dataset.number),
  previous: () => goToStep(shownTour, step.number - 1),
  next: () => goToStep(shownTour, step.number + 1),
  tour: (button) => goToStep(button.dataset.tour, 1),
  leave,
});
document.addEventListener("lab-tour", (event) => {
  keepPrompt();
  goToStep(event.detail, 1);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || part("tour").hidden || document.querySelector("dialog:modal")) return;
  if (pictureDialog("[open]")) closeDialog();
  else leave();
});
window.addEventListener("popstate", onPopState);
showAddress();
