// The value function V(D, G): the discriminator wants it high, the generator wants it low.

const EQUILIBRIUM = -Math.log(4);
const LOWEST_VALUE = -4; // the left end of the bar; the right end is 0, the most that a discriminator can reach

const positionOfValue = (value) => `${(1 - Math.min(1, Math.max(0, (value ?? LOWEST_VALUE) / LOWEST_VALUE))) * 100}%`;

function showValue(state) {
  const { value, d_real, d_fake } = state.networks[0].numbers;
  part("v-1").hidden = part("progress-track-1").hidden = state.networks.length < 2;
  state.networks.forEach(({ numbers }, place) => showBars(numbers, place));
  part("v-now-number").textContent = ofAllNetworks(state, "value");
  part("v-best-number").textContent = ofAllNetworks(state, "best_value");
  setFormula(
    part("value-formula"),
    `min_{G} max_{D} V(D, G) = E log D(x) + E log(1 − D(G(z))) = ${number(value)}`,
  );
  setText(part("v-means"), phrase("means", { real: share(d_real), fake: share(d_fake) }));
  const shares = state.networks.map((network) => share(network.numbers.progress_to_best));
  setText(part("progress-text"), phrase(shares[1] ? "progress_twin" : "progress", { share: shares[0], twin: shares[1] }));
}

// The bars of one twin, A above B.
function showBars({ value, best_value, progress_to_best }, place) {
  const bar = part(`v-${place}`);
  bar.querySelector(".now").style.left = positionOfValue(value);
  bar.querySelector(".best").style.left = positionOfValue(best_value);
  bar.querySelector(".fill").style.width = positionOfValue(value);
  part(`progress-${place}`).style.width = `${(progress_to_best ?? 0) * 100}%`;
}

// One number of the game, or of both twins.
function ofAllNetworks(state, name) {
  return state.networks.map(({ numbers }) => number(numbers[name])).join(" | ");
}

for (const mark of element.querySelectorAll(".lab-game-v .mark")) mark.style.left = positionOfValue(EQUILIBRIUM);
part("v-equilibrium-number").textContent = `−log 4 = ${decimal(EQUILIBRIUM)}`;
