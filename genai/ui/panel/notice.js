show((value) => {
  setText(part("sentence"), value.sentence);
  const offers = value.offers ?? [];
  part("offers").hidden = !offers.length;
  part("offers").replaceChildren(...offers.map(offerButton));
});
addActions({});
