// Guided tours. The step is in the address: Back and Forward walk through them, and a link opens one.

let tours; // once asked for

const query = () => new URLSearchParams(location.search);

function go(pairs) {
  const kept = [...query()].filter(([name]) => name === "lang" || name === "__theme");
  history.pushState(null, "", `?${new URLSearchParams([...pairs, ...kept])}`);
  return arrive();
}

const walk = (name, number) => go([["tour", name], ["step", number]]);

// What was typed and not generated yet goes into the address that Back returns to.
function keepTyped() {
  const typed = document.querySelector("#text-prompt textarea")?.value;
  if (typed === undefined || typed === document.querySelector("#text-view [data-part=prompt]")?.textContent) return;
  const address = new URL(location.href);
  const model = document.querySelector("#text-model input:checked")?.value;
  const named = { tab: "text", model: address.searchParams.get("model") ?? model, prompt: typed };
  for (const [name, value] of Object.entries(named)) if (value) address.searchParams.set(name, value);
  history.replaceState(null, "", address);
}

// Beside the page where there is room, else a sheet below; the style sheet leaves that much of the page free.
function place() {
  const { classList, style } = document.documentElement;
  const [there, beside] = [!part("tour").hidden, innerWidth >= BESIDE];
  classList.toggle("lab-touring", there);
  classList.toggle("lab-beside", there && beside);
  part("tour").classList.toggle("beside", beside);
  style.setProperty("--lab-sheet", `${part("tour").offsetHeight}px`);
}

async function arrive() {
  const name = query().get("tour");
  if (name !== null) tours ??= await server.tours({});
  if (query().get("tour") !== name) return; // gone on meanwhile
  const tour = name !== null && Object.hasOwn(tours, name) && tours[name];
  part("tour").hidden = !tour;
  place();
  turn++;
  shut();
  point(null);
  if (!tour) return;
  const number = Math.min(tour.steps.length, Math.max(1, Math.trunc(query().get("step")) || 1));
  tab = name;
  step = { ...tour.steps[number - 1], number };
  select(tab);
  say(part("tour-name"), tour.title);
  dots(tour.steps);
  draw();
  part("step").scrollTop = 0;
  part("step-title").focus({ preventScroll: true });
}

function dots(steps) {
  part("dots").replaceChildren(
    ...steps.map(({ title }, n) => {
      const [entry, button, name] = [make("li"), make("button"), make("span", "lab-unseen")];
      button.type = "button";
      Object.assign(button.dataset, { action: "step", number: n + 1 });
      if (n + 1 === step.number) button.setAttribute("aria-current", "step");
      const words = make("span");
      say(words, title);
      name.append(word("step"), " ");
      button.append(name, String(n + 1), Object.assign(words, { className: "lab-unseen" }));
      entry.append(button);
      return entry;
    }),
  );
  part("previous").disabled = step.number === 1;
  part("next").disabled = step.number === steps.length;
}

function leave() {
  const link = new URLSearchParams(latest);
  go(link.get("tab") === tab ? [...link] : [["tab", tab]]);
  document.querySelector(`#${tab}-tour [data-action=tour]`)?.focus();
}

// Back to an address that names a result: make it again, unless it is the one that was made last.
function returned() {
  const link = query();
  for (const name of ["tour", "step", "lang", "__theme"]) link.delete(name);
  const asked = link.get("tab") && link.size > 2 && link.toString() !== new URLSearchParams(latest).toString();
  arrive();
  if (asked) follow(link.get("tab"), `?${link}`);
}

act({
  step: (button) => walk(tab, button.dataset.number),
  previous: () => walk(tab, step.number - 1),
  next: () => walk(tab, step.number + 1),
  leave,
});
document.addEventListener("lab-tour", (event) => {
  keepTyped();
  walk(event.detail, 1);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || part("tour").hidden || document.querySelector("dialog:modal")) return;
  if (picture("[open]")) shut();
  else leave();
});
// A modal picture would lock the tour: it stands beside the tour instead, until another one is clicked.
const picture = (modal) => !part("tour").hidden && document.querySelector(`.lab-view dialog${modal}`);
document.addEventListener("click", (event) => {
  const dialog = event.target.closest(".lab-view") && picture("[open]:not(:modal)");
  if (dialog && !dialog.contains(event.target)) dialog.close();
}, true);
document.addEventListener("click", () => {
  const dialog = picture(":modal");
  if (!dialog) return;
  dialog.close();
  dialog.show();
});
new ResizeObserver(place).observe(part("tour"));
window.addEventListener("resize", place);
window.addEventListener("popstate", returned);
arrive();
