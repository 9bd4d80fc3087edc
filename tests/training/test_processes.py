"""Two processes with half the batch each compute the gradient of one process with the whole batch."""

import time

import pytest
import torch
import torch.multiprocessing as mp
from torch.nn import functional as F

from genai.audio.discriminator import AudioDiscriminator, WaveGANConfig
from genai.audio.model import initialise as initialise_sound
from genai.errors import ConfigError
from genai.gan.losses import discriminator_loss, squared_gradient
from genai.image.discriminator import DCGANConfig, ImageDiscriminator
from genai.image.discriminator import initialise as initialise_picture
from genai.seeds import make_rng
from genai.text.model import CharLSTM, CharLSTMConfig, initialise
from genai.training.config import RunConfig
from genai.training.run import Run
from genai.training.saved_file import SavedFile
from tests.ports import free_port


def _text():
    network = CharLSTM(CharLSTMConfig(11, 4, 8))
    initialise(network, make_rng(0))
    tokens = torch.randint(11, (4, 7), generator=make_rng(1))

    def loss(run):
        rows = run.local_rows(tokens)
        return F.cross_entropy(network(rows[:, :-1])[0].flatten(0, 1), rows[:, 1:].flatten())

    return network, loss


def _discriminator_loss(network, shape):
    real, fake = torch.randn(2, *shape, generator=make_rng(1))
    labels = torch.arange(shape[0]) % 3

    def discriminate(items, rows):
        logits = network(items, rows)
        return logits if isinstance(logits, list) else [logits]

    def loss(run):
        items, rows = run.local_rows(real).requires_grad_(), run.local_rows(labels)
        logits = discriminate(items, rows)
        penalty = squared_gradient(logits, items)
        return discriminator_loss("relativistic", logits, discriminate(run.local_rows(fake), rows)) + penalty

    return network, loss


def _picture():
    network = ImageDiscriminator(DCGANConfig(size=8, classes=3, discriminator_filters=4))
    initialise_picture(network, make_rng(0))
    return _discriminator_loss(network, (4, 1, 8, 8))


def _sound():
    config = WaveGANConfig(classes=3, spectrogram_filters=4, waveform_filters=2, windows=(512,))
    network = AudioDiscriminator(config)
    initialise_sound(network, make_rng(0))
    return _discriminator_loss(network, (4, 8192))


CASES = {"text": _text, "picture": _picture, "sound": _sound}


def _gradients(case, folder):
    run = Run(RunConfig(folder=folder, device="cpu", precision="no", threads=1), case)
    network, loss = CASES[case]()
    torch.autograd.backward(loss(run))
    run.average_gradients(network)
    return {name: p.grad for name, p in network.named_parameters() if p.grad is not None}


def _process(rank, folder, port):
    import os

    os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE="2", MASTER_ADDR="127.0.0.1",
                      MASTER_PORT=str(port), ACCELERATE_USE_CPU="true")  # fmt: skip
    for case in CASES:
        gradients = _gradients(case, folder / "two")
        if rank == 1:
            torch.save(gradients, folder / f"{case}.pt")
    (folder / f"refused-{rank}").write_text(_refusal(rank, folder / "refused"))
    torch.distributed.destroy_process_group()


def _refusal(rank, folder):
    """Begin a run whose two processes have different seeds; return the error of this process."""

    def write_slowly(file, content, write=SavedFile.write):
        time.sleep(0.5)
        write(file, content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SavedFile, "write", write_slowly)
        try:
            Run(RunConfig(folder=folder, device="cpu", precision="no", threads=1, seed=rank), "text")
        except ConfigError as error:
            return str(error)
        return ""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("processes")
    mp.spawn(_process, (folder, free_port()), nprocs=2)
    return folder


@pytest.mark.parametrize("case", CASES)
def test_two_processes_compute_the_gradient_of_one(case, folder):
    alone, shared = _gradients(case, folder / "one"), torch.load(folder / f"{case}.pt", weights_only=True)
    assert alone.keys() == shared.keys()
    largest = max(gradient.abs().max() for gradient in alone.values())
    for gradient, theirs in zip(alone.values(), shared.values(), strict=True):
        torch.testing.assert_close(theirs, gradient, rtol=1e-3, atol=1e-5 * float(largest))


def test_the_second_process_reads_the_settings_that_the_first_wrote(folder):
    assert (folder / "refused-0").read_text() == ""
    assert "seed" in (folder / "refused-1").read_text()
