"""A training run: time, saved state, resuming, signals, several processes, full disks, and divergence."""

import errno
import json
import math
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from genai.audio import training as audio_training
from genai.errors import ConfigError, DataError
from genai.image import training as image_training
from genai.signals import ENDING
from genai.text.recipes.lstm import TrainingConfig
from genai.training import journal as journal_module
from genai.training.config import RunConfig
from genai.training.data_record import DataRecord
from genai.training.run import Run


def _config(tmp_path, **settings):
    return RunConfig(**{"folder": tmp_path, "steps": 10, "device": "cpu", "precision": "no", **settings})


def _train(config, stop_after=None):
    """Ten steps of gradient descent on one weight; returns the run and the weight."""
    run, weight = Run(config, "x"), nn.Linear(1, 1, bias=False)
    nn.init.ones_(weight.weight)
    optimiser = torch.optim.Adam(weight.parameters(), lr=0.1)
    run.restore(weight=weight, optimiser=optimiser)
    for step in run.steps():
        optimiser.zero_grad()
        weight(torch.rand(1, 1, generator=torch.Generator().manual_seed(step))).sum().backward()
        optimiser.step()
        run.log(weight=weight.weight.detach())
        if step + 1 == stop_after:
            signal.raise_signal(signal.SIGINT)
    return run, weight.weight.item()


def _lines(folder):
    return [json.loads(line) for line in (folder / "x/metrics.jsonl").read_text().splitlines()]


def test_a_stopped_run_resumes_as_if_it_had_not_been_stopped(tmp_path):
    _, whole = _train(_config(tmp_path / "a"))
    run, part = _train(_config(tmp_path / "b"), stop_after=4)
    assert (run.step, run.progress) == (4, 0.4)
    assert part != whole
    run, resumed = _train(_config(tmp_path / "b"))
    assert (run.step, run.progress) == (10, 1)
    assert resumed == whole
    lines = [_lines(tmp_path / n) for n in "ab"]
    assert [line["step"] for line in lines[1]] == list(range(1, 11))
    assert [line["weight"] for line in lines[0]] == [line["weight"] for line in lines[1]]


def _handlers():
    return [signal.getsignal(number) for number in ENDING]


def test_signal_handlers_are_replaced_in_the_loop_and_restored_after_it(tmp_path):
    before = _handlers()
    for _ in Run(_config(tmp_path, steps=2), "x").steps():
        ours = zip(_handlers(), before, strict=True)
        assert all(now != then or then == signal.SIG_IGN for now, then in ours)
    assert _handlers() == before


def test_signal_handlers_are_restored_when_the_body_of_the_loop_raises(tmp_path):
    def train():
        for _ in Run(_config(tmp_path), "x").steps():
            raise ZeroDivisionError

    before = _handlers()
    with pytest.raises(ZeroDivisionError):
        train()
    assert _handlers() == before


def test_signal_handlers_are_restored_when_the_loop_is_left_early(tmp_path):
    before = _handlers()
    for _ in Run(_config(tmp_path), "x").steps():
        break
    assert _handlers() == before


def test_signal_handlers_are_left_alone_outside_of_the_main_thread(tmp_path):
    before = _handlers()
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(_train, _config(tmp_path)).result()[0].step == 10
    assert _handlers() == before


def test_a_finished_run_does_no_further_step(tmp_path):
    _train(_config(tmp_path))
    _, again = _train(_config(tmp_path))
    assert (tmp_path / "x/metrics.jsonl").read_text().count("\n") == 10
    assert again == _train(_config(tmp_path))[1]


def test_a_run_killed_between_two_saves_resumes_from_the_last_one(tmp_path):
    """Lines logged after the last save are written again, and half a line is dropped."""
    _train(_config(tmp_path), stop_after=5)
    with (tmp_path / "x/metrics.jsonl").open("a") as file:
        file.write('{"step": 6, "minutes": 0.0, "weight": 99}\n{"step": 7, "min')
    (tmp_path / "x/state.tmp").write_bytes(b"half a state")
    run, _ = _train(_config(tmp_path))
    lines = _lines(tmp_path)
    assert [line["step"] for line in lines] == list(range(1, 11))
    assert 99 not in [line["weight"] for line in lines]
    assert run.step == 10


