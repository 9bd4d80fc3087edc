// The class counts an attribute by hand: five pictures on each phone, and on the screen the pooled count beside the
// judge's and the data's.

renderers.count = (() => {
  const UNSURE = "unsure";

  function showScreen(screen, element, room) {
    const { phase, result } = screen;
    say(part("count-title", element), "count_title", { name: screen.name });
    say(part("count-status", element), "count_status", { answered: screen.answered, seats: room.seats, given: screen.given });
    part("count-reveal", element).hidden = phase === "reveal";
    part("count-back", element).hidden = phase !== "reveal";
    part("count-shown", element).hidden = !result;
    if (!result) return;
    say(part("count-class", element), "count_class", { n: result.class.n, unsure: result.unsure });
    say(part("count-judge", element), result.judge ? "count_judge" : "count_judging", { n: result.judge?.n });
    const most = Math.max(...sharesOf(result).flat());
    part("count-bars", element).replaceChildren(...screen.values.map((name, value) => barOf(name, value, result, most)));
    drawVerdict(screen, element);
  }

  const sharesOf = ({ class: own, judge, data }) => [own.bounds.map(([, high]) => high), judge?.bounds.map(([, high]) => high) ?? [], data];

  function barOf(name, value, result, most) {
    const item = make("li");
    item.append(said("b", "", name));
    const rows = make("div", "lab-count-rows");
    for (const who of ["class", "judge"]) if (result[who]?.n) rows.append(rowOf(who, result[who], value, most));
    const data = make("div", "lab-count-row is-data");
    data.append(strip("lab-count-fill", 0, result.data[value] / most), make("span", "", percent(result.data[value])));
    rows.append(data);
    item.append(rows);
    return item;
  }

  function rowOf(who, { shares, bounds, counts }, value, most) {
    const row = make("div", `lab-count-row is-${who}`);
    const [low, high] = bounds[value];
    row.append(strip("lab-count-fill", 0, shares[value] / most), strip("lab-count-interval", low / most, high / most));
    row.append(make("span", "", `${percent(shares[value])} (${counts[value]})`));
    return row;
  }

  // In a row of which the last quarter is for the number.
  function strip(className, low, high) {
    const node = make("i", className);
    node.style.left = `${75 * low}%`;
    node.style.width = `${75 * (high - low)}%`;
    return node;
  }

  // What is outside of the interval: more often or more seldom than in the data.
  function outside({ bounds }, data, values) {
    const names = (test) => values.filter((_, value) => test(bounds[value], data[value]));
    return { often: names(([low], share) => low > share), seldom: names(([, high], share) => high < share) };
  }

  const listed = (names) => ({
    en: names.map((name) => name.en.toLowerCase()).join(", "),
    "zh-CN": names.map((name) => name["zh-CN"]).join("、"),
  });

  function sentenceOf(who, found) {
    const { often, seldom } = found;
    const one = often.length ? "count_often" : seldom.length ? "count_seldom" : "count_none";
    return phrase(often.length && seldom.length ? "count_both" : one, { who: phrase(who), often: listed(often), seldom: listed(seldom) });
  }

  function drawVerdict({ result, values }, element) {
    const verdict = part("count-verdict", element);
    verdict.replaceChildren();
    if (result.class.n) verdict.append(said("span", "", sentenceOf("count_by_class", outside(result.class, result.data, values))), " ");
    if (result.judge) verdict.append(said("span", "", sentenceOf("count_by_judge", outside(result.judge, result.data, values))));
    const agreed = part("count-agreed", element);
    agreed.hidden = result.agreed === undefined || !result.class.n;
    if (!agreed.hidden) say(agreed, "count_agreed", { agreed: result.agreed, n: result.class.n });
  }

  function showPhone(screen, own, element) {
    say(part("count-asked", element), "count_title", { name: screen.name });
    const area = part("count-pictures", element);
    const shown = `${pupil.state.turn} ${own.first}`; // another count may begin with the same pictures
    if (own.pictures && area.dataset.shown !== shown) {
      area.dataset.shown = shown;
      area.replaceChildren(...own.pictures.map((source, place) => pictureOf(source, place, screen.values)));
    }
    if (own.answer) for (const [place, item] of [...area.children].entries()) mark(item, own, place, screen);
    say(part("count-said", element), saidTo(screen, own), { left: (own.answer ?? []).filter((value) => value === null).length });
  }

  function pictureOf(source, place, values) {
    const item = make("li");
    const image = makeImage(source);
    const choices = make("div", "lab-count-choices");
    choices.role = "group";
    const label = make("span", "lab-unseen");
    label.id = `lab-count-${place}`;
    say(label, "count_picture", { number: place + 1 });
    choices.setAttribute("aria-labelledby", label.id);
    choices.append(...values.map((name, value) => choiceOf(name, value, place)), choiceOf(phrase("count_unsure"), UNSURE, place));
    item.append(image, label, choices, make("p", "lab-hint"));
    return item;
  }

  function choiceOf(name, value, place) {
    const button = said("button", "", name);
    button.type = "button";
    button.dataset.value = value;
    button.addEventListener("click", () => {
      const answer = [...(latestAnswer() ?? pupil.own.phone.answer)]; // a tap before may be on its way
      answer[place] = value;
      sendAnswer(answer);
    });
    return button;
  }

  function mark(item, { answer, judge }, place, { phase, values }) {
    for (const button of item.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(answer[place]) === button.dataset.value);
      button.disabled = phase === "reveal";
    }
    const hint = item.querySelector("p");
    hint.hidden = !judge;
    if (judge) say(hint, "count_judge_saw", { name: values[judge[place]] });
  }

  function saidTo({ phase }, { answer }) {
    if (phase === "reveal") return "count_over";
    return answer?.includes(null) ?? true ? "count_choose" : "count_done";
  }

  const settings = (element) => ({ attribute: element.querySelector("input:checked").value });

  return { showScreen, showPhone, settings };
})();
