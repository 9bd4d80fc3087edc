"""The commands of `python -m genai`.

text, image and audio write what the page would show for the same settings, byte for byte.
"""

import json
import runpy
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

from tyro.conf import Positional, arg
from tyro.extras import SubcommandApp

from genai.atomic_write import atomic_write
from genai.audio.sources import cards as audio_cards
from genai.check import OURS, Examiner, Finding
from genai.check.archive import files_in, is_archive
from genai.check.words import saved_as, verdict
from genai.checkpoint import require_folder
from genai.console import print_whole
from genai.errors import DataError
from genai.gan.origin import file_name
from genai.image.sources import cards as image_cards
from genai.latent.requests import LatentRequest, consecutive_seeds
from genai.text import data as text_data

CARDS = {"text": text_data.CARDS, "image": image_cards.CARDS, "audio": audio_cards.CARDS}
DESCRIPTION = 'Small networks that write, draw and make sound. For example: text --prompt "ROMEO:" --seed 7'


def text(  # noqa: PLR0913 - its arguments are flags
    prompt: str = "",
    *,
    checkpoint: str = "shakespeare",
    length: int = 400,
    temperature: float = 0.8,
    top_k: int = 0,
    top_p: float = 1.0,
    typical_p: float = 1.0,
    seed: int = 0,
    finish: bool = False,
    output: Path | None = None,
    device: str | None = None,
    checkpoints: Path | None = None,
) -> None:
    """Write a text that continues a prompt.

    Args:
        prompt: Text to continue, at most 10,000 characters that the model knows.
        checkpoint: Name of a text model, or a file.
        length: Characters to write, 1 to 5000.
        temperature: 0 to 5; 0 always takes the likeliest character.
        top_k: Draw from the k likeliest characters; 0 draws from all.
        top_p: Draw from the likeliest characters that together have this probability, above 0 to 1.
        typical_p: Draw from the characters whose surprise is nearest to the expected one, as many as together have
            this probability, above 0 to 1.
        seed: 0 to 4294967295.
        finish: Write on, at most 80 characters, to the end of a block or a line.
        output: File for prompt, text and a footer with their origin; left out: both are printed, without a footer.
        device: cpu, cuda, ...; left out: the accelerator of this machine, else the CPU.
        checkpoints: Folder of models; left out: the shipped ones.
    """
    from genai import text as facade
    from genai.text.origin import label

    request = facade.TextRequest(
        prompt, length, temperature, top_k, top_p, seed, finish=finish, typical_p=typical_p
    )
    model = facade.load(checkpoint, device, checkpoints)
    [result] = facade.generate(model, [request])
    if output is None:
        print_whole(result.full)
    else:
        _write(output, (result.full + label(model, result.request).footer()).encode())


@dataclass(frozen=True)
class GanOptions:
    """What to make; the fields are the flags of image and of audio."""

    output: Positional[Path]
    """The folder; it is made if need be."""
    checkpoint: str
    label: str = "any"
    """Name or number of a class of the model, or any."""
    count: int = 1
    seed: int = 0
    truncation: float = 1.0
    """0 to 1; nearer 0, more typical and less varied."""
    variant: str = "any"
    """Name or number of an instrument, a speaker or a hairstyle, which some models can be asked for, or any."""
    device: str | None = None
    """cpu, cuda, ...; left out: the accelerator of this machine, else the CPU."""
    checkpoints: Path | None = None
    """Folder of models; left out: the shipped ones."""

    def request(self) -> LatentRequest:
        """Return the request of the first result."""
        return LatentRequest(self.label, self.seed, self.truncation, self.variant)

    def write_results(self, facade: Any, encode: Callable[[Any, Any], bytes]) -> None:  # noqa: ANN401 - a module
        """Make the results and write each as a file of its own.

        Args:
            facade: genai.image or genai.audio.
            encode: From a model and a result to the content of a file.
        """
        requests = consecutive_seeds(self.request(), self.count)
        model = facade.load(self.checkpoint, self.device, self.checkpoints)
        for result in facade.generate(model, requests):
            _write(self.output / file_name(model, result), encode(model, result))


@dataclass(frozen=True)
class ImageOptions(GanOptions):
    """Which pictures to draw."""

    checkpoint: str = "fashion"
    """Name of an image model, or a file."""
    count: int = 16
    """Pictures to make, 1 to 64."""
    seed: int = 0
    """0 to 4294967295; the first picture's, counted up from there."""


@dataclass(frozen=True)
class AudioOptions(GanOptions):
    """Which sounds to make."""

    checkpoint: str = "digits"
    """Name of an audio model, or a file."""
    count: int = 1
    """Sounds to make, 1 to 64."""
    seed: int = 0
    """0 to 4294967295; the first sound's, counted up from there."""


