// Real or made?: an item on the screen, two buttons on the phone, and at the end one board for the class and the machine.

renderers.real_or_made = (() => {
  const SAID = { real: "made_said_real", made: "made_said_made" };
  const KINDS = { image: "made_image", audio: "made_audio", text: "made_text" };
  const sounds = new Audio(); // one at a time

  function stageOf(item) {
    const nodes = [];
    if (item.picture) {
      const image = makeImage(fileAddress(item.picture));
      setAlt(image);
      nodes.push(image);
    }
    if (item.sound) nodes.push(playButton(item.sound));
    if (item.text) nodes.push(make("pre", "lab-made-text", item.text));
    return nodes;
  }

  const setAlt = (image) => (image.alt = phrase("made_item")[document.documentElement.lang] ?? "");

  function playButton(path) {
    const button = said("button", "lab-made-play", phrase("made_play"));
    button.type = "button";
    button.addEventListener("click", () => {
      sounds.src = fileAddress(path);
      sounds.play().catch(() => {}); // no sound in this browser
    });
    return button;
  }

  // Draw an item only when it is another one, so that a vote does not make it blink.
  function showItem(stage, screen) {
    const key = JSON.stringify(screen.item);
    if (stage.dataset.item === key) return;
    stage.dataset.item = key;
    stage.dataset.kind = screen.kind;
    stage.replaceChildren(...stageOf(screen.item));
  }

  const where = (screen) => phrase("made_where", { number: screen.turn + 1, rounds: screen.rounds, title: screen.title });
  const machineName = (screen) => phrase(screen.kind === "text" ? "made_odds" : "made_discriminator");
  const answerWord = (answer) => phrase(answer === "real" ? "made_real" : "made_made");

  function machineSays(screen, machine) {
    const values = { who: machineName(screen), answer: answerWord(machine.says), score: decimal(machine.score), threshold: decimal(machine.threshold) };
    return phrase(screen.kind === "text" ? "made_says_odds" : "made_says", values);
  }

  const addressOf = (link) => `${link}&lang=${document.documentElement.lang}`;

  function showScreen(screen, element, room) {
    const isBoard = screen.phase === "board";
    part("made-round", element).hidden = isBoard;
    part("made-board", element).hidden = !isBoard;
    if (isBoard) {
      showBoard(screen, element);
      return;
    }
    setText(part("made-where", element), where(screen));
    showItem(part("made-stage", element), screen);
    say(part("made-answered", element), "poll_answered", { answered: screen.answered, seats: room.seats });
    const isShown = screen.phase === "shown";
    part("made-truth", element).hidden = !isShown;
    part("made-reveal", element).hidden = isShown;
    part("made-next", element).hidden = !isShown;
    if (isShown) showTruth(screen, element);
  }

  function showTruth(screen, element) {
    const verdict = part("made-verdict", element);
    verdict.dataset.truth = screen.truth;
    say(verdict, screen.truth === "real" ? "made_was_real" : "made_was_made");
    const total = screen.counts.real + screen.counts.made;
    const counted = (answer) => ({ count: screen.counts[answer], n: total, share: total ? screen.counts[answer] / total : null, bounds: null });
    part("made-counts", element).replaceChildren(
      ...["real", "made"].map((answer) => makeShare(phrase(SAID[answer]), counted(answer), { tone: answer })),
    );
    setText(part("made-machine", element), machineSays(screen, screen.machine));
    const link = part("made-link", element);
    link.parentElement.hidden = !screen.link;
    if (screen.link) link.href = addressOf(screen.link);
    const { class: people, machine } = screen.so_far;
    say(part("made-so-far", element), "made_so_far", { people: shareWords(people), who: machineName(screen), machine: shareWords(machine) });
  }

  function showBoard(screen, element) {
    const { rows } = screen;
    part("made-rows", element).replaceChildren(
      makeShare(phrase("made_class"), rows.class, { chance: 0.5 }),
      makeShare(phrase("made_majority"), rows.majority, { chance: 0.5 }),
      makeShare(machineName(screen), rows.machine, { tone: "machine", chance: 0.5 }),
    );
    part("made-items", element).replaceChildren(...screen.items.map((item) => boardItem(screen, item)));
    part("made-effect", element).hidden = !screen.effect;
    if (screen.effect) part("made-effects", element).replaceChildren(...screen.effect.map((row) => effectOf(screen, row)));
    const { accuracy, real, made } = screen.threshold;
    const values = { real, made, share: percent(accuracy, 0), who: machineName(screen), credit: screen.credit };
    setText(part("made-threshold", element), phrase(screen.kind === "text" ? "made_threshold_odds" : "made_threshold", values));
  }

  function boardItem(screen, one) {
    const item = make("li", "lab-made-item");
    const stage = make("div", "lab-made-stage");
    stage.dataset.kind = screen.kind;
    stage.append(...stageOf(one.item));
    const truth = said("b", "", phrase(one.truth === "real" ? "made_was_real" : "made_was_made"));
    truth.dataset.truth = one.truth;
    const caption = make("div", "lab-made-caption");
    caption.append(truth, ...(alone.key ? [] : [wronglyJudged(one.votes)]), said("span", "lab-hint", phrase("made_advises", { who: machineName(screen), answer: answerWord(one.machine.says) })));
    if (one.link) {
      const link = said("a", "", phrase("made_open"));
      Object.assign(link, { href: addressOf(one.link), target: "_blank", rel: "noopener" });
      caption.append(link);
    }
    item.append(stage, caption);
    return item;
  }

  function wronglyJudged({ share, n, count }) {
    const wrong = share === null ? "–" : `${n - count}/${n} · ${percent(1 - share, 0)}`;
    return said("span", "", phrase("made_wrong", { wrong }));
  }

  function effectOf(screen, row) {
    const box = make("div", "lab-made-effect");
    const title = phrase(row.advice_is_right ? "made_advice_right" : "made_advice_wrong", { who: machineName(screen), rounds: row.rounds });
    const list = make("ul", "lab-shares");
    list.append(makeShare(phrase("made_advised"), row.advised, { tone: "machine", chance: 0.5 }), makeShare(phrase("made_alone"), row.alone, { chance: 0.5 }));
    box.append(said("h3", "", title), list);
    return box;
  }

  function showPhone(screen, own, element) {
    const isBoard = screen.phase === "board";
    for (const name of ["made-phone-where", "made-phone-stage", "made-phone-buttons"]) part(name, element).hidden = isBoard;
    const advice = part("made-phone-advice", element);
    advice.hidden = isBoard || !screen.advice || own.advised === undefined; // until that is known
    showScore(screen, own, element, isBoard);
    showRows(screen, own, element, isBoard);
    const machine = part("made-phone-machine", element);
    machine.hidden = screen.phase !== "shown";
    if (!machine.hidden) setText(machine, machineSays(screen, screen.machine));
    part("made-phone-fooled", element).hidden = !isBoard || !alone.key;
    if (isBoard) {
      say(part("made-phone-said", element), alone.key ? "made_look_alone" : "made_look");
      if (alone.key) showFooled(screen, element);
      return;
    }
    setText(part("made-phone-where", element), where(screen));
    showItem(part("made-phone-stage", element), screen);
    setText(advice, own.advice ? phrase("made_advises", { who: machineName(screen), answer: answerWord(own.advice) }) : phrase("made_no_advice"));
    for (const button of part("made-phone-buttons", element).children) {
      button.setAttribute("aria-pressed", own.choice === button.dataset.vote);
      button.disabled = screen.phase === "shown";
      button.classList.toggle("is-right", screen.truth === button.dataset.vote);
    }
    setText(part("made-phone-said", element), saidBelow(screen, own));
  }

  function saidBelow(screen, own) {
    if (screen.phase !== "shown") return phrase(own.choice ? "poll_counted" : "made_vote");
    const truth = phrase(screen.truth === "real" ? "made_was_real" : "made_was_made");
    if (!own.choice) return truth;
    return phrase(own.right ? "made_right" : "made_missed", { truth });
  }

  // What one person judged wrongly: who plays alone has no screen with a board.
  function showFooled(screen, element) {
    const fooled = screen.items.filter(({ votes }) => votes.share === 0);
    part("made-phone-items", element).replaceChildren(...fooled.map((one) => boardItem(screen, one)));
    part("made-phone-why", element).hidden = !fooled.some(({ link }) => link);
    part("made-phone-none", element).hidden = fooled.length > 0;
  }

  // You, the class and the machine on one board.
  function showRows(screen, own, element, isBoard) {
    const list = part("made-phone-rows", element);
    list.hidden = !isBoard || !own.score;
    if (list.hidden) return;
    list.replaceChildren(
      makeShare(phrase("made_you"), own.score, { tone: "real", chance: 0.5 }),
      ...(alone.key ? [] : [makeShare(phrase("made_class"), screen.rows.class, { chance: 0.5 })]),
      makeShare(machineName(screen), screen.rows.machine, { tone: "machine", chance: 0.5 }),
    );
  }

  function showScore(screen, own, element, isBoard) {
    const node = part("made-phone-score", element);
    node.hidden = !own.score?.n;
    if (node.hidden) return;
    const { bounds } = own.score;
    const values = { score: `${own.score.count}/${own.score.n}`, low: percent(bounds?.[0] ?? 0, 0), high: percent(bounds?.[1] ?? 1, 0) };
    say(node, isBoard ? "made_final" : "made_score", values);
  }

  // The models that can play, as buttons; the first is chosen.
  function show(element) {
    const { models } = props.value;
    const buttons = Object.entries(models).flatMap(([modality, list]) => list.map((model) => modelButton(element, modality, model)));
    const group = part("made-models", element);
    group.replaceChildren(...buttons);
    buttons[0]?.setAttribute("aria-pressed", true);
    part("made-start", element).disabled = !buttons.length;
  }

  function modelButton(element, modality, { name, title }) {
    const button = said("button", "", phrase(KINDS[modality], { title }));
    Object.assign(button, { type: "button" });
    Object.assign(button.dataset, { modality, name });
    button.setAttribute("aria-pressed", false);
    button.addEventListener("click", () => {
      for (const other of part("made-models", element).children) other.setAttribute("aria-pressed", other === button);
    });
    return button;
  }

  function settings(element) {
    const chosen = part("made-models", element).querySelector('[aria-pressed="true"]');
    const { modality, name } = chosen.dataset;
    return { modality, model: name, advice: part("made-advice", element).checked };
  }

  for (const button of part("made-phone-buttons").children) button.addEventListener("click", () => sendAnswer(button.dataset.vote));
  return { showScreen, showPhone, settings, show };
})();
