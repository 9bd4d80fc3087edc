"""All runs of a server: what a visitor may do with them, and when they are removed."""

import atexit
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from genai import checkpoint
from genai.checkpoint import own
from genai.checkpoint.header import Header
from genai.errors import ConfigError, DataError, GenaiError, quoted
from genai.language.strings import both
from genai.learn.runs import catalogue
from genai.learn.runs.checks import check_minutes, check_steps, disk_error
from genai.learn.runs.files import ENDED, Control, Phase, RunFiles
from genai.learn.runs.live import LiveRun
from genai.learn.runs.moments import read_moment
from genai.learn.runs.shown import describe
from genai.learn.runs.spec import RunSpec, start_path
from genai.learn.runs.store import hold, make_home, remove_abandoned
from genai.learn.runs.turns import Turns
from genai.serving.live.hub import Hub

TOPIC = "run"
OWN_PREFIX = "genai-lab-own-"
TICK_SECONDS = 0.3
"""From one look at the files to the next; whoever watches is told at most so often."""
IDLE_SECONDS = 30 * 60.0
"""After which a run that has ended, and that nobody looks at, is removed."""
MOST_KEPT = 2
"""Runs of one visitor; the oldest that has ended makes room."""
MOST_WAITING = 20
MOST_USED = 3
"""Models of one run in the tabs, each of another step; the oldest makes room."""


