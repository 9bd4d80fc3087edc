// The panel of a tour, or of a lesson, beside the page. The view that it belongs to has showAddress(), which shows the
// step that the address names.

const query = () => new URLSearchParams(location.search);

// Hash and all: a teacher's page has the token of a room there.
function navigate(params) {
  const kept = [...query()].filter(([name]) => name === "lang" || name === "__theme");
  history.pushState(null, "", `?${new URLSearchParams([...params, ...kept])}${location.hash}`);
  return showAddress();
}

const stepInAddress = (steps) => Math.min(steps.length, Math.max(1, Math.trunc(query().get("step")) || 1));

// A button for each step, with "Step" and its title for screen readers.
function drawDots(steps) {
  part("dots").replaceChildren(
    ...steps.map(({ title }, n) => {
      const number = n + 1;
      const prefix = make("span", "lab-unseen");
      prefix.append(word("step"), " ");
      const name = make("span", "lab-unseen");
      setText(name, title);
      const button = makeButton("step", { number }, prefix, String(number), name);
      if (number === step.number) button.setAttribute("aria-current", "step");
      return makeItem(button);
    }),
  );
}

// Beside the page where there is room, else as a sheet below; the style sheet keeps that part of the page free.
function layOut() {
  const root = document.documentElement;
  const open = document.querySelector(".lab-tour:not([hidden])"); // of this view or another
  const beside = innerWidth >= WIDE;
  root.classList.toggle("lab-touring", Boolean(open));
  root.classList.toggle("lab-tour-beside", Boolean(open) && beside);
  part("tour").classList.toggle("beside", beside);
  root.style.setProperty("--lab-sheet", `${open?.offsetHeight ?? 0}px`);
}

// An enlarged picture in a modal dialog would block the tour: it is shown as a plain dialog instead, until a click
// elsewhere in the view closes it.
const pictureDialog = (state) => !part("tour").hidden && document.querySelector(`.lab-view dialog${state}`);
document.addEventListener("click", (event) => {
  const dialog = event.target.closest(".lab-view") && pictureDialog("[open]:not(:modal)");
  if (dialog && !dialog.contains(event.target)) dialog.close();
}, true);
document.addEventListener("click", () => {
  const dialog = pictureDialog(":modal");
  if (!dialog) return;
  dialog.close();
  dialog.show();
});
new ResizeObserver(layOut).observe(part("tour"));
window.addEventListener("resize", layOut);