def test_a_run_stops_when_its_time_is_used_up(tmp_path, monkeypatch):
    clock = iter(range(0, 10_000, 30))
    monkeypatch.setattr("genai.training.run.time.monotonic", lambda: float(next(clock)))
    run, _ = _train(_config(tmp_path, steps=1000, minutes=2.0))
    assert run.step == 4  # 30 seconds a step by this clock
    assert run.progress == 1


def test_a_folder_of_another_run_is_refused_but_the_budget_may_change(tmp_path):
    _train(_config(tmp_path), stop_after=2)
    with pytest.raises(ConfigError, match="seed was 0, now 1"):
        Run(_config(tmp_path, seed=1), "x")
    assert Run(_config(tmp_path, steps=20, minutes=1.0), "x").step == 0


def test_a_run_of_an_older_version_goes_on_with_the_defaults_of_settings_that_it_lacks(tmp_path):
    config = _config(tmp_path / "runs")
    _train(config, stop_after=4)
    for file in (tmp_path / "runs/x").glob("config.json*"):
        old = json.loads(file.read_text())
        del old["seed"]
        file.write_text(json.dumps(old))
    with pytest.raises(ConfigError, match="seed was 0, now 1"):
        _train(replace(config, seed=1))
    run, _ = _train(config)
    assert run.step == 10


def test_samples_are_due_at_log_spaced_steps_and_the_last(tmp_path):
    run, due = Run(_config(tmp_path, steps=777), "x"), []
    for run.step in range(777):
        if run.sample_path(".txt"):
            due.append(run.step + 1)
    assert due == [10, 20, 50, 100, 200, 500, 777]


def test_the_record_says_how_the_run_went(tmp_path):
    run, _ = _train(_config(tmp_path))
    record = run.record()
    assert record["steps"] == 10
    assert record["settings"]["seed"] == 0
    assert record["torch"] == torch.__version__
    assert record["last_logged"] == _lines(tmp_path)[-1]
    run.journal.log(step=11, other=3.0)
    assert run.record()["last_logged"] == {**_lines(tmp_path)[-2], "step": 11, "other": 3.0}
    json.dumps(record)


def test_noise_differs_by_step_and_is_repeatable(tmp_path):
    run = Run(_config(tmp_path), "x")
    a, b, c = (torch.rand(3, generator=run.device_rng(1, step)) for step in (1, 1, 2))
    assert torch.equal(a, b)
    assert not torch.equal(a, c)


def test_a_batch_is_split_evenly_among_processes_or_refused(tmp_path):
    run = Run(_config(tmp_path), "x")
    assert torch.equal(run.local_rows(torch.arange(6)), torch.arange(6))
    run.accelerator = SimpleNamespace(num_processes=2, process_index=1)
    assert torch.equal(run.local_rows(torch.arange(6)), torch.tensor([3, 4, 5]))
    with pytest.raises(ConfigError, match="batch of 5 cannot be shared out to 2"):
        run.local_rows(torch.arange(5))


def test_the_precision_is_chosen_once_for_each_run(tmp_path, monkeypatch):
    chosen = []
    for name, faster in (("x", True), ("x", False), ("y", False)):
        monkeypatch.setattr("genai.training.run.prefers_bfloat16", lambda device, faster=faster: faster)
        run = Run(_config(tmp_path, precision="auto"), name)
        chosen.append((run.accelerator.mixed_precision, run.record()["settings"]["precision"]))
    assert chosen == [("bf16", "bf16"), ("bf16", "bf16"), ("no", "no")]


@pytest.mark.parametrize(
    ("config", "settings", "name"),
    [
        (RunConfig, {"steps": 0}, "--steps 0"),
        (TrainingConfig, {"layers": 0}, "--layers 0"),
        (TrainingConfig, {"evaluate_every": 0}, "--evaluate-every 0"),
        (TrainingConfig, {"weight_drop": 1.0}, r"--weight-drop 1\.0"),
        (image_training.ImageTrainingConfig, {"batch_size": 0}, "--batch-size 0"),
        (image_training.ImageTrainingConfig, {"penalty_every": -1}, "--penalty-every -1"),
        (audio_training.AudioTrainingConfig, {"generator_filters": 0}, "--generator-filters 0"),
    ],
)
def test_impossible_settings_are_refused_by_their_flags(config, settings, name):
    with pytest.raises(ConfigError, match=f"{name} is not possible"):
        config(**settings)


class Disk:
    """Stands in for a disk that is full for a while."""

    def __init__(self, monkeypatch):
        self.is_full = False
        write, append = Path.write_bytes, journal_module._append
        monkeypatch.setattr(Path, "write_bytes", lambda *arguments: self.check() or write(*arguments))
        monkeypatch.setattr(journal_module, "_append", lambda *arguments: self.check() or append(*arguments))

    def check(self):
        if self.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")


