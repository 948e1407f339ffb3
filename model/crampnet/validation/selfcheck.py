"""Whether probabilities come true: forecasts for patients whose truth is known, tenth by tenth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from crampnet.api import Model
from crampnet.errors import BadValue, TooExpensive
from crampnet.inference.case import Case
from crampnet.inference.engine import posterior
from crampnet.inference.evidence import read_evidence
from crampnet.network.network import Array

LEVEL = 0.99
"""Probability that a calibrated forecast stays inside the interval of a tenth."""


@dataclass(frozen=True)
class Forecasts:
    """What the model says about some cases.

    contributes, present: P(condition is a reason | case) and P(condition present | case), shape (cases, conditions) in
    the order of network.conditions, NaN for a case that was refused; refused: places of the cases that the engine
    declines as too expensive. Whether it does depends on the answers alone, so the others stay a fair sample.
    """

    contributes: Array
    present: Array
    refused: tuple[int, ...]


def forecasts(model: Model, cases: Sequence[Case]) -> Forecasts:
    """Diagnose some cases, each exactly. Raises as `Model.diagnose`, except for cases that cost too much."""
    conditions = tuple(model.knowledge.conditions)
    contributes, present = np.full((2, len(cases), len(conditions)), np.nan)
    refused: list[int] = []
    for place, case in enumerate(cases):
        network = model.network(case.setting)
        evidence = read_evidence(model.knowledge, model.vocabulary, network, case)
        try:
            found = posterior(network, evidence)
        except TooExpensive:
            refused.append(place)
            continue
        contributes[place] = [found.contributes[c] for c in network.conditions]
        present[place] = [found.present[c] for c in network.conditions]
    return Forecasts(contributes, present, tuple(refused))


def calibration(forecast: Array, happened: npt.NDArray[np.bool_], *, level: float = LEVEL) -> pd.DataFrame:
    """Forecasts against what happened, in tenths of the probability scale.

    In a tenth with n forecasts of mean p, a calibrated model sees n o events with o inside the central interval of
    Binomial(n, p) / n with probability `level` or more: forecasts that differ within the tenth only narrow it.
    Forecasts about one patient count as independent.

    forecast, happened: of the same shape; forecasts that are NaN are left out; level: of the intervals.
    Index: tenth (its middle). Columns: forecasts (n), expected (p), observed (o), low, high, inside.
    Raises BadValue where the shapes differ.
    """
    if forecast.shape != happened.shape:
        raise BadValue("happened", happened.shape, f"is not of the shape {forecast.shape}.", "Give one truth each.")
    known = ~np.isnan(forecast)
    p, truth = forecast[known], happened[known]
    tenth = np.minimum((p * 10.0).astype(np.intp), 9)
    table = pd.DataFrame({"tenth": (tenth + 0.5) / 10.0, "p": p, "truth": truth})
    found = table.groupby("tenth").agg(forecasts=("p", "size"), expected=("p", "mean"), observed=("truth", "mean"))
    from scipy.stats import binom  # large; the page, which reads only stored figures, does without

    low, high = binom.interval(level, found["forecasts"], found["expected"])
    found["low"], found["high"] = low / found["forecasts"], high / found["forecasts"]
    found["inside"] = (found["low"] <= found["observed"]) & (found["observed"] <= found["high"])
    return found
