"""Installation and hosting: the package, the front matter of a Hugging Face Space, the container file, CI."""

import importlib.metadata
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import tyro
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import genai.__main__
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


def test_the_container_copies_existing_files_and_runs_as_an_ordinary_user():
    steps = instructions()
    for kind, rest in steps:
        if kind == "COPY":
            *sources, _ = rest.split()
            assert all((ROOT / source).exists() for source in sources), rest
    users = [rest for kind, rest in steps if kind == "USER"]
    assert users == ["lab"]
    assert [kind for kind, _ in steps].index("USER") < [kind for kind, _ in steps].index("CMD")


def test_the_container_uses_flags_and_port_of_the_app(monkeypatch):
    steps = dict(instructions())
    for pair in shlex.split(steps["ENV"]):
        monkeypatch.setenv(*pair.split("="))
    command = [part.strip(' "[]') for part in steps["CMD"].split(",")]
    flags = tyro.cli(serve.Flags, args=command[2:])
    assert (flags.host, str(flags.port)) == ("0.0.0.0", steps["EXPOSE"])
    assert flags.public
    assert not flags.browser


def test_the_ignore_file_keeps_everything_that_the_container_copies():
    lines = (ROOT / ".github" / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    kept = {line[1:] for line in lines if line[0] == "!"}
    copied = {source for kind, rest in instructions() if kind == "COPY" for source in rest.split()[:-1]}
    assert copied == kept
    assert checkpoint.SHIPPED.name in kept


def package_files():
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "genai").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def requirements():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    stripped = [line.split("#")[0].strip() for line in lines]
    return {str(Requirement(line)) for line in stripped if line}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the package from a copy, so that the source stays free of build folders."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "requirements.txt", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "genai", source / "genai", ignore=shutil.ignore_patterns("__pycache__"))
    build = "from setuptools.build_meta import build_wheel; build_wheel('.')"
    subprocess.run([sys.executable, "-c", build], check=True, cwd=source, capture_output=True, timeout=120)
    (path,) = source.glob("*.whl")
    return path


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == package_files()


def test_the_dependencies_are_those_of_the_requirements(wheel):
    (installed,) = importlib.metadata.distributions(name="genai-lab", path=[str(wheel)])
    assert {str(Requirement(line)) for line in installed.requires} == requirements()
    assert installed.version == genai.__version__


def test_the_console_command_runs_the_module(wheel):
    (installed,) = importlib.metadata.distributions(name="genai-lab", path=[str(wheel)])
    (script,) = installed.entry_points.select(group="console_scripts")
    assert script.name == "genai"
    assert script.load() is genai.__main__.console


def test_one_list_of_dependencies():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "dependencies" in project["project"]["dynamic"]
    assert project["tool"]["setuptools"]["dynamic"]["dependencies"] == {"file": ["requirements.txt"]}


CHECKS = ["ruff format --check .", "ruff check .", "mypy", "lint-imports"]


def lines(name):
    return [line.split(" #")[0] for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]


def test_a_commit_and_both_kinds_of_ci_run_the_same_checks():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    steps = [step.get("run", "") for step in workflow["jobs"]["lint"]["steps"]]
    assert [step for step in steps if step in CHECKS] == CHECKS
    assert [line for line in lines(".ci/run") if line in CHECKS] == CHECKS
    assert [hook["entry"] for hook in hooks if hook["id"] != "large-files"] == [
        check.replace(" --check", "") for check in CHECKS
    ]


def test_the_readme_has_the_test_command_of_ci():
    (command,) = [line for line in lines("README.md") if line.startswith("pip install -r requirements-dev.txt && ")]
    test = command.split(" && ")[1]
    assert lines(".ci/run")[-1] == test
    installations = [line for line in lines(".ci/run") if "pip install" in line]
    assert len(installations) == 1
    assert "-r requirements-dev.txt" in installations[0]


def test_ci_tests_every_python_that_the_package_allows():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    versions = workflow["jobs"]["tests"]["strategy"]["matrix"]["python"]
    allowed = SpecifierSet(project["project"]["requires-python"])
    assert versions == [f"3.{minor}" for minor in range(30) if f"3.{minor}" in allowed]