def _train_on(disk, tmp_path, full_steps, **settings):
    """Ten steps on a disk that is full after some of them."""
    run = Run(_config(tmp_path, **settings), "x")
    weight = nn.Linear(1, 1, bias=False)
    run.restore(weight=weight)
    for step in run.steps():
        disk.is_full = step in full_steps
        nn.init.constant_(weight.weight, float(step))
        run.log(weight=weight.weight.detach())
        run.write_sample(".txt", lambda path: path.write_bytes(b"sample"))
    return run


def test_a_disk_that_is_full_for_a_while_costs_nothing_but_a_sample(tmp_path, monkeypatch, capsys):
    run = _train_on(Disk(monkeypatch), tmp_path, {3, 4, 9}, save_minutes=0.0, steps=20)
    assert [line["step"] for line in _lines(tmp_path)] == list(range(1, 21))
    assert run._state.read()["step"] == 20
    samples = sorted(path.name for path in (tmp_path / "x/samples").iterdir())
    assert samples == ["step-000020.txt"]  # that of step 10 found no room
    said = capsys.readouterr().err
    assert said.count("metrics.jsonl cannot be written (No space left on device). The training goes on") == 2
    assert said.count("state.pt cannot be written") == 3
    assert said.count("step-000010.txt cannot be written") == 1


def test_a_disk_that_stays_full_is_a_sentence_and_leaves_the_last_state(tmp_path, monkeypatch):
    disk = Disk(monkeypatch)
    with pytest.raises(DataError, match=r"state\.pt cannot be written \(No space left"):
        _train_on(disk, tmp_path, range(5, 10), save_minutes=0.0)
    disk.is_full = False
    run = Run(_config(tmp_path), "x")
    run.restore(weight=nn.Linear(1, 1, bias=False))
    assert run.step == 5
    assert [line["step"] for line in _lines(tmp_path)] == [1, 2, 3, 4, 5]


def test_half_a_line_is_taken_back_when_the_disk_fills_up(tmp_path):
    resource = pytest.importorskip("resource")
    path = tmp_path / "metrics.jsonl"
    journal_module._append(path, "1234567890\n")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (15, limits[1]))
    try:
        with pytest.raises(OSError, match=r"No space|too large"):
            journal_module._append(path, "1234567890\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_text() == "1234567890\n"


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"PK\3\4 half a state"])
def test_a_broken_state_gives_way_to_the_one_before(content, tmp_path, capsys):
    _train(_config(tmp_path), stop_after=4)
    _train(_config(tmp_path), stop_after=7)
    (tmp_path / "x/state.pt").write_bytes(content)
    run, resumed = _train(_config(tmp_path))
    assert resumed == _train(_config(tmp_path / "whole"))[1]
    assert run.step == 10
    assert "state.pt cannot be read" in capsys.readouterr().err
    assert [line["step"] for line in _lines(tmp_path)] == list(range(1, 11))


def test_a_broken_state_without_another_is_a_sentence(tmp_path):
    _train(_config(tmp_path), stop_after=4)
    (tmp_path / "x/state.pt").write_bytes(b"")
    with pytest.raises(DataError, match=r"state\.pt cannot be read .* begin the run anew"):
        _train(_config(tmp_path))


@pytest.mark.parametrize("content", ["", "null", "[1", '{"seed": 0'])
def test_broken_settings_give_way_to_those_before(content, tmp_path, capsys):
    _train(_config(tmp_path), stop_after=4)
    (tmp_path / "x/config.json").write_text(content)
    with pytest.raises(ConfigError, match="seed was 0, now 1"):
        Run(_config(tmp_path, seed=1), "x")
    (tmp_path / "x/config.json").write_text(content)
    run, _ = _train(_config(tmp_path))
    assert run.step == 10
    assert "config.json cannot be read" in capsys.readouterr().err


def test_the_same_run_is_not_trained_twice_at_once(tmp_path):
    config = _config(tmp_path)
    run = Run(config, "x")
    run.restore(weight=nn.Linear(1, 1))
    for step in run.steps():
        with pytest.raises(ConfigError, match="is being trained by another process"):
            Run(config, "x").restore(weight=nn.Linear(1, 1))
        Run(config, "y").restore(weight=nn.Linear(1, 1))
        run.log(step_seen=step)
    assert len(_lines(tmp_path)) == 10  # the second start did not touch the log
    Run(config, "x").restore(weight=nn.Linear(1, 1))


