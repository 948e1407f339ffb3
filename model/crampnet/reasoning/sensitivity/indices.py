"""Global indices of any function of independent factors: Sobol through SALib, and rank correlation from draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from crampnet.errors import MissingExtra
from crampnet.network.network import Array

CONFIDENCE = 0.9
"""Probability that the intervals of the indices hold, by bootstrap."""


def sobol_indices(model: Callable[[Array], Array], factors: Sequence[str], *, samples: int, seed: int) -> pd.DataFrame:
    """First and total Sobol index of each factor: the share of the variance of a function that it explains.

    first = Var(E[y | x_i]) / Var(y); total = 1 - Var(E[y | all but x_i]) / Var(y). Estimated by SALib (`sample.sobol`,
    `analyze.sobol`) from samples (factors + 2) values of the function.

    model: points of the unit cube, shape (points, factors), to y, shape (points,): each coordinate is to be read
    through the quantile function of its factor; factors: names; samples: a power of 2; seed: of the scrambled sequence.
    Index: factor; columns first, first_error, total, total_error (half widths of 90 % intervals). A constant function
    has indices 0.
    Raises MissingExtra when SALib is not installed.
    """
    sample, analyse = _salib()
    problem = {"num_vars": len(factors), "names": list(factors), "bounds": [[0.0, 1.0]] * len(factors)}
    points = sample(problem, samples, calc_second_order=False, seed=seed)
    values = model(points)
    if np.ptp(values) <= 0.0:
        table = np.zeros((len(factors), 4))
    else:
        found = analyse(problem, values, calc_second_order=False, conf_level=CONFIDENCE, seed=seed + 1)
        table = np.column_stack([found[key] for key in ("S1", "S1_conf", "ST", "ST_conf")])
    index = pd.Index(list(factors), name="factor")
    return pd.DataFrame(table, index=index, columns=["first", "first_error", "total", "total_error"])


def rank_correlations(values: Array, output: Array, names: Sequence[str], *, partial: int = 30) -> pd.DataFrame:
    """Rank correlation of each parameter with an output over draws, largest first.

    spearman: correlation of the ranks; partial: correlation of the ranks once the linear effect of the others (of the
    `partial` parameters with the largest spearman) is removed from both, NaN for the rest. With n draws a parameter
    without effect shows |spearman| up to about 2 / sqrt(n).

    values: draws of the parameters, shape (draws, parameters); output: shape (draws,). Index: parameter.
    Source of the partial rank correlation: OpenTURNS theory pages, "Uncertainty ranking using PRCC".
    """
    from scipy.stats import rankdata  # half a second and 45 MB that who does not ask for this can do without

    ranks = _standardised(np.apply_along_axis(rankdata, 0, np.asarray(values, dtype=np.float64)))
    wanted = _standardised(rankdata(output)[:, None])
    spearman = (ranks.T @ wanted)[:, 0] / len(output)
    strongest = np.argsort(-np.abs(spearman), kind="stable")[:partial]
    found = pd.DataFrame({"spearman": spearman, "partial": np.nan}, index=pd.Index(list(names), name="parameter"))
    found.iloc[strongest, 1] = _partial(np.column_stack([ranks[:, strongest], wanted]))
    return found.iloc[np.argsort(-np.abs(spearman), kind="stable")]


def _standardised(columns: Array) -> Array:
    """Mean 0 and standard deviation 1; a column that does not vary becomes 0."""
    spread = columns.std(axis=0)
    return np.asarray((columns - columns.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0))


def _partial(columns: Array) -> Array:
    """Correlation of each column with the last, the others held: -K_iy / sqrt(K_ii K_yy), K the inverse correlation."""
    inverse = np.linalg.pinv(columns.T @ columns / len(columns))
    size = np.sqrt(np.clip(np.diag(inverse), 0.0, None))
    scale = size[:-1] * size[-1]
    return np.asarray(np.divide(-inverse[:-1, -1], scale, out=np.zeros_like(scale), where=scale > 0.0))


def _salib() -> tuple[Callable[..., Array], Callable[..., Any]]:
    """SALib's sampler and estimator, imported when they are wanted."""
    try:
        from SALib.analyze.sobol import analyze
        from SALib.sample.sobol import sample
    except ImportError as error:
        raise MissingExtra("Global indices", "SALib", "sensitivity") from error
    return sample, analyze
