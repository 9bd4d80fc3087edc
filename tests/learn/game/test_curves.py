"""The curves that come with a snapshot."""

from genai.learn.game.curves import MOST, Curves


def state(step, networks=1):
    return {"step": step, "networks": [{"numbers": {"js": step / 2, "loss_d": None}} for _ in range(networks)]}


def test_curves_follow_the_steps_and_are_thinned():
    curves = Curves()
    for step in range(1000):
        curves.add(state(step))
    curve = curves.as_json()
    assert len(curve["step"]) <= MOST
    assert (curve["step"][0], curve["step"][-1]) == (0, 999)
    assert curve["js"] == [step / 2 for step in curve["step"]]
    assert curve["loss_d"][0] is None


def test_what_comes_after_a_step_back_is_forgotten():
    curves = Curves()
    for step in (0, 5, 9, 9, 6):
        curves.add(state(step))
    assert curves.as_json()["step"] == [0, 5, 6]
    curves.add(state(0))
    assert curves.as_json()["step"] == [0]


def test_twins_have_a_curve_each():
    curves = Curves()
    curves.add(state(1, networks=2))
    assert [curve["step"] for curve in curves.as_json()] == [[1], [1]]
