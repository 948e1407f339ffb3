"""A table of cases in, a table of answers out: same rows, same order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crampnet.cohort.columns import ERROR, answer_columns
from crampnet.cohort.distinct import distinct
from crampnet.cohort.scoring import Outcome, Scorer
from crampnet.cohort.table import Layout, read_header
from crampnet.errors import CrampnetError


def diagnose_many(
    scorer: Scorer, table: pd.DataFrame, *, keep: Sequence[str] = (), top: int | None = None
) -> pd.DataFrame:
    """Answer every row of a table as `Model.diagnose` answers one case.

    table: one row a case, in the columns that `crampnet.cohort.table` describes; keep: columns to copy besides the
    id columns; top: the first so many conditions, or every condition (None).

    Returns the columns that were copied and those of `answer_columns`, with the index of the table. A row that cannot
    be answered has its reason under `error` and nothing else. Raises BadTable when the table as a whole cannot be read.
    """
    layout = read_header(scorer.model.vocabulary, list(table.columns), keep=keep)
    columns = answer_columns(scorer.conditions, top, layout.keep)
    firsts, codes = distinct(table[layout.read])
    answers = answer_rows(scorer, layout, table.iloc[firsts], columns).take(codes)
    kept = table[list(layout.keep)].reset_index(drop=True)
    return pd.concat([kept, answers.reset_index(drop=True)], axis=1).set_axis(table.index)


def answer_rows(scorer: Scorer, layout: Layout, rows: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """The answer columns of each row."""
    outcomes = [case if isinstance(case, CrampnetError) else scorer.answer(case) for case in layout.cases(rows)]
    return _tabulate(outcomes, np.array(scorer.conditions), columns)


def _tabulate(
    outcomes: Sequence[Outcome | CrampnetError], conditions: npt.NDArray[np.str_], columns: dict[str, str]
) -> pd.DataFrame:
    fine = [i for i, outcome in enumerate(outcomes) if isinstance(outcome, Outcome)]
    answers = [outcome for outcome in outcomes if isinstance(outcome, Outcome)]
    values = _values(answers, conditions)
    values[ERROR] = [None] * len(answers)
    table = pd.DataFrame({name: pd.Series(values[name], index=fine, dtype=kind) for name, kind in columns.items()})
    table = table.reindex(range(len(outcomes)))
    wrong = {i: str(outcome) for i, outcome in enumerate(outcomes) if isinstance(outcome, CrampnetError)}
    table.loc[list(wrong), ERROR] = list(wrong.values())
    return table


def _values(answers: Sequence[Outcome], conditions: npt.NDArray[np.str_]) -> dict[str, Any]:
    """Every column that an answer can have; the ranking breaks ties by id, as that of one answer does."""
    shape = (len(answers), len(conditions))
    contributes = np.array([answer.contributes for answer in answers]).reshape(shape)
    share = np.array([answer.share for answer in answers]).reshape(shape)
    order = np.lexsort((np.broadcast_to(conditions, shape), -share), axis=1)
    names, shares = conditions[order], np.take_along_axis(contributes, order, axis=1)
    values: dict[str, Any] = {
        "level": [answer.level for answer in answers],
        "provisional": [answer.provisional for answer in answers],
        "leader": names[:, 0],
        "leader_contributes": shares[:, 0],
        "log_evidence": [answer.log_evidence for answer in answers],
    }
    values |= {f"contributes_{c}": contributes[:, i] for i, c in enumerate(conditions)}
    for i in range(len(conditions)):
        values |= {f"condition_{i + 1}": names[:, i], f"contributes_{i + 1}": shares[:, i]}
    return values