def image(options: Annotated[ImageOptions, arg(name="")]) -> None:
    """Draw pictures into a folder, as PNG files with their origin inside."""
    from genai import image as facade
    from genai.image.encoding import encode

    options.write_results(facade, encode)


def audio(options: Annotated[AudioOptions, arg(name="")]) -> None:
    """Make sounds into a folder, as WAV files with their origin inside."""
    from genai import audio as facade
    from genai.audio.encoding import encode

    options.write_results(facade, encode)


def data(name: Positional[str | None] = None) -> None:
    """Fetch or prepare a named data set, or list them all.

    Args:
        name: Name of a data set; left out: all are listed, with licence and source.
    """
    if name is None:
        for modality, cards in CARDS.items():
            for card in cards.values():
                print(f"{card.name:12} {modality:6} {card.licence:24} {card.source}")
        return
    modalities = {data_set: modality for modality, cards in CARDS.items() for data_set in cards}
    if name not in modalities:
        raise DataError(
            "There is no data set called {name}. There are: {known}.", name=repr(name), known=", ".join(modalities)
        )
    loaded = import_module(f"genai.{modalities[name]}.data").load(name)
    print(f"{name}: {loaded.card.title['en']}, {loaded.card.licence}; {loaded.card.attribution}")


def train(modality: Positional[str], *more: str) -> None:
    """Train a model: train image fashion --minutes 60. All flags: train image --help."""
    _run_module(f"genai.{_check_modality(modality)}.training", more)


def evaluate(modality: Positional[str], *more: str) -> None:
    """Print a model's figures: evaluate audio digits. All flags: evaluate audio --help."""
    _run_module(f"genai.{_check_modality(modality)}.evaluation", more)


def benchmark(*more: str) -> None:
    """Measure how fast the lab is here: benchmark text gan. All flags: benchmark --help."""
    _run_module("genai.benchmark", more)


def check(file: Positional[Path], *, checkpoints: Path | None = None) -> None:
    """Read a file's label, make the result again, and compare. The exit status is 0 if the file is ours, else 1.

    Args:
        file: A PNG, WebP, MP4, WAV, MIDI or text file, or a ZIP of such files, of which each is checked.
        checkpoints: Folder of models; left out: the shipped ones.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DataError("{file} cannot be read: {reason}.", file=str(file), reason=error.strerror) from error
    examiner = Examiner(checkpoints)
    if is_archive(content):
        findings = {f"{file}/{inside.name}": examiner.examine(inside.content) for inside in files_in(content)}
    else:
        findings = {str(file): examiner.examine(content)}
    for name, finding in findings.items():
        _print_finding(name, finding)
    if any(finding.kind == "no_weights" for finding in findings.values()):
        require_folder(checkpoints)  # its error says how to name a folder
    sys.exit(not findings or any(finding.kind not in OURS for finding in findings.values()))


def _print_finding(name: str, finding: Finding) -> None:
    sentences = [verdict(finding), saved_as(finding)]
    print(f"{name}:", *(words for sentence in sentences if sentence for words in sentence.values()))
    if finding.label is not None:
        print(json.dumps(finding.label.as_dict(), ensure_ascii=False, indent=1))


def serve(*more: str) -> None:
    """Serve the page: serve --port 7861. All flags: serve --help."""
    _run_module("genai.serve", more)


def run(arguments: list[str], prog: str) -> None:
    """Run a command.

    train, evaluate and benchmark pass their flags on unread: else tyro would answer --help itself.

    Args:
        arguments: The command and what follows it.
        prog: What --help calls the program: genai, or python -m genai.

    Raises:
        GenaiError: if the command cannot be carried out.
    """
    match arguments:
        case ["train", modality, *more] if not modality.startswith("-"):
            train(modality, *more)
        case ["evaluate", modality, *more] if not modality.startswith("-"):
            evaluate(modality, *more)
        case ["benchmark", *more]:
            benchmark(*more)
        case _:
            app = SubcommandApp()
            for command in (text, image, audio, data, train, evaluate, benchmark, check, serve):
                app.command(command)
            app.cli(prog=prog, description=DESCRIPTION, args=arguments or ["--help"])


def _check_modality(modality: str) -> str:
    """Return the modality; raise DataError if there is none of this name."""
    if modality not in CARDS:
        raise DataError(
            "{value} is no kind of model: it must be {known}.", value=repr(modality), known=", ".join(CARDS)
        )
    return modality


def _run_module(module: str, arguments: tuple[str, ...]) -> None:
    """Run a module as `python -m` does, with its own flags."""
    sys.argv = [f"python -m {module}", *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=False)


def _write(path: Path, content: bytes) -> None:
    """Write a file and print its path; raise DataError if it cannot be written."""
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)
    print(path)
