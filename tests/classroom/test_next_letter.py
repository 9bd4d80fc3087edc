import math

import pytest
from scipy import stats

from genai.classroom.activities.activity import Services
from genai.classroom.activities.next_letter import (
    MOST_LETTERS,
    STUDENT_95,
    Comparison,
    NextLetter,
    fold,
    least_loss,
    make,
    smoothed,
)
from genai.classroom.passages import LATIN_KEYS, MARK, Letter, Passage
from genai.errors import ConfigError
from genai.text.vocabulary import Vocabulary
from tests.ui.tiny import save_all

KEYS = "abcd"
EVEN = [0.25] * 4
SURE_OF_B = [0.1, 0.7, 0.1, 0.1]


def make_activity(*, count: int = 3) -> NextLetter:
    passage = Passage("aabca", [Letter(1, KEYS, EVEN), Letter(2, KEYS, SURE_OF_B), Letter(3, KEYS, EVEN)])
    return NextLetter(passage, [EVEN, EVEN, EVEN], "tiny", chosen=False, count=count)


def test_half_a_vote_is_added_to_every_key():
    assert smoothed([3, 0, 0, 1]) == pytest.approx([3.5 / 6, 0.5 / 6, 0.5 / 6, 1.5 / 6])


def test_without_votes_all_keys_are_equally_likely():
    assert smoothed([0] * 28) == pytest.approx([1 / 28] * 28)


@pytest.mark.parametrize("n", [1, 30, 1000])
def test_the_least_loss_is_that_of_votes_which_are_all_right(n):
    assert least_loss(n, 28) == pytest.approx(-math.log(smoothed([n] + [0] * 27)[0]))


def test_the_least_loss_goes_to_zero_with_many_votes():
    assert least_loss(10**9, 28) == pytest.approx(0, abs=1e-6)


def test_the_loss_of_thirty_votes_in_closed_form():
    activity = make_activity()
    for seat in range(30):
        activity.answer(seat, "a" if seat < 18 else "d")
    activity.act("reveal", None)
    assert activity.screen()["past"] == [
        {"character": "a", "nats": {"class": round(-math.log(18.5 / 32), 4), "trigram": 1.3863, "lstm": 1.3863}}
    ]


def test_a_vote_can_be_changed_until_the_letter_is_revealed_and_counts_once():
    activity = make_activity()
    activity.answer(0, "c")
    activity.answer(0, "a")
    assert activity.screen()["answered"] == 1
    activity.act("reveal", None)
    votes = {bar["key"]: bar["votes"] for bar in activity.screen()["letter"]["bars"]}
    assert votes == {"a": 1, "b": 0, "c": 0, "d": 0}
    with pytest.raises(ConfigError, match="known already"):
        activity.answer(0, "b")


@pytest.mark.parametrize("value", ["e", "", "ab", 3, None, ["a"]])
def test_a_vote_that_is_no_key(value):
    with pytest.raises(ConfigError, match="none of the keys"):
        make_activity().answer(0, value)


def test_before_the_reveal_the_screen_shows_neither_votes_nor_the_letter():
    activity = make_activity()
    before = activity.screen()
    activity.answer(0, "a")
    after = activity.screen()
    assert before | {"answered": 1} == after
    assert after["before"] == "a"
    assert "letter" not in after


def test_the_keys_do_not_depend_on_the_letter_within_latin_text():
    assert len(set(LATIN_KEYS)) == len(LATIN_KEYS) == 28


def test_all_letters_in_turn():
    activity = make_activity()
    phases = []
    while activity.phase != "end":
        phases.append((activity.screen()["turn"], activity.phase))
        activity.act("next", None)
    assert phases == [(0, "ask"), (0, "reveal"), (1, "ask"), (1, "reveal"), (2, "ask"), (2, "reveal")]
    assert activity.screen()["before"] == "aabca"


def test_fewer_letters_than_the_passage_has():
    activity = make_activity(count=1)
    activity.act("next", None)
    activity.act("next", None)
    assert activity.phase == "end"


@pytest.mark.parametrize("do", ["back", "reveal"])
def test_a_button_that_cannot_be_pressed(do):
    activity = make_activity()
    activity.act("reveal", None)
    with pytest.raises(ConfigError, match="choose one of"):
        activity.act(do, None)


def test_a_letter_without_votes_counts_for_nobody():
    activity = make_activity()
    activity.act("next", None)
    activity.act("next", None)
    activity.answer(0, "b")
    activity.act("next", None)
    screen = activity.screen()
    assert screen["counted"] == 1
    assert screen["means"]["trigram"] == pytest.approx(-math.log(0.7), abs=1e-4)
    assert "nats" not in screen["past"][0]


