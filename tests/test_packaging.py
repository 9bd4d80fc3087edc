"""What hosts read: the front matter of a Space and the container file."""

import shlex
from pathlib import Path

import tyro
import yaml

from genai import checkpoint, serve

ROOT = Path(__file__).resolve().parents[1]


def front_matter():
    _, matter, _ = (ROOT / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(matter)


def requirement(name):
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith(name)).split("#")[0].strip()


def instructions():
    lines = (ROOT / ".github" / "Containerfile").read_text(encoding="utf-8").splitlines()
    return [line.split(" ", 1) for line in lines if line and not line.startswith("#")]


def test_a_space_runs_this_app_with_this_gradio():
    matter = front_matter()
    assert matter["sdk"] == "gradio"
    assert f"gradio~={matter['sdk_version']}" == requirement("gradio")
    assert (ROOT / matter["app_file"]).is_file()
    assert matter["license"] == "mit"
    assert len(matter["short_description"]) <= 60
    assert {"title", "emoji", "colorFrom", "colorTo", "python_version"} <= matter.keys()


def test_the_container_copies_what_is_there_and_runs_as_an_ordinary_user():
    steps = instructions()
    for kind, rest in steps:
        if kind == "COPY":
            *sources, _ = rest.split()
            assert all((ROOT / source).exists() for source in sources), rest
    users = [rest for kind, rest in steps if kind == "USER"]
    assert users == ["lab"]
    assert [kind for kind, _ in steps].index("USER") < [kind for kind, _ in steps].index("CMD")


def test_the_container_s_flags_and_port_are_the_app_s(monkeypatch):
    steps = dict(instructions())
    for pair in shlex.split(steps["ENV"]):
        monkeypatch.setenv(*pair.split("="))
    command = [part.strip(' "[]') for part in steps["CMD"].split(",")]
    flags = tyro.cli(serve.Flags, args=command[2:])
    assert (flags.host, str(flags.port)) == ("0.0.0.0", steps["EXPOSE"])
    assert flags.public
    assert not flags.browser


def test_nothing_of_the_container_is_left_out_by_the_ignore_file():
    lines = (ROOT / ".github" / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    kept = {line[1:] for line in lines if line[0] == "!"}
    copied = {source for kind, rest in instructions() if kind == "COPY" for source in rest.split()[:-1]}
    assert copied == kept
    assert checkpoint.SHIPPED.name in kept
