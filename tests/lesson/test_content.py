"""The lessons, their hand-outs and the quiz: complete in both languages, and true to the page."""

import re
from urllib.parse import urlsplit

import pytest

from genai.classroom.activities import ACTIVITIES
from genai.language.strings import LANGUAGES
from genai.learn.game.presets import PRESETS
from genai.learn.improve.experiments import PAIRS
from genai.learn.tab import PARTS
from genai.lesson.content import LESSONS, lesson, lessons, quiz
from genai.ui.tour.content import glossary, tours
from tests.ui.test_tours import fields, terms, texts

MINUTES = {"what": 45, "gan": 45, "double": 90}
STEPS = [(name, step) for name in LESSONS for step in lesson(name)["steps"]]
each_step = pytest.mark.parametrize(("name", "step"), STEPS, ids=[f"{name}-{step['id']}" for name, step in STEPS])
each_lesson = pytest.mark.parametrize("name", LESSONS)


def test_both_languages_say_the_same():
    for text in texts([lessons(), quiz()]):
        english, chinese = (text[language] for language in LANGUAGES)
        assert set(text) == set(LANGUAGES)
        assert english.strip()
        assert re.search(r"[\u4e00-\u9fff]", chinese), chinese
        assert terms(english) == terms(chinese), english
        assert fields(english) == fields(chinese), english
        assert terms(english) <= set(glossary()), english


@each_lesson
def test_the_minutes_of_the_parts_sum_up(name):
    assert lesson(name)["minutes"] == MINUTES[name]
    assert sum(step["minutes"] for step in lesson(name)["steps"]) == MINUTES[name]


@each_lesson
def test_a_lesson_has_goals_words_and_a_ticket_of_three_questions_at_its_end(name):
    content = lesson(name)
    assert 3 <= len(content["goals"]) <= 5
    assert content["before"]
    assert set(content["words"]) <= set(glossary())
    assert [len(step["questions"]) for step in content["steps"] if "questions" in step] == [3]
    assert "questions" in content["steps"][-1]
    identities = [step["id"] for step in content["steps"]]
    assert len(set(identities)) == len(identities)


def test_the_double_lesson_has_the_steps_of_both_and_its_own():
    steps = {step["id"]: step for step in lesson("double")["steps"]}
    for name in ("what", "gan"):
        shared = [step for step in lesson(name)["steps"] if step["id"] in steps]
        assert len(shared) >= 4
        for step in shared:
            assert {**step, "minutes": 0, "text": ""} == {**steps[step["id"]], "minutes": 0, "text": ""}
    own = set(steps) - {step["id"] for name in ("what", "gan") for step in lesson(name)["steps"]}
    assert own == {"improve", "ticket-double"}


@each_step
def test_the_teacher_is_told_what_to_say_where_classes_stumble_and_what_to_do_without_phones(name, step):
    assert all(step[part]["en"] for part in ("title", "note", "stumbles", "solo"))
    assert step["activity"] is None or set(step["activity"]) == {"name", "settings"}
    assert step["activity"] is None or step["activity"]["name"] in ACTIVITIES


@each_step
def test_predict_do_reveal(name, step):
    if "questions" in step:
        return
    assert 2 <= len(step["answers"]) <= 3
    assert sum(answer.get("happens", False) for answer in step["answers"]) == 1
    assert all(answer["reply"] for answer in step["answers"])
    assert step["task"]
    told = {field for text in step["reveal"] for field in fields(text["en"])}
    assert told == {number for show in step["shows"] for number in show["numbers"]} != set()


def test_a_step_from_a_tour_says_what_the_tour_says_and_leaves_the_tour_as_it_was():
    of_tour = tours()["image"]["steps"][4]
    of_lesson = next(step for step in lesson("what")["steps"] if step["id"] == "wrong")
    assert of_lesson["question"] == of_tour["question"]
    assert of_lesson["reveal"][: len(of_tour["reveal"])] == of_tour["reveal"]
    assert len(of_lesson["reveal"]) > len(of_tour["reveal"])


@each_step
def test_shows_in_the_learn_tab_name_what_it_has(name, step):
    presets = {"healthy", *(preset.name for preset in PRESETS)}
    for show in step.get("shows", []):
        if isinstance(show["set"], dict):  # of the Text tab: another one in each language
            continue
        part = re.fullmatch(r"\?tab=learn&part=(\w+)", show["set"])
        if not part:
            continue
        assert part[1] in PARTS
        selectors = " ".join(next(iter(action.values())) for action in show["actions"])
        assert set(re.findall(r"preset\]\[data-name=([\w-]+)", selectors)) <= presets
        assert set(re.findall(r"compare\]\[data-name=([\w-]+)", selectors)) <= set(PAIRS)
        assert all(f"#learn-{part[1]}" in where["at"] for where in show["numbers"].values())


@pytest.mark.parametrize(
    "question",
    [*quiz()["questions"], *(question for _, step in STEPS for question in step.get("questions", []))],
    ids=lambda question: question["question"]["en"][:40],
)
def test_a_question_has_one_right_answer_and_a_reason(question):
    assert sum(answer.get("right", False) for answer in question["answers"]) == 1
    assert question["reason"]
    assert not any(terms(text["en"]) | fields(text["en"]) for text in texts(question))


def test_the_quiz_has_ten_questions_whose_right_answers_stand_in_different_places():
    places = [[bool(a.get("right")) for a in question["answers"]].index(True) for question in quiz()["questions"]]
    assert len(places) == 10
    assert all(places.count(place) >= 2 for place in range(3))


@each_lesson
def test_facts_have_sources(name):
    for source in lesson(name)["sources"]:
        assert source["source"]
        assert urlsplit(source["url"]).scheme == "https"
    assert name == "double" or len(lesson(name)["sources"]) >= 6
