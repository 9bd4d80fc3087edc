// The probabilities that a character is drawn with: the network's, after temperature, top-k and top-p. The same numbers as
// those of text/decoding/odds.py, computed here so that a slider acts at once, and without a question to the server.

const GREEDY = 1e-9; // a temperature below this always takes the likeliest character

// From logits in falling order to the probabilities of the same characters.
function samplingProbabilities(logits, { temperature, top_k, top_p }) {
  const greedy = temperature < GREEDY;
  const divisor = greedy ? 1 : temperature;
  const count = greedy ? 1 : top_k || logits.length;
  const probabilities = normalise(Float64Array.from(logits, (logit) => Math.exp((logit - logits[0]) / divisor)));
  let likelier = 0; // probability of all likelier characters
  const kept = probabilities.map((probability, rank) => {
    const inNucleus = likelier < top_p || top_p >= 1;
    likelier += probability;
    return rank < count && inNucleus ? probability : 0;
  });
  return normalise(kept);
}

function normalise(weights) {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

// Logits as the server sends them: the base64 of little-endian float32.
function decodeLogits(text) {
  return new Float32Array(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer);
}
