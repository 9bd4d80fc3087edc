import pytest

from genai.classroom.activities.match import MOST_AT_ONCE, MOST_SHOWN, Match, Moment, Moves, Rules, winner
from genai.errors import ConfigError
from genai.learn.game.measures import CHANCE

RULES = Rules(rounds=2, seconds=30, presses=10, steps=120)


class Clock:
    """A clock that the tests move."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def begun(clock, phones, rules=RULES):
    match = Match(rules, clock)
    for seat in range(phones):
        match.team_of(seat)
    match.begin_round()
    return match


def moment(value=-1.0, even=-1.2):
    return Moment(value, best=-0.5, progress=0.4, even=even)


def play_round(match, clock):
    """Play until the round is over, and return the steps of G, D and the even game."""
    clock.now += match.rules.seconds
    total = [0, 0, 0]
    while (moves := match.due()) is not None:
        total = [sum(pair) for pair in zip(total, (moves.generator, moves.discriminator, moves.even), strict=True)]
        match.note(moves, moment())
    return total


@pytest.mark.parametrize("phones", [1, 2, 7, 30])
def test_phones_are_shared_out_evenly_and_keep_their_teams(clock, phones):
    match = Match(RULES, clock)
    teams = [match.team_of(seat) for seat in range(phones)]
    assert abs(teams.count("generator") - teams.count("discriminator")) == phones % 2
    assert [match.team_of(seat) for seat in range(phones)] == teams


@pytest.mark.parametrize("phones", [2, 3, 29, 60])
def test_both_teams_have_the_same_steps_whatever_their_size(clock, phones):
    match = begun(clock, phones)
    for seat in range(phones):
        for count in range(1, RULES.presses + 1):
            match.press(seat, count)
    assert play_round(match, clock) == [RULES.steps] * 3


def test_a_message_that_comes_twice_or_late_changes_nothing(clock):
    match = begun(clock, 2)
    for count in (1, 3, 3, 2, 1, 3):
        match.press(0, count)
    assert match.sides["generator"].pool == pytest.approx(3 * RULES.steps / RULES.presses)


@pytest.mark.parametrize("value", [-1, 11, 1.5, True, "3", None, [1]])
def test_a_number_of_presses_that_a_phone_does_not_have(clock, value):
    match = begun(clock, 2)
    with pytest.raises(ConfigError, match="Presses"):
        match.press(0, value)


def test_no_press_counts_before_or_after_a_round(clock):
    match = Match(RULES, clock)
    with pytest.raises(ConfigError, match="No round"):
        match.press(0, 1)
    match.begin_round()
    clock.now += RULES.seconds
    with pytest.raises(ConfigError, match="No round"):
        match.press(0, 1)


def test_a_late_phone_adds_no_more_than_the_teams_steps(clock):
    match = begun(clock, 2)
    match.press(0, RULES.presses)
    match.team_of(2)
    match.team_of(3)
    match.press(2, RULES.presses)
    assert match.sides["generator"].pressed == RULES.steps


def test_presses_are_played_at_a_steady_pace(clock):
    match = begun(clock, 2)
    match.press(0, RULES.presses)
    assert match.due() == Moves(generator=MOST_AT_ONCE, discriminator=0, even=0)
    clock.now += 15  # half of the round: half of the even game's steps are due
    match.note(Moves(MOST_AT_ONCE, 0, 0), moment())
    assert match.due() == Moves(MOST_AT_ONCE, 0, MOST_AT_ONCE)


def test_rounds_follow_until_the_end(clock):
    match = begun(clock, 2)
    with pytest.raises(ConfigError, match="cannot begin now"):
        match.begin_round()
    play_round(match, clock)
    assert (match.phase, match.turn) == ("pause", 0)
    assert match.due() is None
    match.begin_round()
    assert (match.phase, match.turn) == ("play", 1)
    play_round(match, clock)
    assert match.phase == "end"
    assert match.state()["result"]["winner"] == "discriminator"


def test_a_new_round_gives_new_presses(clock):
    match = begun(clock, 2)
    match.press(0, RULES.presses)
    play_round(match, clock)
    match.begin_round()
    match.press(0, 1)
    assert match.sides["generator"].presses[0] == 1
    assert match.sides["generator"].played == RULES.steps


def test_the_result_is_the_mean_beside_that_of_the_even_game(clock):
    match = begun(clock, 2, Rules(rounds=1, seconds=30, presses=1, steps=10))
    for value in (-1.0, -0.4):
        match.note(Moves(0, 0, 0), moment(value, even=-0.2))
    result = match.result()
    assert result["mean"] == pytest.approx(-0.7)
    assert result["even"] == pytest.approx(-0.2)
    assert result["winner"] == "generator"
    assert result["progress"] == pytest.approx(0.4)


def test_what_is_nearer_than_chance_is_a_draw():
    assert winner(-1.0, -1.0 - CHANCE / 2) == "draw"
    assert winner(-1.0, -1.0 - 2 * CHANCE) == "discriminator"
    assert winner(-1.0, -1.0 + 2 * CHANCE) == "generator"


def test_the_curve_stays_short_and_ends_with_the_newest_moment(clock):
    match = begun(clock, 2)
    for number in range(500):
        match.note(Moves(0, 0, 0), moment(float(number)))
    curve = match.state()["curve"]
    assert len(curve) <= MOST_SHOWN
    assert curve[-1][0] == 499


@pytest.mark.parametrize("name", ["rounds", "seconds", "presses", "steps"])
@pytest.mark.parametrize("value", [0, -1, 2.5, "3", None, 10**6])
def test_rules_that_are_none(name, value):
    with pytest.raises(ConfigError, match=name.capitalize()):
        Rules(**{name: value})
