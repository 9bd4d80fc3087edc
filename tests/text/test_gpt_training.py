"""The training of a GPT: its windows, its optimisers, and the command."""

import itertools
import subprocess
import sys

import pytest
import torch

from genai import text
from genai.errors import ConfigError
from genai.publishing.model_card import card
from genai.seeds import make_rng
from genai.text.data import load
from genai.text.evaluation import block_loss, stream_loss
from genai.text.gpt.model import CharGPT, GPTConfig, initialise
from genai.text.recipes.distilling import TrainingText
from genai.text.recipes.gpt import GptTrainer, GptTrainingConfig, shuffled_windows
from genai.text.recipes.lstm import TrainingConfig
from genai.text.training import chosen_config, train
from genai.training.run import Run
from tests.text.test_training import RHYME, ROOT, _state

SHAPE = {"layers": 1, "heads": 2, "width": 16, "mlp_width": 24, "context": 8}
TINY = {**SHAPE, "batch_size": 4, "window": 12, "device": "cpu", "precision": "no", "threads": 1, "warmup_steps": 2}


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "rhyme.txt"
    path.write_text(RHYME * 400)
    return str(path)


def test_each_epoch_reads_every_window_once_in_an_order_of_its_own():
    tokens = torch.arange(100)
    config = GptTrainingConfig(**{**TINY, "window": 10, "batch_size": 3})
    starts = []
    for step in range(6):
        inputs, targets, places = shuffled_windows(tokens, config, step)
        assert torch.equal(targets, inputs + 1)
        assert torch.equal(tokens[places], inputs)
        starts.append((inputs[:, 0] // 10).tolist())
    epochs = [list(itertools.chain(*starts[:3])), list(itertools.chain(*starts[3:]))]
    assert [sorted(epoch) for epoch in epochs] == [list(range(9))] * 2
    assert epochs[0] != epochs[1]
    offsets = {int(shuffled_windows(tokens, config, 3 * epoch).inputs[0, 0]) % 10 for epoch in range(80)}
    assert offsets == set(range(10))


def test_the_last_window_ends_with_the_text_at_most():
    config = GptTrainingConfig(**{**TINY, "window": 10, "batch_size": 3})
    last = max(int(shuffled_windows(torch.arange(100), config, step).targets.max()) for step in range(240))
    assert last == 99


def test_a_text_too_short_for_its_windows_is_refused():
    config = GptTrainingConfig(**{**TINY, "window": 10, "batch_size": 8})
    with pytest.raises(ConfigError, match=r"89 characters .* 8 windows of 10"):
        shuffled_windows(torch.arange(89), config, 0)
    assert shuffled_windows(torch.arange(90), config, 0).inputs.shape == (8, 10)


def test_matrices_are_trained_by_muon_and_the_rest_by_adamw():
    network = CharGPT(GPTConfig(14, **SHAPE))
    trainer = GptTrainer(network, GptTrainingConfig(**TINY))
    by_muon, by_adam = (
        {id(parameter) for group in trainer.parts[name].param_groups for parameter in group["params"]}
        for name in ("muon", "adam")
    )
    for name, parameter in network.named_parameters():
        is_matrix = name.startswith("blocks") and not name.endswith("norm.weight")
        assert (id(parameter) in by_muon) == is_matrix
        assert (id(parameter) in by_adam) != is_matrix


def test_a_small_text_is_learnt_by_heart(tmp_path):
    config = GptTrainingConfig(
        **{**TINY, "width": 32, "dropout": 0, "weight_decay": 0, "steps": 200}, folder=tmp_path
    )
    vocabulary = text.Vocabulary.of(RHYME)
    network = CharGPT(config.network_config(len(vocabulary)))
    initialise(network, make_rng(0))
    trainer = GptTrainer(network, config)
    run = Run(config, "x")
    tokens = vocabulary.encode(RHYME * 20)
    for run.step in range(200):
        loss, _ = trainer.step(TrainingText(tokens), config, run)
    assert loss < 0.3  # the first characters of a window cannot be known
    assert block_loss(network, tokens[:600], 100) < 0.1
    assert stream_loss(network, tokens[:600]) < 0.1


def test_a_run_in_two_parts_equals_one_run_bit_for_bit(tmp_path, book, monkeypatch):
    settings = {**TINY, "data": book, "steps": 6, "evaluate_every": 4}
    path = train(GptTrainingConfig(**settings, folder=tmp_path / "whole"))
    assert path.name == "rhyme-gpt.safetensors"
    steps = Run.steps
    monkeypatch.setattr(Run, "steps", lambda self: itertools.islice(steps(self), 4))
    train(GptTrainingConfig(**settings, folder=tmp_path / "parts", save_minutes=0))
    monkeypatch.setattr(Run, "steps", steps)
    train(GptTrainingConfig(**settings, folder=tmp_path / "parts", save_minutes=0))
    whole, parts = (_state(tmp_path / name) for name in ("whole", "parts"))
    assert whole["step"] == parts["step"] == 6
    torch.testing.assert_close(whole["parts"], parts["parts"], rtol=0, atol=0)


def test_the_command_trains_a_gpt_whose_checkpoint_writes(tmp_path, book):
    shape = [f"--{name.replace('_', '-')}={value}" for name, value in SHAPE.items()]
    command = [sys.executable, "-m", "genai.text.training", book, "--network", "gpt", "--steps", "2",
               "--folder", str(tmp_path), "--device", "cpu", "--threads", "1", *shape]  # fmt: skip
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True, timeout=120)
    path = tmp_path / "text" / "rhyme-gpt" / "rhyme-gpt.safetensors"
    model = text.load(path, device="cpu")
    assert model.header.architecture == "char-gpt"
    assert model.header.title == {"en": "rhyme · GPT", "zh-CN": "rhyme · GPT"}
    assert model.header.config == {
        **SHAPE,
        "key_heads": 1,
        "dropout": 0.2,
        "vocabulary_size": len(model.vocabulary),
    }
    assert len(text.generate(model, [text.TextRequest("the cat", length=30)])[0].text) == 30
    held_out = model.vocabulary.encode(load(book).validation)
    figures = model.header.metrics
    expected = block_loss(model.network, held_out)
    assert figures["nats_per_character_blocks"]["value"] == pytest.approx(expected, rel=1e-3)
    assert "--network gpt" in card(path, "x")


@pytest.mark.parametrize(
    ("arguments", "config"),
    [
        (["shakespeare"], TrainingConfig),
        (["--network", "gpt", "--layers", "2"], GptTrainingConfig),
        (["x.txt", "--network=gpt"], GptTrainingConfig),
        (["--network", "transformer"], TrainingConfig),  # whose parser says what is allowed
    ],
)
def test_the_network_chooses_the_settings(arguments, config):
    assert chosen_config(arguments) is config


def test_a_checkpoint_of_the_other_kind_is_no_start(tmp_path, book):
    first = train(GptTrainingConfig(**TINY, data=book, steps=1, folder=tmp_path))
    with pytest.raises(ConfigError, match="of another kind: give --network gpt"):
        train(TrainingConfig(data=book, start_from=first, device="cpu", folder=tmp_path / "second"))
    started = train(GptTrainingConfig(**TINY, data=book, steps=1, start_from=first, folder=tmp_path / "third"))
    assert text.load(started, device="cpu").header.training["started_from"]["file"] == "rhyme-gpt"


@pytest.mark.parametrize(
    ("settings", "flags"),
    [({"width": 30}, "--width 30 .* --heads 2"), ({"key_heads": 3}, "--heads 2 .* --key-heads 3")],
)
def test_heads_that_do_not_fit_are_named(settings, flags):
    with pytest.raises(ConfigError, match=flags):
        GptTrainingConfig(**{**TINY, **settings})
