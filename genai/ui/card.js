show((value) => {
  part("data").replaceChildren();
  if (/^https?:\/\//.test(value.source)) {
    const link = make("a", "", value.data);
    link.href = value.source;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    part("data").append(link);
  } else part("data").textContent = value.data;
  say(part("licence"), value.licence);
  say(part("size"), value.size);
  part("credit").textContent = value.credit;
  part("credit").parentElement.hidden = !value.credit;
  element.querySelector("dl").hidden = !value.data;
  part("problems").replaceChildren(
    ...value.problems.map((problem) => {
      const item = make("li");
      say(item, problem);
      return item;
    }),
  );
});
