// Guess the next letter: a keyboard on the phone that is the same for every letter (for Chinese a choice of eight
// characters), and on the screen the loss of the class, in nats, beside that of the 3-gram model and the LSTM.

renderers.next_letter = (() => {
  const PLAYERS = ["class", "trigram", "lstm"];
  const NAMES = { class: "letter_class", trigram: "letter_trigram", lstm: "letter_lstm" };
  const BEATS = { both: "letter_beats_both", trigram: "letter_beats_trigram", lstm: "letter_beats_lstm", none: "letter_beats_none" };
  const MARK = ".";
  const SPACE = "␣";

  // A key as it is written on a button: of Latin text, a dot stands for every mark.
  const nameOf = (key, chosen) => (key === " " ? SPACE : key === MARK && !chosen ? ", . !" : key);

  function keyNode(key, chosen) {
    const node = make("kbd", "", nameOf(key, chosen));
    const spoken = key === " " ? "letter_space" : key === MARK && !chosen ? "letter_mark" : null;
    if (!spoken) return node;
    node.setAttribute("aria-hidden", "true");
    const both = make("span");
    both.append(node, Object.assign(said("span", "lab-unseen", phrase(spoken))));
    return both;
  }

  // The end of the text in a box of its own: what was just revealed, or the blank that is asked for.
  function drawPassage(node, { before, phase }) {
    const isShown = phase === "reveal";
    const text = isShown ? before.slice(0, -1) : before;
    node.replaceChildren(text);
    if (phase === "end") return;
    const last = isShown ? before.slice(-1) : "?";
    node.append(make("mark", isShown ? "is-shown" : "", last === " " ? SPACE : last));
  }

  function showScreen(screen, element, room) {
    const { phase, turn, total } = screen;
    drawPassage(part("letter-passage", element), screen);
    const answered = { number: turn + 1, total, answered: screen.answered, seats: room.seats };
    say(part("letter-status", element), phase === "end" ? "letter_end" : "letter_asked", answered);
    drawLetter(screen, element);
    drawTable(screen, element);
    drawVerdict(screen, element);
    const next = part("letter-next", element);
    next.hidden = phase === "end";
    say(next, phase === "ask" ? "letter_show" : turn + 1 === total ? "letter_finish" : "letter_next");
    say(part("letter-keys-how", element), screen.chosen ? "letter_how_chosen" : "letter_how_keys");
  }

  function drawLetter({ letter, past, answered, chosen }, element) {
    part("letter-shown", element).hidden = !letter;
    if (!letter) return;
    const most = Math.max(...letter.bars.flatMap((bar) => PLAYERS.map((player) => bar[player])));
    part("letter-bars", element).replaceChildren(...letter.bars.map((bar) => barOf(bar, letter, most, chosen)));
    const formula = part("letter-formula", element);
    const { nats } = past.at(-1);
    if (!nats) {
      say(formula, "letter_nobody");
      return;
    }
    const share = letter.bars.find(({ key }) => key === letter.key).class;
    const numbers = { share: share.toFixed(3), class: decimal(nats.class), trigram: decimal(nats.trigram), lstm: decimal(nats.lstm) };
    say(formula, "letter_formula", { ...numbers, n: answered, least: decimal(letter.least) });
  }

  function barOf(bar, letter, most, chosen) {
    const item = make("li", bar.key === letter.key ? "is-true" : "");
    const tracks = make("div", "lab-letter-tracks");
    for (const player of PLAYERS) {
      const fill = make("i", `is-${player}`);
      fill.style.width = `${(100 * bar[player]) / most}%`;
      const row = make("div");
      row.append(fill, make("span", "", `${percent(bar[player], 0)}${player === "class" ? ` (${bar.votes})` : ""}`));
      tracks.append(row);
    }
    item.append(keyNode(bar.key, chosen), tracks);
    if (bar.key === letter.key) item.append(said("em", "", phrase("letter_true")));
    return item;
  }

  function drawTable({ past, means, counted }, element) {
    part("letter-losses", element).hidden = !past.length;
    const heads = past.map(({ character }) => make("th", "", character === " " ? SPACE : character));
    const mean = said("th", "", phrase("letter_mean", { n: counted }));
    part("letter-heads", element).replaceChildren(make("td"), ...heads, mean);
    part("letter-rows", element).replaceChildren(
      ...PLAYERS.map((player) => {
        const row = make("tr", `is-${player}`);
        const name = said("th", "", phrase(NAMES[player]));
        name.scope = "row";
        const cells = past.map(({ nats }) => make("td", isBest(nats, player) ? "is-best" : "", nats ? decimal(nats[player]) : "–"));
        row.append(name, ...cells, make("td", isBest(means, player) ? "is-best" : "", means ? decimal(means[player]) : "–"));
        return row;
      }),
    );
  }

  const isBest = (nats, player) => Boolean(nats) && nats[player] === Math.min(...PLAYERS.map((one) => nats[one]));

  function drawVerdict({ means, counted, ahead }, element) {
    const verdict = part("letter-verdict", element);
    const margin = part("letter-margin", element);
    verdict.hidden = margin.hidden = !counted;
    if (!counted) return;
    const beats = PLAYERS.slice(1).filter((player) => means.class < means[player]);
    const kind = beats.length === 2 ? "both" : (beats[0] ?? "none");
    say(verdict, BEATS[kind], { n: counted });
    const { mean, half } = ahead.lstm;
    margin.hidden = half === null;
    if (half === null) return;
    const isSure = Math.abs(mean) > half;
    say(margin, isSure ? "letter_sure" : "letter_chance", { mean: decimal(-mean), half: decimal(half), n: counted });
  }

  function showPhone(screen, own, element) {
    drawPassage(part("letter-read", element), screen);
    const keys = part("letter-keys", element);
    keys.hidden = screen.phase === "end";
    if (!keys.hidden) drawKeys(keys, screen, own);
    setText(part("letter-said", element), saidTo(screen, own));
    drawOwn(screen, own, element);
  }

  // Once a letter is known: what the models thought of it, and how often each was right on the letters of this phone.
  function drawOwn({ phase, letter }, { rows, chance }, element) {
    const odds = part("letter-odds", element);
    const bar = letter?.bars.find(({ key }) => key === letter.key);
    odds.hidden = !bar;
    if (bar) say(odds, "letter_odds", { lstm: percent(bar.lstm), trigram: percent(bar.trigram) });
    const list = part("letter-own-rows", element);
    list.hidden = phase === "ask" || !rows;
    if (list.hidden) return;
    list.replaceChildren(
      makeShare(phrase("made_you"), rows.own, { tone: "real", chance }),
      makeShare(phrase("letter_lstm"), rows.lstm, { chance }),
      makeShare(phrase("letter_trigram"), rows.trigram, { tone: "machine", chance }),
    );
  }

  function drawKeys(area, { keys, chosen, phase, letter }, own) {
    if (area.dataset.keys !== keys) {
      area.dataset.keys = keys;
      area.classList.toggle("is-choice", chosen);
      area.replaceChildren(...[...keys].map((key) => keyButton(key, chosen)));
    }
    for (const button of area.children) {
      button.disabled = phase !== "ask";
      button.setAttribute("aria-pressed", own.answer === button.dataset.key);
      button.classList.toggle("is-true", letter?.key === button.dataset.key);
    }
  }

  function keyButton(key, chosen) {
    const button = make("button");
    button.type = "button";
    button.dataset.key = key;
    button.append(keyNode(key, chosen));
    button.addEventListener("click", () => sendAnswer(key));
    return button;
  }

  // On a keyboard one types the letter.
  part("letter-keys").addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    const button = [...event.currentTarget.children].find(({ dataset, disabled }) => dataset.key === key && !disabled);
    if (!button || key === " ") return; // the space bar presses the button that has the focus
    event.preventDefault();
    button.click();
  });

  function saidTo({ phase, letter, chosen }, own) {
    const score = { right: own.right ?? 0, voted: own.voted ?? 0 };
    if (phase === "end") return phrase(alone.key ? "letter_score_alone" : "letter_score", score);
    if (phase === "ask") return phrase(own.answer ? "letter_counted" : "letter_choose");
    if (!own.answer) return phrase("letter_missed");
    return phrase(own.answer === letter.key ? "letter_right" : "letter_wrong", { key: nameOf(letter.key, chosen), ...score });
  }

  function show(element) {
    const isChinese = document.documentElement.lang.startsWith("zh");
    part(isChinese ? "letter-han" : "letter-latin", element).checked = true;
  }

  const settings = (element) => ({ text: element.querySelector("input:checked").value });

  return { showScreen, showPhone, settings, show };
})();
