"""The wall of the Home tab: pieces of all models, the same that their links give, labelled, handed out in turn."""

import base64
import io
from collections import Counter
from types import SimpleNamespace

import pytest
from PIL import Image

from genai import text
from genai.audio import tab as audio_tab
from genai.check import examine
from genai.home import wall as walls
from genai.home.learning import Learning, moment
from genai.home.tab import build
from genai.home.wall import FRAMES, Wall
from genai.image import tab as image_tab
from genai.text import tab as text_tab
from genai.ui.page.page import Page
from genai.ui.panel import links
from genai.ui.panel.context import Context
from genai.ui.words.errors import answer_errors
from tests.ui.single import follow
from tests.ui.tiny import save_all

TABS = {"text": text_tab, "image": image_tab, "audio": audio_tab}


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    return Context(folder=save_all(tmp_path_factory.mktemp("checkpoints")), device="cpu")


@pytest.fixture(scope="module")
def wall(context):
    made = Wall(context)
    made.make()
    return made


def all_pieces(wall):
    pieces = []
    more = True
    while more:
        answer = wall.pieces({"have": len(pieces)})
        pieces += answer["pieces"]
        more = answer["more"]
    return pieces


def content(address):
    return base64.b64decode(address.partition(",")[2])


def test_the_texts_are_there_once_all_of_them_are_made(wall, context):
    assert Wall(context).texts() == []
    assert [text["kind"] for text in wall.texts()] == ["text"] * 3


def test_every_model_is_on_the_wall_and_no_link_twice(wall):
    pieces = all_pieces(wall)
    assert Counter(piece["kind"] for piece in pieces) == {"text": 3, "image": 2, "audio": 2}
    assert len({piece["link"] for piece in pieces}) == len(pieces)
    assert {piece["language"] for piece in pieces if piece["model"] == "tang"} == {"zh-CN"}


def test_a_piece_is_the_result_of_its_link(wall, context):
    page = Page([tab.build for tab in TABS.values()], context)
    panels = {panel.name: panel for panel in page.panels}
    first = {piece["kind"]: piece for piece in reversed(all_pieces(wall))}
    results = {}
    for kind, piece in first.items():
        update = panels[kind].open_link(SimpleNamespace(link=piece["link"]))
        results[kind], notice = follow(panels[kind], update[-1])
        assert notice == {"empty": True}
        assert results[kind]["link"] == piece["link"]
    assert results["text"]["written"] == first["text"]["written"]
    assert results["image"]["cells"][0]["source"] == first["image"]["still"]
    assert results["audio"]["recording"] == first["audio"]["sound"]


def test_a_film_begins_with_its_picture_and_its_label_reproduces_it(wall, context):
    piece = next(piece for piece in all_pieces(wall) if piece["kind"] == "image")
    film = Image.open(io.BytesIO(content(piece["film"])))
    assert film.n_frames == FRAMES
    still = Image.open(io.BytesIO(content(piece["still"]))).convert("RGB")
    assert film.convert("RGB").tobytes() == still.tobytes()
    assert examine(content(piece["film"]), context.folder).kind == "identical"


def test_the_odds_of_the_next_letter_are_those_of_the_network(wall, context):
    piece = next(piece for piece in all_pieces(wall) if piece["model"] == "shakespeare")
    assert "".join(place["character"] for place in piece["places"]) == piece["written"][: len(piece["places"])]
    for place in piece["places"]:
        shares = [share for _, share in place["likeliest"]]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) <= 1.001
        assert place["probability"] <= shares[0]
    model = text.load(piece["model"], device="cpu", folder=context.folder)
    [again] = text.generate(model, [text_tab.to_request(read_values(piece["link"]))])
    assert again.text == piece["written"]


def read_values(link):
    return links.requested_values(links.parse_query(link), text_tab.SETTINGS)


def test_pieces_come_in_turn(wall, monkeypatch):
    monkeypatch.setattr(walls, "BYTES_AT_ONCE", 1)
    answers = [wall.pieces({"have": have}) for have in range(8)]
    assert [piece["link"] for answer in answers[3:7] for piece in answer["pieces"]] == [
        piece["link"] for piece in all_pieces(wall)[3:]
    ]
    assert answers[-1] == {"pieces": [], "more": False}


def test_before_the_wall_is_made_there_is_more_to_come(context):
    assert Wall(context).pieces({}) == {"pieces": [], "more": True}


@pytest.mark.parametrize("have", [-1, 2.5, "many", None, []])
def test_a_question_that_makes_no_sense_is_answered_by_a_sentence(wall, have):
    assert "Pieces" in answer_errors(wall.pieces)({"have": have})["sentence"]["en"]


def test_a_model_that_cannot_be_used_is_left_out(tmp_path):
    folder = save_all(tmp_path)
    path = folder / "image" / "fashion.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])
    made = Wall(Context(folder=folder, device="cpu"))
    made.make()
    assert {piece["model"] for piece in all_pieces(made) if piece["kind"] == "image"} == {"characters"}


def test_the_figures_have_a_history_or_are_left_out(context):
    answer = Learning(context).answer()
    assert answer["game"] is None
    assert answer["curve"]["loss"] == [4.2, 3.0, 2.5]


def test_the_shipped_models_have_a_game_to_show():
    game = Learning(Context(device="cpu")).answer()["game"]
    assert len(game["moments"]) > 3
    strip = Image.open(io.BytesIO(content(game["strip"])))
    assert strip.height == game["side"] * len(game["moments"])
    told = [entry["numbers"] for entry in game["moments"] if entry["numbers"]]
    assert len(told) > 3
    assert all(numbers.keys() == {"real", "fake", "discriminator", "generator"} for numbers in told)
    assert len({numbers["real"] for numbers in told}) == len(told)  # not one moment's numbers at many


def test_a_moment_has_its_own_numbers_or_those_logged_near_it():
    names = ("real", "fake", "discriminator", "generator")
    curve = {"step": [1, 100, 200], **{name: [1.0, 2.0, None] for name in names}}
    own = dict.fromkeys(names, 3.0)
    assert moment({"step": 90, **own}, curve) == {"step": 90, "numbers": own}
    assert moment({"step": 95}, curve) == {"step": 95, "numbers": dict.fromkeys(names, 2.0)}
    assert moment({"step": 200}, curve) == {"step": 200, "numbers": {}}
    assert moment({"step": 50}, curve) == {"step": 50, "numbers": {}}  # nothing was logged near it


def test_the_tab_is_laid_out_without_any_model(tmp_path):
    page = Page([build], Context(folder=tmp_path, device="cpu"))
    [tab] = page.panels
    tab.warm_up()
    assert tab.name == "home"
