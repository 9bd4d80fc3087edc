"""The WaveGAN's shapes against its paper, its transforms against closed forms, and every weight's gradient."""

import pytest
import torch

from genai.audio.discriminator import (
    AudioDiscriminator,
    PeriodDiscriminator,
    SpectrogramDiscriminator,
    WaveformDiscriminator,
    shuffle_phase,
)
from genai.audio.model import WaveGANConfig, initialise, make_generator
from genai.seeds import make_rng


def test_the_papers_generator():
    """Table 3 of the paper with d = 64: 16 x 1024, 64 x 512, 256 x 256, 1024 x 128, 4096 x 64, 16384 x 1."""
    network = make_generator(WaveGANConfig(samples=16384, head="waveform", generator_filters=64))
    signals = network.features(torch.randn(2, 100))
    assert [tuple(s.shape[1:]) for s in signals] == [
        (1024, 16), (512, 64), (256, 256), (128, 1024), (64, 4096), (1, 16384),
    ]  # fmt: skip
    dense = 100 * 16384 + 16384
    layers = sum(25 * a * b + b for a, b in ((1024, 512), (512, 256), (256, 128), (128, 64), (64, 1)))
    assert sum(p.numel() for p in network.parameters()) == dense + layers


def test_the_papers_discriminator():
    """Table 4 of the paper with d = 64: 4096 x 64, 1024 x 128, 256 x 256, 64 x 512, 16 x 1024, then one score."""
    network = WaveformDiscriminator(WaveGANConfig(samples=16384, waveform_filters=64))
    shapes = [tuple(s.shape[1:]) for s in network.features(torch.randn(1, 16384))]
    assert shapes == [(64, 4096), (128, 1024), (256, 256), (512, 64), (1024, 16)]
    assert network.out.linear.in_features == 16384


@pytest.mark.parametrize("head", ["waveform", "spectrum"])
@pytest.mark.parametrize("samples", [8192, 16384])
@pytest.mark.parametrize(("classes", "performers"), [(0, 0), (4, 0), (2, 2)])
def test_generators_make_finite_sound_of_the_right_length(head, samples, classes, performers):
    config = WaveGANConfig(samples=samples, classes=classes, performers=performers, head=head, generator_filters=2)
    network = make_generator(config)
    initialise(network, make_rng(0))
    labels = torch.tensor([0, 3]) if classes else None
    sound = network(torch.randn(2, 100, generator=make_rng(1)), labels)
    assert sound.shape == (2, samples)
    assert sound.isfinite().all()
    assert 0 < sound.abs().max() <= 1
    (sound * torch.randn(sound.shape, generator=make_rng(2))).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())


