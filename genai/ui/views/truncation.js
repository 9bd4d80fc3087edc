// The same eight seeds at five truncations, and how far apart they lie.

const truncations = part("truncations");

const askTruncations = askLatest("truncations", (answer) => {
  part("rows").replaceChildren(
    ...answer.rows.map(({ truncation, pictures, spread }) => {
      const words = make("p");
      words.append(make("b", "", truncation.toFixed(2)), " ", part("spread-words").content.cloneNode(true), " ");
      words.append(make("b", "", spread === null ? "–" : percent(spread, 0)));
      const film = make("ol", "lab-film");
      film.append(...pictures.map((source, n) => tile(source, "truncate", n, `${truncation} · ${seedAt(n, 0)}`)));
      film.dataset.truncation = truncation;
      return makeItem(words, film);
    }),
  );
});

function updateTruncations() {
  part("rows").replaceChildren();
  if (latent.open && truncations.open) askTruncations(cornerQuestion());
}

addActions({
  truncate(button) {
    plane.truncation = +button.closest("ol").dataset.truncation;
    changeTruncation();
    goTo([[+button.dataset.place, 0]], 0, true);
    part("where").scrollIntoView({ block: "nearest" });
  },
});
truncations.addEventListener("toggle", () => part("rows").childElementCount || updateTruncations());