class Runs:
    """The runs of a server; a source of the hub.

    Args:
        hub: Tells whoever watches.
        device: Where trainings run; None chooses.
        checkpoints: Folder of the shipped models; None is the repository's own.
        home: Folder of all files; None makes one that is removed when the process ends.
        clock: Returns seconds.
    """

    def __init__(
        self,
        hub: Hub,
        device: str | None = None,
        checkpoints: Path | None = None,
        home: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hub = hub
        self._device = device
        self._checkpoints = checkpoints
        self._given_home = home
        self._home: Path | None = None
        self._clock = clock
        self._lock = threading.RLock()
        self._runs: dict[str, LiveRun] = {}
        self._turns = Turns(self._runs, device, checkpoints)
        # Named before the processes start in which texts are written; made when somebody uses a model.
        self._own_folder = Path(tempfile.gettempdir()) / f"{OWN_PREFIX}{secrets.token_hex(8)}"
        self._held: FileLock | None = None
        own.use_folder(self._own_folder)
        atexit.register(shutil.rmtree, self._own_folder, ignore_errors=True)
        self._ticker: threading.Thread | None = None
        self._is_over = threading.Event()
        hub.add_source(TOPIC, self)

    # What a visitor does

    def prepare(self) -> None:
        """Warm a process, where none trains: somebody is about to start one."""
        with self._lock:
            self._open_home()
            is_idle = self._turns.is_idle
        if is_idle:
            self._turns.spare.prepare()

    def start(self, spec: RunSpec, visitor: str) -> str:
        """Queue a training; return its id.

        Raises:
            ConfigError: if a setting is out of its range, or too many wait.
            GenaiError: if there is no such model, or own data cannot be copied.
        """
        check_minutes(spec.minutes)
        start = self.header(spec)
        with self._lock:
            if len(self._turns.waiting) >= MOST_WAITING:
                raise ConfigError(
                    "{count} trainings wait already: try again in a while.", count=len(self._turns.waiting)
                )
            self._make_room(visitor)
            files = RunFiles(self._open_home() / "runs" / secrets.token_urlsafe(16))
            files.folder.mkdir()
            try:
                if spec.own_items:
                    spec = replace(spec, data=files.keep_data(Path(spec.data)))
                spec.config(files.trainings, self._device, self._checkpoints)  # what is wrong is said now
                files.write_spec(spec)
                files.write_control(Control())
            except OSError as error:
                shutil.rmtree(files.folder, ignore_errors=True)
                raise disk_error(error) from error
            except GenaiError:
                shutil.rmtree(files.folder, ignore_errors=True)
                raise
            self._runs[files.id] = LiveRun(files, visitor, start, self._clock())
            self._turns.waiting.append(files.id)
            self._turns.advance()
            return files.id

    def control(self, name: object, do: object, steps: object, settings: object) -> str:
        """Pause, go on, do steps, stop, change or fork a run; return the id of the run to watch from now on.

        Raises:
            ConfigError: if there is no such action, or a setting cannot have the value now.
            DataError: if there is no such run.
        """
        with self._lock:
            run = self.get(name)
            control = run.files.control()
            step = run.files.status().step
            match do:
                case "pause":
                    control = replace(control, pause=True, until=None)
                case "go":
                    control = replace(control, pause=False, until=None)
                case "step":
                    first = step if control.until is None else max(step, control.until)
                    control = replace(control, pause=True, until=first + check_steps(steps))
                case "stop":
                    control = replace(control, stop=True)
                case "change":
                    values = catalogue.read(run.spec.modality, run.start, settings, live=True)
                    run.check(values, self._device, self._checkpoints)
                    control = replace(control, settings={**control.settings, **values})
                case "fork":
                    return self._fork(run, settings)
                case _:
                    raise ConfigError("There is no action {name} of a training.", name=quoted(do))
            self._follow(run, control, do)
            return run.files.id

    def _follow(self, run: LiveRun, control: Control, do: object) -> None:
        """Write what the visitor wants; a run that has ended before its time goes on where it was saved."""
        phase = self.phase(run)
        if do == "stop" and phase == "queued":
            self._turns.waiting.remove(run.files.id)
            run.files.write_status(replace(run.files.status(), phase="stopped"))
        elif do in ("go", "step") and phase in ("stopped", "failed"):
            control = replace(control, stop=False)
            run.files.write_status(replace(run.files.status(), phase="preparing", error={}))
            self._turns.waiting.append(run.files.id)
        run.files.write_control(control)
        self._turns.advance()

    def _fork(self, run: LiveRun, settings: object) -> str:
        """Begin another run with the state that this one saved last, and changed settings."""
        spec = run.spec
        status = run.files.status()
        values = catalogue.read(spec.modality, run.start, settings, live=True)
        run.check(values, self._device, self._checkpoints)
        if not list(run.files.trainings.rglob("state.pt")):
            raise ConfigError("Nothing is saved yet: a training is saved every 20 seconds. Fork it a little later.")
        self._make_room(run.visitor, keep=run)
        files = RunFiles(self._open_home() / "runs" / secrets.token_urlsafe(16))
        try:
            shutil.copytree(run.files.folder, files.folder, ignore=shutil.ignore_patterns("lock", "*.safetensors"))
        except (OSError, shutil.Error) as error:
            shutil.rmtree(files.folder, ignore_errors=True)
            raise disk_error(error) from error
        minutes = status.minutes + spec.minutes
        files.write_spec(replace(spec, minutes=minutes, forked_from=run.files.id, forked_at=status.step))
        files.write_control(Control(settings={**run.files.control().settings, **values}))
        files.write_status(replace(status, phase="preparing", checkpoint="", error={}))
        fork = LiveRun(files, run.visitor, run.start, self._clock())
        self._runs[files.id] = fork
        self._turns.waiting.append(files.id)
        if run.worker:  # the fork is what the visitor wants to see: this one is kept as it is
            run.files.write_control(replace(run.files.control(), stop=True))
        self._turns.advance()
        return files.id

    def use(self, name: object) -> dict[str, Any]:
        """Put the model of a run into its tab, for whoever knows the link.

        Raises:
            ConfigError: if the run has no model yet.
            DataError: if there is no such run, or the disk is full.
        """
        with self._lock:
            run = self.get(name)
            path = run.checkpoint()
            if path is None:
                raise ConfigError("There is no model yet: let the training end, or stop and keep it.")
            modality = run.spec.modality
            step = run.files.status().step
            # A model of another step has another name: what was loaded by a name is that model for good.
            own_name = run.used.get(step) or own.new_name()
            if self._held is None:
                self._held = hold(self._own_folder)
            target = own.path_in(self._own_folder, own_name, modality)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copy2(path, target)
                checkpoint.update_header(target, **self._words(run, checkpoint.read_header(path)))
            except OSError as error:
                raise disk_error(error) from error
            run.used[step] = own_name
            while len(run.used) > MOST_USED:
                self._remove_used(run, min(run.used))
            link = f"?tab={modality}&model={own_name}"
            return {"name": own_name, "tab": modality, "link": link, "said": both("learn.run.used")}

    def _words(self, run: LiveRun, header: Header) -> dict[str, Any]:
        """Return what the card of a visitor's model says."""
        spec = run.spec
        count = f"{spec.own_items:,}"
        if not spec.own_items:
            said = both("learn.run.card.named", name=header.data_set)
        elif spec.modality == "text":
            said = both("learn.run.card.text", count=count)
        else:
            said = both("learn.run.card.items", count=count)
        return {"title": both("learn.run.title"), "limits": said}

    def moment(self, name: object, step: object) -> dict[str, Any]:
        """Return the sample of a step.

        Raises:
            ConfigError: if no sample was kept then.
            DataError: if there is no such run.
        """
        run = self.get(name)
        samples = run.files.samples()
        if isinstance(step, bool) or not isinstance(step, int) or step not in samples:
            raise ConfigError("There is no sample of step {step}.", step=quoted(step))
        return read_moment(step, samples[step], self._item(run))

    # What the page shows

    def get(self, name: object) -> LiveRun:
        """Return a run by its id; it counts as looked at now.

        Raises:
            DataError: if there is none, or it was removed.
        """
        with self._lock:
            self._open_home()
            run = self._runs.get(name) if isinstance(name, str) else None
            if run is None:
                raise DataError(
                    "This training is not here any more: it was removed after half an hour in which nobody looked "
                    "at it, or the server was started anew. Begin another."
                )
            run.looked = self._clock()
            return run

    def header(self, spec: RunSpec) -> Header | None:
        """Return the header of the model that a training starts from; None from scratch.

        Raises:
            CheckpointError: if there is no such model.
        """
        path = start_path(spec, self._checkpoints)
        return checkpoint.read_header(path) if path else None

    def phase(self, run: LiveRun) -> Phase:
        """Return in which phase a run is."""
        return self._turns.phase(run)

    def state(self, name: object) -> dict[str, Any]:
        """Return RUN, all that the page shows of a run.

        Raises:
            DataError: if there is no such run.
        """
        with self._lock:
            run = self.get(name)
            return describe(run, self._turns, lambda: self._item(run))

    def _item(self, run: LiveRun) -> int:
        return run.item(self._device, self._checkpoints)

    # The hub

    def open(self, topic: str) -> object:
        """Return the snapshot for somebody who begins to watch."""
        return self.state(topic.partition("/")[2])

    def close(self, topic: str) -> None:
        """Do nothing: a training does not care who watches."""

    # In the background

    def _open_home(self) -> Path:
        """Return the folder of all files; it is made for the first visitor, as the thread that looks after it."""
        if self._home is None:
            self._home = self._given_home or make_home()
            (self._home / "runs").mkdir(exist_ok=True)
            remove_abandoned(self._own_folder.parent, OWN_PREFIX)
            for folder in sorted((self._home / "runs").iterdir()):
                self._adopt(RunFiles(folder))
            atexit.register(self.end)  # before the folder is removed: what is registered last runs first
            self._ticker = threading.Thread(target=self._work, name="runs", daemon=True)
            self._ticker.start()
        return self._home

    def _adopt(self, files: RunFiles) -> None:
        """Take over a run of a server that was killed: it is stopped, and can go on."""
        try:
            start = self.header(files.spec())
        except (GenaiError, OSError, ValueError, TypeError):
            shutil.rmtree(files.folder, ignore_errors=True)  # killed while it was made
            return
        status = files.status()
        if status.phase not in ENDED:
            files.write_status(replace(status, phase="stopped"))
        self._runs[files.id] = LiveRun(files, "", start, self._clock())

    def _work(self) -> None:
        while not self._is_over.wait(TICK_SECONDS):
            with self._lock:
                self._turns.advance()
                self._remove_idle()
                self._turns.spare.end_if_unwanted()
                watched = [name for name in self._runs if self._hub.viewers(f"{TOPIC}/{name}")]
            for name in watched:
                self._publish(name)

    def _publish(self, name: str) -> None:
        """Tell who watches, if something has changed."""
        try:
            state = self.state(name)
        except DataError:
            return  # removed meanwhile
        run = self._runs[name]
        if state != run.sent:
            run.sent = state
            self._hub.publish(f"{TOPIC}/{name}", state)

    def _make_room(self, visitor: str, keep: LiveRun | None = None) -> None:
        """Remove the oldest runs of a visitor that have ended; refuse one more where too many go on."""
        mine = [run for run in self._runs.values() if run.visitor == visitor]
        ended = [run for run in mine if self.phase(run) in ENDED and run is not keep]
        while len(mine) >= MOST_KEPT and ended:
            oldest = min(ended, key=lambda run: run.looked)
            self._remove(oldest)
            ended.remove(oldest)
            mine.remove(oldest)
        if len(mine) > MOST_KEPT or (len(mine) == MOST_KEPT and keep is None):
            raise ConfigError(
                "You have {count} trainings that go on or wait: stop one of them first.", count=len(mine)
            )

    def _remove_idle(self) -> None:
        now = self._clock()
        for run in list(self._runs.values()):
            is_watched = self._hub.viewers(f"{TOPIC}/{run.files.id}")
            if is_watched or run.worker or run.files.id in self._turns.waiting:
                run.looked = now
            elif now - run.looked > IDLE_SECONDS:
                self._remove(run)

    def _remove(self, run: LiveRun) -> None:
        """Delete all files of a run: data, state, model."""
        del self._runs[run.files.id]
        shutil.rmtree(run.files.folder, ignore_errors=True)
        if run.served:
            Path(run.served[1]).unlink(missing_ok=True)
        for step in list(run.used):
            self._remove_used(run, step)

    def _remove_used(self, run: LiveRun, step: int) -> None:
        path = own.path_in(self._own_folder, run.used.pop(step), run.spec.modality)
        path.unlink(missing_ok=True)

    def end(self) -> None:
        """End all processes, and wait until they are gone."""
        self._is_over.set()
        with self._lock:
            self._turns.end()
