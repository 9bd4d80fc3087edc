// How the networks of a moment made and judged one item of the sample. The strip and the inside are those of the tabs.

async function look(asked) {
  const found = await server.item({ model: nameOf(asked), place: asked.place ?? 0 });
  if (moment !== asked || showTrouble(found)) return;
  const { seed, number, rendering } = found;
  const { picture, sound } = rendering;
  current = { seed, number, source: picture, playable: sound, link: new URLSearchParams({ model: nameOf(asked), truncation: 1 }).toString() };
  part("look-sound").hidden = !sound;
  if (sound) part("look-sound").src = sound;
  inside.open = true;
  await Promise.all([showStrip(), lookInside()]);
}

const subject = () => current;
const origin = () => null; // no strip came with it
const thumbnail = () => current.source;
const openInside = (name) => unfold(name || "drawn");

addActions({ station: ({ dataset: { opens } }) => openInside(opens === "latent" ? "" : opens) });
