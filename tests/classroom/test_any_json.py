"""Any JSON as settings, buttons and answers of every activity: no bug, and the screen stays JSON."""

import json
import random
from contextlib import suppress

import pytest

from genai.classroom.activities import ACTIVITIES, Services
from genai.classroom.activities.real_or_made import RealOrMade
from genai.errors import GenaiError
from tests.classroom.test_real_or_made import small_deck
from tests.load.fuzz import anything
from tests.ui.tiny import save_toured

SETTINGS = (
    "advice",
    "answers",
    "count",
    "data_set",
    "modality",
    "label",
    "letters",
    "model",
    "passage",
    "pictures",
    "property",
    "question",
    "rounds",
    "seconds",
    "text",
)
BUTTONS = ("reveal", "next", "begin", "finish", "resume", "again", "advise")
TEXT = {"en": "What?", "zh-CN": "什么？"}
BEGUN_WITH = {
    "poll": {"question": TEXT, "answers": [TEXT, TEXT]},
}


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    save_toured(folder)
    return Services(folder=folder, device="cpu")


def tried(do, *values):
    """The result; None where it was refused by a sentence."""
    with suppress(GenaiError):
        return do(*values)
    return None


@pytest.mark.parametrize("name", list(ACTIVITIES))
def test_any_settings_are_a_sentence_or_an_activity(services, name):
    dice = random.Random(name)
    for _ in range(25):
        settings = {key: anything(dice) for key in dice.sample(SETTINGS, 6)}
        if activity := tried(ACTIVITIES[name], settings, services, dice.randrange(2**32)):
            json.dumps(activity.screen())
            activity.close()


@pytest.mark.parametrize("name", list(ACTIVITIES))
def test_any_answer_and_button_leave_the_screen_as_json(services, name):
    dice = random.Random(name)
    # The tiny models know other classes than the judges of their data sets, so they have no deck.
    is_cards = name == "real_or_made"
    activity = RealOrMade(small_deck()) if is_cards else ACTIVITIES[name](BEGUN_WITH.get(name, {}), services, 5)

    def answer(seat, value):
        activity.answer(seat, activity.prepare(value))

    for _ in range(300):
        seat = dice.randrange(40)
        tried(answer, seat, anything(dice))
        if dice.random() < 0.1:
            tried(activity.act, dice.choice((*BUTTONS, "\ud83d", "")), anything(dice))
        json.dumps(activity.phone(seat))
    json.dumps(activity.screen())
    activity.close()
