"""Continuous batching: one loop writes all texts, which join and leave between characters.

Source: Yu et al. 2022, "Orca: A distributed serving system for Transformer-based generative models", OSDI: batches
are formed anew at every iteration, not for every request.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from genai.text.decoding.batch import Batch, Draft
from genai.text.sampling import TextModel


@dataclass(eq=False)
class Job:
    """A text to be written.

    Args:
        number: Identifies it.
        model: The model that writes it.
        draft: The text, its prompt read.
        error: Why it could not be written; None while there is no error.
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
        """Let jobs join the batches of their models; `advance` returns those for which that fails."""
        for job in jobs:
            self.jobs[job.number] = job
            if job.model.name not in self._batches:
                self._batches[job.model.name] = Batch(job.model.loop, job.model.vocabulary)
            try:
                self._batches[job.model.name].join([job.draft])
            except Exception as error:  # such as a GPU without free memory
                job.error = error

    def cancel(self, number: int) -> None:
        """Remove a job, if it has not ended; its row in the batch is free at once."""
        job = self.jobs.pop(number, None)
        if job is not None:
            self._batches[job.model.name].leave({job.draft})

    def advance(self) -> list[Job]:
        """Write the next characters of all jobs; return those that have ended or failed.

        An error ends the jobs of one model only.
        """
        finished: list[Job] = []
        for name, batch in list(self._batches.items()):
            jobs = [job for job in self.jobs.values() if job.model.name == name]
            if batch.drafts:
                self._advance_batch(name, jobs)
            else:  # all of its texts have ended or were cancelled, or none could join
                del self._batches[name]
            finished += [job for job in jobs if job.error is not None or job.draft.ended]
        for job in finished:
            del self.jobs[job.number]
        return finished

    def _advance_batch(self, name: str, jobs: Iterable[Job]) -> None:
        batch = self._batches[name]
        try:
            batch.advance(batch.chunk)
        except Exception as error:
            for job in jobs:
                job.error = error
            del self._batches[name]
