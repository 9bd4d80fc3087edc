// A question with answers: bars on the screen, a button for each answer on the phone.

renderers.poll = (() => {
  const LETTERS = "ABCDEF";
  // In a tour's text [[key|words]] opens the glossary; here the words are enough.
  const plain = (text) => Object.fromEntries(Object.entries(text).map(([language, words]) => [language, words.replace(/\[\[[^|\]]*\|([^\]]*)\]\]/g, "$1")]));

  function barOf(screen, index) {
    const { answers, counts, bounds, before, right, answered } = screen;
    const item = make("li", `lab-poll-bar${right === index ? " is-right" : ""}`);
    const label = said("span", "lab-poll-label", answers[index]);
    label.prepend(make("b", "", `${LETTERS[index]} `));
    if (right === index) label.append(" ", said("em", "", phrase("poll_right")));
    const track = make("div", "lab-poll-track");
    const share = answered ? counts[index] / answered : 0;
    track.append(strip("lab-poll-fill", 0, share));
    if (before) track.append(strip("lab-poll-before", 0, before[index] / Math.max(1, sum(before))));
    if (bounds) track.append(strip("lab-poll-interval", ...bounds[index]));
    item.append(label, track, make("span", "lab-poll-count", answered ? `${counts[index]} · ${percent(share, 0)}` : "0"));
    return item;
  }

  const sum = (numbers) => numbers.reduce((one, other) => one + other, 0);

  function strip(className, low, high) {
    const node = make("i", className);
    node.style.left = `${100 * low}%`;
    node.style.width = `${100 * (high - low)}%`;
    return node;
  }

  function showScreen(screen, element, room) {
    setText(part("poll-question", element), screen.question);
    part("poll-bars", element).replaceChildren(...screen.answers.map((_, index) => barOf(screen, index)));
    say(part("poll-answered", element), "poll_answered", { answered: screen.answered, seats: room.seats });
    part("poll-reveal", element).hidden = screen.phase === "shown";
  }

  function showPhone(screen, own, element) {
    setText(part("poll-asked", element), screen.question);
    const choices = part("poll-choices", element);
    if (choices.dataset.answers !== JSON.stringify(screen.answers)) {
      choices.dataset.answers = JSON.stringify(screen.answers);
      choices.replaceChildren(...screen.answers.map(choiceButton));
    }
    const isShown = screen.phase === "shown";
    for (const [index, button] of [...choices.children].entries()) {
      button.setAttribute("aria-pressed", own.choice === index);
      button.disabled = isShown;
      button.classList.toggle("is-right", screen.right === index);
    }
    setText(part("poll-said", element), saidBelow(screen, own, isShown));
  }

  function choiceButton(text, index) {
    const button = said("button", "", text);
    button.type = "button";
    button.prepend(make("b", "", `${LETTERS[index]} `));
    button.addEventListener("click", () => sendAnswer(index));
    return button;
  }

  function saidBelow(screen, own, isShown) {
    if (own.choice === null || own.choice === undefined) return phrase(isShown ? "poll_over" : "poll_choose");
    if (!isShown) return phrase("poll_counted");
    return own.reply ?? phrase(screen.right === null ? "poll_over" : own.choice === screen.right ? "poll_was_right" : "poll_was_wrong");
  }

  // The questions of the tours, to ask at a press.
  async function show(element) {
    const tours = await server.tours({});
    const lists = Object.values(tours).map(({ title, steps }) => {
      const list = make("details", "lab-poll-list");
      list.append(said("summary", "", title), ...steps.filter(({ question }) => question).map(readyButton));
      return list;
    });
    part("poll-ready", element).append(...lists);
  }

  function readyButton({ question, answers }) {
    const button = said("button", "", plain(question));
    button.type = "button";
    button.addEventListener("click", () =>
      startActivity("poll", {
        question: plain(question),
        answers: answers.map(({ text }) => plain(text)),
        right: answers.findIndex(({ happens }) => happens),
        reply: answers.map(({ reply }) => plain(reply)),
      }),
    );
    return button;
  }

  function settings(element) {
    const inBoth = (text) => ({ en: text, "zh-CN": text });
    const answers = part("poll-own-answers", element).value.split("\n").map((line) => line.trim()).filter(Boolean);
    return { question: inBoth(part("poll-own", element).value), answers: answers.map(inBoth) };
  }

  return { showScreen, showPhone, settings, show };
})();
