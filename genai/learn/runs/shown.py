"""What the page shows of a run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from genai.datasets.names import printable
from genai.errors import GenaiError, rebuild
from genai.language.strings import Bilingual, both
from genai.learn.runs import catalogue
from genai.learn.runs.curves import BASELINES, NAMES
from genai.learn.runs.files import Phase, Status
from genai.learn.runs.live import LiveRun
from genai.learn.runs.moments import read_moment
from genai.learn.runs.turns import Turns
from genai.ui.words.errors import sentence


def describe(run: LiveRun, turns: Turns, item: Callable[[], int]) -> dict[str, Any]:
    """Return RUN, all that the page shows of a run.

    Args:
        run: The run.
        turns: Who trains, and who waits.
        item: Returns how large one item of a sample is; asked only for a sample that was not read before.
    """
    status = run.files.status()
    spec = run.spec
    phase = turns.phase(run, status)
    samples = run.files.samples()
    curves = run.logged(status)
    chosen = {one["name"]: one["value"] for one in catalogue.describe(spec, run.start)}
    has_moment = bool(samples) and (run.moment is None or run.moment["step"] != max(samples))
    if has_moment:
        run.moment = read_moment(max(samples), samples[max(samples)], item())
    steps = spec.settings.get("steps")
    return {
        "id": run.files.id,
        "modality": spec.modality,
        "from": spec.start_from,
        "name": printable(Path(spec.data).stem),
        "phase": phase,
        "sentence": _sentence(run, turns, phase, status),
        "step": status.step,
        "steps": steps,
        "minutes": round(status.minutes, 2),
        "minutes_left": round(max(0.0, spec.minutes - status.minutes), 2),
        "progress": round(status.progress, 3),
        "steps_per_second": float(f"{status.rate:.3g}") if phase == "running" else 0.0,
        "curves": curves,
        "names": {key: both(words) for key, words in {**NAMES, **BASELINES}.items()},
        "baselines": {key: round(value, 3) for key, value in run.files.baselines().items()},
        "moments": list(samples),
        "moment": run.moment,
        "looks": list(run.files.models()),
        "settings": {**chosen, **status.settings},
        "checkpoint": run.address(status),
        "command": spec.command(run.start),
        "fork": {"id": spec.forked_from, "step": spec.forked_at} if spec.forked_from else None,
    }


def _sentence(run: LiveRun, turns: Turns, phase: Phase, status: Status) -> Bilingual:
    """Say what a run does now."""
    if phase == "queued":
        place, minutes = turns.place(run)
        return both("learn.run.queued", place=place, minutes=minutes)
    if phase == "failed":
        return _failure(status)
    spec = run.spec
    left = max(0.0, spec.minutes - status.minutes)
    words = {
        "preparing": "learn.run.preparing",
        "running": "learn.run.running",
        "paused": "learn.run.paused",
        "stopping": "learn.run.stopping",
        "stopped": "learn.run.stopped" if status.checkpoint else "learn.run.stopped_saved",
        "done": "learn.run.done",
    }
    return both(words[phase], step=f"{status.step:,}", minutes=f"{left:.1f}")


def _failure(status: Status) -> Bilingual:
    error = status.error
    if not error:
        return both("bug")
    return sentence(rebuild(GenaiError, error["template"], error["values"]))
