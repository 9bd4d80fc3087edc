"""Learning from teachers: what they say of a text, the loss, and the command."""

import pytest
import torch
from torch.nn import functional as F

from genai import checkpoint
from genai.errors import ConfigError
from genai.publishing.model_card import card
from genai.seeds import make_rng
from genai.text.model import CharLSTM, CharLSTMConfig, initialise
from genai.text.recipes import distilling
from genai.text.recipes.distilling import Taught, next_character_losses, taught_text, teach, write
from genai.text.recipes.gpt import GptTrainingConfig
from genai.text.recipes.lstm import TrainingConfig
from genai.text.training import train
from tests.text.test_gpt_training import TINY as TINY_GPT
from tests.text.test_training import RHYME
from tests.text.test_training import TINY as TINY_LSTM

CLASSES = 7


def make_teacher(seed):
    network = CharLSTM(CharLSTMConfig(CLASSES, 4, 8, 1, 0, 0, 0, 0))
    initialise(network, make_rng(seed))
    return network


def spread(taught, classes=CLASSES):
    """Return the probabilities (..., V) of all characters, 0 for those that are not kept."""
    probabilities = torch.zeros(*taught.characters.shape[:-1], classes)
    return probabilities.scatter(-1, taught.characters.long(), taught.probabilities.float())


@pytest.fixture
def tokens():
    return torch.randint(CLASSES, (301,), generator=make_rng(1))


def test_teachers_say_the_mean_of_their_probabilities_after_each_place(tokens):
    teachers = [make_teacher(2), make_teacher(3)]
    taught = teach(teachers, tokens, pieces=1)
    read = [network(tokens[None])[0][0].softmax(dim=-1) for network in teachers]
    torch.testing.assert_close(spread(taught), (read[0] + read[1]) / 2, atol=1e-3, rtol=0)


def test_each_piece_is_read_from_an_empty_state(tokens):
    teacher = make_teacher(2)
    taught = spread(teach([teacher], tokens, pieces=4))  # of 76 characters, the last padded
    assert len(taught) == len(tokens)
    for start in (0, 76, 152, 228):
        alone = teacher(tokens[None, start : start + 76])[0][0].softmax(dim=-1)
        torch.testing.assert_close(taught[start : start + 76], alone, atol=1e-3, rtol=0)


def exactly(probabilities):
    """As `Taught.of`, without rounding to float16."""
    kept, characters = probabilities.topk(min(distilling.CANDIDATES, probabilities.shape[-1]))
    return Taught(characters.int(), kept)


def test_the_loss_is_the_mean_of_both_cross_entropies_by_the_share():
    rng = make_rng(4)
    logits = torch.randn(2, 3, CLASSES, generator=rng)
    targets = torch.randint(CLASSES, (2, 3), generator=rng)
    taught = torch.randn(2, 3, CLASSES, generator=rng).softmax(dim=-1)
    losses = next_character_losses(logits, targets, exactly(taught), share=0.25)
    log_p = logits.log_softmax(dim=-1)
    by_text = -log_p.gather(-1, targets[..., None]).mean()
    by_teachers = -(taught * log_p).sum(dim=-1).mean()
    torch.testing.assert_close(losses.text, by_text)
    torch.testing.assert_close(losses.minimised, 0.75 * by_text + 0.25 * by_teachers)
    alone = next_character_losses(logits, targets, None, share=0.25)
    assert alone.minimised == alone.text == losses.text


def test_who_says_what_the_teachers_say_has_nothing_to_learn_from_them():
    logits = torch.randn(1, 5, CLASSES, generator=make_rng(5), requires_grad=True)
    taught = logits.detach().softmax(dim=-1)
    targets = torch.zeros(1, 5, dtype=torch.long)
    losses = next_character_losses(logits, targets, exactly(taught), share=1.0)
    losses.minimised.backward()
    torch.testing.assert_close(logits.grad, torch.zeros_like(logits), atol=1e-7, rtol=0)
    entropy = -(taught * taught.log()).sum(dim=-1).mean()
    torch.testing.assert_close(losses.minimised.detach(), entropy)


def test_of_many_characters_the_likeliest_are_kept(monkeypatch):
    monkeypatch.setattr(distilling, "CANDIDATES", 2)
    taught = Taught.of(torch.tensor([[0.125, 0.5, 0.0625, 0.3125], [0.25, 0.0, 0.625, 0.125]]))
    assert taught.characters.tolist() == [[1, 3], [2, 0]]
    assert taught.probabilities.tolist() == [[0.5, 0.3125], [0.625, 0.25]]


