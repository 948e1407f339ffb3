"""How the cases would be answered had each cause its frequency among such cases, not among people whose hand troubles.

Reports and questions tell of rare causes more often than rare causes trouble hands. The answer is for people, so it
keeps the frequencies of people; these figures tell what of the errors the mix of the cases brings about, and what is
left for the findings. Nothing that is shown to anybody is changed by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from crampnet.network.network import Array
from crampnet.validation.figures import Picked, as_plain, tops
from crampnet.validation.metrics import FLOOR, log_loss
from crampnet.validation.scoring import best_rank

EXPONENTS = np.arange(0.0, 1.01, 0.05)
"""Tried for the mix: 0 leaves the frequencies of people, 1 makes all causes equally frequent."""


def mixed(forecast: Array, prior: Array, exponent: float) -> Array:
    """P(row) under the mix, shape (cases, conditions): odds(row) / prior(row) ** exponent, scaled to sum to 1 a case.

    forecast: P(row | all answers), NaN rows for cases without an answer; prior: P(row | age, sex, care sought).
    """
    known = np.clip(np.nan_to_num(forecast), FLOOR, 1.0 - FLOOR)
    logs = np.log(known) - np.log1p(-known) - exponent * np.log(np.maximum(prior, FLOOR))
    shares = np.exp(logs - logs.max(axis=1, keepdims=True))
    scaled: Array = shares / shares.sum(axis=1, keepdims=True)
    return scaled


def best_exponent(picked: Picked) -> float:
    """The exponent under which the explained cases are likeliest: the least mean log loss of an accepted row."""
    if not picked.explained.any():
        return 0.0
    return float(min(EXPONENTS, key=lambda exponent: _loss(picked, exponent)))


def _loss(picked: Picked, exponent: float) -> float:
    truth = (mixed(picked.forecast, picked.prior, exponent) * picked.happened).sum(axis=1)
    return float(log_loss(truth)[picked.explained].mean())


def under_the_mix(parts: Mapping[str, Picked], exponent: float) -> dict[str, Any]:
    """Split -> share of the explained cases right at 1, 3 and 5 under a mix (top_1 ...), as plain data."""
    found: dict[str, Any] = {}
    for split, picked in parts.items():
        shares = mixed(picked.forecast, picked.prior, exponent)
        ranks = np.array([best_rank(row, right) for row, right in zip(shares, picked.happened, strict=True)])
        ranks[np.isnan(picked.forecast).any(axis=1)] = shares.shape[1]
        found[split] = as_plain(tops(ranks, picked.explained))
    return found
