"""A visitor's training from the first question to the model in its tab."""

import json
import random
import shlex
import shutil
import threading
import time
from dataclasses import fields, replace

import pytest
import tyro

from genai import checkpoint, text
from genai.check.examination import examine
from genai.checkpoint import own
from genai.errors import ConfigError
from genai.learn.runs import catalogue, manager, worker
from genai.learn.runs.curves import Curves
from genai.learn.runs.files import Control, RunFiles, Status
from genai.learn.runs.process import Worker
from genai.learn.runs.questions import RunQuestions
from genai.learn.runs.spec import CONFIGS, RunSpec
from genai.learn.runs.worker import FileControls, Order
from genai.serving.models import Registry
from genai.text.request import TextRequest
from tests.learn.runs.conftest import Clock, wait_for
from tests.ui.tiny import save_all

MODALITIES = ("text", "image", "audio")


def begin(ask, modality="text", steps=6, **question):
    answer = ask("start", modality=modality, data="x", minutes=1, settings={"steps": steps}, **question)
    assert "sentence" not in answer, answer
    return answer["id"]


@pytest.mark.parametrize(("modality", "suffix"), [("text", ".txt"), ("image", ".png"), ("audio", ".wav")])
def test_own_data_is_learnt_and_seen_from_the_first_step_on(ask, modality, suffix):
    name = begin(ask, modality)
    state = wait_for(ask.runs, name)
    assert state["phase"] == "done", state["sentence"]
    assert (state["step"], state["steps"], state["moments"]) == (6, 6, [1, 2, 5, 6])
    assert state["curves"]["step"] == [1, 2, 3, 4, 5, 6]
    assert state["curves"]["loss" if modality == "text" else "discriminator"][-1] > 0
    assert ("3-gram" in state["baselines"]) == (modality == "text")
    assert set(state["baselines"]) | set(state["curves"]) - {"step"} <= set(state["names"])
    shown = ask("moment", id=name, step=2)["moment"]
    if modality == "text":
        assert shown["text"]
    elif modality == "image":
        assert shown["picture"].startswith("data:image/webp;base64,")
        assert (shown["columns"], shown["rows"]) == (10, 2)  # a row for each class
    else:
        assert len(shown["sounds"]) == 4
        assert shown["sounds"][0]["sound"].startswith("data:audio/ogg;base64,")
    training = checkpoint.read_header(ask.runs.get(name).checkpoint()).training
    assert training["steps"] == 6
    assert name not in json.dumps(training)  # nor a path of this machine
    assert training["settings"]["data"].startswith("data/own-")
    json.dumps(state, allow_nan=False)


@pytest.mark.parametrize(("modality", "start"), [("text", "shakespeare"), ("image", "scored")])
def test_a_training_goes_on_from_a_shipped_model(make_runs, own_data, tmp_path, modality, start):
    from tests.ui.tiny import save_scored

    folder = save_all(tmp_path / "models")
    save_scored(folder)
    runs = make_runs(checkpoints=folder)
    data = own_data[modality]
    name = runs.start(RunSpec(modality, data.name, data.own_items, start, 1.0, {"steps": 2}), "me")
    state = wait_for(runs, name)
    assert state["phase"] == "done", (state["sentence"], runs.get(name).files.log)
    header = checkpoint.read_header(runs.get(name).checkpoint())
    assert header.training["started_from"]["file"] == start
    shape = checkpoint.read_header(folder / modality / f"{start}.safetensors").config
    same = {"hidden_size", "layers"} if modality == "text" else {"size", "channels", "generator_filters"}
    assert {key: header.config[key] for key in same} == {key: shape[key] for key in same}


