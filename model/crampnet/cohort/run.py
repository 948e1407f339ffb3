"""From file to file: a table of any length in bounded memory, on several processes, resumed after a kill."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from crampnet.cohort.columns import ERROR, NUMBER, TEXT, TRUTH
from crampnet.cohort.distinct import Positions, comparable, distinct
from crampnet.cohort.files import Source, check_target, kind_of, open_source
from crampnet.cohort.parts import begin
from crampnet.cohort.workers import Apart, Here, Introduction, Task, Worker
from crampnet.errors import BadTable, CrampnetError

if TYPE_CHECKING:
    from crampnet.cohort.scoring import Load

ROWS = 10_000
"""Rows of one part: what a killed run loses at most, and what is in memory at once, three times."""

AHEAD = 2
"""Parts that are under way at once."""

_ARROW = {TEXT: pa.string(), TRUTH: pa.bool_(), NUMBER: pa.float64()}

Progress = Callable[[int, int], None]
"""Told after each part: rows done, and rows in all."""


@dataclass(frozen=True)
class Scored:
    """What a run did: rows written, those of them with an error, and those that an earlier run had finished."""

    rows: int
    errors: int
    resumed: int


def score_file(
    source: Path,
    target: Path,
    load: Load,
    *,
    keep: Sequence[str] = (),
    top: int | None = None,
    rows: int = ROWS,
    jobs: int | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Scored:
    """Answer every row of a CSV or Parquet file as `Model.diagnose` does, into another such file.

    source, target: files that end in .csv or .parquet; load: how a process comes by the model; keep, top: see
    `diagnose_many`; rows: of one part; jobs: processes, as many as there are processors by default (with more than
    one, a script must guard its start by `if __name__ == "__main__"`); force: overwrite the target.

    Finished parts lie in a folder beside the target until it is whole; a run that was killed goes on from there.
    Raises BadTable (a table that cannot be read, a target that is there, parts of another run) and what `load` raises.
    """
    try:
        table = _opened(source, target, force)
        task = Task(load, table.schema.names, (*keep, *table.index), top)
        with _crew(task, jobs or processors()) as crew:
            return _Run(table, target, crew, rows, top, progress or _silent).go()
    except (OSError, pa.ArrowException) as error:
        remedy = "Check the disk and the permissions; the same command goes on where this one stopped."
        raise BadTable(str(target), f"it cannot be written ({error}).", remedy) from None


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _silent(done: int, rows: int) -> None:
    """Progress for nobody."""


def _opened(source: Path, target: Path, force: bool) -> Source:
    kind_of(target)
    if not source.is_file():
        raise BadTable(str(source), "there is no such file.", "Check its name.")
    if target.exists() and not force:
        raise BadTable(str(target), "it is there already.", "Give another name, or --force to overwrite it.")
    if not target.parent.is_dir():
        raise BadTable(str(target), "there is no such folder.", "Make the folder first.")
    if target.exists() and target.samefile(source):
        raise BadTable(str(target), "it is the input too.", "Give another name.")
    return open_source(source)


@contextmanager
def _crew(task: Task, jobs: int) -> Iterator[list[Worker]]:
    crew: list[Worker] = [Here(task)] if jobs == 1 else [Apart(task) for _ in range(jobs)]
    try:
        yield crew
    except BaseException:
        for worker in crew:
            worker.close(at_once=True)
        raise
    for worker in crew:
        worker.close(at_once=False)


class _Run:
    """One run, from the first part that is missing to the target."""

    def __init__(
        self, table: Source, target: Path, crew: list[Worker], rows: int, top: int | None, progress: Progress
    ) -> None:
        self.table, self.target, self.crew, self.rows, self.progress = table, target, crew, rows, progress
        self.total = table.count()
        self.about = _introduced(crew)
        self.answers = pa.schema([(name, _ARROW[kind]) for name, kind in self.about.columns.items()])
        self.schema = pa.schema([*(table.schema.field(name) for name in self.about.kept), *self.answers])
        check_target(target, self.schema)
        self.parts = begin(target, self._identity(top))

    def _identity(self, top: int | None) -> dict[str, str | int | list[str] | None]:
        return {
            "input": self.table.digest(),
            "priors": self.about.digest,
            "version": version("crampnet"),
            "copied columns": list(self.about.kept),
            "top": top,
            "rows": self.rows,
        }

    def go(self) -> Scored:
        resumed = done = 0
        waiting: deque[tuple[int, _Piece]] = deque()
        for number, piece in enumerate(self.table.pieces(self.rows)):
            if self.parts.has(number):
                resumed += piece.num_rows
                continue
            waiting.append((number, _Piece(piece, self.crew, self.about)))
            if len(waiting) > AHEAD:
                done += self._settle(*waiting.popleft())
                self.progress(resumed + done, self.total)
        while waiting:
            done += self._settle(*waiting.popleft())
            self.progress(resumed + done, self.total)
        errors = sum(len(t) - t.column(ERROR).null_count for t in self.parts.tables([ERROR]))
        self.parts.finish(self.target, self.schema)
        return Scored(resumed + done, errors, resumed)

    def _settle(self, number: int, piece: _Piece) -> int:
        table = pa.Table.from_pandas(piece.answers(), self.answers, preserve_index=False)
        for place, name in enumerate(self.about.kept):
            table = table.add_column(place, self.schema.field(name), piece.kept.column(name))
        self.parts.save(number, table)
        return len(table)


def _introduced(crew: Sequence[Worker]) -> Introduction:
    first, *others = [worker.introduce() for worker in crew]
    if any(other.digest != first.digest for other in others):
        raise CrampnetError("The priors changed while they were loaded.", "Start again.")
    return first


class _Piece:
    """A piece of the table on its way: its distinct rows, each with one worker."""

    def __init__(self, table: pa.Table, crew: Sequence[Worker], about: Introduction) -> None:
        self.kept = table.select(about.kept)
        rows = table.select(about.read).replace_schema_metadata().to_pandas()
        firsts, self._codes = distinct(rows)
        rows = rows.iloc[firsts]
        worker = _route(rows, len(crew))
        self._order = np.argsort(np.argsort(worker, kind="stable"), kind="stable")
        self._answers: list[Future[pd.DataFrame]] = [
            crew[number].submit(rows[worker == number]) for number in np.unique(worker)
        ]

    def answers(self) -> pd.DataFrame:
        """One row for each row of the piece."""
        answers = pd.concat([future.result() for future in self._answers], ignore_index=True)
        return answers.take(self._order).take(self._codes)


def _route(rows: pd.DataFrame, workers: int) -> Positions:
    """The worker of each row: always the same for equal rows, and for those that differ in age alone.

    Ages share bands, so this keeps equal evidence together in one memory.
    """
    says = [header for header in rows.columns if header.strip().casefold() != "age"]
    texts = rows[says].apply(comparable)
    if workers == 1 or not says:
        return np.zeros(len(rows), dtype=np.intp)
    return (pd.util.hash_pandas_object(texts, index=False).to_numpy() % workers).astype(np.intp)
