"""The arithmetic of the tables: percentiles in which a refusal counts as infinitely long, and ratios with failures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Spread:
    """Percentiles of some times in seconds; None where a refusal reaches that far down."""

    count: int
    refused: int
    p50: float | None
    p90: float | None
    p99: float | None
    worst: float | None


def spread(seconds: Sequence[float]) -> Spread:
    """Percentiles without interpolation: the smallest time that at least so many per cent do not exceed."""
    values = np.array(seconds, dtype=float)
    if not len(values):
        return Spread(0, 0, None, None, None, None)
    cuts = np.quantile(values, [0.5, 0.9, 0.99, 1.0], method="inverted_cdf")
    p50, p90, p99, worst = (float(c) if np.isfinite(c) else None for c in cuts)
    return Spread(len(values), int(np.isinf(values).sum()), p50, p90, p99, worst)


@dataclass(frozen=True)
class Ratio:
    """How many times longer a peer took than we did on the same cases; at_least where the peer's time is a limit."""

    cases: int
    median: float
    at_least: bool
    least: float


def ratio(ours: Sequence[float], theirs: Sequence[float], failed: Sequence[bool]) -> Ratio | None:
    """Median and smallest ratio over cases; theirs holds the limit that was reached where failed.

    None without cases or where we refused one: then there is nothing to divide by.
    """
    if not ours or not np.isfinite(ours).all():
        return None
    ratios = np.array(theirs) / np.array(ours)
    order = np.argsort(ratios, kind="stable")
    middle = int(order[(len(order) - 1) // 2])
    return Ratio(len(ours), float(ratios[middle]), bool(failed[middle]), float(ratios[order[0]]))
