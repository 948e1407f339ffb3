"""The sources, grounds and grades that an answer hangs on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crampnet.errors import BadValue
from crampnet.network.draws import SAME_SOURCE
from crampnet.network.network import Array
from crampnet.reasoning.sensitivity.setup import Row
from crampnet.reasoning.sensitivity.slopes import Survey

JUDGEMENT = "judgement"
"""Row of the figures without a source."""


@dataclass(frozen=True)
class SourceShares:
    """Shares of the variance of a row's log-odds; those of each table sum to 1.

    variance: of the log-odds, to first order; sources: index source key, or "judgement" for figures without one;
    bases, grades: index basis and grade. Columns: share, figures (how many), strongest (path of the most influential
    figure). A figure that works against others of its source can have a negative share in bases and grades.
    """

    row: Row
    variance: float
    sources: pd.DataFrame
    bases: pd.DataFrame
    grades: pd.DataFrame


def source_shares(found: Survey, row: Row, *, rho: float = SAME_SOURCE) -> SourceShares:
    """The sources that a row hangs on: gradient x standard deviation, coherently within a source.

    With g_i the influence of figure i on the row's log-odds, a source contributes
    (1 - rho) sum g_i^2 + rho (sum g_i)^2, what the figures of one study share being wrong together; judgements are
    independent of one another, sum g_i^2. The share of figure i is (1 - rho) g_i^2 + rho g_i sum g_j, likewise.

    rho: correlation within a source, as in the draws.
    Raises BadValue when the row is certain, so that nothing can move it.
    """
    influence = found.influence(row)
    parts = _parts(found, influence, rho)
    variance = float(parts.sum())
    if not variance > 0.0:
        remedy = "Ask about a row that is neither certain nor impossible."
        raise BadValue(row.condition, row.quantity, "does not hang on any figure here.", remedy)
    table = pd.DataFrame(
        {
            "path": [p.path for p in found.parameters],
            "source": [p.source or JUDGEMENT for p in found.parameters],
            "basis": [p.basis for p in found.parameters],
            "grade": [p.grade for p in found.parameters],
            "share": parts / variance,
            "size": np.abs(influence),
        }
    )
    return SourceShares(row, variance, *(_grouped(table, key) for key in ("source", "basis", "grade")))


def _parts(found: Survey, influence: Array, rho: float) -> Array:
    """Contribution of each figure to the variance, shape (figures,)."""
    sums: dict[str, float] = {}
    for parameter, g in zip(found.parameters, influence, strict=True):
        if parameter.source is not None:
            sums[parameter.source] = sums.get(parameter.source, 0.0) + float(g)
    pairs = zip(found.parameters, influence, strict=True)
    together = np.array([g if p.source is None else sums[p.source] for p, g in pairs])
    return np.asarray((1.0 - rho) * influence**2 + rho * influence * together)


def _grouped(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """Shares summed by a column, largest first."""
    groups = table.sort_values("size", ascending=False, kind="stable").groupby(key, sort=True)
    found = groups.agg(share=("share", "sum"), figures=("path", "size"), strongest=("path", "first"))
    return found.sort_values("share", ascending=False, kind="stable")
