// A question with answers: bars on the screen, a button for each answer on the phone.

renderers.poll = (() => {
  const LETTERS = "ABCDEF";
  // In a tour's text [[key|words]] opens the glossary; here the words are enough.
  const plain = (text) => Object.fromEntries(Object.entries(text).map(([language, words]) => [language, words.replace(/\[\[[^|\]]*\|([^\]]*)\]\]/g, "$1")]));

  const sum = (numbers) => numbers.reduce((one, other) => one + other, 0);

  function makeBar(text, index) {
    const bar = make("li", "lab-poll-bar");
    const label = said("span", "lab-poll-label", text);
    label.prepend(make("b", "", `${LETTERS[index]} `));
    label.append(" ", mark());
    const track = make("div", "lab-poll-track");
    track.append(...["fill", "before", "interval"].map((name) => make("i", `lab-poll-${name}`)));
    bar.append(label, track, make("span", "lab-poll-count"));
    return bar;
  }

  function mark() {
    const node = said("em", "", phrase("poll_right"));
    node.dataset.part = "poll-mark";
    return node;
  }

  function fillBar(bar, index, { counts, bounds, before, right, answered }) {
    const share = answered ? counts[index] / answered : 0;
    bar.classList.toggle("is-right", right === index);
    part("poll-mark", bar).hidden = right !== index;
    bar.querySelector(".lab-poll-count").textContent = answered ? `${counts[index]} · ${percent(share, 0)}` : "0";
    spread(bar.querySelector(".lab-poll-fill"), 0, share);
    spread(bar.querySelector(".lab-poll-before"), 0, before ? before[index] / Math.max(1, sum(before)) : 0);
    spread(bar.querySelector(".lab-poll-interval"), ...(bounds?.[index] ?? [0, 0]));
  }

  function spread(node, low, high) {
    node.hidden = high === low;
    node.style.left = `${100 * low}%`;
    node.style.width = `${100 * (high - low)}%`;
  }

  // What is as before is left as it is: the bars grow, and the buttons of a phone keep the focus.
  function fillOnce(node, answers, makeOne) {
    const wanted = JSON.stringify(answers);
    if (node.dataset.answers === wanted) return;
    node.dataset.answers = wanted;
    node.replaceChildren(...answers.map(makeOne));
  }

  function showScreen(screen, element, room) {
    setText(part("poll-question", element), screen.question);
    const bars = part("poll-bars", element);
    fillOnce(bars, screen.answers, makeBar);
    for (const [index, bar] of [...bars.children].entries()) fillBar(bar, index, screen);
    say(part("poll-answered", element), "poll_answered", { answered: screen.answered, seats: room.seats });
    part("poll-interval", element).hidden = !screen.answered;
    part("poll-before", element).hidden = !screen.before;
    part("poll-reveal", element).hidden = screen.phase === "shown";
  }

  function showPhone(screen, own, element) {
    setText(part("poll-asked", element), screen.question);
    const choices = part("poll-choices", element);
    fillOnce(choices, screen.answers, choiceButton);
    const isShown = screen.phase === "shown";
    for (const [index, button] of [...choices.children].entries()) {
      button.setAttribute("aria-pressed", own.choice === index);
      button.disabled = isShown;
      button.classList.toggle("is-right", screen.right === index);
      part("poll-mark", button).hidden = screen.right !== index;
    }
    setText(part("poll-said", element), saidBelow(screen, own, isShown));
  }

  function choiceButton(text, index) {
    const button = said("button", "", text);
    button.type = "button";
    button.prepend(make("b", "", `${LETTERS[index]} `));
    button.append(" ", mark());
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
    if (tours.sentence) {
      delete element.dataset.shown; // so that they are asked for again when the poll is chosen
      return;
    }
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