def test_what_changes_while_it_runs_is_in_the_header(ask):
    name = begin(ask, steps=10_000)
    wait_for(ask.runs, name, "running")
    assert "sentence" not in ask("control", id=name, do="change", settings={"learning_rate": 0.001})
    while ask.runs.state(name)["settings"]["learning_rate"] != 0.001:
        time.sleep(0.01)
    refused = ask("control", id=name, do="change", settings={"batch_size": 8})
    assert "batch_size cannot change" in refused["sentence"]["en"]
    assert "memory of the text" in refused["sentence"]["en"]
    ask("control", id=name, do="stop")
    state = wait_for(ask.runs, name)
    assert state["phase"] == "stopped"
    training = checkpoint.read_header(ask.runs.get(name).checkpoint()).training
    assert [change["settings"] for change in training["changes"]] == [{"learning_rate": 0.001}]


def test_a_paused_training_does_single_steps_and_goes_on_after_it_was_stopped(ask):
    name = begin(ask, steps=200)
    ask("control", id=name, do="pause")
    first = wait_for(ask.runs, name, "paused")["step"]
    ask("control", id=name, do="step", steps=10)
    while ask.runs.state(name)["step"] != first + 10:
        time.sleep(0.01)
    assert wait_for(ask.runs, name, "paused")["step"] == first + 10
    ask("control", id=name, do="stop")
    state = wait_for(ask.runs, name)
    assert (state["phase"], state["step"]) == ("stopped", first + 10)
    assert "Stopped" in state["sentence"]["en"]
    ask("control", id=name, do="go")
    assert wait_for(ask.runs, name, "running", "done")["step"] >= first + 10
    assert wait_for(ask.runs, name, "done")["step"] == 200


def test_a_fork_begins_where_the_other_was_saved_and_leaves_it(ask):
    name = begin(ask, steps=5)
    wait_for(ask.runs, name)
    files = ask.runs.get(name).files
    files.write_spec(RunSpec("text", ask.runs.get(name).spec.data, 100, None, 1.0, {"steps": 9}))
    ask.runs.get(name).spec = files.spec()
    answer = ask("control", id=name, do="fork", settings={"learning_rate": 0.002})
    fork = answer["id"]
    assert fork != name
    assert answer["state"]["fork"]["id"] == name
    state = wait_for(ask.runs, fork)
    assert (state["phase"], state["step"]) == ("done", 9), state["sentence"]
    header = checkpoint.read_header(ask.runs.get(fork).checkpoint())
    assert header.training["changes"] == [{"step": 5, "settings": {"learning_rate": 0.002}}]
    assert ask.runs.state(name)["step"] == 5


def test_one_trains_at_a_time_and_the_others_see_their_place(make_runs, own_data):
    runs = make_runs()
    spec = RunSpec("text", own_data["text"].name, 100, None, 1.0, {"steps": 100_000})
    first, second, third = (runs.start(spec, visitor) for visitor in ("a", "b", "c"))
    assert [runs.state(name)["phase"] for name in (second, third)] == ["queued", "queued"]
    assert "Place 2" in runs.state(third)["sentence"]["en"]
    runs.control(second, "stop", None, None)
    assert runs.state(second)["phase"] == "stopped"
    assert "Place 1" in runs.state(third)["sentence"]["en"]
    wait_for(runs, first, "running")
    runs.control(first, "stop", None, None)
    wait_for(runs, third, "running")
    runs.control(third, "stop", None, None)
    assert wait_for(runs, third)["phase"] == "stopped"


def test_a_visitor_keeps_two_runs_and_the_oldest_that_ended_makes_room(make_runs, own_data):
    runs = make_runs()
    spec = RunSpec("text", own_data["text"].name, 100, None, 1.0, {"steps": 1})
    first = runs.start(spec, "me")
    wait_for(runs, first)
    folder = runs.get(first).files.folder
    second, third = runs.start(spec, "me"), None
    wait_for(runs, second)
    third = runs.start(RunSpec(**{**spec.__dict__, "settings": {"steps": 100_000}}), "me")
    assert not folder.exists()
    fourth = runs.start(RunSpec(**{**spec.__dict__, "settings": {"steps": 100_000}}), "me")
    with pytest.raises(ConfigError, match="2 trainings"):
        runs.start(spec, "me")
    for name in (fourth, third):
        runs.control(name, "stop", None, None)
    wait_for(runs, third)


