"""The history inside a checkpoint: the samples of the run, and the metrics logged beside them."""

import io
from itertools import pairwise

import numpy as np
import pytest
import soundfile
from PIL import Image

from genai.training import history
from genai.training.journal import Journal


@pytest.fixture
def journal(tmp_path):
    journal = Journal(tmp_path, {})
    for step in (1, 11, 21, 31, 41, 51):
        journal.log(step=step, minutes=step / 10, loss=1 / step)
    journal.log(step=50, minutes=5.0, dev=2.0)
    return journal


def test_each_snapshot_has_the_metrics_logged_last_before_it(journal):
    for step in (10, 20, 50):
        journal.sample_path(step, ".txt").write_text(f"at {step}", "utf-8")
    assert history.text_history(journal) == [  # samples before the 20th step are left out
        {"step": 20, "minutes": 1.1, "loss": round(1 / 11, 3), "text": "at 20"},
        {"step": 50, "minutes": 4.1, "loss": round(1 / 41, 3), "text": "at 50"},
    ]


def test_metrics_are_those_of_one_snapshot_only(tmp_path):
    journal = Journal(tmp_path, {})
    journal.log(step=1, minutes=0.1, loss=4.0)
    for step in (20, 50):
        journal.sample_path(step, ".txt").write_text(f"at {step}", "utf-8")
    assert history.text_history(journal) == [
        {"step": 20, "minutes": 0.1, "loss": 4.0, "text": "at 20"},
        {"step": 50, "minutes": 0.1, "text": "at 50"},  # nothing was logged since: no loss is shown as this step's
    ]


@pytest.mark.parametrize(("labels", "expected"), [(3, [0, 10, 20]), (0, list(range(10)))])
def test_a_strip_has_a_row_for_each_snapshot_and_a_column_for_each_label_or_seed(journal, labels, expected):
    for step in (20, 50):
        grid = np.zeros((3 * 8, 10 * 8), np.uint8)
        for tile in range(30):
            row, column = divmod(tile, 10)
            grid[8 * row : 8 * row + 8, 8 * column : 8 * column + 8] = tile * 8 + step // 10
        Image.fromarray(grid).save(journal.sample_path(step, ".png"))
    numbers, tensors = history.picture_history(journal, 8, labels)
    assert [metrics["step"] for metrics in numbers] == [20, 50]
    with Image.open(io.BytesIO(bytes(tensors["history"].numpy()))) as picture:
        levels = np.asarray(picture.convert("L"))[4::8, 4::8]
    assert levels == pytest.approx(np.array([[t * 8 + s for t in expected] for s in (2, 5)]), abs=6)


def test_a_strip_of_a_long_run_keeps_as_many_snapshots_as_a_picture_has_room_for(tmp_path):
    journal = Journal(tmp_path, {})
    steps = range(100, 30_100, 100)
    for step in steps:
        journal.log(step=step, minutes=step / 10, loss=1 / step)
        Image.fromarray(np.zeros((64, 640), np.uint8)).save(journal.sample_path(step, ".png"))
    journal.log(step=29_950, minutes=2_995, dev=2.0)
    numbers, tensors = history.picture_history(journal, 64, 0)
    with Image.open(io.BytesIO(bytes(tensors["history"].numpy()))) as picture:
        assert picture.height == 64 * len(numbers) == 64 * 255
    kept = [metrics["step"] for metrics in numbers]
    assert (kept[0], kept[-1]) == (100, 30_000)
    assert kept[:50] == list(steps[:50])  # densely at its start, as samples are
    assert max(later - earlier for earlier, later in pairwise(kept)) <= 400
    assert sum(metrics.get("dev", 0) for metrics in numbers) == 2.0  # also of the moments that are left out


def test_sounds_are_compressed_and_keep_their_pitch(journal):
    tone = 0.5 * np.sin(2 * np.pi * 440 / 16000 * np.arange(16000))
    soundfile.write(journal.sample_path(20, ".wav"), tone, 16000)
    numbers, tensors = history.sound_history(journal)
    assert (numbers[0]["step"], list(tensors)) == (20, ["history.20"])
    sound, rate = soundfile.read(io.BytesIO(bytes(tensors["history.20"].numpy())))
    assert rate == 16000
    assert np.abs(np.fft.rfft(sound)).argmax() == pytest.approx(440 * len(sound) / 16000, abs=2)
    assert len(tensors["history.20"]) < 6000


def test_a_run_without_samples_has_no_history(journal):
    assert history.text_history(journal) == []
    assert history.picture_history(journal, 8, 3) == ([], {})
    assert history.sound_history(journal) == ([], {})


def test_a_curve_has_each_metric_at_evenly_spaced_steps(tmp_path):
    journal = Journal(tmp_path, {})
    for step in range(1, 1001):
        journal.log(step=step, loss=1 / step, **({"dev": float(step)} if step % 500 == 0 else {}))
    curve = history.metric_curve(journal)
    assert (curve["step"][0], curve["step"][-1], len(curve["step"])) == (1, 1000, 100)
    assert all(b - a in (10, 11) for a, b in pairwise(curve["step"]))
    assert curve["loss"] == pytest.approx([1 / step for step in curve["step"]], rel=1e-3)
    assert curve["dev"] == [None if s < 500 else 500 if s < 1000 else 1000 for s in curve["step"]]
