"""Our latency and certificate: published cases, the grid of generated ones, the mixture, QMR size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from benchmarks.cases import Asked
from benchmarks.extent import Extent
from benchmarks.figures import Spread, spread
from benchmarks.ours import Timed, ask_all
from benchmarks.sets import DENSITIES, grid, mixture, qmr

BANDS = ((1, 6), (7, 10), (11, 30))
"""Published cases by their number of findings present."""


@dataclass(frozen=True)
class Row:
    """One set of cases: k is a number or a range in words; residual and width are the largest seen."""

    group: str
    kind: str
    k: str
    seconds: Spread
    residual: float | None
    width: int


def latency(shipped: Sequence[Asked], extent: Extent) -> dict[str, object]:
    """All rows, and each published case by itself."""
    published = ask_all(shipped, extent.latency_seconds)
    rows = [_row("shipped", "published", "all", published)]
    for low, high in BANDS:
        band = [t for t in published if low <= t.case.k <= high]
        rows.append(_row("shipped", "published", f"{low}-{high}", band))
    for density, mixed in zip(DENSITIES, (extent.mixed_sparse, extent.mixed_dense), strict=True):
        rows += _cells(ask_all(grid(density, extent.per_cell), extent.latency_seconds))
        rows.append(_row(density, "mixed", "5-15", ask_all(mixture(density, mixed), extent.latency_seconds)))
    rows += _cells(ask_all(list(qmr(extent.qmr_per_cell)), extent.latency_seconds))
    cases = [{"case": t.case.name, "k": t.case.k, "seconds": t.seconds} for t in published]
    return {"rows": [asdict(row) for row in rows], "published": cases}


def _cells(timed: Sequence[Timed]) -> list[Row]:
    """One row for each group, k and kind, and one for each group and k over both kinds."""
    rows = []
    for group in dict.fromkeys(t.case.group for t in timed):
        for k in sorted({t.case.k for t in timed if t.case.group == group}):
            cell = [t for t in timed if t.case.group == group and t.case.k == k]
            kinds = sorted({t.case.kind for t in cell})
            if len(kinds) > 1:
                rows.append(_row(group, "both", str(k), cell))
            rows += [_row(group, kind, str(k), [t for t in cell if t.case.kind == kind]) for kind in kinds]
    return rows


def _row(group: str, kind: str, k: str, timed: Sequence[Timed]) -> Row:
    residuals = [t.residual for t in timed if t.answers is not None]
    width = max((t.width for t in timed), default=0)
    return Row(group, kind, k, spread([t.seconds for t in timed]), max(residuals, default=None), width)