def test_a_killed_servers_runs_are_found_stopped_and_go_on(make_runs, own_data, tmp_path):
    before = make_runs()
    spec = RunSpec("text", own_data["text"].name, 100, None, 1.0, {"steps": 100_000})
    name = before.start(spec, "me")
    wait_for(before, name, "running")
    before.end()  # its processes see that it has gone, and stop
    folder = before.get(name).files.folder
    RunFiles(folder).write_status(Status("running", step=7))  # as where the process was killed too
    after = make_runs()
    state = after.state(name)
    assert (state["phase"], state["step"]) == ("stopped", 7)
    after.control(name, "go", None, None)
    assert wait_for(after, name, "running")["step"] > 0


def test_what_nobody_looks_at_is_removed_with_data_and_model(make_runs, own_data):
    clock = Clock()
    runs = make_runs(clock=clock)
    name = runs.start(RunSpec("text", own_data["text"].name, 100, None, 1.0, {"steps": 1}), "me")
    wait_for(runs, name)
    folder, used = runs.get(name).files.folder, runs.use(name)
    assert own.find(used["name"], "text") is not None
    while runs.get(name).worker:  # until its end was noticed
        time.sleep(0.05)
    clock.now = manager.IDLE_SECONDS + 1
    with runs._lock:
        runs._remove_idle()
    assert not folder.exists()
    assert own.find(used["name"], "text") is None


def test_only_who_knows_its_name_uses_a_visitors_model(ask, tmp_path):
    models = save_all(tmp_path / "models")
    name = begin(ask, steps=1)
    wait_for(ask.runs, name)
    used = ask("use", id=name)
    assert used["link"] == f"?tab=text&model={used['name']}"
    registry = Registry("text", text.load, "shakespeare", "cpu", models)
    model = registry.get(used["name"])
    assert used["name"] not in registry.names
    header = registry.header(used["name"])
    assert "by a visitor" in header.limits["en"]
    written = text.generate(model, [TextRequest(seed=3, length=20)])[0].text
    assert len(written) == 20
    other = "own-" + "A" * 22
    for wrong in (other, "own-../../x", used["name"] + "/", None, 3):
        with pytest.raises(Exception, match=r"no text models called"):
            registry.header(wrong)
    ask.runs._remove(ask.runs.get(name))
    with pytest.raises(ConfigError, match="no text models called"):
        registry.get(used["name"])


def test_a_model_of_another_step_has_another_name(ask, tmp_path, monkeypatch):
    monkeypatch.setattr(manager, "MOST_USED", 2)
    name = begin(ask, steps=1)
    wait_for(ask.runs, name)
    run = ask.runs.get(name)
    first = ask("use", id=name)["name"]
    assert ask("use", id=name)["name"] == first
    names = [first]
    for step in (2, 3):
        run.files.write_status(replace(run.files.status(), step=step))
        names.append(ask("use", id=name)["name"])
    assert len(set(names)) == 3
    assert [own.find(one, "text") is not None for one in names] == [False, True, True]
    ask.runs._remove(run)
    assert not any(own.find(one, "text") for one in names)


def test_check_finds_a_visitors_model(ask):
    name = begin(ask, "image", steps=1)
    wait_for(ask.runs, name)
    used = ask("use", id=name)
    from genai import image
    from genai.image.encoding import encode

    model = image.load(used["name"], device="cpu")
    [result] = image.generate(model, [image.ImageRequest(None, seed=1)])
    finding = examine(encode(model, result))
    assert finding.kind == "identical"


