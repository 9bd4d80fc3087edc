"""The tours and the glossary: complete in both languages, and true to the page that they lead through."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from genai import checkpoint
from genai.audio import tab as audio_tab
from genai.image import tab as image_tab
from genai.labels import Labels
from genai.language.strings import LANGUAGES
from genai.learn.museum.exhibits import EXHIBITS
from genai.text import generate, load
from genai.text import tab as text_tab
from genai.ui.page.page import Page
from genai.ui.panel import links
from genai.ui.panel.context import Context
from genai.ui.panel.links import link
from genai.ui.panel.requests import RequestReader
from genai.ui.tour.content import TOURS, glossary, tours
from tests.ui.single import follow
from tests.ui.tiny import save_all

ROOT = Path(__file__).parents[2] / "genai"


def in_language(value, language):
    """What a show is in one language, as the page takes it; its name stays as it is."""
    if isinstance(value, list):
        return [in_language(inner, language) for inner in value]
    if not isinstance(value, dict):
        return value
    if set(value) == set(LANGUAGES):
        return in_language(value[language], language)
    return {key: inner if key == "name" else in_language(inner, language) for key, inner in value.items()}


TABS = {"text": text_tab, "image": image_tab, "audio": audio_tab}


def tab_of(tour):
    """The tab of a tour, with whose name that of the tour begins."""
    return tour.split("-")[0]


STEPS = [(name, n, step) for name in TOURS for n, step in enumerate(tours()[name]["steps"], 1)]
SHOWS = [
    (tab_of(name), in_language(show, language))
    for name, _, step in STEPS
    for show in step["shows"]
    for language in (LANGUAGES if isinstance(show["set"], dict) else LANGUAGES[:1])
]
MUSEUM_LINK = "?tab=learn&part=museum"
SHOWS_OF_TABS = [(name, show) for name, show in SHOWS if show["set"] != MUSEUM_LINK]
steps = pytest.mark.parametrize(("name", "n", "step"), STEPS, ids=[f"{name}-{n}" for name, n, _ in STEPS])


def texts(value):
    """All bilingual texts within."""
    if isinstance(value, dict) and set(value) & set(LANGUAGES):
        yield value
    elif isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            if key not in {"set", "actions", "numbers", "settings"}:  # which say nothing
                yield from texts(inner)


def terms(text):
    return set(re.findall(r"\[\[([\w-]+)\|[^\]]+\]\]", text))


def fields(text):
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("content", [tours(), glossary()], ids=["tours", "glossary"])
def test_both_languages_say_the_same(content):
    for text in texts(content):
        english, chinese = (text[language] for language in LANGUAGES)
        assert set(text) == set(LANGUAGES)
        assert english.strip()
        assert re.search(r"[\u4e00-\u9fff]", chinese), chinese
        assert terms(english) == terms(chinese), english
        assert fields(english) == fields(chinese), english


def test_each_tour_has_five_steps():
    assert {tab_of(name) for name in tours()} == set(TABS)
    assert all(len(tour["steps"]) == 5 for tour in tours().values())


def test_glossary_has_forty_terms_or_more_and_none_twice():
    terms_in_english = [entry["term"]["en"] for entry in glossary().values()]
    assert len(set(terms_in_english)) == len(terms_in_english) >= 40


@steps
def test_predict_do_reveal(name, n, step):
    assert 2 <= len(step["answers"]) <= 3
    assert sum(answer.get("happens", False) for answer in step["answers"]) == 1
    assert all(answer["reply"] for answer in step["answers"])
    assert step["question"]["en"].endswith("?")
    assert step["task"]
    assert step["shows"]
    assert step["reveal"]


@steps
def test_terms_are_in_the_glossary_and_buttons_are_plain(name, n, step):
    for text in texts(step):
        assert terms(text["en"]) <= set(glossary()), text["en"]
        rest = re.sub(r"\[\[[\w-]+\|[^\]]+\]\]", "", text["en"] + text["zh-CN"])
        assert "[[" not in rest
        assert "]]" not in rest
    for plain in (step["title"], *(a["text"] for a in step["answers"]), *(show["name"] for show in step["shows"])):
        assert not terms(plain["en"]) | fields(plain["en"])


@steps
def test_numbers_told_are_the_numbers_read(name, n, step):
    told = {field for text in step["reveal"] for field in fields(text["en"])}
    read = {number for show in step["shows"] for number in show["numbers"]}
    assert told == read


@pytest.mark.parametrize(("name", "show"), SHOWS_OF_TABS, ids=[show["set"][:60] for _, show in SHOWS_OF_TABS])
def test_links_are_whole_and_can_be_made(name, show):
    settings, query = TABS[name].SETTINGS, links.parse_query(show["set"])
    values = links.requested_values(query, settings)
    assert link(name, query["model"], values) == show["set"]  # as the page itself would write it
    entries = {entry.name: entry for entry in checkpoint.available(name)}
    header = entries[query["model"]].header
    Labels(tuple(header.classes)).index(values.get("label"))
    assert set(values.get("prompt", "")) <= set(header.vocabulary or "")


@pytest.mark.parametrize(("name", "show"), SHOWS, ids=[show["set"][:60] for _, show in SHOWS])
def test_selectors_name_parts_of_the_page(name, show):
    sources = "".join(
        path.read_text(encoding="utf-8") for path in ROOT.rglob("*") if path.suffix in {".html", ".js", ".py"}
    )
    numbers = [v for number in show["numbers"].values() for k, v in number.items() if k in {"at", "when"}]
    selectors = [show["point"], *numbers, *(next(iter(action.values())) for action in show["actions"])]
    place = r"#learn-museum" if show["set"] == MUSEUM_LINK else rf"#{name}-(view|card|label)\b"
    for selector in selectors:
        assert re.match(place, selector), selector
        for kind, value in re.findall(r"\[data-(part|action|word)=([\w-]+)\]", selector):
            written = rf'data-{kind}="{value}"|{kind}: "{value}"|{kind} = "{value}"'
            assert re.search(written + (rf'|makeButton\("{value}"' if kind == "action" else ""), sources), selector


def test_numbers_are_never_written_out_where_the_page_has_them():
    """A text may name a setting of its own step, and what holds of every result; nothing with decimals else."""
    for _, _, step in STEPS:
        settings = " ".join(str(show["set"]) for show in step["shows"])
        for text in step["reveal"]:
            decimals = set(re.findall(r"\d+\.\d+", text["en"])) - {"0.2"}  # which the page itself says of a copy
            assert all(f"={number}&" in settings for number in decimals)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_step_on_the_stride_reads_the_numbers_of_the_exhibit_that_buzzes(language):
    shows = tours()["audio"]["steps"][1]["shows"]
    assert all(show["actions"][0]["press"].endswith("[data-name=buzzes]") for show in shows)
    header = checkpoint.read_header(checkpoint.SHIPPED / "museum/audio/buzzes.safetensors")
    assert header.config["head"] == "waveform"  # transposed convolutions of stride 4
    healthy = checkpoint.read_header(checkpoint.SHIPPED / f"audio/{EXHIBITS['buzzes'].healthy}.safetensors")
    assert healthy.config["head"] == "spectrum"
    read = {name: int(re.search(where["find"], header.diagnosis[language])[1])
            for name, where in shows[0]["numbers"].items()}  # fmt: skip
    rate = header.sample_rate
    assert read == {"steps": header.training["steps"], "rate": rate, "tone": rate // 4**2}


@pytest.fixture(scope="module")
def panels(tmp_path_factory):
    folder = save_all(tmp_path_factory.mktemp("checkpoints"))
    page = Page([tab.build for tab in TABS.values()], Context(folder=folder, device="cpu"))
    return {panel.name: panel for panel in page.panels}


@pytest.mark.parametrize("name", TABS)
def test_a_step_is_a_link_followed_without_leaving_the_page(panels, name):
    panel = panels[name]
    model = panel.registry.first
    address = link(name, model, {s.name: s.default for s in panel.settings} | {"seed": 77})
    update = panel.open_link(SimpleNamespace(link=address))
    assert update[0] == model
    assert 77 in update
    assert update[-1] == panel.open(SimpleNamespace(query_params=links.parse_query(address)))[-1]
    shown, notice = follow(panel, update[-1])
    assert shown["link"] == address
    assert notice == {"empty": True}


def test_a_step_that_asks_too_much_is_told(panels):
    update = panels["image"].open_link(SimpleNamespace(link="?tab=image&model=fashion&count=999"))
    notice = update[-1]
    assert "Count 999 cannot be used" in notice["sentence"]["en"]


def test_the_chinese_tour_points_at_a_comma():
    """Its first step calls the character after five others the comma."""
    [step, *_] = tours()["text"]["steps"]
    query = links.parse_query(step["shows"][0]["set"]["zh-CN"])
    request = RequestReader("text", text_tab.SETTINGS, {}, None).from_link(query)
    model = load(query["model"], "cpu")
    [result] = generate(model, [text_tab.to_request(request.values)])
    assert result.full[5] == "，"


def test_a_tour_names_its_tab():
    assert links.requested_tab({"tour": "image", "step": "3"}) == "image"
    assert links.requested_tab({"tour": "text-gpt"}) == "text"
    assert links.requested_tab({}) is None
    assert links.requested_tab({"tab": "text", "tour": "image"}) == "text"
    assert links.parse_query("?tab=text&prompt=A%3A%0A&top_p=1") == {"tab": "text", "prompt": "A:\n", "top_p": "1"}
