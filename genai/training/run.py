"""A training run: its device and processes, its steps, its log, its saved state, and resuming from that.

Everything random in a step is a function of the seed and the step's number. So the saved state is the parameters,
the optimisers and the number of steps, and on a CPU a resumed run repeats the uninterrupted one bit for bit.
"""

import io
import math
import platform
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, Protocol, cast

import torch
from accelerate import Accelerator, PartialState
from accelerate.utils import broadcast_object_list
from filelock import FileLock, Timeout
from torch import Tensor, nn
from tqdm import tqdm

from genai.compat import reset_accelerator_state
from genai.device import pick_device, prefers_bfloat16
from genai.errors import ConfigError, DataError
from genai.seeds import make_rng
from genai.signals import ENDING, on_signals
from genai.training.config import RunConfig, settings
from genai.training.controls import Controls
from genai.training.data_record import DataRecord
from genai.training.journal import Journal, recorded_settings
from genai.training.kept_models import keep_model
from genai.training.saved_file import SavedFile


class Stateful(Protocol):
    """Anything with a state to save: networks, averages of them, optimisers."""

    def state_dict(self) -> dict[str, Any]: ...  # noqa: D102

    def load_state_dict(self, state_dict: dict[str, Any], /) -> Any: ...  # noqa: D102, ANN401


