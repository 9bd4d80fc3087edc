"""python -m genai: the page's results as files."""

import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

from genai import __main__ as program
from genai import audio, command_line, image, text
from genai.audio import tab as audio_tab
from genai.check import examine
from genai.errors import CheckpointError, DataError, GenaiError
from genai.image import tab as image_tab
from genai.text import tab as text_tab
from tests.ui.tiny import save_all

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_all(tmp_path_factory.mktemp("checkpoints"))


def run(folder, *arguments):
    program.main([*arguments, "--device", "cpu", "--checkpoints", str(folder)])


def test_a_text_is_printed(folder, capsys):
    run(folder, "text", "--prompt", "Ab", "--length", "30", "--seed", "7")
    model = text.load("shakespeare", "cpu", folder)
    assert capsys.readouterr().out == text.generate(model, [text.TextRequest("Ab", 30, seed=7)])[0].full + "\n"


def test_a_text_may_end_with_a_line(folder, capsys):
    run(folder, "text", "--prompt", "Ab", "--length", "30", "--seed", "7", "--finish")
    [finished] = text.generate(
        text.load("shakespeare", "cpu", folder), [text.TextRequest("Ab", 30, seed=7, finish=True)]
    )
    assert len(finished.text) > 30
    assert capsys.readouterr().out == finished.full + "\n"


def test_a_text_in_a_file_tells_its_origin(folder, tmp_path):
    run(folder, "text", "--seed", "7", "--output", str(tmp_path / "new" / "a.txt"))
    found = examine((tmp_path / "new" / "a.txt").read_bytes(), folder)
    assert (found.kind, found.label.model, found.label.settings["seed"]) == ("identical", "shakespeare", 7)


def test_pictures_are_the_page_s_to_the_byte(folder, tmp_path):
    run(folder, "image", str(tmp_path), "--label", "dress", "--count", "3", "--seed", "40")
    model = image.load("fashion", "cpu", folder)
    requests = image_tab.requests({"label": "dress", "count": 3, "seed": 40, "truncation": 1.0})
    for seed, result in zip((40, 41, 42), image.generate(model, requests), strict=True):
        assert (tmp_path / f"fashion-seed{seed}.png").read_bytes() == image_tab.encode(model, result)


def test_a_sound_is_the_page_s_to_the_byte(folder, tmp_path):
    run(folder, "audio", str(tmp_path), "--label", "7", "--seed", "1", "--variant", "ben")
    model = audio.load("digits", "cpu", folder)
    [result] = audio.generate(
        model, audio_tab.requests({"label": "7", "seed": 1, "truncation": 1.0, "variant": "Ben"})
    )
    assert (tmp_path / "digits-seed1.wav").read_bytes() == audio_tab.encode(model, result)


@pytest.mark.parametrize(
    ("command", "tab"),
    [(command_line.text, text_tab), (command_line.ImageOptions, image_tab), (command_line.AudioOptions, audio_tab)],
)
def test_parameters_and_defaults_are_the_page_s(command, tab):
    here = {name: p.default for name, p in inspect.signature(command).parameters.items()}
    assert here.items() >= {(setting.name, setting.default) for setting in tab.SETTINGS}
    assert here["checkpoint"] == tab.PREFERRED


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("image", "there", "--count", "65"), "Count 65"),
        (("image", "there", "--checkpoint", "nothing"), "no image models called"),
        (("audio", "there", "--label", "eleven"), "'eleven'"),
        (("text", "--prompt", "€"), "'€'"),
    ],
)
def test_what_cannot_be_done_writes_nothing(folder, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GenaiError, match=said):
        run(folder, *arguments)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("text",), ("image", "there"), ("audio", "there")])
def test_a_folder_of_checkpoints_that_is_missing_is_a_sentence(tmp_path, command):
    with pytest.raises(CheckpointError, match=r"no folder of checkpoints at .*--checkpoints.*GENAI_CHECKPOINTS"):
        run(tmp_path / "none", *command)


def test_a_file_is_checked_against_the_named_checkpoints(folder, tmp_path, capsys):
    run(folder, "image", str(tmp_path), "--count", "1", "--seed", "40")
    file = str(tmp_path / "fashion-seed40.png")
    with pytest.raises(SystemExit) as ended:
        program.main(["check", file, "--checkpoints", str(folder)])
    assert not ended.value.code
    with pytest.raises(CheckpointError, match="GENAI_CHECKPOINTS"):
        program.main(["check", file, "--checkpoints", str(tmp_path / "none")])
    assert "not here" in capsys.readouterr().out


