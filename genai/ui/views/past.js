// How the model learnt, in the width of the result.

let player; // of the model on the card, once its history was asked for

async function openPast() {
  if (!part("past").open || !current.remembers || player) return;
  const { model } = current;
  const history = await server.moments({ model });
  if (model !== current.model || history.sentence || player) return;
  player = new Player(part("player-template"), [{ history }]);
  part("past-player").replaceChildren(player.node);
}

function forgetPast() {
  player?.pause();
  player = null;
  part("past-player").replaceChildren();
  part("past").hidden = part("past-link").hidden = !current.remembers;
  openPast();
}

part("past").addEventListener("toggle", () => {
  if (part("past").open) openPast();
  else player?.pause();
});

addActions({
  past() {
    part("past").open = true;
    part("past").scrollIntoView({ block: "start" });
    part("past").querySelector("summary").focus({ preventScroll: true });
  },

  museum: () => window.lab.openPart("museum"),
});