DATA = DataRecord("1" * 64, {"classes": ["cat", "dog"], "training items": 80, "shape of an item": "1 x 32 x 32"})


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"classes": ["bird", "cat"]}, r"\(classes: new are 'bird', missing are 'dog'\)"),
        (
            {"classes": ["dog", "cat"], "training items": 81},
            "classes: another order; training items: 80 before, 81",
        ),
        ({"classes": list("abcdefghij")}, "'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h' and 2 more"),
        ({"shape of an item": "3 x 32 x 32"}, "shape of an item: 1 x 32 x 32 before, 3 x 32 x 32 now"),
        ({}, r"\(the content\)"),
    ],
)
def test_a_state_of_other_data_is_refused_with_what_changed(facts, sentence, tmp_path):
    weight = nn.Linear(1, 1)
    run = Run(_config(tmp_path), "x", data=DATA)
    run.restore(weight=weight)
    run.save()
    assert Run(_config(tmp_path), "z", data=DATA).record()["data_sha256"] == DATA.sha256
    del run
    same = Run(_config(tmp_path), "x", data=DATA)
    same.restore(weight=weight)
    del same
    changed = DataRecord("2" * 64, DATA.facts | facts)
    with pytest.raises(ConfigError, match=sentence):
        Run(_config(tmp_path), "x", data=changed).restore(weight=weight)


def test_a_state_of_an_older_version_goes_on_and_says_what_it_does_not_know(tmp_path, capsys):
    run, _ = _train(_config(tmp_path), stop_after=4)
    path = tmp_path / "x/state.pt"
    state = torch.load(path, weights_only=True)
    torch.save({name: state[name] for name in ("step", "minutes", "parts")}, path)
    run, resumed = _train(_config(tmp_path))
    assert (run.step, resumed) == (10, _train(_config(tmp_path / "whole"))[1])
    assert "is of an older version" in capsys.readouterr().err


def test_a_state_of_other_networks_is_a_sentence(tmp_path):
    run = Run(_config(tmp_path), "x")
    run.restore(weight=nn.Linear(1, 1))
    run.save()
    del run
    for other in (nn.Linear(2, 1), nn.Linear(1, 1, bias=False)):
        with pytest.raises(ConfigError, match="is of other networks than these"):
            Run(_config(tmp_path), "x").restore(weight=other)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_is_not_finite_ends_the_run_with_its_last_good_state(value, tmp_path):
    run = Run(_config(tmp_path, save_minutes=0.0), "x")
    run.restore(weight=nn.Linear(1, 1))

    def train():
        for step in run.steps():
            run.log(loss=value if step == 6 else 1.0)

    with pytest.raises(ConfigError, match=r"at step 7, loss .* Lower --learning-rate .* state, of step 6,"):
        train()
    assert run._state.read()["step"] == 6
    assert [line["step"] for line in _lines(tmp_path)] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("part", ["weight", "optimiser"])
def test_parts_that_are_not_finite_are_never_saved(part, tmp_path):
    run = Run(_config(tmp_path), "x")
    weight = nn.Linear(1, 1)
    optimiser = torch.optim.Adam(weight.parameters())
    run.restore(weight=weight, optimiser=optimiser)
    weight(torch.ones(1, 1)).sum().backward()
    optimiser.step()
    run.save()
    broken = weight.weight.data if part == "weight" else optimiser.state[weight.weight]["exp_avg_sq"]
    broken.fill_(math.inf)
    with pytest.raises(ConfigError, match=f"{part} is no longer a finite number"):
        run.save()
    run.step = 9
    with pytest.raises(ConfigError, match="no longer a finite number"):
        run.write_sample(".txt", lambda path: path.write_text("nothing"))
    kept = run._state.read()["parts"]
    assert kept["weight"]["weight"].isfinite().all()


class Script:
    """Does something before each step, as a person at the page would."""

    def __init__(self, *actions):
        self.actions = list(actions)

    def before_step(self, run):
        return self.actions.pop(0)(run) or 0.0 if self.actions else 0.0


def _steered(config, *actions):
    run = Run(config, "x", controls=Script(*actions))
    run.restore(weight=nn.Linear(1, 1))
    rates = []
    for _ in run.steps():
        rates.append(run.config.save_minutes)
        run.log(loss=1.0)
    return run, rates