def test_a_file_that_cannot_be_written(folder, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match="cannot be written"):
        run(folder, "image", str(tmp_path / "file"))


def test_all_data_sets_are_listed_with_their_licence(capsys):
    program.main(["data"])
    lines = capsys.readouterr().out.splitlines()
    names = "shakespeare python tang fashion characters calligraphy digits drums notes"
    assert [line.split()[0] for line in lines] == names.split()
    assert any("CC-BY-SA-4.0" in line for line in lines)
    with pytest.raises(DataError, match="no data set called 'cheese'"):
        program.main(["data", "cheese"])


@pytest.mark.parametrize(
    "command", [("train", "training", "--generator-filters"), ("evaluate", "evaluation", "--keep")]
)
def test_training_and_evaluation_have_their_own_flags(command, capsys, monkeypatch):
    name, module, flag = command
    monkeypatch.delitem(sys.modules, f"genai.image.{module}", raising=False)  # as in a process of its own
    monkeypatch.setattr("genai.training.command_line.keep_freed_memory", lambda: None)  # it would last
    with pytest.raises(SystemExit) as ended:
        program.main([name, "image", "--help"])
    assert not ended.value.code
    assert flag in capsys.readouterr().out
    with pytest.raises(DataError, match="'cheese' is no kind of model"):
        program.main([name, "cheese"])


def test_without_a_command_it_says_what_there_is(capsys):
    with pytest.raises(SystemExit):
        program.main([])
    shown = capsys.readouterr().out
    assert shown.startswith("usage: python -m genai ")
    commands = "text image audio data train evaluate benchmark check serve"
    assert all(name in shown for name in commands.split())


def test_the_installed_command_has_its_own_name(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/usr/bin/genai"])
    with pytest.raises(SystemExit):
        program.main(["--help"])
    assert capsys.readouterr().out.startswith("usage: genai ")


SERVE = """
import os, sys
from genai.__main__ import main
assert "numpy" not in sys.modules
try:
    main(["serve", "--checkpoints", "nowhere"])
except SystemExit as end:
    print(end)
print("genai.command_line" in sys.modules, "torch._dynamo" in sys.modules, os.environ["OPENBLAS_NUM_THREADS"])
"""


def test_the_page_is_served_without_importing_the_other_commands_or_pytorchs_compiler():
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    told = subprocess.run([sys.executable, "-c", SERVE], check=True, cwd=ROOT, env=environment,
                          capture_output=True, text=True, timeout=120)  # fmt: skip
    *_, error, rest = told.stdout.splitlines()
    assert error.startswith("--checkpoints nowhere is not a folder")
    assert rest == f"False False {max(1, (os.cpu_count() or 1) // 2)}"


def test_a_file_to_check_that_is_not_there_is_a_sentence(tmp_path):
    command = [sys.executable, "-m", "genai", "check", str(tmp_path / "none.txt")]
    told = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (told.returncode, "none.txt cannot be read" in told.stderr) == (1, True), told
    assert "Traceback" not in told.stderr


def run_in_western_encoding(*arguments):
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    command = [sys.executable, "-m", "genai", *arguments]
    return subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, timeout=120)


def test_what_is_checked_is_told_in_any_encoding():
    told = run_in_western_encoding("check", "CONTRIBUTING.md")
    assert (told.returncode, told.stderr) == (1, b"")
    assert told.stdout.startswith(b"CONTRIBUTING.md: Has no label of ours")
    assert rb"\u6ca1\u6709" in told.stdout  # the same in Chinese


def test_a_chinese_text_is_whole_in_any_encoding():
    told = run_in_western_encoding("text", "--checkpoint", "tang", "--length", "16", "--device", "cpu")
    assert told.returncode == 0, told.stderr
    assert len(told.stdout.decode("utf-8").rstrip("\r\n")) == 16
    assert b"printed in UTF-8, since cp1252 lacks" in told.stderr


@pytest.mark.parametrize(
    "arguments", [["genai", "data"], ["genai", "image", "--help"], ["genai.image.judging", "--help"]]
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_command_whose_reader_leaves_ends_without_a_word(arguments, unbuffered):
    reader, writer = os.pipe()
    os.close(reader)
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    told = subprocess.run([sys.executable, "-m", *arguments], check=False, cwd=ROOT, env=environment,
                          stdout=writer, stderr=subprocess.PIPE, text=True, timeout=120)  # fmt: skip
    os.close(writer)
    assert (told.returncode, told.stderr) == (141, "")
