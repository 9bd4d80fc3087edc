// Guided tours. The step is in the address: Back and Forward walk through them, and a link opens one.

let tours; // once asked for
let step; // the one shown
let tab; // and whose it is
const past = {}; // by tab and number: what was answered, whether it was revealed, the numbers found

const query = () => new URLSearchParams(location.search);
const word = (name) => part("words").content.querySelector(`[data-word="${name}"]`).cloneNode(true);
const memory = () => (past[`${tab} ${step.number}`] ??= { answer: null, revealed: false, found: {} });

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

async function arrive() {
  const name = query().get("tour");
  if (name) tours ??= await server.tours({});
  if (query().get("tour") !== name) return; // gone on meanwhile
  const tour = name && tours[name];
  document.documentElement.classList.toggle("lab-touring", Boolean(tour));
  part("tour").hidden = !tour;
  turn++;
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

function draw() {
  const { answer, revealed, found } = memory();
  tell(part("step-title"), step.title);
  tell(part("question"), step.question);
  part("answers").replaceChildren(
    ...step.answers.map(({ text, happens }, n) => {
      const button = make("button");
      button.type = "button";
      Object.assign(button.dataset, { action: "answer", n });
      button.setAttribute("aria-pressed", String(answer === n));
      say(button, text);
      if (revealed && happens) button.append(word("happened"));
      return button;
    }),
  );
  part("skip").hidden = answer !== null;
  part("doing").hidden = part("revealing").hidden = answer === null;
  tell(part("task"), step.task);
  part("shows").replaceChildren(
    ...step.shows.map(({ name }, n) => {
      const button = make("button");
      button.type = "button";
      Object.assign(button.dataset, { action: "show", n });
      say(button, name);
      return button;
    }),
  );
  part("failed").hidden = true;
  part("ask").hidden = revealed;
  part("reveal").hidden = !revealed;
  part("reply").hidden = !step.answers[answer];
  if (step.answers[answer]) tell(part("reply"), step.answers[answer].reply);
  why(found);
}

function why(found) {
  part("why").replaceChildren(
    ...step.reveal.map((text) => {
      const paragraph = make("p");
      tell(paragraph, text, found);
      return paragraph;
    }),
  );
}

async function demonstrate(n) {
  const [shown, { found }] = [step, memory()];
  part("busy").hidden = false;
  part("failed").hidden = true;
  const whole = await perform(tab, step.shows[n], found);
  part("busy").hidden = true;
  if (shown !== step) return;
  part("failed").hidden = whole;
  why(found);
}

async function uncover() {
  const [shown, { found }] = [step, memory()];
  memory().revealed = true;
  draw();
  part("reveal").scrollIntoView({ block: "nearest" });
  if (Object.keys(found).length || !suits(step)) return;
  await read(step.shows[0], found);
  if (shown === step) why(found);
}

function answer(n) {
  memory().answer = n;
  draw();
  part("doing").scrollIntoView({ block: "nearest" });
  part("shows").firstChild.focus({ preventScroll: true });
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
  answer: (button) => answer(+button.dataset.n),
  skip: () => answer(-1),
  show: (button) => demonstrate(+button.dataset.n),
  step: (button) => walk(tab, button.dataset.number),
  previous: () => walk(tab, step.number - 1),
  next: () => walk(tab, step.number + 1),
  reveal: uncover,
  leave,
});
document.addEventListener("lab-tour", (event) => {
  keepTyped();
  walk(event.detail, 1);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !part("tour").hidden && !document.querySelector("dialog:modal")) leave();
});
// A modal picture would lock the tour: it stands beside the tour instead, until another one is clicked.
const picture = (modal) => !part("tour").hidden && document.querySelector(`.lab-view dialog${modal}`);
document.addEventListener("click", (event) => {
  const dialog = event.target.closest(".lab-view") && picture("[open]:not(:modal)");
  if (dialog && !dialog.contains(event.target)) dialog.close();
}, true); // prettier-ignore
document.addEventListener("click", () => {
  const dialog = picture(":modal");
  dialog && (dialog.close(), dialog.show());
});
new ResizeObserver(() => {
  document.documentElement.style.setProperty("--lab-sheet", `${part("tour").offsetHeight}px`);
}).observe(part("tour"));
window.addEventListener("popstate", returned);
arrive();