@pytest.mark.parametrize("overlap", [2, 4])
def test_the_spectrum_head_undoes_a_short_time_fourier_transform(overlap):
    network = make_generator(WaveGANConfig(generator_filters=2, overlap=overlap))
    hop = 256 // overlap
    frames = 8192 // hop
    sound = torch.sin(2 * torch.pi * 440 / 8000 * torch.arange(8192)) * torch.hann_window(8192)
    spectrum = torch.stft(sound, 256, hop, window=network.window, return_complex=True)[None, :128, :frames]
    picture = torch.stack([spectrum.abs().clamp(min=1e-20).log(), spectrum.angle()], dim=1)
    torch.testing.assert_close(network.to_waveform(picture)[0, :8000], sound[:8000], rtol=0, atol=1e-4)
    random = torch.randn(2, 2, 128, frames, generator=make_rng(1))
    padded = torch.nn.functional.pad(torch.polar(random[:, 0].exp(), random[:, 1]), (0, 1, 0, 1))
    expected = torch.istft(padded, 256, hop, window=network.window, length=8192)
    torch.testing.assert_close(network.to_waveform(random)[:, :8000], expected[:, :8000], rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("fft", "samples", "overlap"), [(256, 8192, 2), (512, 8192, 2), (512, 16384, 2), (512, 8192, 4)]
)
def test_a_steady_phase_increment_is_a_steady_tone(fft, samples, overlap):
    """On bin 20 and with a surplus of 0.3 radians a hop, the frequency is (20 + .3 overlap / 2 pi) * rate / fft."""
    settings = {"samples": samples, "generator_filters": 2, "fft": fft, "overlap": overlap, "phase": "increment"}
    network = make_generator(WaveGANConfig(**settings))
    network.features(torch.randn(2, 100))  # the shapes fit each other
    picture = torch.zeros(1, 2, fft // 2, samples // (fft // overlap))
    picture[:, 0] = -20
    picture[:, 0, 20], picture[:, 1, 20] = 1.0, 0.3
    sound = network.to_waveform(picture)[0, fft:-fft]
    spectrum = torch.fft.rfft(sound * torch.hann_window(len(sound)), 1 << 18).abs()
    assert spectrum.argmax().item() / 2**18 == pytest.approx((20 + 0.3 * overlap / 2 / torch.pi) / fft, rel=2e-3)


@pytest.mark.parametrize("head", ["waveform", "spectrum"])
def test_a_fade_changes_only_the_ends(head):
    settings = {"head": head, "generator_filters": 2}
    faded = make_generator(WaveGANConfig(**settings, fade_in=16, fade_out=128)).eval()
    plain = make_generator(WaveGANConfig(**settings)).eval()
    for network in (faded, plain):
        initialise(network, make_rng(0))
    z = torch.randn(2, 100, generator=make_rng(1))
    sound, expected = plain(z), faded(z)
    assert torch.equal(expected[:, 16:-128], sound[:, 16:-128])
    torch.testing.assert_close(expected[:, [8, -65]], sound[:, [8, -65]] / 2)
    assert expected[:, [0, -1]].abs().max() == 0
    assert sound[:, [0, -1]].abs().max() > 0


def test_a_full_scale_sine_stands_at_the_top_of_the_spectrogram():
    discriminator = SpectrogramDiscriminator(WaveGANConfig(), window=256)
    time = torch.arange(8192)
    sine = torch.sin(2 * torch.pi * 20 / 256 * time)[None]
    picture = discriminator.spectrogram(sine)[0, 0]
    assert picture.shape == (129, 65)
    assert picture[:, 30].argmax() == 20
    assert picture[20, 30].item() == pytest.approx(1, abs=0.01)
    assert discriminator.spectrogram(torch.zeros(1, 8192)).max().item() == pytest.approx(-1, abs=1e-5)


def test_the_complex_spectrogram_adds_the_phase_to_the_power():
    powers = SpectrogramDiscriminator(WaveGANConfig(), window=256)
    complexes = SpectrogramDiscriminator(WaveGANConfig(spectrogram="complex"), window=256)
    sound = torch.randn(2, 8192, generator=make_rng(1))
    power, real, imaginary = complexes.spectrogram(sound).unbind(dim=1)
    torch.testing.assert_close(power, powers.spectrogram(sound)[:, 0])
    loud = power > -0.2  # 20 dB above the floor
    magnitude = 10 ** (1.25 * (power - 1))  # the scale of the log-power, undone
    assert loud.sum() > 1000
    compressed = (real.square() + imaginary.square()).sqrt()
    torch.testing.assert_close(compressed[loud], magnitude[loud] ** 0.3, rtol=0.01, atol=0)  # the floor adds 1 %
    inverted = complexes.spectrogram(-sound)
    torch.testing.assert_close(inverted, torch.stack([power, -real, -imaginary], dim=1))


@pytest.mark.parametrize("window", [64, 1024])  # more frames than frequencies, and fewer
def test_the_maps_are_those_of_the_layers_one_by_one(window):
    discriminator = SpectrogramDiscriminator(WaveGANConfig(spectrogram_filters=4), window)
    sound = torch.randn(2, 8192, generator=make_rng(1))
    first, *others = discriminator.features(sound)
    torch.testing.assert_close(first, discriminator.spectrogram(sound))
    for layer, before, after in zip(discriminator.layers, [first, *others], others, strict=False):
        torch.testing.assert_close(torch.nn.functional.leaky_relu(layer(before), 0.2), after)


@pytest.mark.parametrize("period", [2, 7])
def test_a_row_of_a_period_holds_the_samples_that_far_apart(period):
    config = WaveGANConfig(samples=8192, period_filters=2)
    discriminator = PeriodDiscriminator(config, period)
    initialise(discriminator, make_rng(0))
    sound = torch.randn(1, 8192, generator=make_rng(1))
    changed = sound.clone()
    changed[0, 1000] += 1
    for before, after in zip(discriminator.features(sound), discriminator.features(changed), strict=True):
        differences = (after - before)[0].abs().sum(dim=(0, 2))  # of each row
        assert differences.nonzero().tolist() == [[1000 % period]]


def test_the_maps_of_a_period_are_those_of_each_row():
    discriminator = PeriodDiscriminator(WaveGANConfig(samples=8192, period_filters=2), 3)
    sound = torch.randn(2, 8192, generator=make_rng(1))
    *_, last = discriminator.features(sound)
    row = sound[:, 1:8190:3][:, None, None]  # 2,730 samples; the last two of 8,192 are over
    for layer in discriminator.layers:
        row = torch.nn.functional.leaky_relu(layer(row), 0.2)
    torch.testing.assert_close(last[:, :, 1:2], row)


def test_a_condition_is_projected_by_its_class_and_its_performer():
    """The two projections are added: from class to class, the logits differ alike for all performers."""
    network = AudioDiscriminator(WaveGANConfig(classes=2, performers=3, spectrogram_filters=4, windows=(256,)))
    rng = make_rng(0)
    for parameter in network.parameters():
        parameter.data.normal_(0, 0.1, generator=rng)
    sounds = torch.randn(1, 8192, generator=rng).expand(6, -1)
    by_class = network(sounds, torch.arange(6))[0].view(2, 3)
    of_any = network(sounds[:2], torch.arange(6).view(2, 3))[0]  # by the three performers of each class
    torch.testing.assert_close(of_any, by_class.mean(dim=1))
    differences = by_class[1] - by_class[0]
    torch.testing.assert_close(differences, differences[:1].expand(3))
    assert by_class[0].std() > 0.01
    assert differences.abs().min() > 0.001


@pytest.mark.parametrize("classes", [0, 3])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"waveform_filters": 2},
        {"waveform_filters": 2, "windows": ()},
        {"spectrogram": "complex"},
        {"periods": (2, 7)},
    ],
)
def test_every_sub_discriminator_scores_and_every_weight_gets_a_gradient(classes, settings):
    config = WaveGANConfig(classes=classes, **{"spectrogram_filters": 4, **settings})
    network = AudioDiscriminator(config)
    initialise(network, make_rng(0))
    labels = torch.tensor([0, 2]) if classes else None
    sound = torch.randn(2, 8192, generator=make_rng(1)) * 0.1
    logits = network(sound, labels, make_rng(2))
    assert len(logits) == len(config.windows) + bool(config.waveform_filters) + len(config.periods)
    sum((one * torch.tensor([1.0, 2.0])).sum() for one in logits).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_phase_shuffle_shifts_and_reflects():
    x = torch.arange(8.0).view(1, 1, 8).expand(64, 2, 8)
    rows = {tuple(row.tolist()) for row in shuffle_phase(x, 2, make_rng(0))[:, 1]}
    assert rows == {
        (2, 1, 0, 1, 2, 3, 4, 5), (1, 0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4, 5, 6, 7),
        (1, 2, 3, 4, 5, 6, 7, 6), (2, 3, 4, 5, 6, 7, 6, 5),
    }  # fmt: skip
    assert shuffle_phase(x, 2, None) is x


def test_scores_depend_on_the_noise_only_through_phase_shuffle():
    network = AudioDiscriminator(WaveGANConfig(waveform_filters=2, windows=(512,), spectrogram_filters=4))
    initialise(network, make_rng(0))
    sound = torch.randn(2, 8192, generator=make_rng(1)) * 0.1
    plain, again, noisy = network(sound), network(sound), network(sound, noise=make_rng(2))
    assert all(torch.equal(a, b) for a, b in zip(plain, again, strict=True))
    assert torch.equal(plain[0], noisy[0])  # the spectrogram's
    assert not torch.equal(plain[1], noisy[1])  # the waveform's


@pytest.mark.parametrize("overlap", [2, 4])
def test_frames_are_added_up_at_distances_of_the_hop(overlap):
    """Against the sum written out: half a frame is cut off on either side."""
    network = make_generator(WaveGANConfig(head="spectrum", generator_filters=2, overlap=overlap))
    hop = 256 // overlap
    frames = torch.randn(2, 256, 5, generator=make_rng(1))
    whole = torch.zeros(2, 4 * hop + 256)
    for place in range(5):
        whole[:, hop * place : hop * place + 256] += frames[:, :, place]
    torch.testing.assert_close(network.overlap(frames), whole[:, 128:-128])