class Run:
    """A training run with its folder. In `for step in run.steps(): ...`, the body does one step.

    Args:
        config: Its settings.
        name: Of its folder within `config.folder`.
        started_from: The checkpoint whose weights the run started from, if any, as the header will describe it.
        data: What the saved state is to know of the data; None for a run without data.
        controls: Who steers the run while it runs; None lets it run to its end.
        taught_by: The checkpoints that the run learns from beside the data, as the header will describe them.

    Raises:
        ConfigError: if the device does not exist, or the folder belongs to a run with other settings.
    """

    def __init__(
        self,
        config: RunConfig,
        name: str,
        started_from: dict[str, Any] | None = None,
        data: DataRecord | None = None,
        controls: Controls | None = None,
        taught_by: Sequence[dict[str, Any]] = (),
    ) -> None:
        if config.threads:
            torch.set_num_threads(config.threads)
        device = pick_device(config.device)
        if config.precision == "auto":
            config = replace(config, precision=_choose_precision(config.folder / name, device))
        reset_accelerator_state()  # a run before this one in the process may have had another precision
        self.accelerator = Accelerator(mixed_precision=config.precision, cpu=device.type == "cpu")
        # With several processes, accelerate gives each a device of its own.
        self.device = device if self.accelerator.num_processes == 1 else self.accelerator.device
        self.config = config
        self._settings = settings(config)  # as the run began
        self.started_from = started_from
        self.data = data
        self._origin: dict[str, Any] = {"started_from": started_from} if started_from else {}
        if taught_by:
            self._origin["taught_by"] = list(taught_by)
        recorded = self._settings | self._origin  # so that the run is not resumed with other weights of that name
        with self.accelerator.main_process_first():  # so that no process reads the settings while one writes them
            self.journal = Journal(
                config.folder / name,
                recorded,
                defaults=settings(type(config)()),
                writes=self.accelerator.is_main_process,
            )
        self.step = 0
        self.minutes = 0.0
        self.parts: dict[str, Stateful] = {}
        self._saved_step = 0
        self._state = SavedFile(self.journal.folder / "state.pt", _read_state)
        self._lock = FileLock(self.journal.folder / "lock", timeout=0)
        self._stop = threading.Event()
        self._controls = controls
        self._minutes_at_sample = 0.0

    def restore(self, **parts: Stateful) -> None:
        """Register everything that has a state, and load the state that this run saved before, if any.

        Raises:
            ConfigError: if the run is being trained by another process, or the data changed since the state was
                saved.
            DataError: if neither the saved state nor the one before it can be read.
        """
        self.parts = parts
        self._refuse_second_process()
        saved = self._state.read()
        if saved:
            self.journal.report_fallback(self._state)
            self._check_data(saved)
            self.step = self._saved_step = saved["step"]
            self.minutes = saved["minutes"]
            try:
                for name, part in parts.items():
                    part.load_state_dict(saved["parts"][name])
            except (RuntimeError, ValueError, KeyError) as error:
                raise ConfigError(
                    "The saved state in {folder} is of other networks than these: the data or the program changed "
                    "since. Give another --folder to begin anew, or delete that one.",
                    folder=self.journal.folder,
                ) from error
        self.journal.drop_after(self.step)
        self.journal.drop_changes_after(self.step)
        self.journal.drop_files_after(self.step)
        for change in self.journal.changes():
            self.config = replace(self.config, **change["settings"])

    def change(self, **values: float) -> None:
        """Give settings other values from the next step on, and note it in the journal.

        Args:
            values: By the names of settings; who trains reads them from `config` at each step.

        Raises:
            ConfigError: if a value is out of its range; then nothing changes.
        """
        different = {name: value for name, value in values.items() if getattr(self.config, name) != value}
        if different:
            self.config = replace(self.config, **different)  # type: ignore[arg-type]  # the settings check themselves
            self.journal.record_change(self.step, different)

    def stop(self) -> None:
        """Let the run end after the step that is being done, as at a signal: it saves, and can be resumed."""
        self._stop.set()

    def _refuse_second_process(self) -> None:
        """Lock the folder of the run until its steps end, or until the process does."""
        if not self.journal.writes:
            return
        try:
            self._lock.acquire()
        except Timeout as error:
            raise ConfigError(
                "The run in {folder} is being trained by another process: wait until it ends, or give another "
                "--folder.",
                folder=self.journal.folder,
            ) from error

    def _check_data(self, saved: dict[str, Any]) -> None:
        """Raise a ConfigError if a saved state is of other data; say what else is different."""
        if "data" not in saved:
            self.journal.warn(
                f"The saved state in {self.journal.folder} is of an older version, which did not note what data it "
                "belongs to. If the data has changed since, begin anew in another --folder."
            )
            return
        changes = self.data.changes_since(saved["data"]) if self.data and saved["data"] else ""
        if changes:
            raise ConfigError(
                "The data of the run in {folder} changed since its state was saved ({changes}). Put the old data "
                "back to go on, give another --folder to begin anew with the data of now, or delete that one.",
                folder=self.journal.folder,
                changes=changes,
            )
        processes = self.accelerator.num_processes
        if saved["processes"] != processes:
            self.journal.warn(f"The run was saved by {saved['processes']} processes and goes on with {processes}.")

    def save(self) -> None:
        """Save the state, in the main process only; a kill leaves the old or the new state, whole.

        Raises:
            ConfigError: if the training diverged; the last good state stays.
            DataError: if the file cannot be written; the state before it stays.
        """
        if not self.accelerator.is_main_process:
            return
        self._check_finite_parts()
        state = {
            "step": self.step,
            "minutes": self.minutes,
            "processes": self.accelerator.num_processes,
            "data": self.data.as_dict() if self.data else None,
            "parts": {name: part.state_dict() for name, part in self.parts.items()},
        }
        content = io.BytesIO()
        torch.save(state, content)
        self._state.write(content.getbuffer())
        self._saved_step = self.step

    def _save_if_possible(self) -> None:
        """Save the state; on a full disk the training goes on and the next save may find room."""
        try:
            self.save()
        except DataError as error:
            self.journal.warn(f"{error} The training goes on.")

    def _check_finite_parts(self) -> None:
        """Raise a ConfigError if a parameter, an average or an optimiser holds NaN or infinity."""
        for name, part in self.parts.items():
            if not all(bool(tensor.isfinite().all()) for tensor in _tensors(part.state_dict())):
                raise self._divergence(name)

    def _divergence(self, name: str) -> ConfigError:
        """Return the error that numbers of this name are not finite any more."""
        if self._saved_step:
            return ConfigError(
                "The training diverged: at step {step}, {name} is no longer a finite number. Lower "
                "--learning-rate and begin anew, with another --folder or after deleting {folder}, where the last "
                "good state, of step {saved}, is kept.",
                step=self.step + 1,
                name=name,
                folder=self.journal.folder,
                saved=self._saved_step,
            )
        return ConfigError(
            "The training diverged: at step {step}, {name} is no longer a finite number. Lower --learning-rate "
            "and begin anew, with another --folder or after deleting {folder}.",
            step=self.step + 1,
            name=name,
            folder=self.journal.folder,
        )

    def steps(self) -> Iterator[int]:
        """Yield the number of each step to do, counted from 0; save now and then, and at the end.

        Ctrl-C, SIGTERM or SIGHUP lets the current step end, saves, and stops. If the body of the loop raises or
        breaks, nothing more is saved. At the end the run is open for another process.

        Raises:
            ConfigError: if the training diverged; the last good state stays.
            DataError: if the state cannot be written at the end.
        """
        try:
            yield from self._do_steps()
        finally:
            self._lock.release()

    def _do_steps(self) -> Iterator[int]:
        start = time.monotonic()
        minutes_before = self.minutes
        minutes_at_save = self.minutes
        bar = tqdm(
            total=self.config.steps,
            initial=self.step,
            disable=not self.accelerator.is_main_process,
            unit="step",
            mininterval=1.0,
            dynamic_ncols=True,
        )
        with self._stop_on_signals():
            with bar as self.bar:
                while self.step < self.config.steps and not self._is_over():
                    if self._controls:
                        start += self._controls.before_step(self)
                        if self._stop.is_set():
                            break
                    yield self.step
                    self.step += 1
                    self.bar.update()
                    self.minutes = self._agree_on_minutes(minutes_before + (time.monotonic() - start) / 60)
                    if self.minutes - minutes_at_save >= self.config.save_minutes:
                        self._save_if_possible()
                        minutes_at_save = self.minutes
            self.save()

    @property
    def progress(self) -> float:
        """The fraction of the run that is done, 0 to 1: by steps or by time, whichever is larger."""
        spent = self.minutes / self.config.minutes if self.config.minutes else 0.0
        return min(1.0, max(self.step / self.config.steps, spent))

    def log(self, **scalars: float | Tensor) -> None:
        """Add a line of named numbers to metrics.jsonl, and show them in the progress bar.

        Raises:
            ConfigError: if one is NaN or infinite; the last good state stays.
        """
        if not self.accelerator.is_main_process:
            return
        numbers = {name: float(value) for name, value in scalars.items()}
        for name, value in numbers.items():
            if not math.isfinite(value):
                raise self._divergence(name)
        self.journal.log(step=self.step + 1, minutes=round(self.minutes, 3), **numbers)
        self.bar.set_postfix({name: f"{value:.3f}" for name, value in numbers.items()}, refresh=False)
        if self.config.minutes:
            self.bar.set_description(f"{max(0.0, self.config.minutes - self.minutes):.0f} min left", refresh=False)

    def sample_path(self, suffix: str) -> Path | None:
        """Return the file for a sample at this step, or None if no sample is due or another process writes it.

        Samples are due after 10, 20, 50, 100, 200, 500, ... steps and after the last one of `steps`; the settings
        can name an earlier first one, and the longest time without one. See also `write_last_sample`.
        """
        config = self.config
        number = self.step + 1
        power = 10 ** int(math.log10(number))
        is_round = number in {power, 2 * power, 5 * power} and number >= config.first_sample
        longest = math.inf if config.sample_minutes is None else config.sample_minutes
        is_late = self.minutes - self._minutes_at_sample >= longest
        if not (is_round or is_late or number == config.steps):
            return None
        self._minutes_at_sample = self.minutes
        return self.journal.sample_path(number, suffix) if self.journal.writes else None

    def write_sample(
        self, suffix: str, write: Callable[[Path], None], save_model: Callable[[Path], None] | None = None
    ) -> None:
        """Write a sample if one is due at this step, and keep the model; on a full disk they are left out.

        Args:
            suffix: Of the file's name, with its dot.
            write: Writes the file.
            save_model: Writes the checkpoint of now, where the settings say that models are kept; None keeps none.

        Raises:
            ConfigError: if the training diverged; the last good state stays.
        """
        path = self.sample_path(suffix)
        if path is not None:
            self._write_sample(path, self.step + 1, write, save_model)

    def write_last_sample(
        self, suffix: str, write: Callable[[Path], None], save_model: Callable[[Path], None] | None = None
    ) -> None:
        """Write a sample after the loop if the time is used up and the last step has none; keep the model.

        Nobody knows in a step that it is the last one in the time. A run that a signal stopped has no end yet.

        Args:
            suffix: As of `write_sample`.
            write: Likewise.
            save_model: Likewise.

        Raises:
            ConfigError: if the training diverged; the last good state stays.
        """
        if not (self.journal.writes and self.step and self._is_out_of_time):
            return
        path = self.journal.sample_path(self.step, suffix)
        if not path.exists():
            self._write_sample(path, self.step, write, save_model)

    def _write_sample(
        self, path: Path, step: int, write: Callable[[Path], None], save_model: Callable[[Path], None] | None
    ) -> None:
        """Write a sample and keep the model of a step, counted from 1."""
        self._check_finite_parts()
        unfinished = self.journal.folder / "unfinished" / path.name  # who watches the samples sees whole ones only
        try:
            unfinished.parent.mkdir(exist_ok=True)
            write(unfinished)
            unfinished.replace(path)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink()  # half a picture
            self.journal.warn(f"{path} cannot be written ({error.strerror}). The training goes on without it.")
        if save_model and self.config.keep_models:
            keep_model(self.journal, step, max(2, self.config.keep_models), save_model)

    def average_gradients(self, *networks: nn.Module) -> None:
        """Replace each gradient by its mean over all processes, which is the gradient of the whole batch."""
        if self.accelerator.num_processes == 1:
            return
        gradients = [p.grad for network in networks for p in network.parameters() if p.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        mean = self.accelerator.reduce(flat, reduction="mean")
        for gradient, part in zip(gradients, mean.split([g.numel() for g in gradients]), strict=True):
            gradient.copy_(part.view_as(gradient))

    def local_rows(self, batch: Tensor) -> Tensor:
        """Return this process's rows of a batch, on its device.

        Args:
            batch: (B, ...), the same in all processes.

        Raises:
            ConfigError: if B is no multiple of the number of processes.
        """
        per_process, rest = divmod(len(batch), self.accelerator.num_processes)
        if rest:
            raise ConfigError(
                "A batch of {size} cannot be shared out to {processes} processes: make --batch-size a multiple.",
                size=len(batch),
                processes=self.accelerator.num_processes,
            )
        start = self.accelerator.process_index * per_process
        return batch[start : start + per_process].to(self.device)

    def device_rng(self, *stream: int) -> torch.Generator:
        """Make a generator of random numbers on this process's device, for draws that may differ between devices.

        Args:
            stream: As of `make_rng`; each process has streams of its own.
        """
        rng = make_rng(self.config.seed, *stream, self.accelerator.process_index)
        return torch.Generator(self.device).manual_seed(rng.initial_seed())

    def record(self) -> dict[str, Any]:
        """Describe the run for a checkpoint's header."""
        fingerprint = {"data_sha256": self.data.sha256} if self.data else {}
        changes = self.journal.changes()
        return {
            **self._origin,
            **fingerprint,
            **({"changes": changes} if changes else {}),
            "steps": self.step,
            "minutes": round(self.minutes, 1),
            "processes": self.accelerator.num_processes,
            "device": str(self.device),
            "machine": f"{platform.machine()}, {torch.get_num_threads()} CPU thread(s)",
            "torch": torch.__version__,
            "settings": self._settings,
            "last_logged": self.journal.last(),
        }

    def _is_over(self) -> bool:
        """Whether a signal asked to stop, or the time is used up."""
        return self._stop.is_set() or self._is_out_of_time

    @property
    def _is_out_of_time(self) -> bool:
        return self.config.minutes is not None and self.minutes >= self.config.minutes

    def _agree_on_minutes(self, minutes: float) -> float:
        """Return the mean time of all processes, so that they stop at the same step; a signal to one stops all."""
        if self.accelerator.num_processes == 1:
            return minutes
        clock = torch.tensor([minutes, float(self._stop.is_set())], device=self.device)
        clock = self.accelerator.reduce(clock, reduction="mean")
        if clock[1] > 0:
            self._stop.set()
        return float(clock[0])

    def _stop_on_signals(self) -> AbstractContextManager[None]:
        """Let a signal that asks the process to end ask the run to stop."""
        return on_signals(ENDING, self._stop.set)


def _read_state(path: Path) -> dict[str, Any]:
    """Read a saved state on the CPU: the parts move their tensors to where they are."""
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    if not {"step", "minutes", "parts"} <= state.keys():
        raise ValueError("it is no saved state")
    return state


def _tensors(state: object) -> Iterator[Tensor]:
    """Yield the floating-point tensors in the state of a part, which nests dictionaries and lists."""
    if isinstance(state, Tensor):
        if state.is_floating_point():
            yield state
    elif isinstance(state, dict | list):
        for value in state.values() if isinstance(state, dict) else state:
            yield from _tensors(value)


def _choose_precision(folder: Path, device: torch.device) -> Literal["bf16", "no"]:
    """Return the precision of the run that is resumed, else the faster one here; the same in all processes."""
    PartialState(cpu=device.type == "cpu")  # connects the processes
    faster = "bf16" if prefers_bfloat16(device) else "no"
    precision = recorded_settings(folder).get("precision", faster)
    (precision,) = broadcast_object_list([precision])
    return cast(Literal["bf16", "no"], precision)