def test_characters_that_are_not_kept_count_as_one(monkeypatch):
    monkeypatch.setattr(distilling, "CANDIDATES", 3)
    rng = make_rng(4)
    logits = torch.randn(2, 5, CLASSES, generator=rng, requires_grad=True)
    probabilities = torch.randn(2, 5, CLASSES, generator=rng).softmax(dim=-1)
    kept = exactly(probabilities)
    losses = next_character_losses(logits, torch.zeros(2, 5, dtype=torch.long), kept, share=1.0)
    predicted = logits.softmax(dim=-1).gather(-1, kept.characters.long())
    four_classes = torch.cat([predicted, 1 - predicted.sum(dim=-1, keepdim=True)], dim=-1)
    wanted = torch.cat([kept.probabilities, 1 - kept.probabilities.sum(dim=-1, keepdim=True)], dim=-1)
    torch.testing.assert_close(losses.minimised, -(wanted * four_classes.log()).sum(dim=-1).mean())

    same = next_character_losses(
        probabilities.log().requires_grad_(), torch.zeros(2, 5, dtype=torch.long), kept, 1.0
    )
    entropy = -(wanted * wanted.log()).sum(dim=-1).mean()
    torch.testing.assert_close(same.minimised, entropy)


def test_probabilities_that_would_not_fit_into_memory_are_refused(tokens, monkeypatch):
    monkeypatch.setattr(distilling, "MAX_BYTES", distilling.BYTES * 301 * CLASSES - 1)
    with pytest.raises(ConfigError, match=r"301 characters, .* 7 that could follow.* --characters"):
        teach([make_teacher(2)], tokens)


def test_what_teachers_write_is_drawn_from_the_probabilities_that_are_kept_with_it(tokens):
    """With many texts of two characters, the second ones come as often as the kept probabilities say."""
    teachers = [make_teacher(2), make_teacher(3)]
    written = write(teachers, tokens, count=40_000, seed=6, streams=20_000)
    first, second = written.tokens.view(20_000, 2).T
    for number in range(CLASSES):
        rows = first == number
        of_network = [network(torch.tensor([[number]]))[0][0, 0].softmax(dim=-1) for network in teachers]
        expected = (of_network[0] + of_network[1]) / 2
        kept = spread(written.taught).view(20_000, 2, CLASSES)[rows, 0]
        torch.testing.assert_close(kept, expected.expand_as(kept), atol=1e-3, rtol=0)
        share = second[rows].bincount(minlength=CLASSES) / rows.sum()
        assert (share - expected).abs().max() < 5 * 0.5 / rows.sum() ** 0.5  # five standard errors at most


def test_each_text_that_is_written_is_what_the_teachers_say_of_it(tokens):
    teachers = [make_teacher(2), make_teacher(3)]
    written = write(teachers, tokens, count=60, seed=6, streams=4)
    assert written.tokens.shape == (60,)
    for text, kept in zip(written.tokens.view(4, 15), spread(written.taught).view(4, 15, CLASSES), strict=True):
        torch.testing.assert_close(kept, spread(teach(teachers, text, pieces=1)), atol=2e-3, rtol=0)
    again = write(teachers, tokens, count=60, seed=6, streams=4)
    assert torch.equal(again.tokens, written.tokens)
    assert not torch.equal(write(teachers, tokens, count=60, seed=7, streams=4).tokens, written.tokens)


def test_the_text_of_the_teachers_stands_after_the_training_text(tokens):
    teachers = [make_teacher(2)]
    text = taught_text(teachers, tokens, written=256, seed=1)
    assert torch.equal(text.tokens[:301], tokens)
    assert torch.equal(spread(text.taught)[:301], spread(teach(teachers, tokens)))
    own = write(teachers, tokens, 256, seed=1)
    assert torch.equal(text.tokens[301:], own.tokens)
    assert torch.equal(spread(text.taught)[301:], spread(own.taught))
    assert len(taught_text(teachers, tokens, written=0, seed=1).tokens) == 301


