"""All figures at once: which of them the spread of a row comes from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crampnet.errors import BadValue
from crampnet.network.draws import Quantiles, Sampler
from crampnet.network.network import Array
from crampnet.network.parameters import Parameter
from crampnet.reasoning.sensitivity.entries import relevant
from crampnet.reasoning.sensitivity.indices import rank_correlations, sobol_indices
from crampnet.reasoning.sensitivity.setup import Row, Setup, joint_of_draws
from crampnet.reasoning.sensitivity.slopes import Survey, most_influential

REST = "all other figures"
"""Factor that stands for every figure that has none of its own."""


def sobol(found: Survey, row: Row, *, most: int = 30, samples: int = 256, seed: int = 0) -> pd.DataFrame:
    """Sobol indices of a row for the most influential figures, with all the rest of the survey as one factor.

    The figures are independent here, within a source too: Sobol indices are shares of variance only then. Each is read
    from the unit cube through its own quantile function; the rest is one factor whose values are joint draws.

    found: a survey of the case; most: figures with a factor of their own; samples: a power of 2, the row is evaluated
    samples (most + 3) times; seed: of the sequence and the draws.
    Index: factor (path, or "all other figures"), largest total first; columns as `sobol_indices`.
    Raises MissingExtra without SALib, BadValue when samples is no power of 2 or most below 1.
    """
    if samples < 2 or samples & (samples - 1):
        raise BadValue("samples", samples, "is no power of 2.", "Give 64, 128, 256 ...")
    if most < 1:
        raise BadValue("most", most, "leaves no figure to look at.", "Give 1 or more.")
    own = most_influential(found, row, most=most)
    chosen = tuple(found.setup.parameter(path) for path in own)
    rest = tuple(p for p in found.parameters if p.path not in set(own))
    drawn = Sampler(rest, seed, 0.0).draw(0, 2 * samples)

    def model(points: Array) -> Array:
        values = _read(chosen, points[:, : len(own)])
        if rest:
            which = np.minimum((points[:, -1] * 2 * samples).astype(np.intp), 2 * samples - 1)
            values |= {path: numbers[which] for path, numbers in drawn.items()}
        return joint_of_draws(found.setup, values).posterior(found.setup, row)

    table = sobol_indices(model, [*own, *([REST] if rest else [])], samples=samples, seed=seed)
    return table.sort_values("total", ascending=False, kind="stable")


def rank_correlation(setup: Setup, row: Row, *, draws: int = 1000, seed: int = 0, partial: int = 30) -> pd.DataFrame:
    """Rank correlation of every figure that can matter with a row, over joint draws, largest first.

    draws: how many, correlated within a source as the intervals of the answer are; seed: theirs.
    Index: path; columns as `rank_correlations`.
    """
    figures = tuple(setup.parameter(path) for path in relevant(setup))
    values = Sampler(figures, seed).draw(0, draws)
    output = joint_of_draws(setup, values).posterior(setup, row)
    return rank_correlations(np.column_stack(list(values.values())), output, list(values), partial=partial)


def _read(chosen: tuple[Parameter, ...], points: Array) -> dict[str, Array]:
    """Numbers of some figures at points of the unit cube, shape (points, figures)."""
    from scipy.special import ndtri  # a fifth of a second that an answer can do without

    inside = np.clip(points, np.finfo(np.float64).eps, 1.0 - np.finfo(np.float64).eps)
    numbers = Quantiles.of([p.distribution for p in chosen]).at(ndtri(inside.T))
    return {p.path: row for p, row in zip(chosen, numbers, strict=True)}