@pytest.mark.parametrize("modality", MODALITIES)
def test_every_setting_has_a_value_within_its_range(modality):
    spec = RunSpec(modality, "x")
    names = {one.name for one in fields(CONFIGS[modality])}
    for one, shown in zip(catalogue.offered(modality, None), catalogue.describe(spec, None), strict=True):
        assert one.name in names
        assert one.read(shown["value"]) == shown["value"]
        assert shown["live"] == (shown["why"] is None)


@pytest.mark.parametrize("modality", MODALITIES)
def test_the_command_means_the_same_settings(modality, tmp_path):
    spec = RunSpec(modality, "mine", 3, None, 2.0, {"learning_rate": 0.0123})
    config = spec.config(tmp_path, "cpu", None)
    words = shlex.split(spec.command(None))
    assert words[:3] == ["python", "-m", f"genai.{modality}.training"]
    typed = tyro.cli(CONFIGS[modality], args=words[3:])
    elsewhere = {"folder", "device", "threads", "sample_minutes", "save_minutes"}
    for one in fields(config):
        if one.name not in elsewhere:
            assert getattr(typed, one.name) == getattr(config, one.name), one.name


class Fake:
    """A run without a training."""

    def __init__(self):
        self.step = 0
        self.changed = {}
        self.is_stopped = False

    def change(self, **values):
        self.changed |= values

    def stop(self):
        self.is_stopped = True


def test_controls_wait_and_the_time_of_waiting_is_told(tmp_path):
    files = RunFiles(tmp_path)
    files.write_control(Control(pause=True))
    controls, run = FileControls(files, threading.Event()), Fake()
    timer = threading.Timer(0.3, lambda: files.write_control(Control(settings={"clip": 2.0})))
    timer.start()
    waited = controls.before_step(run)
    assert waited >= 0.25
    assert run.changed == {"clip": 2.0}
    assert controls.before_step(run) == 0
    assert files.status().phase == "running"


def test_what_can_wait_is_done_once_after_the_first_step_and_its_time_is_not_counted(tmp_path):
    clock, run, done = Clock(), Fake(), []
    controls = FileControls(RunFiles(tmp_path), threading.Event(), lambda: clock.now)

    def later():
        clock.now += 7
        done.append(run.step)

    controls.later = later
    waited = []
    for run.step in range(3):
        waited.append(controls.before_step(run))
    assert done == [1]
    assert waited == [0, 7, 0]


def test_a_page_that_is_gone_stops_the_training(tmp_path):
    gone = threading.Event()
    gone.set()
    run = Fake()
    FileControls(RunFiles(tmp_path), gone).before_step(run)
    assert run.is_stopped


def test_a_pause_of_ten_minutes_makes_room(tmp_path):
    files, clock, run = RunFiles(tmp_path), Clock(), Fake()
    files.write_control(Control(pause=True))
    controls = FileControls(files, threading.Event(), lambda: clock.now)
    threading.Timer(0.1, lambda: setattr(clock, "now", worker.PAUSE_SECONDS + 1)).start()
    controls.before_step(run)
    assert run.is_stopped


@pytest.mark.parametrize(
    ("error", "said"),
    [(MemoryError(), "3 GB"), (ConfigError("A {x}.", x="sentence"), "A sentence."), (KeyError("x"), "")],
)
def test_a_failure_is_a_sentence_and_a_bug_is_called_one(ask, monkeypatch, error, said):
    def fail(*_):
        raise error

    monkeypatch.setitem(worker.TRAIN, "text", fail)
    state = wait_for(ask.runs, begin(ask))
    assert state["phase"] == "failed"
    assert said in state["sentence"]["en"]
    assert state["sentence"]["zh-CN"]


def test_what_is_shown_is_of_one_moment(ask, monkeypatch):
    name = begin(ask, steps=1)
    wait_for(ask.runs, name)
    run = ask.runs.get(name)
    while run.worker:  # until its end was noticed
        time.sleep(0.05)
    read, kept = run.files.status, run.files.status()
    states = iter([replace(kept, phase="stopped"), replace(kept, phase="failed", error={})])
    monkeypatch.setattr(run.files, "status", lambda: next(states, read()))
    assert ask.runs.state(name)["phase"] == "stopped"


