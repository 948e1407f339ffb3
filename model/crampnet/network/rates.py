"""Published figures to model parameters: windows, strata, links and leaks. All derivation happens here, on load.

The window is the 28 days before asking.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from crampnet.network.network import Array

WINDOW_DAYS = 28.0
YEAR_DAYS = 365.25


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


def window_probability(rate: Rate) -> float:
    """P(present at any time in the 28-day window) from one published figure.

    point_prevalence and window_prevalence stay; incidence r per year gives 1 - exp(-r 28/365.25);
    annual prevalence a of a state that lasts d days a year gives a min(1, (28 + d)/365.25);
    lifetime prevalence gives itself times the fraction that is current.
    """
    match rate.measure:
        case "point_prevalence" | "window_prevalence":
            return rate.value
        case "incidence_per_year":
            return 1.0 - math.exp(-rate.value * WINDOW_DAYS / YEAR_DAYS)
        case "annual_prevalence":
            return rate.value * min(1.0, (WINDOW_DAYS + _stated("mean_days", rate.mean_days)) / YEAR_DAYS)
        case "lifetime_prevalence":
            return rate.value * _stated("current_fraction", rate.current_fraction)
        case _:
            raise ValueError(f"no conversion to the 28-day window for the measure {rate.measure!r}")


def _stated(key: str, value: float | None) -> float:
    """A number that the records demand for this measure."""
    if value is None:
        raise ValueError(f"{key} is missing")
    return value


def base_rate(parts: Sequence[Rate]) -> float:
    """Marginal P(present in the window): the sum of the converted parts (prevalence + new cases)."""
    return sum((window_probability(part) for part in parts), 0.0)


def spread(rate: float, factors: Array, weights: Array) -> Array:
    """Spread a population rate over strata so that its weighted mean stays the rate.

    rate: P(present) in the population; factors, weights: shape (strata,), relative size and distribution. The factors
    multiply the odds, o f / (1 + o f), which for rare states is the same as multiplying the rate and never reaches 1.
    """
    low, high = 0.0, rate / (1.0 - rate)
    shares = weights / weights.sum()

    def mean(odds: float) -> float:
        return float(shares @ (odds * factors / (1.0 + odds * factors)))

    while mean(high) < rate:
        high *= 2.0
    for _ in range(200):
        middle = (low + high) / 2.0
        low, high = (middle, high) if mean(middle) < rate else (low, middle)
    return np.asarray(high * factors / (1.0 + high * factors))


def against_background(probability: Array | float, background: Array | float) -> Array:
    """Link probability p with P(child | parent) = 1 - (1 - background)(1 - p)."""
    return np.asarray((np.asarray(probability) - background) / (1.0 - np.asarray(background)))


def cause_link(measure: str, value: float, marginal: Array | None, cause: Array) -> Array:
    """Link probability of a cause, shape (strata,).

    measure: link | prevalence_given | relative_risk | odds_ratio; marginal: P(condition), or None where it has no
    background because only its causes bring it about; cause: P(cause).
    With m = P(cause) and b = P(condition): P(c | no cause) = b / (1 + m (RR - 1)) for a relative risk, the root
    of the odds equation for an odds ratio, and (b - m v)/(1 - m) for P(c | cause) = v; the link is what
    lifts that background to P(c | cause).
    """
    if measure == "link" or marginal is None:
        return np.full(cause.shape, value)
    if measure == "prevalence_given":
        background = (marginal - cause * value) / (1.0 - cause)
        return np.where(cause >= 1.0, value, against_background(value, background))
    if measure == "relative_risk":
        background = marginal / (1.0 + cause * (value - 1.0))
        return against_background(value * background, background)
    background = _background_of_odds_ratio(value, marginal, cause)
    exposed = value * background / (1.0 - background + value * background)
    return against_background(exposed, background)


def _background_of_odds_ratio(ratio: float, marginal: Array, cause: Array) -> Array:
    """P(c | no cause) = u solving (1 - m) u + m ratio u / (1 - u + ratio u) = b, by bisection (monotone in u)."""
    low, high = np.zeros_like(marginal), marginal.copy()
    for _ in range(80):
        middle = (low + high) / 2.0
        reached = (1.0 - cause) * middle + cause * ratio * middle / (1.0 - middle + ratio * middle)
        low, high = np.where(reached < marginal, middle, low), np.where(reached < marginal, high, middle)
    return (low + high) / 2.0
