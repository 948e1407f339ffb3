"""Log-odds as whole points that still add up."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log

POINTS = 10.0 / log(10.0)
"""Points in one unit of natural log-odds: 10 points make the odds ten times as high, 3 points about twice."""


def points(start: float, weights: Sequence[float], end: float) -> tuple[int, list[int], int]:
    """Start, weights and end in whole points, with start + sum of the weights = end exactly.

    start, weights, end: natural log-odds with start + sum(weights) = end. The end is rounded; start and weights are
    rounded down, and what is then lacking goes, a point each, to those that rounding took most from.
    """
    exact = [value * POINTS for value in (start, *weights)]
    whole = [floor(value) for value in exact]
    last = round(end * POINTS)
    order = sorted(range(len(exact)), key=lambda place: whole[place] - exact[place])
    for place in order[: last - sum(whole)]:
        whole[place] += 1
    return whole[0], whole[1:], whole[0] + sum(whole[1:])


def signed(value: int) -> str:
    """Points with their sign."""
    return f"+{value}" if value > 0 else str(value).replace("-", "\N{MINUS SIGN}")