def test_a_real_process_trains_and_ends_with_the_page(tmp_path, own_data):
    """One process is enough for all: it takes seconds to start."""
    process = Worker()
    files = RunFiles(tmp_path)
    settings = {"hidden_size": 64, "batch_size": 4, "window": 16}
    files.write_spec(RunSpec("text", own_data["text"].name, 100, None, 1.0, settings))
    process.begin(Order(str(tmp_path), "cpu"))
    end = time.monotonic() + 60
    while files.status().step < 3:
        assert process.exit_status is None, files.log.read_text()
        assert time.monotonic() < end
        time.sleep(0.05)
    process._process.stdin.close()  # as where the page's process is gone
    assert process._process.wait(30) == 0
    assert files.status().phase == "stopped"
    assert list(files.trainings.rglob("state.pt"))
    shutil.rmtree(files.trainings)


def test_a_process_that_dies_has_failed_and_its_state_is_kept(make_runs, own_data):
    runs = make_runs()
    name = runs.start(RunSpec("text", own_data["text"].name, 100, None, 1.0, {"steps": 10_000}), "me")
    wait_for(runs, name, "running")
    run = runs.get(name)
    with runs._lock:
        run.worker.kill()
        run.files.write_status(Status("running", step=3))
        runs._turns.end_run(run, -9)
    state = runs.state(name)
    assert state["phase"] == "failed"
    assert "exit status -9" in state["sentence"]["en"]


def test_a_public_page_trains_nobody(make_runs):
    questions = {one.__name__: one for one in RunQuestions(make_runs(), None, is_allowed=False).all()}
    for name in ("start", "control"):
        assert "opened it to strangers" in questions[name]({"modality": "text"})["sentence"]["en"]
    assert questions["settings"]({"modality": "text"})["allowed"] is False


JUNK = [
    *(
        None,
        True,
        -1,
        0,
        1,
        10,
        2**70,
        1.5,
        1e308,
        "",
        "x",
        "own-",
        "../../etc/passwd",
        "/etc/passwd",
        "pause",
        "go",
    ),
    *("text", "image", [], [[]], {}, {"learning_rate": "x"}, {"steps": True}, {"x": 1}, "\ud800", "a" * 5000),
]


def test_no_question_fails_whatever_it_holds(ask):
    rng = random.Random(0)
    keys = ("id", "do", "steps", "settings", "modality", "from", "data", "minutes", "step", "ids")
    for _ in range(300):
        name = rng.choice(list(ask.questions))
        question = {key: rng.choice(JUNK) for key in rng.sample(keys, rng.randint(0, len(keys)))}
        answer = ask(name, **question)
        json.dumps(answer)
        assert "unexpected" not in str(answer.get("sentence", "")), (name, question)
        if "id" in answer:
            ask("control", id=answer["id"], do="stop")


def test_curves_are_read_piece_by_piece_and_thinned(tmp_path):
    path = tmp_path / "metrics.jsonl"
    curves = Curves(path)
    curves.update()
    assert curves.thinned() == {"step": []}
    path.write_text('{"step": 1, "loss": 2.0}\n{"step": 2, "held_')
    curves.update()
    assert curves.thinned() == {"step": [1], "loss": [2.0]}
    with path.open("a") as file:
        file.write('out": 3.0, "other": 1.0}\n')
        file.writelines(f'{{"step": {n}, "loss": 1.0}}\n' for n in range(3, 1000))
    curves.update()
    thin = curves.thinned()
    assert (thin["step"][0], thin["step"][-1], len(thin["step"])) == (1, 999, 300)
    assert (thin["held_out"][0], thin["held_out"][-1]) == (None, 3.0)
    assert "other" not in thin