def test_a_text_of_the_teachers_that_would_not_fit_into_memory_is_refused(tokens, monkeypatch):
    monkeypatch.setattr(distilling, "MAX_BYTES", distilling.BYTES * 556 * CLASSES)
    with pytest.raises(ConfigError, match=r"557 characters, .* --teachers-write"):
        taught_text([make_teacher(2)], tokens, written=256, seed=1)


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "rhyme.txt"
    path.write_text(RHYME * 400)
    return str(path)


@pytest.fixture
def teacher(tmp_path, book):
    return train(TrainingConfig(**TINY_LSTM, data=book, steps=2, folder=tmp_path / "teacher"))


def learn_from(teachers, **settings):
    return GptTrainingConfig(**{**TINY_GPT, **settings}, teachers=teachers)


def test_a_gpt_learns_from_an_lstm_and_its_header_says_so(tmp_path, book, teacher):
    path = train(learn_from((teacher,), data=book, steps=3, folder=tmp_path / "pupil"))
    training = checkpoint.read_header(path).training
    assert [each["file"] for each in training["taught_by"]] == ["rhyme"]
    assert training["settings"]["teachers"] == ["rhyme.safetensors"]  # no path of this machine
    text = card(path, "x")
    assert "--teachers rhyme.safetensors" in text
    assert training["taught_by"][0]["sha256"] in text


def test_teachers_change_what_is_learnt_but_not_with_a_share_of_nothing(tmp_path, book, teacher):
    weights = {}
    for name, teachers, share in (("none", (), 0.5), ("nothing", (teacher,), 0.0), ("half", (teacher,), 0.5)):
        config = learn_from(teachers, data=book, steps=3, teacher_share=share, folder=tmp_path / name)
        _, weights[name] = checkpoint.load(train(config), "text")
    for key, expected in weights["none"].items():
        assert torch.equal(weights["nothing"][key], expected)
    assert any(not torch.equal(weights["half"][key], weights["none"][key]) for key in weights["none"])


def test_a_network_learns_what_its_teachers_write(tmp_path, book, teacher):
    weights = {}
    for written in (0, 4000):
        config = learn_from((teacher,), data=book, steps=3, teachers_write=written, folder=tmp_path / str(written))
        _, weights[written] = checkpoint.load(train(config), "text")
    assert any(not torch.equal(weights[0][key], weights[4000][key]) for key in weights[0])


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_beyond_all_or_nothing_is_refused(share):
    with pytest.raises(ConfigError, match="--teacher-share"):
        learn_from((), teacher_share=share)


def test_a_network_can_learn_from_its_teachers_alone():
    assert learn_from((), teacher_share=1.0).teacher_share == 1


def test_a_text_of_no_teachers_is_refused():
    with pytest.raises(ConfigError, match=r"--teachers-write .*--teachers"):
        learn_from((), teachers_write=100)


def test_a_run_goes_on_with_the_teachers_it_began_with_alone(tmp_path, book, teacher):
    settings = {"data": book, "folder": tmp_path / "pupil"}
    train(learn_from((teacher,), **settings, steps=1))
    other = train(TrainingConfig(**{**TINY_LSTM, "seed": 5}, data=book, steps=1, folder=tmp_path / "other"))
    assert other.name == teacher.name
    with pytest.raises(ConfigError):
        train(learn_from((other,), **settings, steps=2))
    train(learn_from((teacher,), **settings, steps=2))


def test_a_teacher_of_other_characters_is_refused(tmp_path, teacher):
    path = tmp_path / "shout.txt"
    path.write_text(RHYME.upper() * 400)
    with pytest.raises(ConfigError, match="rhyme cannot be a teacher here"):
        train(learn_from((teacher,), data=str(path), steps=1, folder=tmp_path / "pupil"))


def test_the_loss_of_a_pupil_nears_that_of_its_teacher_without_the_text(tokens):
    """By the teachers alone: after a while the pupil predicts as they do."""
    teacher, pupil = make_teacher(2), make_teacher(9)
    taught = teach([teacher], tokens, pieces=1).map(lambda part: part[None])
    optimiser = torch.optim.Adam(pupil.parameters(), lr=0.02)

    def distance():
        predicted = pupil(tokens[None])[0].log_softmax(dim=-1)
        return F.kl_div(predicted, spread(taught), reduction="none").sum(dim=-1).mean()

    before = distance().item()
    for _ in range(60):
        losses = next_character_losses(pupil(tokens[None])[0], tokens[None], taught, share=1.0)
        optimiser.zero_grad()
        losses.minimised.backward()
        optimiser.step()
    assert distance().item() < before / 5
