"""Lognormal distributions, for figures that are no probability: rates a year, relative risks, odds ratios."""

from __future__ import annotations

import math
from dataclasses import dataclass

from crampnet.knowledge.beta import LEVEL

_WIDEST = 2.0
"""Largest sigma: an interval wider than a factor of about 700 says no more than that nothing is known."""


@dataclass(frozen=True)
class LogNormal:
    """exp(mu + sigma z) with z standard normal, raised to `least` where it would be below.

    The mean and the standard deviation are those without that floor.
    """

    mu: float
    sigma: float
    least: float = 0.0

    @property
    def mean(self) -> float:
        """exp(mu + sigma^2 / 2)."""
        return math.exp(self.mu + self.sigma**2 / 2.0)

    @property
    def sd(self) -> float:
        """With the mean m, m sqrt(exp(sigma^2) - 1)."""
        return self.mean * math.sqrt(math.expm1(self.sigma**2))

    def quantile(self, probability: float) -> float:
        """The value below which the given probability lies."""
        from scipy.special import ndtri  # a fifth of a second that an answer can do without

        return max(self.least, math.exp(self.mu + self.sigma * float(ndtri(probability))))


def fit_lognormal(mean: float, interval: tuple[float, float], *, least: float = 0.0, level: float = LEVEL) -> LogNormal:
    """The lognormal with this mean whose probability inside the interval is `level`.

    The mean, not the median, is the stated value, as for probabilities: what is linear in the figure then averages to
    what the network holds. The probability inside shrinks as sigma grows, so sigma is bisected.

    mean: > 0, inside the interval; interval: low and high; least: smallest value of the figure; level: probability.
    Raises ValueError when the mean is not inside its interval.
    """
    low, high = interval
    if not 0.0 <= low < mean < high:
        raise ValueError("the mean must be positive and inside its interval")
    narrow, wide = 1e-9, _WIDEST
    for _ in range(60):
        middle = (narrow + wide) / 2.0
        narrow, wide = (middle, wide) if _inside(mean, low, high, middle) >= level else (narrow, middle)
    return LogNormal(math.log(mean) - narrow**2 / 2.0, narrow, least)


def _inside(mean: float, low: float, high: float, sigma: float) -> float:
    from scipy.special import ndtr  # as above

    mu = math.log(mean) - sigma**2 / 2.0
    below = float(ndtr((math.log(low) - mu) / sigma)) if low > 0.0 else 0.0
    return float(ndtr((math.log(high) - mu) / sigma)) - below
