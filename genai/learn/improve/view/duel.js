// The wrong network beside the right one: the server trains both a little further at each question.

let fight = null; // the duel that is going on
const inWords = (value) => String(+value.toPrecision(3));

function drawLoss(name, losses) {
  const high = Math.max(...losses) * 1.05;
  const points = losses.map((loss, n) => `${(n / Math.max(1, losses.length - 1)) * 100},${39 - (loss / high) * 38}`);
  part(`${name}-line`).setAttribute("points", points.join(" "));
}

function drawDuel(report, losses) {
  part("duel-sides").hidden = false;
  setText(part("duel-progress"), report.when);
  for (const side of ["wrong", "right"]) {
    drawLoss(side, losses[side]);
    part(`${side}-loss`).textContent = report[`${side}_loss`].toFixed(4);
    part(`${side}-gradient`).textContent = inWords(report[`${side}_gradient`]);
    part(`${side}-moved`).textContent = inWords(report[`${side}_moved`]);
    part(`${side}-text`).textContent = report[`${side}_text`];
  }
  part("wrong-output").textContent = `${inWords(report.wrong_lowest)} … ${inWords(report.wrong_highest)}`;
}

async function runDuel(own) {
  const losses = { wrong: [], right: [] };
  let id = null;
  part("duel-problem").hidden = true;
  while (fight === own && part("duel").checkVisibility()) {
    const report = await server.duel({ id });
    if (fight !== own) return;
    if (report.sentence) {
      part("duel-problem").hidden = false;
      setText(part("duel-problem"), report.sentence);
      break;
    }
    id = report.id;
    losses.wrong.push(report.wrong_loss);
    losses.right.push(report.right_loss);
    drawDuel(report, losses);
    if (report.over) break;
  }
  fight = null;
}

addActions({
  fight() {
    fight = {};
    runDuel(fight);
  },
});