def test_the_mean_is_that_of_the_letters():
    activity = make_activity()
    for letter in "abc":
        for seat in range(4):
            activity.answer(seat, letter)
        activity.act("next", None)
        activity.act("next", None)
    screen = activity.screen()
    assert screen["means"]["class"] == pytest.approx(least_loss(4, 4), abs=1e-4)
    assert screen["means"]["trigram"] == pytest.approx((2 * math.log(4) - math.log(0.7)) / 3, abs=1e-4)
    assert screen["ahead"]["lstm"]["mean"] == pytest.approx(math.log(4) - least_loss(4, 4), abs=1e-4)
    assert screen["ahead"]["lstm"]["half"] == 0


def test_the_interval_of_a_mean_difference_in_closed_form():
    comparison = Comparison.of([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    assert comparison.mean == pytest.approx(2)
    assert comparison.half_width == pytest.approx(4.303 * 1 / math.sqrt(3))
    assert Comparison.of([1.0], [3.0]) == Comparison(2.0, None)


def test_the_quantiles_are_students():
    assert pytest.approx([stats.t.ppf(0.975, n - 1) for n in range(2, MOST_LETTERS + 1)], abs=5e-4) == STUDENT_95


def test_what_a_phone_sees_of_its_own():
    activity = make_activity()
    activity.answer(0, "a")
    activity.answer(1, "b")
    assert activity.phone(0) == {"answer": "a", "voted": 0, "right": 0}
    activity.act("reveal", None)
    assert own(activity, 0) == ("a", 1, 1)
    assert own(activity, 1) == ("b", 1, 0)
    assert activity.phone(2) == {"answer": None, "voted": 0, "right": 0}


def own(activity, seat):
    phone = activity.phone(seat)
    return phone["answer"], phone["voted"], phone["right"]


def test_a_phone_sees_how_often_the_models_would_have_been_right_on_its_letters():
    activity = make_activity()
    for vote in ("c", "b", None):  # of the last letter it says nothing: that counts for nobody
        if vote:
            activity.answer(0, vote)
        activity.act("reveal", None)
        activity.act("next", None)
    phone = activity.phone(0)
    counts = {player: (row["count"], row["n"]) for player, row in phone["rows"].items()}
    assert counts == {"own": (1, 2), "trigram": (2, 2), "lstm": (1, 2)}
    assert phone["chance"] == pytest.approx(1 / len(KEYS))


def test_the_true_key_is_among_the_bars_though_nobody_expects_it():
    keys = "abcdefghijkl"
    odds = [0.09] * 11 + [0.01]
    activity = NextLetter(Passage("l", [Letter(0, keys, odds)]), [odds], "tiny", chosen=True, count=1)
    activity.answer(0, "a")
    activity.act("reveal", None)
    bars = [bar["key"] for bar in activity.screen()["letter"]["bars"]]
    assert len(bars) == 8
    assert bars[-1] == "l"


def test_characters_that_share_a_key_are_summed():
    vocabulary = Vocabulary("Aa!? z")
    odds = [0.1, 0.2, 0.05, 0.15, 0.3, 0.2]
    folded = dict(zip(LATIN_KEYS, fold(odds, vocabulary, LATIN_KEYS, chosen=False), strict=True))
    assert folded["a"] == pytest.approx(0.3)
    assert folded[" "] == pytest.approx(0.3)
    assert folded[MARK] == pytest.approx(0.2)
    assert sum(folded.values()) == pytest.approx(1)


def test_odds_are_renormalised_to_a_choice():
    vocabulary = Vocabulary("山水月风")
    assert fold([0.4, 0.1, 0.3, 0.2], vocabulary, "山水", chosen=True) == pytest.approx([0.8, 0.2])


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    return Services(folder=save_all(tmp_path_factory.mktemp("checkpoints")), device="cpu")


def test_an_activity_is_made_of_a_held_out_passage_and_a_model(services):
    activity = make({"text": "shakespeare", "passage": 2, "letters": 3}, services, 0)
    activity.answer(0, "e")
    activity.act("reveal", None)
    screen = activity.screen()
    assert screen["total"] == 3
    assert 0 < screen["past"][0]["nats"]["lstm"] < 10
    assert sum(bar["lstm"] for bar in screen["letter"]["bars"]) < 1.001


def test_the_seed_chooses_the_passage(services):
    texts = {make({}, services, seed).screen()["before"] for seed in range(6)}
    assert len(texts) > 1
    assert make({}, services, 3).screen() == make({}, services, 3).screen()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"text": "python"}, "no passages"),
        ({"passage": 16}, "Passage"),
        ({"passage": "1"}, "Passage"),
        ({"letters": 0}, "Letters"),
        ({"letters": 15}, "Letters"),
    ],
)
def test_settings_that_are_none(services, settings, words):
    with pytest.raises(ConfigError, match=words):
        make(settings, services, 0)


def test_the_shipped_model_knows_the_poems():
    activity = make({"text": "tang", "passage": 0}, Services(device="cpu"), 0)
    activity.answer(0, activity.screen()["keys"][0])
    activity.act("reveal", None)
    bars = activity.screen()["letter"]["bars"]
    assert len(bars) == 8
    assert sum(bar["lstm"] for bar in bars) == pytest.approx(1, abs=1e-3)
