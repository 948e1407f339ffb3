"""Which figures the answers to the published cases hang on, how much of that is judged, and what to look up next.

Counting entries says how many figures have a source; here each counts by how much it moves answers. A figure's part in
a case is (slope of the true row's log-odds x standard deviation of the figure) squared, divided by the sum of these
over all figures: its share of the variance of the log-odds, to first order and as if the figures were independent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, compress
from typing import Any

import pandas as pd

from crampnet.api import Model
from crampnet.errors import TooExpensive
from crampnet.reasoning.sensitivity import Row
from crampnet.validation.cases import LEVELS, PublicCase, sampled
from crampnet.validation.scoring import accepted

EVERY = 5
"""Of the explained development cases, in the order of their ids, one in so many: a case takes some ten seconds."""
WIDEST = 15
"""Cases with more axes in one table are left out: to weigh the figures of one of these can take half an hour."""
NAMED = 40
"""Judged figures that are named."""


def weights(model: Model, cases: Iterable[PublicCase]) -> dict[str, Any]:
    """What the answers to a sample of the explained development cases hang on, as plain data; minutes long.

    n: cases; basis: basis -> mean part of the figures with that basis, 1 in all; judged: path, value and mean part of
    the judged figures that weigh most, the heaviest first.
    Raises as `Model.diagnose`, except for cases that cost too much, which are left out (see WIDEST).
    """
    sample = sampled((case for case in cases if case.explained and case.split == "develop"), EVERY)
    tables = list(chain.from_iterable(_parts(model, case) for case in sample))
    if not tables:
        return {"n": 0, "basis": {}, "judged": []}
    table = summed(tables)
    judged = table[table["basis"] == "judgement"].head(NAMED)
    return {
        "n": len(tables),
        "basis": table.groupby("basis")["part"].sum().sort_index().to_dict(),
        "judged": [
            {"path": str(path), "value": float(row["value"]), "part": float(row["part"])}
            for path, row in judged.iterrows()
        ],
    }


def summed(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Mean part of each figure over the cases, largest first; a figure that a case does not reach has none there.

    tables: index path, columns value, basis, part, one table a case. Returns the same columns.
    """
    whole = pd.concat(tables)
    parts = whole["part"].groupby(level=0).sum() / len(tables)
    first = whole[~whole.index.duplicated()].assign(part=parts)
    return first.sort_values("part", ascending=False, kind="stable")


def _parts(model: Model, case: PublicCase) -> Iterator[pd.DataFrame]:
    """The parts of all figures in a case, with all that is known of it; nothing where no figure moves the true row."""
    try:
        answer = model.diagnose(case.known_at(LEVELS[-1]))
        if answer.posterior.width > WIDEST:
            return
        survey = answer.sensitivity.survey
    except TooExpensive:
        return
    conditions = answer.network.conditions
    right = accepted(model.knowledge, conditions, (case.label, *case.other_labels))
    truth = max(compress(conditions, right), key=lambda name: answer.posterior.contributes[name])
    squares = survey.influence(Row(truth)) ** 2
    if not squares.sum() > 0.0:
        return
    figures = survey.parameters
    yield pd.DataFrame(
        {"value": [f.value for f in figures], "basis": [f.basis for f in figures], "part": squares / squares.sum()},
        index=pd.Index([f.path for f in figures], name="path"),
    )
