// Two teams: on the screen the plane, V with the best reply D* and the even game beside it; on the phone one button.

renderers.teams = (() => {
  const TEAMS = ["generator", "discriminator"];
  const WORDS = {
    generator: { yours: "teams_yours_generator", aim: "teams_aim_generator", press: "teams_press_generator" },
    discriminator: { yours: "teams_yours_discriminator", aim: "teams_aim_discriminator", press: "teams_press_discriminator" },
  };
  const WINS = { generator: "teams_wins_generator", discriminator: "teams_wins_discriminator", draw: "teams_wins_draw" };
  const [WIDTH, HEIGHT] = [400, 240];
  const MARGIN = 0.05; // nats above and below the curves
  const LINES = [
    { name: "is-best", which: 1, words: "teams_line_best" },
    { name: "is-even", which: 2, words: "teams_line_even" },
    { name: "is-value", which: 0, words: "teams_line_value" },
  ];
  const LEVEL = { name: "is-level", words: "teams_line_level" };
  const APART = 11; // hundredths of the picture's height, between two names at the ends of lines
  const SIDE = 20;

  const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

  function showScreen(screen, element) {
    const { phase, turn, rounds, left } = screen;
    showTrouble(screen.trouble, part("teams-trouble", element));
    say(part("teams-title", element), phase === "end" ? "teams_over" : "teams_round", { number: turn + 1, rounds });
    say(part("teams-clock", element), clockOf(screen), { left: Math.ceil(left) });
    const next = part("teams-next", element);
    next.hidden = !["ready", "pause"].includes(phase);
    say(next, "teams_begin", { number: phase === "ready" ? 1 : turn + 2 });
    for (const team of TEAMS) drawSide(screen.teams[team], team, element);
    drawPlane(screen.picture, part("teams-plane", element));
    drawValue(screen, part("teams-value", element));
    drawCurve(screen, part("teams-curve", element), part("teams-names", element));
    drawResult(screen, part("teams-result", element));
  }

  function clockOf({ phase, left }) {
    if (phase !== "play") return phase === "ready" ? "teams_ready" : phase === "pause" ? "teams_pause" : "teams_end";
    return left > 0 ? "teams_clock" : "teams_playing";
  }

  function drawSide({ phones, pressed, of, waiting, played }, team, element) {
    say(part(`teams-${team}`, element), phones === 1 ? "teams_side_one" : "teams_side", { phones, pressed, of, waiting, played });
    part(`teams-${team}-pool`, element).style.width = `${(100 * pressed) / of}%`;
  }

  const colour = (name) => getComputedStyle(element).getPropertyValue(name).trim();

  function drawPlane({ map, real, fake }, canvas) {
    const context = canvas.getContext("2d");
    const cell = canvas.width / SIDE;
    context.fillStyle = colour("--lab-surface");
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = colour("--lab-d");
    for (const [place, value] of bytesOf(map).entries()) {
      context.globalAlpha = 0.65 * (value / 255);
      const row = SIDE - 1 - Math.floor(place / SIDE); // the first row of the map is the lowest
      context.fillRect((place % SIDE) * cell, row * cell, cell, cell);
    }
    context.globalAlpha = 1;
    drawPoints(context, bytesOf(real), colour("--lab-real"), 4);
    drawPoints(context, bytesOf(fake), colour("--lab-g"), 5);
  }

  function drawPoints(context, places, fill, radius) {
    const { width, height } = context.canvas;
    context.fillStyle = fill;
    context.strokeStyle = colour("--lab-surface");
    for (let place = 0; place < places.length; place += 2) {
      context.beginPath();
      context.arc((places[place] / 255) * width, (1 - places[place + 1] / 255) * height, radius, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }

  function drawValue({ curve, picture }, node) {
    const [value, best] = curve.at(-1) ?? [];
    const { modes, modes_of: of } = picture;
    say(node, curve.length ? "teams_value" : "teams_no_value", { value: curve.length && decimal(value), best: curve.length && decimal(best), modes, of });
  }

  // The picture reaches as far as V of both games does: the best reply may lie above it.
  function drawCurve({ curve, equilibrium }, svg, names) {
    const values = [equilibrium, ...curve.flatMap(([value, , even]) => [value, even])];
    const [low, high] = [Math.min(...values) - MARGIN, Math.max(...values) + MARGIN];
    const x = (place) => (curve.length > 1 ? (place / (curve.length - 1)) * WIDTH : 0);
    const y = (value) => HEIGHT * (1 - (value - low) / (high - low));
    const lines = LINES.map(({ which, name }) => {
      const points = curve.map((moment, place) => `${x(place).toFixed(1)},${y(moment[which]).toFixed(1)}`).join(" ");
      return makeSvg("polyline", { points, class: name });
    });
    const level = makeSvg("line", { x1: 0, x2: WIDTH, y1: y(equilibrium), y2: y(equilibrium), class: LEVEL.name });
    const label = (value, at) => Object.assign(makeSvg("text", { x: 6, y: at }), { textContent: decimal(value) });
    svg.replaceChildren(level, ...lines, label(high, 16), label(low, HEIGHT - 6));
    const ends = curve.length ? LINES.map((line) => ({ ...line, at: y(curve.at(-1)[line.which]) })) : [];
    nameLines([...ends, { ...LEVEL, at: y(equilibrium) }], names);
  }

  // The name of each line at its end; names of lines that end together are moved apart.
  function nameLines(lines, node) {
    const seen = lines.filter(({ at }) => at >= 0 && at <= HEIGHT).sort((one, other) => one.at - other.at);
    let lowest = 100 - APART * (seen.length - 1); // the last one must have room too
    let next = APART / 2;
    node.replaceChildren(
      ...seen.map(({ name, words, at }) => {
        const label = said("span", name, phrase(words));
        const top = Math.max(next, Math.min((100 * at) / HEIGHT, lowest - APART / 2));
        label.style.top = `${top}%`;
        next = top + APART;
        lowest += APART;
        return label;
      }),
    );
  }

  function drawResult({ result, teams, picture }, node) {
    node.hidden = !result;
    if (!result) return;
    const { winner, mean, even, progress, best } = result;
    const [g, d] = TEAMS.map((team) => teams[team].played);
    const { modes, modes_of: of } = picture;
    node.replaceChildren(
      said("h2", `is-${winner}`, phrase(WINS[winner])),
      said("p", "", phrase("teams_score", { mean: decimal(mean), even: decimal(even) })),
      said("p", "", phrase("teams_how_d", { progress: percent(progress, 0), steps: d })),
      said("p", "", phrase("teams_how_g", { best: decimal(best), modes, of, steps: g })),
    );
  }

  // What the phone has pressed in this round. The server is told the sum, never a press: a lost message loses nothing.
  const presses = { round: "", count: 0, isSending: false, wanted: 0 };

  function showPhone(screen, own, element) {
    const { team } = own;
    const button = part("teams-press", element);
    button.hidden = !team;
    if (!team) return;
    takeCount(own);
    const left = screen.presses - presses.count;
    element.dataset.team = team;
    say(part("teams-yours", element), WORDS[team].yours);
    say(part("teams-aim", element), WORDS[team].aim);
    say(part("teams-said", element), clockOf(screen), { left: Math.ceil(screen.left) });
    say(part("teams-press-name", element), WORDS[team].press);
    say(part("teams-left", element), "teams_left", { left, of: screen.presses });
    say(part("teams-hint", element), "teams_hint", { presses: screen.presses });
    button.disabled = screen.phase !== "play" || screen.left <= 0 || left <= 0;
    button.onclick = () => press(screen);
  }

  function takeCount({ pressed }) {
    const round = pupil.state.turn;
    if (presses.round !== round) Object.assign(presses, { round, count: pressed });
    presses.count = Math.max(presses.count, pressed);
  }

  async function press({ presses: most }) {
    presses.count = Math.min(most, presses.count + 1);
    showActivity();
    if (presses.isSending) return;
    presses.isSending = true;
    let sent;
    do {
      sent = presses.count;
    } while ((await sendAnswer(sent)) && sent !== presses.count);
    presses.isSending = false;
  }

  const settings = () => ({});

  return { showScreen, showPhone, settings };
})();
