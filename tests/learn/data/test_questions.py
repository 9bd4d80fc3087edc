"""What a browser may send: everything is answered, and what is wrong in both languages."""

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genai.learn.data.questions import DataQuestions
from genai.learn.data.rooms import Rooms
from genai.learn.data.store import Collections
from genai.serving.guard.visitors import set_current_visitor
from genai.serving.rooms.word import TeachersWord
from tests.learn.data.made import picture, recording, star

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
NAMES = ("id", "modality", "item", "items", "class", "code", "token", "seat", "strokes", "tasks", "address")
ITEM = st.fixed_dictionaries(
    {"kind": st.sampled_from(["text", "file", "strokes", "picture", "sound", "x"]), "value": JSON, "name": JSON}
)


def questions_with(word, is_required):
    collections = Collections()
    return DataQuestions(collections, Rooms(collections, lambda *_: None), TeachersWord(word, is_required))


@pytest.fixture
def questions():
    return questions_with(None, is_required=False)


@pytest.fixture
def ask(questions):
    by_name = {question.__name__: question for question in questions.all()}
    return lambda name, **question: by_name[name](question)


def test_a_page_collects_sees_what_was_taken_and_finds_it_again(ask):
    made = ask("collect", modality="image")
    items = [{"kind": "strokes", "value": star(3 * n)} for n in range(3)]
    broken = {"kind": "picture", "value": "aGFsbG8=", "name": "holiday.png"}
    answer = ask("add", id=made["id"], items=[*items, items[0], broken, {"kind": "picture", "value": picture()}])
    assert [item["item"] for item in answer["items"]] == [1, 2, 3, 4]
    assert [refused["name"] for refused in answer["refused"]] == ["", "holiday.png"]
    assert "第 1 个完全相同" in answer["refused"][0]["sentence"]["zh-CN"]
    assert not answer["ready"]
    ask("remove", id=made["id"], item=2)
    found = ask("collection", id=made["id"])
    assert [item["item"] for item in found["items"]] == [1, 3, 4]
    assert found["undo"]
    assert ask("restore", id=made["id"])["items"][0]["item"] == 2
    assert ask("clear", id=made["id"])["count"] == 0
    json.dumps(found)


def test_a_file_that_is_no_text_is_refused_without_an_option_of_a_command(ask):
    made = ask("collect", modality="text")
    noise = base64.b64encode(bytes(range(256)) * 40).decode()
    answer = ask("add", id=made["id"], items=[{"kind": "file", "value": noise, "name": "noise.txt"}])
    [refused] = answer["refused"]
    assert refused["name"] == "noise.txt"
    for sentence in refused["sentence"].values():
        assert "--" not in sentence
        assert "noise.txt" not in sentence  # it stands before the sentence
    assert "UTF-8" in refused["sentence"]["zh-CN"]


def test_a_recording_is_cut_and_each_sound_can_be_heard(ask):
    made = ask("collect", modality="audio")
    answer = ask("add", id=made["id"], items=[{"kind": "sound", "value": recording(3)}], **{"class": "beep"})
    assert answer["count"] == 3
    assert ask("hear", id=made["id"], item=2)["sound"].startswith("data:audio/wav")
    silent = ask("add", id=made["id"], items=[{"kind": "sound", "value": "AAAA" * 4000, "name": "quiet.wav"}])
    assert "silent" in silent["refused"][0]["sentence"]["en"]


def test_a_class_draws_by_a_code(ask):
    room = ask("open_room", address="http://192.168.1.5:7860/", tasks=["star"])
    assert room["link"] == f"http://192.168.1.5:7860/?tab=learn&part=train&join={room['code']}"
    assert room["qr"].startswith("data:image/svg+xml")
    seat = {"code": room["code"], "seat": "a-random-seat"}
    assert ask("join", **seat)["own"] == []
    assert len(ask("send", **seat, strokes=star(), **{"class": "star"})["own"]) == 1
    wall = ask("wall", code=room["code"], token=room["token"], address="http://localhost:7860/")
    assert len(wall["wall"]["items"]) == 1
    assert "localhost" not in wall["link"]
    assert ask("remove_from_wall", code=room["code"], token=room["token"], item=1) == {}
    assert ask("restore_to_wall", code=room["code"], token=room["token"]) == {}
    assert "sentence" in ask("open_room", address="javascript:alert(1)")


def test_a_name_that_is_no_unicode_is_said_back_as_far_as_it_is(ask):
    made = ask("collect", modality="text")
    answer = ask("add", id=made["id"], items=[{"kind": "file", "value": "", "name": "a\ud83db.txt"}])
    assert answer["refused"][0]["name"] == "ab.txt"
    json.dumps(answer, ensure_ascii=False).encode()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=6))
def test_any_question_is_answered(questions, question):
    for function in questions.all():
        answer = function(question)
        json.dumps(answer, ensure_ascii=False).encode()
        assert "A bug" not in str(answer)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ITEM | JSON, min_size=1, max_size=5), st.sampled_from(["text", "image", "audio"]))
def test_any_item_is_taken_or_refused_with_a_sentence(ask, items, modality):
    made = ask("collect", modality=modality)
    answer = ask("add", id=made["id"], items=items)
    if "refused" in answer:
        assert all(set(refused["sentence"]) == {"en", "zh-CN"} for refused in answer["refused"])
        assert "A bug" not in str(answer["refused"])


def test_a_public_page_opens_a_room_for_drawings_only_with_the_teachers_word():
    set_current_visitor("teacher", has_cookie=True)
    question = {"tasks": [], "address": "http://school.test:7860/"}
    asked = questions_with("swordfish", is_required=True)
    for wrong in ({}, {"word": "guess"}, {"word": 3}):
        assert "not the teacher's word" in answered(asked, question | wrong)["sentence"]["en"]
    assert "code" in answered(asked, question | {"word": " swordfish "})
    unset = questions_with(None, is_required=True)
    assert "--teacher-word" in answered(unset, question | {"word": "anything"})["sentence"]["en"]


def answered(questions, question):
    by_name = {one.__name__: one for one in questions.all()}
    return by_name["open_room"](question)
