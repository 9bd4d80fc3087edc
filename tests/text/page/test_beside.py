"""A model and its twin side by side."""

from functools import partial

import pytest
import torch

from genai import text
from genai.serving.guard.limits import Limits
from genai.serving.models import Registry
from genai.text import tab
from genai.text.evaluation import stream_loss
from genai.text.page.beside import MAX_READ, Beside
from genai.text.page.context import losses_by_place
from genai.text.page.twins import twin_of
from genai.text.page.xray import XRay
from genai.text.worker import TextWorkers
from genai.ui.panel.context import Context
from tests.text.worker.threads import ThreadPipes

LINK = "?tab=text&model=old&prompt=abc&length=40&temperature=0.8&top_k=0&top_p=1&seed=7"
REQUEST = text.TextRequest("abc", length=40, temperature=0.8, seed=7)


@pytest.fixture
def workers(twins):
    workers = TextWorkers("cpu", twins, start=ThreadPipes)
    yield workers
    workers.close()


@pytest.fixture
def panel(twins, workers, registry):
    context = Context(folder=twins, device="cpu", limits=Limits(ceilings={"length": 100}))
    write = tab.writer(workers, partial(twin_of, registry))
    return tab.TextPanel(context, tab.NAME, tab.SETTINGS, tab.find_checkpoint, tab.to_request, write, "old")


@pytest.fixture
def beside(panel, workers, registry):
    return Beside(registry, XRay(registry), tab.link_writer(panel, workers))


def test_the_twin_writes_for_the_same_request_and_has_a_link_of_its_own(beside, registry):
    answer = beside.beside({"model": "old", "link": LINK})
    assert answer["written"] == text.generate(registry.get("new"), [REQUEST])[0].text
    assert answer["link"] == LINK.replace("old", "new")
    assert (answer["network"], answer["prompt"]) == ("GPT", "abc")


def test_the_view_is_told_the_twin(panel, twins, workers):
    model = tab.find_checkpoint("new", device="cpu", folder=twins)
    *_, value = panel._generate(model, {"prompt": "abc", "length": 5})
    assert value["twin"] == "old"
    *_, lonely = tab.writer(workers, lambda name: None)(model, {"prompt": "abc", "length": 5})
    assert lonely["twin"] is None


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ({"model": "old"}, "a link to a text is needed"),
        ({"model": "old", "link": 7}, "a link to a text is needed"),
        ({"model": "nobody", "link": LINK}, "no text models called"),
        ({"model": "old", "link": LINK.replace("length=40", "length=101")}, "at most 100"),
        ({"model": "old", "link": LINK.replace("length=40", "length=x")}, "Length"),
        ({"model": "old", "link": LINK.replace("abc", "XYZ")}, "never seen"),
    ],
)
def test_a_bad_question_is_answered_by_a_sentence_in_both_languages(beside, question, says):
    answer = beside.beside(question)
    assert says in answer["sentence"]["en"]
    assert any("\u4e00" <= character <= "\u9fff" for character in answer["sentence"]["zh-CN"])


TEXT = "abc, a bad face.\n" * 6


def test_both_read_one_text_as_the_x_ray_and_the_evaluation_do(beside, registry):
    answer = beside.differ({"model": "old", "text": TEXT})
    assert [reader["network"] for reader in answer["readers"]] == ["LSTM", "GPT"]
    for name, reader in zip(("old", "new"), answer["readers"], strict=True):
        model = registry.get(name)
        assert reader["surprise"] == XRay(registry).look({"model": name, "text": TEXT})["surprise"]
        tokens = model.vocabulary.encode(model.lead_in + TEXT)
        assert reader["mean"] == pytest.approx(stream_loss(model.network, tokens), rel=1e-5)


def test_the_twin_is_compared_the_other_way_round(beside):
    one, other = (beside.differ({"model": name, "text": TEXT}) for name in ("old", "new"))
    assert one["readers"] == other["readers"][::-1]
    assert one["most"] == other["most"][::-1]
    first, second = (torch.tensor(reader["surprise"]) for reader in one["readers"])
    more = first - second  # in hundredths, rounded
    assert more[one["most"][0][0]] >= more.max() - 1
    assert more[one["most"][1][0]] <= more.min() + 1
    assert sum(kind["count"] for kind in one["kinds"]) == len(TEXT)


def test_the_reading_of_the_x_ray_is_used(registry, monkeypatch):
    xray = XRay(registry)
    for name in ("old", "new"):
        xray.look({"model": name, "text": TEXT})
    monkeypatch.setattr("genai.text.page.xray.read", lambda *_: pytest.fail("it was read again"))
    beside = Beside(registry, xray, lambda *_: pytest.fail("nothing is to be written"))
    assert "readers" in beside.differ({"model": "old", "text": TEXT})


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ({"model": "old"}, "a text is needed"),
        ({"model": "old", "text": ""}, "1 to 10000"),
        ({"model": "old", "text": "a" * (MAX_READ + 1)}, "at most 2000"),
        ({"model": "old", "text": "XYZ"}, "never seen"),
        ({"model": "nobody", "text": "abc"}, "no text models called"),
    ],
)
def test_a_bad_text_is_answered_by_a_sentence_in_both_languages(beside, question, says):
    answer = beside.differ(question)
    assert says in answer["sentence"]["en"]
    assert any("\u4e00" <= character <= "\u9fff" for character in answer["sentence"]["zh-CN"])


def test_the_cost_is_told_for_each_length_with_the_numbers_kept(beside):
    answer = beside.cost({"model": "old"})
    assert answer["lengths"] == [64, 128, 256, 512, 1024]
    lstm, gpt = answer["readers"]
    assert (lstm["network"], gpt["network"]) == ("LSTM", "GPT")
    assert all(0 < each < 1000 for reader in answer["readers"] for each in reader["milliseconds"])
    assert lstm["kept"] == [2 * 3 * 16] * 5  # hidden and cell state of three layers
    assert gpt["kept"] == [2 * 2 * 2 * 8 * 6] * 5  # keys and values, two layers, two heads of 8, a window of 6


def test_the_losses_by_place_are_told_of_both(beside, registry):
    answer = beside.by_place({"model": "new", "text": TEXT})
    tokens = registry.get("new").vocabulary.encode(TEXT)
    losses = losses_by_place([registry.get(name).network for name in ("new", "old")], tokens)
    assert [reader["nats"] for reader in answer["readers"]] == losses.nats
    assert [reader["network"] for reader in answer["readers"]] == ["GPT", "LSTM"]
    assert (answer["ends"], answer["windows"]) == (losses.ends, losses.windows)


@pytest.mark.parametrize("question", ["cost", "by_place"])
def test_a_model_without_a_twin_is_answered_by_a_sentence(save, network, tmp_path, question):
    save("lonely", network)
    alone = Registry("text", text.load, device="cpu", folder=tmp_path)
    beside = Beside(alone, XRay(alone), lambda *_: pytest.fail("nothing is to be written"))
    answer = getattr(beside, question)({"model": "lonely", "text": TEXT})
    assert "no other network beside it" in answer["sentence"]["en"]


def test_a_text_too_short_for_windows_is_refused(beside):
    assert "at least 16" in beside.by_place({"model": "old", "text": "abc"})["sentence"]["en"]
