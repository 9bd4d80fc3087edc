// What the server sends, as arrays of numbers.

const EXTENT = 1.5; // the plane reaches from -EXTENT to EXTENT in both directions

function bytesOf(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

// x and y in turn.
function pointsOf(text) {
  const whole = new Uint16Array(bytesOf(text).buffer);
  return Float32Array.from(whole, (value) => (value / 65535) * 2 * EXTENT - EXTENT);
}

// dx and dy in turn; `scale` is the largest of them.
function arrowsOf(text, scale) {
  const whole = new Int8Array(bytesOf(text).buffer);
  return Float32Array.from(whole, (value) => (value / 127) * scale);
}

// Drawn points as addresses have them: a byte for each coordinate.
function encodePoints(points) {
  const bytes = points.flat().map((value) => Math.round(((value + EXTENT) / (2 * EXTENT)) * 255));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// The picture of one network, all of it numbers that can be mixed with those of the picture before.
function pictureOf(network, real) {
  return {
    map: Float32Array.from(bytesOf(network.map)),
    best: Float32Array.from(bytesOf(network.best)),
    real: pointsOf(real),
    fake: pointsOf(network.fake),
    grid: pointsOf(network.grid),
    arrows: arrowsOf(network.arrows, network.scale),
    density: Float32Array.from(bytesOf(network.density)),
  };
}

// The picture between two others, at a share of the way from 0 to 1.
function mixPictures(from, to, share) {
  const names = Object.keys(to);
  return Object.fromEntries(names.map((name) => [name, mixArrays(from[name], to[name], share)]));
}

function mixArrays(from, to, share) {
  if (share >= 1 || from.length !== to.length) return to; // another batch or another latent size: nothing between
  return to.map((value, place) => from[place] + (value - from[place]) * share);
}
