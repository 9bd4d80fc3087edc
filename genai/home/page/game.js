// The figure of the game: how a model of this lab learnt, by the pictures and scores in its file.

const TURNS_OF_A_MOMENT = 4; // D and G in turn, before the figure goes on to the next moment
const TURN_MS = 800;
const NOT_LOGGED = "–"; // at some moments nothing was

function drawGame(figure, game) {
  const slider = part("moment", figure);
  const canvas = part("picture", figure);
  const strip = new Image();
  let moment = game.moments.length - 1;
  let turn = 0;
  canvas.width = 3 * game.side;
  canvas.height = game.side;
  slider.max = game.moments.length - 1;
  setText(part("game-title", figure), game.title);
  const scores = game.moments.flatMap(({ numbers }) => [numbers.real, numbers.fake]).filter(Number.isFinite);
  const [lowest, highest] = [Math.min(...scores), Math.max(...scores)];
  const place = (score) => `${(6 + (94 * (score - lowest)) / (highest - lowest || 1)).toFixed(1)}%`;

  function drawPictures() {
    // Pictures of the same noise at this moment, a row of the strip.
    const brush = canvas.getContext("2d");
    brush.drawImage(strip, 0, moment * game.side, 3 * game.side, game.side, 0, 0, canvas.width, canvas.height);
  }

  function drawNoise() {
    const noise = part("noise", figure);
    const brush = noise.getContext("2d");
    const dots = brush.createImageData(noise.width, noise.height);
    for (let dot = 0; dot < dots.data.length; dot += 4) {
      dots.data.fill(Math.random() * 255, dot, dot + 3);
      dots.data[dot + 3] = 255;
    }
    brush.putImageData(dots, 0, 0);
  }

  function draw() {
    const { step, numbers } = game.moments[moment];
    slider.value = moment;
    slider.setAttribute("aria-valuetext", step);
    part("steps", figure).textContent = step.toLocaleString("en");
    for (const kind of ["real", "fake"]) {
      const isKnown = Number.isFinite(numbers[kind]);
      part(`score-${kind}`, figure).textContent = isKnown ? decimal(numbers[kind]) : NOT_LOGGED;
      part(`bar-${kind}`, figure).style.width = isKnown ? place(numbers[kind]) : "0";
    }
    for (const [name, player] of [["loss-d", "discriminator"], ["loss-g", "generator"]]) {
      part(name, figure).textContent = Number.isFinite(numbers[player]) ? decimal(numbers[player]) : NOT_LOGGED;
    }
    drawPictures();
  }

  function takeTurn() {
    turn++;
    const isOfD = turn % 2 === 0;
    part("turn-d", figure).hidden = !isOfD;
    part("turn-g", figure).hidden = isOfD;
    part("player-d", figure).classList.toggle("is-on", isOfD);
    part("player-g", figure).classList.toggle("is-on", !isOfD);
    if (!isOfD) drawNoise();
    if (turn % TURNS_OF_A_MOMENT) return;
    moment = (moment + 1) % game.moments.length;
    draw();
  }

  slider.addEventListener("input", () => {
    moment = +slider.value;
    turn = -TURNS_OF_A_MOMENT * 3; // stays there for a while
    draw();
  });
  strip.addEventListener("load", drawPictures);
  strip.src = game.strip;
  drawNoise();
  draw();
  part("player-d", figure).classList.add("is-on");
  animate(part("duel", figure), TURN_MS, takeTurn);
}
