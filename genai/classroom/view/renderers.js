// How each activity looks, by its name. The script of an activity enters itself:
//
//   showScreen(screen, element, room): the teacher's screen. `screen` is what the activity publishes, `room` the whole
//     state of the room, with the number of its seats.
//   showPhone(screen, own, element): a phone; `own` is what only it sees, {} until that is known. A button calls
//     `sendAnswer(value)`.
//   settings(element): what the activity is to be started with, where its set-up has a button that says data-start.
//   show(element), which may be left out: called once when the set-up is shown for the first time.
//
// Its HTML has an element for each: data-screen, data-phone and data-setup, with the name. A button of the screen with
// data-act="reveal" (and perhaps data-value) is one of the teacher's.
const renderers = {};

// The element of an activity within its area; all others there are hidden.
function areaOf(kind, name, area) {
  for (const node of area.querySelectorAll(`:scope > [data-${kind}]`)) node.hidden = node.dataset[kind] !== name;
  return area.querySelector(`:scope > [data-${kind}="${name}"]`);
}

// Move the elements of all activities from the shelf to where they are shown.
function arrange(kind, area) {
  for (const node of part("shelf").querySelectorAll(`[data-${kind}]`)) {
    node.hidden = true;
    area.append(node);
  }
}

// Call the function that a button in an area names, by data-press.
function listen(area, presses) {
  area.addEventListener("click", (event) => {
    const button = event.target.closest("[data-press]");
    if (button && area.contains(button)) presses[button.dataset.press]?.(button);
  });
}

const pageAddress = () => location.origin + location.pathname;
