"""All Beta mathematics: from a printed value and its interval to a distribution, and back.

Beta(a, b) with mean m and concentration k = a + b has a = m k and b = (1 - m) k.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

LEVEL = 0.9
"""Probability that an interval of the knowledge holds."""

_SMALLEST = 0.2
"""Smallest a or b: below it a Beta is two spikes and its interval no longer grows."""

_LARGEST = 1e9
"""Largest concentration."""

_LOG_ROOT_2_PI = math.log(2.0 * math.pi) / 2.0

_COUNTS = re.compile(r"\s*(\d+)\s*/\s*(\d+)\s*")


class Stated(Protocol):
    """The part of an estimate that its distribution comes from."""

    @property
    def value(self) -> float:
        """The figure."""

    @property
    def interval(self) -> tuple[float, float]:
        """Low and high of its 90 % interval."""

    @property
    def basis(self) -> str:
        """Published, derived or judgement."""

    @property
    def reported(self) -> str | None:
        """The figure as printed, such as 23/112."""


@dataclass(frozen=True)
class Beta:
    """A Beta distribution over a probability.

    Args:
        a: first shape parameter, > 0.
        b: second shape parameter, > 0.
    """

    a: float
    b: float

    @property
    def mean(self) -> float:
        """The mean, a / (a + b)."""
        return self.a / (self.a + self.b)

    @property
    def sd(self) -> float:
        """The standard deviation, sqrt(m (1 - m) / (a + b + 1)) with the mean m."""
        return math.sqrt(self.mean * (1.0 - self.mean) / (self.a + self.b + 1.0))

    def quantile(self, probability: float) -> float:
        """The value below which the given probability lies."""
        from scipy import special  # a fifth of a second that an answer can do without

        return float(special.betaincinv(self.a, self.b, probability))

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """The central interval that holds the given probability."""
        tail = (1.0 - level) / 2.0
        return self.quantile(tail), self.quantile(1.0 - tail)


def fit_beta(mean: float, interval: tuple[float, float], *, level: float = LEVEL) -> Beta:
    """The Beta with this mean whose probability inside the interval is `level`.

    Args:
        mean: 0 < mean < 1.
        interval: low and high with low < mean < high.
        level: probability between them.

    Raises:
        ValueError: the mean is not inside the interval, or not a probability.
    """
    a, b = fit_betas(np.array([mean]), np.array([interval[0]]), np.array([interval[1]]), level=level)
    return Beta(float(a[0]), float(b[0]))


def fit_betas(mean: Array, low: Array, high: Array, *, level: float = LEVEL) -> tuple[Array, Array]:
    """Fit many Betas at once; see `fit_beta`.

    The probability inside the interval grows with the concentration k, so log k is bisected. Where even the
    widest Beta considered is inside with more than `level`, that one is returned.

    Args:
        mean: shape (n,).
        low: lower ends, shape (n,).
        high: upper ends, shape (n,).
        level: probability inside.

    Returns:
        a and b, each of shape (n,).

    Raises:
        ValueError: some mean is not inside its interval, or not a probability.
    """
    if not np.all((low < mean) & (mean < high) & (mean > 0.0) & (mean < 1.0)):
        raise ValueError("each mean must be a probability inside its interval")
    smallest = np.log(_SMALLEST / np.minimum(mean, 1.0 - mean))
    largest = np.full_like(smallest, np.log(_LARGEST))
    for _ in range(48):
        middle = (smallest + largest) / 2.0
        enough = _inside(mean, low, high, np.exp(middle)) >= level
        largest = np.where(enough, middle, largest)
        smallest = np.where(enough, smallest, middle)
    k = np.exp(largest)
    return mean * k, (1.0 - mean) * k


def logit_quantiles(a: Array, b: Array, normal: Array) -> tuple[Array, Array]:
    """Log odds L = ln(q / (1 - q)) of the quantile q at Phi(z), exact in both tails, and dL / dz.

    With the density f of the Beta and phi of the normal, dL / dz = phi(z) / (f(q) q (1 - q)).

    Args:
        a: first shape parameters.
        b: second shape parameters, of a shape that broadcasts with a.
        normal: standard normal quantiles z, likewise.
    """
    from scipy import special  # as above

    upper = normal > 0.0
    near, far = np.where(upper, b, a), np.where(upper, a, b)
    small = special.betaincinv(near, far, special.ndtr(-np.abs(normal)))
    inner, outer = np.log(np.maximum(small, np.finfo(np.float64).tiny)), np.log1p(-small)
    log_slope = -(normal**2) / 2.0 - _LOG_ROOT_2_PI - near * inner - far * outer + special.betaln(near, far)
    logit = np.where(upper, outer - inner, inner - outer)
    return np.asarray(logit, dtype=np.float64), np.asarray(np.exp(log_slope), dtype=np.float64)


def _inside(mean: Array, low: Array, high: Array, k: Array) -> Array:
    from scipy import special  # as above

    a, b = mean * k, (1.0 - mean) * k
    upper = special.betainc(a, b, np.minimum(high, 1.0))
    lower = special.betainc(a, b, np.maximum(low, 0.0))
    return np.asarray(upper - lower, dtype=np.float64)


def beta_from_counts(events: int, total: int) -> Beta:
    """Beta(r + 1/2, n - r + 1/2) for r events among n people (Jeffreys).

    Raises:
        ValueError: not 0 <= events <= total with total > 0.
    """
    if not 0 <= events <= total or total == 0:
        raise ValueError(f"{events} of {total} is not a count")
    return Beta(events + 0.5, total - events + 0.5)


def counts(reported: str | None) -> tuple[int, int] | None:
    """Events and total when a figure was printed as "23/112"; otherwise None."""
    found = _COUNTS.fullmatch(reported or "")
    return (int(found[1]), int(found[2])) if found else None


def beta_of(estimate: Stated) -> Beta:
    """The distribution of a probability of the knowledge.

    Counts that were published as they stand give their own Beta; everything else is fitted to value and
    interval.

    Raises:
        ValueError: the estimate is no probability (a rate or a ratio above 1).
    """
    printed = counts(estimate.reported)
    if estimate.basis == "published" and printed is not None:
        return beta_from_counts(*printed)
    return fit_beta(estimate.value, estimate.interval)