def test_settings_change_between_steps_and_the_record_says_so(tmp_path):
    def wait(_):
        pass

    run, seen = _steered(_config(tmp_path), wait, wait, lambda run: run.change(save_minutes=2.0))
    assert seen == [5.0, 5.0] + [2.0] * 8
    assert run.record()["changes"] == [{"step": 2, "settings": {"save_minutes": 2.0}}]
    assert run.record()["settings"]["save_minutes"] == 5.0  # as it began
    again = Run(_config(tmp_path, steps=20), "x")
    again.restore(weight=nn.Linear(1, 1))
    assert again.config.save_minutes == 2.0


def test_a_value_out_of_its_range_changes_nothing(tmp_path):
    def change(run):
        with pytest.raises(ConfigError, match="save-minutes"):
            run.change(save_minutes=-1.0)

    run, seen = _steered(_config(tmp_path), change)
    assert set(seen) == {5.0}
    assert "changes" not in run.record()


def test_a_change_after_the_last_saved_state_is_dropped_with_its_steps(tmp_path):
    run, _ = _steered(_config(tmp_path), lambda run: run.stop())
    assert run.step == 0
    run.step = 4
    run.change(save_minutes=2.0)
    again = Run(_config(tmp_path), "x")
    again.restore(weight=nn.Linear(1, 1))
    assert again.config.save_minutes == 5.0
    assert again.journal.changes() == []


@pytest.mark.parametrize("stopped", [0, 4])
def test_samples_and_models_after_the_last_saved_state_are_removed(tmp_path, stopped):
    run, _ = _train(_config(tmp_path), stop_after=4)
    if not stopped:
        for file in run.journal.folder.glob("state.pt*"):
            file.unlink()
    files = [run.journal.sample_path(step, ".png") for step in (2, 4, 5, 1_000_000)]
    (run.journal.folder / "models").mkdir()
    files += [run.journal.folder / "models" / f"step-{step:06d}.safetensors" for step in (4, 5)]
    for file in files:
        file.write_bytes(b"x")
    again = Run(_config(tmp_path), "x")
    again.restore(weight=nn.Linear(1, 1, bias=False))
    left = [file.name for file in files if file.exists()]
    assert left == (["step-000002.png", "step-000004.png", "step-000004.safetensors"] if stopped else [])


def test_waiting_does_not_count_as_time_of_training(tmp_path):
    run, _ = _steered(_config(tmp_path, steps=1), lambda run: 90.0)
    assert run.minutes < -1  # it waited for nothing, and said 90 s


def _timed(tmp_path, last_step, stopped=False):
    """A run of which the time is used up at a step, or that is stopped there."""
    waits = [lambda run: 0.0] * (last_step - 1)
    end = (lambda run: run.stop()) if stopped else (lambda run: -90.0)
    run = Run(_config(tmp_path, minutes=1.0, keep_models=5), "x", controls=Script(*waits, end))
    run.restore(weight=nn.Linear(1, 1))
    write = (".txt", lambda path: path.write_text(f"{run.step} steps"), lambda path: path.write_bytes(b"model"))
    for _ in run.steps():
        run.log(loss=1.0)
        run.write_sample(*write)
    run.write_last_sample(*write)
    return {file.name: file for file in run.journal.folder.glob("*/step-*")}


def test_a_run_that_its_time_ends_has_a_sample_and_a_model_of_its_last_step(tmp_path):
    files = _timed(tmp_path, 7)
    assert sorted(files) == ["step-000007.safetensors", "step-000007.txt"]
    assert files["step-000007.txt"].read_text() == "7 steps"


def test_the_last_step_has_one_sample_only(tmp_path):
    files = _timed(tmp_path, 10)
    assert files["step-000010.txt"].read_text() == "9 steps"  # in the step itself, where it was due


def test_a_run_that_is_stopped_has_no_last_sample_yet(tmp_path):
    assert _timed(tmp_path, 7, stopped=True) == {}


def test_the_first_sample_and_the_longest_time_without_one_can_be_chosen(tmp_path):
    run, due = Run(_config(tmp_path, steps=777, first_sample=1, sample_minutes=1.0), "x"), []
    for run.step in range(777):
        run.minutes = run.step / 100
        if run.sample_path(".txt"):
            due.append(run.step + 1)
    assert due[:9] == [1, 2, 5, 10, 20, 50, 100, 200, 300]
    assert due[-1] == 777
