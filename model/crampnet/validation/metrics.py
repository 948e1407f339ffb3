"""Figures over scored cases, each with its interval: shares and means by bootstrap, rare misses by exact binomial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from crampnet.network.network import Array

Mask = npt.NDArray[np.bool_]

RESAMPLES, SEED = 2000, 20251127
MOST_FALSE_ALARMS = 0.05
"""Largest share of explained cases in which "not modelled" may be said, when its threshold is chosen."""
FLOOR = 1e-12
"""Probability below which a log loss is not told apart."""


@dataclass(frozen=True)
class Figure:
    """A mean over cases with its 95 % bootstrap interval; n: cases it is a mean of."""

    value: float
    low: float
    high: float
    n: int


def mean(values: npt.ArrayLike, among: Mask | None = None) -> Figure | None:
    """Mean over the cases `among` (all by default) with its percentile interval over resampled cases; None of none.

    values: shape (cases,). All cases are resampled, those outside `among` too, so that its number varies as well.
    """
    value = np.asarray(values, dtype=np.float64)
    counted = np.ones(len(value), dtype=bool) if among is None else among
    n = int(counted.sum())
    if not n:
        return None
    draws = _resamples(len(value)).astype(np.float64)
    sizes = draws @ counted
    means = (draws @ np.where(counted, value, 0.0))[sizes > 0] / sizes[sizes > 0]
    low, high = np.quantile(means, [0.025, 0.975])
    return Figure(float(value[counted].mean()), float(low), float(high), n)


def area(score: Array, among: Mask) -> Figure | None:
    """P(a case of those `among` has a higher score than one of the others), ties half, with its interval; None of none.

    The area under the ROC curve, which hangs on no threshold. score, among: shape (cases,); n: cases among.
    """
    if not among.any() or among.all():
        return None
    above = np.sign(score[among][:, None] - score[~among]) / 2.0 + 0.5
    draws = _resamples(len(score)).astype(np.float64)
    ours, others = draws[:, among], draws[:, ~among]
    pairs = ours.sum(axis=1) * others.sum(axis=1)
    areas = ((ours @ above) * others).sum(axis=1)[pairs > 0] / pairs[pairs > 0]
    low, high = np.quantile(areas, [0.025, 0.975])
    return Figure(float(above.mean()), float(low), float(high), int(among.sum()))


@cache
def _resamples(cases: int) -> npt.NDArray[np.int64]:
    """How often each case is drawn in each resample, shape (RESAMPLES, cases)."""
    return np.random.default_rng(SEED).multinomial(cases, np.full(cases, 1.0 / cases), size=RESAMPLES)


def upper_bound(events: int, total: int, *, level: float = 0.95) -> float:
    """One-sided Clopper-Pearson bound: the rate at which so few events have the probability 1 - level.

    Beta quantile at `level` with (events + 1, total - events); for no events near 3 / total.
    """
    from scipy.stats import beta  # large; the page, which reads only stored figures, does without

    return 1.0 if events >= total else float(beta.ppf(level, events + 1, total - events))


def brier(p: Array) -> Array:
    """(1 - p)^2 of what happened, shape (cases,)."""
    score: Array = (1.0 - p) ** 2
    return score


def log_loss(p: Array) -> Array:
    """-ln p of what happened, shape (cases,)."""
    score: Array = -np.log(np.maximum(p, FLOOR))
    return score


def threshold(score: Array, unexplained: Mask, *, most: float = MOST_FALSE_ALARMS) -> float:
    """Smallest score at which "not modelled" is said in less than the share `most` of the explained cases.

    score: shape (cases,), said where score >= threshold; 1.0 or the largest score of an explained case and a bit where
    no smaller one will do.
    """
    explained = np.sort(score[~unexplained])[::-1]
    allowed = int(np.ceil(most * len(explained))) - 1
    return float(np.nextafter(explained[max(allowed, 0)], 2.0)) if len(explained) else 0.0


def risk_coverage(confidence: Array, right: Mask, shares: Sequence[float]) -> list[dict[str, float]]:
    """Error rate among the most confident share of the cases, for each share: coverage, cases, risk, confidence.

    confidence: of the least confident case that is still answered.
    """
    order = np.argsort(-confidence, kind="stable")
    found = []
    for share in shares:
        kept = order[: max(1, round(share * len(order)))]
        risk = float(1.0 - right[kept].mean())
        found.append({"coverage": share, "cases": len(kept), "risk": risk, "confidence": float(confidence[kept[-1]])})
    return found
