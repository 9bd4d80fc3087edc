// The game of this visitor. A view is built anew when its tab is opened again: the page remembers the game meanwhile.

const game = (window.labGame ??= {
  id: null, // on the server
  topic: null, // of the stream
  state: null, // the last that was shown
  settings: null,
  twin: { setting: null, value: null }, // in what its twin differs; none at first
  link: "",
});
const { twin } = game;
const sight = { endWatching: null, isSeen: false, isLost: false, refusal: null };
