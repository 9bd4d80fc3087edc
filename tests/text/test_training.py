"""Training a char-LSTM: windows, learning, resuming, and the exported checkpoint."""

import itertools
import json
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
import torch

from genai import checkpoint, text
from genai.errors import ConfigError
from genai.publishing.model_card import card
from genai.seeds import make_rng
from genai.text.data import load
from genai.text.evaluation import stream_loss
from genai.text.model import CharLSTM, CharLSTMConfig, initialise
from genai.text.recipes.distilling import TrainingText
from genai.text.recipes.lstm import StreamState, TrainingConfig, train_step, windows
from genai.text.sampling import TextResult
from genai.text.training import EARLY_LENGTH, make_network, train
from genai.training.run import Run

ROOT = Path(__file__).resolve().parents[2]
RHYME = "the cat sat on the mat, and the dog ate the hat.\n"
TINY = {"embedding_size": 8, "hidden_size": 16, "batch_size": 4, "window": 16, "device": "cpu", "precision": "no",
        "warmup_steps": 1}  # fmt: skip


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "rhyme.txt"
    path.write_text(RHYME * 400, encoding="utf-8")
    return str(path)


def _state(folder):
    return torch.load(next(folder.rglob("state.pt")), weights_only=True)


def test_windows_cover_each_stream_once_an_epoch():
    config = TrainingConfig(batch_size=3, window=5)
    tokens = torch.arange(100)
    length = (100 - 6) // 3
    rows, begins = [], []
    for step in range(length // 5):
        inputs, targets, places, begin = windows(tokens, config, step)
        assert torch.equal(inputs + 1, targets)
        assert torch.equal(tokens[places], inputs)
        rows.append(inputs)
        begins.append(begin)
    streams = torch.cat(rows, dim=1)
    assert torch.equal(streams.diff(dim=1), torch.ones_like(streams)[:, 1:])  # no gap, no overlap
    assert begins == [True] + [False] * (length // 5 - 1)
    assert windows(tokens, config, length // 5).begins_epoch


def test_epochs_start_at_different_places_but_stay_inside():
    config = TrainingConfig(batch_size=3, window=5)
    tokens, epoch = torch.arange(100), ((100 - 6) // 3) // 5
    starts = {int(windows(tokens, config, epoch * n).inputs[0, 0]) for n in range(30)}
    assert starts == {0, 1, 2, 3, 4}
    assert max(int(windows(tokens, config, step).targets.max()) for step in range(epoch * 30)) <= 99


def test_a_text_too_short_for_its_windows_is_refused():
    with pytest.raises(ConfigError, match=r"60 characters .* 8 streams with windows of 10"):
        windows(torch.arange(60), TrainingConfig(batch_size=8, window=10), 0)
    assert windows(torch.arange(91), TrainingConfig(batch_size=8, window=10), 0).inputs.shape == (8, 10)


def test_a_small_text_is_learnt_by_heart(tmp_path):
    config = TrainingConfig(**{**TINY, "clip": 5.0, "folder": tmp_path})
    vocabulary = text.Vocabulary.of(RHYME)
    network = CharLSTM(CharLSTMConfig(len(vocabulary), 8, 64, 2, 0, 0, 0, 0))
    initialise(network, make_rng(0))
    optimiser = torch.optim.AdamW(network.parameters(), lr=0.01, weight_decay=0)
    stream_state = StreamState(network.initial_state(4))
    run = Run(config, "x")
    tokens = vocabulary.encode(RHYME * 20)
    for run.step in range(300):
        loss, _ = train_step(network, stream_state, optimiser, TrainingText(tokens), config, run)
    assert loss < 0.1


def test_some_streams_begin_anew():
    state = (torch.ones(2, 3, 4), torch.full((2, 3, 4), 2.0))
    stream_state = StreamState(state)
    stream_state.restart(torch.tensor([False, True, False]))
    for part, before in zip((stream_state.hidden, stream_state.cell), state, strict=True):
        assert (part[:, 1] == 0).all()
        assert torch.equal(part[:, [0, 2]], before[:, [0, 2]])


def test_a_final_run_learns_from_the_development_text_too(tmp_path, book, monkeypatch):
    lengths = []
    monkeypatch.setattr(
        "genai.text.recipes.lstm.train_step",
        lambda *args: (lengths.append(len(args[3].tokens)), *[torch.zeros(())] * 2)[1:],
    )
    for final in (False, True):
        train(TrainingConfig(**TINY, data=book, steps=1, final=final, folder=tmp_path / str(final)))
    corpus = load(book)
    assert lengths == [len(corpus.train), len(corpus.train) + len(corpus.dev)]


def test_a_training_that_its_time_ends_writes_a_text_of_its_last_step(tmp_path, book):
    path = train(TrainingConfig(**TINY, data=book, minutes=1e-6, folder=tmp_path))
    assert [file.name for file in path.parent.glob("samples/*")] == ["step-000001.txt"]


def test_a_run_in_two_parts_equals_one_run_bit_for_bit(tmp_path, book, monkeypatch):
    settings = {**TINY, "data": book, "steps": 8, "evaluate_every": 4}
    train(TrainingConfig(**settings, folder=tmp_path / "whole"))
    steps = Run.steps
    monkeypatch.setattr(Run, "steps", lambda self: itertools.islice(steps(self), 5))
    train(TrainingConfig(**settings, folder=tmp_path / "parts", save_minutes=0))
    assert _state(tmp_path / "parts")["step"] == 4  # what a kill during the fifth step would have left
    monkeypatch.setattr(Run, "steps", steps)
    train(TrainingConfig(**settings, folder=tmp_path / "parts", save_minutes=0))
    whole, parts = (_state(tmp_path / name) for name in ("whole", "parts"))
    assert whole["step"] == parts["step"] == 8
    torch.testing.assert_close(whole["parts"], parts["parts"], rtol=0, atol=0)


def test_weights_are_drawn_before_the_network_moves_to_its_device(monkeypatch):
    """A GPU refuses the draws of a CPU generator; test_gpu.py trains on a real one."""
    devices = []
    monkeypatch.setattr(
        "genai.text.model.initialise", lambda network, _: devices.append(network.head.weight.device)
    )
    network = make_network(TrainingConfig(**TINY), text.Vocabulary("ab"), None, torch.device("meta"))
    assert devices == [torch.device("cpu")]
    assert network.head.weight.device.type == "meta"


def test_a_training_starts_from_the_weights_of_a_checkpoint(tmp_path, book, monkeypatch):
    first = train(TrainingConfig(**TINY, data=book, steps=3, folder=tmp_path / "first"))
    started = {**TINY, "data": book, "learning_rate": 0.0, "start_from": first}
    second = train(TrainingConfig(**started, steps=2, folder=tmp_path / "second"))
    before, after = (text.load(path, device="cpu") for path in (first, second))
    for (
        name,
        weight,
    ) in before.network.state_dict().items():  # a rate of 0 leaves average and network where they start
        torch.testing.assert_close(after.network.state_dict()[name], weight, rtol=2e-3, atol=1e-5)
    origin = after.header.training["started_from"]
    assert (origin["file"], origin["sha256"], origin["steps"]) == ("rhyme", before.sha256, 3)
    assert after.header.training["settings"]["start_from"] == "rhyme.safetensors"  # no path of this machine
    assert "rhyme`, after 此前已训练 3 steps" in card(second, "x")

    third = train(TrainingConfig(**{**started, "start_from": second}, steps=1, folder=tmp_path / "third"))
    assert checkpoint.read_header(third).training["started_from"]["steps"] == 5
    with pytest.raises(ConfigError, match="begun with other settings"):  # same name, other weights
        train(TrainingConfig(**{**started, "start_from": third}, steps=2, folder=tmp_path / "second"))


def test_the_average_keeps_the_weights_that_a_training_starts_from(tmp_path, book):
    first = train(TrainingConfig(**TINY, data=book, steps=1, folder=tmp_path / "first"))
    model = text.load(first, device="cpu")
    header = replace(model.header, training={**model.header.training, "steps": 1_000_000})
    checkpoint.save(first, header, checkpoint.collect_weights(network=model.network), torch.float32)
    path = train(
        TrainingConfig(**TINY, data=book, steps=1, ema_decay=0.999, start_from=first, folder=tmp_path / "second")
    )
    averaged, moved = (_state(path.parent)["parts"][part] for part in ("average", "network"))
    start = model.network.head.weight
    expected = start + 0.001 * (moved["head.weight"] - start)
    assert not torch.allclose(moved["head.weight"], start, atol=1e-5)
    torch.testing.assert_close(averaged["module.head.weight"], expected, rtol=0, atol=1e-7)


@pytest.mark.parametrize(
    ("settings", "letters", "sentence"),
    [
        ({"hidden_size": 24, "layers": 1}, "", r"another shape: give --hidden-size 16 --layers 2\."),
        ({}, "猫狗" * 6000, r"does not know \d+ % of the text's characters, and at most 10 % can be new"),
    ],
)
def test_a_checkpoint_of_another_shape_is_no_start(settings, letters, sentence, tmp_path, book):
    first = train(TrainingConfig(**TINY, data=book, steps=1, folder=tmp_path))
    Path(book).write_text(RHYME * 400 + letters)
    with pytest.raises(ConfigError, match=sentence):
        train(TrainingConfig(**{**TINY, **settings}, data=book, start_from=first, folder=tmp_path / "second"))
    assert not (tmp_path / "second").exists()


def test_characters_that_a_checkpoint_does_not_know_are_added(tmp_path, book):
    first = train(TrainingConfig(**TINY, data=book, steps=1, folder=tmp_path / "first"))
    Path(book).write_text(f"{Path(book).read_text()}Z猫")
    started = {**TINY, "learning_rate": 0.0, "weight_decay": 0.0}
    path = train(TrainingConfig(**started, data=book, steps=1, start_from=first, folder=tmp_path / "second"))
    before, after = (text.load(one, device="cpu") for one in (first, path))
    known = len(before.vocabulary)
    assert after.vocabulary.characters == before.vocabulary.characters + "Z猫"
    for name in ("embedding.weight", "head.weight", "head.bias"):
        old, new = (model.network.get_parameter(name) for model in (before, after))
        assert len(new) == known + 2
        torch.testing.assert_close(new[:known], old, rtol=2e-3, atol=1e-5)
        assert new[known:].abs().max() > 0


def test_a_run_can_be_evaluated_on_its_held_out_tenth(tmp_path, book):
    settings = {**TINY, "data": book, "final": True, "evaluate_on": "validation", "evaluate_characters": 500}
    path = train(TrainingConfig(**settings, steps=4, evaluate_every=2, folder=tmp_path))
    lines = [json.loads(line) for line in (path.parent / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines if "held_out" in line] == [2, 4]
    model = text.load(path, device="cpu")
    held_out = model.vocabulary.encode(load(book).validation[:500])
    assert lines[-1]["held_out"] == pytest.approx(stream_loss(model.network, held_out), rel=1e-2)


def test_the_held_out_loss_needs_a_character_to_predict():
    with pytest.raises(ConfigError, match="at least 2 are needed"):
        TrainingConfig(evaluate_characters=1)


@pytest.mark.parametrize(("line", "tabs"), [("\tpass\n", True), ("    pass\n", False)])
def test_a_checkpoint_tells_how_its_text_was_indented(line, tabs, tmp_path):
    (tmp_path / "code.txt").write_text(f"if x:\n{line}" * 1000)
    path = train(TrainingConfig(**TINY, data=str(tmp_path / "code.txt"), steps=1, folder=tmp_path))
    assert text.load(path, device="cpu").header.tabs is tabs


def test_a_checkpoint_tells_its_lead_in_and_samples_begin_after_it(tmp_path, book, monkeypatch):
    monkeypatch.setattr("genai.text.data.lead_in_of", lambda card: "\n\n")
    path = train(TrainingConfig(**TINY, data=book, steps=1, folder=tmp_path))
    model = text.load(path, device="cpu")
    assert model.header.lead_in == model.lead_in == "\n\n"
    assert (path.parent / "samples" / "step-000001.txt").exists()
    requests = []
    monkeypatch.setattr(
        "genai.text.training.generate", lambda _, more: requests.extend(more) or [TextResult(*more, "x")]
    )
    train(TrainingConfig(**TINY, data=book, steps=1, folder=tmp_path / "again"))
    assert [request.lead_in for request in requests] == ["\n\n"]


def test_the_command_trains_and_its_checkpoint_writes(tmp_path, book):
    command = [sys.executable, "-m", "genai.text.training", book, "--steps", "12", "--folder", str(tmp_path),
               "--embedding-size", "8", "--hidden-size", "16", "--batch-size", "4", "--window", "16",
               "--device", "cpu", "--threads", "1", "--evaluate-every", "6"]  # fmt: skip
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True, timeout=120)
    folder = tmp_path / "text" / "rhyme"
    model = text.load(folder / "rhyme.safetensors", device="cpu")
    assert len(text.generate(model, [text.TextRequest("the cat", length=30)])[0].text) == 30
    assert model.header.training["steps"] == 12
    assert model.header.training["settings"]["hidden_size"] == 16
    assert 0 < model.header.metrics["nats_per_character_blocks"]["value"] < 5
    samples = {path.name: len(path.read_text("utf-8")) for path in (folder / "samples").iterdir()}
    assert samples == {"step-000010.txt": EARLY_LENGTH, "step-000012.txt": 400}
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert any("dev" in line for line in lines)


def test_help_lists_every_setting_with_its_default():
    command = [sys.executable, "-m", "genai.text.training", "--help"]
    shown = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True, timeout=60).stdout
    for name in {one.name for one in fields(TrainingConfig)} - {"data"}:
        assert f"--{name.replace('_', '-')}" in shown


def test_a_mistake_is_told_in_a_sentence_not_a_traceback(tmp_path):
    command = [sys.executable, "-m", "genai.text.training", str(tmp_path / "none.txt"), "--folder", str(tmp_path)]
    ended = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "none.txt" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("letters", "sentence"),
    [
        ("Z" * 49, "different characters: new are 'Z'; length"),
        ("the tac sat on the mat, and the dog ate the hat.\n", r"length: 19600 before, 19649 now"),
    ],
)
def test_a_text_that_changed_is_told_and_letters_are_never_scrambled(letters, sentence, tmp_path, book):
    settings = {**TINY, "data": book, "folder": tmp_path}
    train(TrainingConfig(**settings, steps=2))
    Path(book).write_text(RHYME * 400 + letters)
    with pytest.raises(ConfigError, match=sentence):
        train(TrainingConfig(**settings, steps=4))
    Path(book).write_text(RHYME * 400)
    train(TrainingConfig(**settings, steps=4))
    assert _state(tmp_path)["step"] == 4


def test_another_letter_in_the_same_place_is_another_text(tmp_path, book):
    """The vocabulary keeps its size, so that the weights would fit: to the wrong letters."""
    settings = {**TINY, "data": book, "folder": tmp_path}
    train(TrainingConfig(**settings, steps=2))
    Path(book).write_text(RHYME.replace("c", "z") * 400)
    with pytest.raises(ConfigError, match="new are 'z', missing are 'c'"):
        train(TrainingConfig(**settings, steps=4))


def test_a_run_goes_on_with_another_number_of_processes(tmp_path, book, capsys):
    settings = {**TINY, "data": book, "folder": tmp_path}
    train(TrainingConfig(**settings, steps=2))
    path = next(tmp_path.rglob("state.pt"))
    state = _state(tmp_path)
    memory = {
        name: tensor[:, :2] for name, tensor in state["parts"]["memory"].items()
    }  # that of one process of two
    torch.save({**state, "processes": 2, "parts": {**state["parts"], "memory": memory}}, path)
    train(TrainingConfig(**settings, steps=4))
    assert _state(tmp_path)["step"] == 4
    assert "saved by 2 processes and goes on with 1" in capsys.readouterr().err


def test_a_learning_rate_that_is_too_high_ends_the_run_and_writes_no_checkpoint(tmp_path, book):
    settings = {**TINY, "data": book, "folder": tmp_path, "learning_rate": 1e6, "weight_decay": 1.0}
    with pytest.raises(ConfigError, match=r"diverged: at step \d+, .* Lower --learning-rate"):
        train(TrainingConfig(**settings, steps=200))
    assert not list(tmp_path.rglob("*.safetensors"))
    assert not list(tmp_path.rglob("state.pt"))
