"""Two small rooms on a page with tiny checkpoints: every vote is on its teacher's screen."""

from tests import loop
from tests.load.room import Lesson, table, teach


def test_no_vote_is_lost_and_two_rooms_do_not_mix(served):
    lesson = Lesson(phones=6, rooms=2, rounds=2, spread=0.0)
    voted = loop.run(teach(lesson, served))
    assert voted.wrong == []
    assert len(voted.delays) == 24
    assert voted.delays[12] < 1 + 5 * voted.answers[24]  # a busy machine answers late, too
    assert "0 counts" in table(lesson, voted)
