// The probabilities that a character is drawn with: the network's, after typical-p, temperature, top-k and top-p. The same
// numbers as those of text/decoding/odds.py, computed here so that a slider acts at once, and without a question to the server.

const GREEDY = 1e-9; // a temperature below this always takes the likeliest character

// From logits in falling order to the probabilities of the same characters.
function samplingProbabilities(logits, { temperature, top_k, top_p, typical_p }) {
  const greedy = temperature < GREEDY;
  const divisor = greedy ? 1 : temperature;
  const count = greedy ? 1 : top_k || logits.length;
  const typical = typicalOnes(logits, typical_p);
  const likeliest = logits[typical.indexOf(true)];
  const weigh = (logit, place) => (typical[place] ? Math.exp((logit - likeliest) / divisor) : 0);
  const probabilities = normalise(Float64Array.from(logits, weigh));
  let likelier = 0; // probability of all likelier characters
  let rank = 0; // among the typical ones
  const kept = probabilities.map((probability, place) => {
    if (!typical[place]) return 0;
    const inNucleus = likelier < top_p || top_p >= 1;
    likelier += probability;
    rank += 1;
    return rank <= count && inNucleus ? probability : 0;
  });
  return normalise(kept);
}

// Which characters are typical: those whose surprise −ln p is nearest to its expectation, which is the entropy; as many as
// together have the probability that is asked for.
function typicalOnes(logits, total) {
  const typical = new Array(logits.length).fill(total >= 1);
  if (total >= 1) return typical;
  const sum = logits.reduce((soFar, logit) => soFar + Math.exp(logit - logits[0]), 0);
  const surprises = Float64Array.from(logits, (logit) => Math.log(sum) - (logit - logits[0]));
  const probabilities = surprises.map((surprise) => Math.exp(-surprise));
  const entropy = surprises.reduce((soFar, surprise, place) => soFar + probabilities[place] * surprise, 0);
  const distances = surprises.map((surprise) => Math.abs(surprise - entropy));
  const nearest = [...distances.keys()].sort((one, other) => distances[one] - distances[other]);
  let before = 0; // probability of all that are nearer
  for (const place of nearest) {
    if (before >= total) break;
    typical[place] = true;
    before += probabilities[place];
  }
  return typical;
}

function normalise(weights) {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

// Logits as the server sends them: the base64 of little-endian float32.
function decodeLogits(text) {
  return new Float32Array(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer);
}
