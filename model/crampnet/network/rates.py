"""Published figures to model parameters: windows, strata, links and leaks. All derivation happens here, on load.

The window is the 28 days before asking.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from crampnet.network.network import Array

WINDOW_DAYS = 28.0
YEAR_DAYS = 365.25

_NEWTON_STEPS = 100
_CLOSE = 1e-9
"""Relative size of a step after which the next one would be below rounding."""


class Rate(Protocol):
    """The part of an estimate that a conversion needs."""

    @property
    def value(self) -> float:
        """The figure as printed."""

    @property
    def measure(self) -> str | None:
        """What it measures, such as "incidence_per_year"."""

    @property
    def mean_days(self) -> float | None:
        """Days a year for which the state lasts, for an annual prevalence."""

    @property
    def current_fraction(self) -> float | None:
        """Share that is current, for a lifetime prevalence."""


def window_probability(rate: Rate, value: Array | float | None = None) -> Array | float:
    """P(present at any time in the 28-day window) from one published figure.

    point_prevalence and window_prevalence stay; incidence r per year gives 1 - exp(-r 28/365.25);
    annual prevalence a of a state that lasts d days a year gives a min(1, (28 + d)/365.25);
    lifetime prevalence gives itself times the fraction that is current.
    rate: the figure; value: numbers to use in place of the printed one, any shape.
    """
    stated = rate.value if value is None else value
    match rate.measure:
        case "point_prevalence" | "window_prevalence":
            return stated
        case "incidence_per_year":
            return -np.expm1(-stated * WINDOW_DAYS / YEAR_DAYS)
        case "annual_prevalence":
            return stated * min(1.0, (WINDOW_DAYS + _stated("mean_days", rate.mean_days)) / YEAR_DAYS)
        case "lifetime_prevalence":
            return stated * _stated("current_fraction", rate.current_fraction)
        case _:
            raise ValueError(f"no conversion to the 28-day window for the measure {rate.measure!r}")


def _stated(key: str, value: float | None) -> float:
    """A number that the records demand for this measure."""
    if value is None:
        raise ValueError(f"{key} is missing")
    return value


def base_rate(parts: Sequence[Rate], values: Sequence[Array] | None = None) -> Array:
    """Marginal P(present in the window): the sum of the converted parts (prevalence + new cases), never above 1.

    parts: the figures; values: for each part numbers to use in place of the printed one, all of one shape.
    """
    stated = [None] * len(parts) if values is None else values
    converted = [np.asarray(window_probability(part, value)) for part, value in zip(parts, stated, strict=True)]
    return np.asarray(np.minimum(sum(converted, np.zeros(())), 1.0))


def reachable(factors: Array, weights: Array) -> Array:
    """Share of people in the strata whose factor is above 0: the largest rate that can be spread.

    factors: shape (strata,); weights: shape (..., strata). Returns shape (...).
    """
    return np.asarray((weights * (factors > 0.0)).sum(axis=-1) / weights.sum(axis=-1))


def spread(rate: Array | float, factors: Array, weights: Array) -> Array:
    """Spread the rate among some people over strata so that its weighted mean stays the rate.

    rate: P(present) among all of them, any shape; factors: shape (strata,), relative size; weights: how these people
    are distributed, shape (strata,) or that of rate and one more axis of strata, which is the shape of the result.
    The factors multiply the odds, o f / (1 + o f), which for rare states is the same as multiplying the rate and never
    reaches 1. A rate that is not reachable leaves everybody in the strata with a factor above 0 certain.
    The mean grows with o and is concave, so Newton's steps from below approach o without overshooting.
    """
    most = reachable(factors, weights)[..., None]
    full = np.asarray(rate, dtype=np.float64)[..., None] >= most
    wanted = np.where(full, most / 2.0, np.asarray(rate, dtype=np.float64)[..., None])
    shares = weights / weights.sum(axis=-1, keepdims=True)
    odds = wanted / np.maximum(_mean(factors, shares), np.finfo(np.float64).tiny)
    for _ in range(_NEWTON_STEPS):
        scaled = 1.0 + odds * factors
        missing = wanted - _mean(1.0 - 1.0 / scaled, shares)
        step = missing / np.maximum(_mean(factors / scaled**2, shares), np.finfo(np.float64).tiny)
        odds = odds + step
        if np.all(np.abs(step) <= _CLOSE * odds):
            break
    return np.where(full, (factors > 0.0).astype(np.float64), odds * factors / (1.0 + odds * factors))


def _mean(values: Array, shares: Array) -> Array:
    """Weighted mean over the last axis, which stays with length 1."""
    return np.asarray((values * shares).sum(axis=-1, keepdims=True))


def against_background(probability: Array | float, background: Array | float) -> Array:
    """Link probability p with P(child | parent) = 1 - (1 - background)(1 - p); 0 where the child is there anyway."""
    left = 1.0 - np.asarray(background)
    sure = left <= 0.0
    return np.asarray(np.where(sure, 0.0, (np.asarray(probability) - background) / np.where(sure, 1.0, left)))


def cause_link(measure: str, value: Array | float, marginal: Array | None, cause: Array) -> Array:
    """Link probability of a cause, shape (lanes,).

    measure: link | prevalence_given | relative_risk | odds_ratio; value: the figure, one number or shape (lanes,);
    marginal: P(condition), or None where it has no background because only its causes bring it about;
    cause: P(cause), shape (lanes,).
    With m = P(cause) and b = P(condition): P(c | no cause) = b / (1 + m (RR - 1)) for a relative risk, the root
    of the odds equation for an odds ratio, and (b - m v)/(1 - m), at least 0, for P(c | cause) = v; the link is what
    lifts that background to P(c | cause).
    """
    if measure == "link" or marginal is None:
        return np.broadcast_to(value, cause.shape).astype(np.float64)
    if measure == "prevalence_given":
        others = np.where(cause >= 1.0, 1.0, 1.0 - cause)
        background = np.where(cause >= 1.0, 0.0, np.maximum((marginal - cause * value) / others, 0.0))
        return against_background(value, background)
    if measure == "relative_risk":
        background = marginal / (1.0 + cause * (value - 1.0))
        return against_background(value * background, background)
    background = _background_of_odds_ratio(value, marginal, cause)
    exposed = value * background / (1.0 - background + value * background)
    return against_background(exposed, background)


def told_link(link: Array, cause: Array) -> Array:
    """Link of a cause that acts only where it is told, shape (lanes,).

    link: as `cause_link` gives it, which lifts the rate of people without the cause; cause: P(cause), m. The rate that
    is lifted here is that of everybody, b = 1 - (1 - u)(1 - m link) with u that of people without it, so that
    P(c | cause) = 1 - (1 - u)(1 - link) is reached by link (1 - m) / (1 - m link).
    """
    return np.asarray(link * (1.0 - cause) / np.maximum(1.0 - cause * link, np.finfo(np.float64).tiny))


def _background_of_odds_ratio(ratio: Array | float, marginal: Array, cause: Array) -> Array:
    """P(c | no cause) = u solving (1 - m) u + m ratio u / (1 - u + ratio u) = b.

    Cleared of the fraction it is a u^2 + k u = b with a = (1 - m)(ratio - 1) and k = 1 + (m - b)(ratio - 1); the root
    is 2 b / (k + sqrt(k^2 + 4 a b)), or (sqrt(k^2 + 4 a b) - k) / 2 a where k < 0.
    """
    square = (1.0 - cause) * (ratio - 1.0)
    linear = 1.0 + (cause - marginal) * (ratio - 1.0)
    root = np.sqrt(linear**2 + 4.0 * square * marginal)
    turned = (root - linear) / np.where(linear < 0.0, 2.0 * square, 1.0)
    return np.asarray(np.where(linear < 0.0, turned, 2.0 * marginal / (np.abs(linear) + root)))
