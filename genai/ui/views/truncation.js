// The same eight seeds at five truncations, and how far apart they lie.

const truncations = part("truncations");

const askTruncations = lastly("truncations", (told) => {
  part("rows").replaceChildren(
    ...told.rows.map(({ truncation, pictures, spread }) => {
      const [row, film, words] = [make("li"), make("ol", "lab-film"), make("p")];
      words.append(make("b", "", truncation.toFixed(2)), " ", part("spread-words").content.cloneNode(true), " ");
      words.append(make("b", "", spread === null ? "–" : percent(spread, 0)));
      film.append(...pictures.map((source, n) => tile(source, "truncate", n, `${truncation} · ${seedAt(n, 0)}`)));
      film.dataset.truncation = truncation;
      row.append(words, film);
      return row;
    }),
  );
});

function makeTruncations() {
  part("rows").replaceChildren();
  if (latent.open && truncations.open) askTruncations(usual());
}

act({
  truncate(button) {
    at.truncation = +button.closest("ol").dataset.truncation;
    otherTruncation();
    goTo([[+button.dataset.place, 0]], 0, true);
    part("where").scrollIntoView({ block: "nearest" });
  },
});
truncations.addEventListener("toggle", () => part("rows").childElementCount || makeTruncations());
