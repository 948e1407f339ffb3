"""What a working process does: one model, one layout, rows in, answers out."""

from __future__ import annotations

import pandas as pd

from crampnet.cohort.columns import answer_columns
from crampnet.cohort.frame import answer_rows
from crampnet.cohort.scoring import Scorer
from crampnet.cohort.table import read_header
from crampnet.cohort.workers import Introduction, Task
from crampnet.inference.exact.kernels import KERNELS


class Desk:
    """A model, ready to answer rows of one table."""

    def __init__(self, task: Task) -> None:
        KERNELS.wait()
        self._scorer = Scorer(task.load())
        self._layout = read_header(self._scorer.model.vocabulary, task.header, keep=task.keep)
        self._columns = answer_columns(self._scorer.conditions, task.top, self._layout.keep)

    def introduce(self) -> Introduction:
        """What whoever hands out the rows must know."""
        digest = self._scorer.model.knowledge.digest
        return Introduction(digest, tuple(self._layout.read), self._layout.keep, self._columns)

    def answer(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The answer columns of each row."""
        return answer_rows(self._scorer, self._layout, rows, self._columns)
