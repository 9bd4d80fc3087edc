// Fool the discriminator: phones drag through the seed plane; the screen shows the class's best pictures.

renderers.fool = (() => {
  const WAIT_MS = 700; // between two questions of a dragging finger: sixty phones stay within the server's limit
  const LAST = 7;
  const STEP = { ArrowLeft: [-0.25, 0], ArrowRight: [0.25, 0], ArrowUp: [0, -0.25], ArrowDown: [0, 0.25] };
  // Taken at once: the phone may be shown within another view later.
  const pad = part("fool-pad");
  const marks = part("fool-phone-marks");
  const drag = { point: null, wanted: null, isBusy: false, isOver: false };

  const placeWords = ({ place, score }) =>
    place === null ? phrase("fool_score", { score: decimal(score) }) : phrase("fool_place", { count: Math.round(100 * place), score: decimal(score) });

  function mark(svg, points) {
    svg.replaceChildren(...points.flatMap(({ x, y }, place) => ["under", "here"].map((name) => makeSvg("circle", { cx: x, cy: y, r: place ? 0.22 : 0.38, class: name }))));
  }

  function setSource(image, source) {
    if (image.getAttribute("src") !== source) image.src = source;
  }

  function showScreen(screen, element, room) {
    setSource(part("fool-map", element), fileAddress(screen.map));
    mark(part("fool-marks", element), screen.best);
    const values = { title: screen.title, label: screen.label ?? "" };
    say(part("fool-title", element), screen.label ? "fool_title_label" : "fool_title", values);
    part("fool-best", element).replaceChildren(...screen.best.map(bestItem));
    say(part("fool-count", element), "fool_count", { phones: screen.answered, seats: room.seats, tries: screen.tries });
    part("fool-finish", element).hidden = screen.phase === "over";
    part("fool-resume", element).hidden = screen.phase !== "over";
  }

  function bestItem(one, place) {
    const item = make("li", "lab-fool-item");
    const image = makeImage(fileAddress(one.picture));
    const words = said("span", "", placeWords(one));
    words.prepend(make("b", "", `${place + 1}. `));
    item.append(image, words);
    return item;
  }

  function showPhone(screen, own, element) {
    drag.isOver = screen.phase === "over";
    setSource(part("fool-phone-map", element), fileAddress(screen.map));
    part("fool-pad", element).classList.toggle("is-over", drag.isOver);
    showTry(element, "fool-last", "fool-last-said", own.last);
    showTry(element, "fool-own-best", "fool-best-said", own.best);
    const rank = part("fool-rank", element);
    rank.hidden = !own.rank || Boolean(alone.key);
    if (own.rank) say(rank, drag.isOver ? "fool_rank_over" : "fool_rank", { rank: own.rank, phones: screen.answered });
    const chance = part("fool-chance", element);
    chance.hidden = !screen.chance;
    if (screen.chance) say(chance, "fool_chance", { middle: Math.round(100 * screen.chance.middle), best: Math.round(100 * screen.chance.best) });
    drag.point ??= own.last ? [own.last.x, own.last.y] : null;
    showPoint();
  }

  function showTry(element, picture, words, one) {
    part(picture, element).hidden = !one;
    if (one) setSource(part(picture, element), one.picture);
    setText(part(words, element), one ? placeWords(one) : phrase("fool_none"));
  }

  const showPoint = () => mark(marks, drag.point ? [{ x: drag.point[0], y: drag.point[1] }] : []);
  const within = (value) => Math.min(LAST, Math.max(0, Math.round(value * 1000) / 1000));

  // Send the newest point; while an answer is awaited, and for a while after it, later ones wait.
  async function send() {
    if (drag.isBusy || !drag.wanted) return;
    drag.isBusy = true;
    const point = drag.wanted;
    drag.wanted = null;
    try {
      await Promise.all([sendAnswer(point), new Promise((resolve) => setTimeout(resolve, WAIT_MS))]);
    } finally {
      drag.isBusy = false;
    }
    send();
  }

  function goTo(point) {
    if (drag.isOver) return;
    drag.point = point;
    drag.wanted = point;
    showPoint();
    send();
  }

  function pointUnder(event) {
    const box = pad.getBoundingClientRect();
    return [within(((event.clientX - box.left) / box.width) * (LAST + 1) - 0.5), within(((event.clientY - box.top) / box.height) * (LAST + 1) - 0.5)];
  }

  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId);
    goTo(pointUnder(event));
  });
  pad.addEventListener("pointermove", (event) => pad.hasPointerCapture(event.pointerId) && goTo(pointUnder(event)));
  pad.addEventListener("keydown", (event) => {
    const step = STEP[event.key];
    if (!step) return;
    event.preventDefault();
    goTo((drag.point ?? [LAST / 2, LAST / 2]).map((value, axis) => within(value + step[axis])));
  });

  function show(element) {
    const buttons = props.value.models.image.map(({ name, title }) => modelButton(element, name, title));
    part("fool-models", element).replaceChildren(...buttons);
    buttons[0]?.setAttribute("aria-pressed", true);
    part("fool-start", element).disabled = !buttons.length;
  }

  function modelButton(element, name, title) {
    const button = said("button", "", title);
    Object.assign(button, { type: "button" });
    button.dataset.name = name;
    button.setAttribute("aria-pressed", false);
    button.addEventListener("click", () => {
      for (const other of part("fool-models", element).children) other.setAttribute("aria-pressed", other === button);
    });
    return button;
  }

  const settings = (element) => ({ model: part("fool-models", element).querySelector('[aria-pressed="true"]').dataset.name });

  return { showScreen, showPhone, settings, show };
})();
