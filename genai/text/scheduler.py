"""Continuous batching: one loop writes all texts, which join and leave between characters.

Source: Yu et al. 2022, "Orca: A distributed serving system for Transformer-based generative models", OSDI: batches
are formed anew at every iteration, not for every request.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from genai.text.decoding.batch import Batch, Draft
from genai.text.sampling import CHUNK, TextModel


@dataclass(eq=False)
class Job:
    """A text to be written.

    Args:
        number: Identifies it.
        model: Which writes.
        draft: The text, its prompt read.
        error: What ended it, if writing failed.
    """

    number: int
    model: TextModel
    draft: Draft
    error: Exception | None = None


class Scheduler:
    """Writes the jobs of all models, a few characters at a time; for one thread."""

    def __init__(self) -> None:
        self.jobs: dict[int, Job] = {}
        self._batches: dict[str, Batch] = {}  # by the model's name

    def add(self, jobs: Iterable[Job]) -> None:
        """Let jobs join the batches of their models."""
        for job in jobs:
            self.jobs[job.number] = job
            if job.model.name not in self._batches:
                self._batches[job.model.name] = Batch(job.model.loop, job.model.vocabulary)
            self._batches[job.model.name].join([job.draft])

    def cancel(self, number: int) -> None:
        """Take a job out, if it is still there; its place is free at once."""
        job = self.jobs.pop(number, None)
        if job is not None:
            self._batches[job.model.name].leave({job.draft})

    def advance(self) -> list[Job]:
        """Write the next characters of all jobs; return those that have ended or failed.

        What fails, fails for the jobs of one model only.
        """
        finished: list[Job] = []
        for name, batch in list(self._batches.items()):
            jobs = [job for job in self.jobs.values() if job.model.name == name]
            try:
                batch.advance(CHUNK)
            except Exception as error:  # each of these jobs reports it
                for job in jobs:
                    job.error = error
                del self._batches[name]
            finished += [job for job in jobs if job.error is not None or job.draft.ended]
        for job in finished:
            del self.jobs[job.number]
        return finished
