"""What if the evidence grades are wrong: the figures of a grade less certain, or all of them off the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from crampnet.errors import BadValue
from crampnet.knowledge.beta import LEVEL, Beta, fit_betas
from crampnet.network.draws import Sampler
from crampnet.network.lognormal import LogNormal, fit_lognormal
from crampnet.network.parameters import Parameter
from crampnet.reasoning.sensitivity.entries import relevant
from crampnet.reasoning.sensitivity.setup import Change, Joint, Row, Setup, joint, joint_of_draws

STATED, EVERY = "as stated", "all"
"""Rows beside those of the single grades."""
SHIFTS = tuple(np.linspace(-1.0, 1.0, 9).tolist())
"""Shifts in intervals: 1 is the upper end of a figure's 90 % interval, -1 the lower one."""


def widened(figures: Sequence[Parameter], factor: float) -> tuple[Parameter, ...]:
    """Figures with the same values and intervals that are wider by a factor.

    Each end moves to `factor` times its distance from the value, in log-odds for a probability and in logarithms for a
    rate or ratio; the distribution is fitted anew, with the value as its mean.
    Raises BadValue for a factor that is not above 0.
    """
    if not factor > 0.0:
        raise BadValue("factor", factor, "is not above 0.", "Give 2 for intervals twice as wide.")
    intervals = [_interval(figure, factor) for figure in figures]
    betas = _betas([(f.value, *i) for f, i in zip(figures, intervals, strict=True) if isinstance(f.distribution, Beta)])
    wide = []
    for figure, interval in zip(figures, intervals, strict=True):
        stated = figure.distribution
        fitted: Beta | LogNormal = (
            betas[figure.value, *interval]
            if isinstance(stated, Beta)
            else fit_lognormal(figure.value, interval, least=stated.least)
        )
        wide.append(replace(figure, interval=interval, distribution=fitted))
    return tuple(wide)


def _interval(figure: Parameter, factor: float) -> tuple[float, float]:
    from scipy.special import expit, logit  # a fifth of a second that an answer can do without

    ends = np.array(figure.interval)
    with np.errstate(divide="ignore"):
        if isinstance(figure.distribution, Beta):
            low, high = expit(logit(figure.value) + factor * (logit(ends) - logit(figure.value)))
        else:
            low, high = np.exp(np.log(figure.value) + factor * (np.log(ends) - np.log(figure.value)))
    return float(low), float(high)


def _betas(stated: Sequence[tuple[float, float, float]]) -> dict[tuple[float, float, float], Beta]:
    """One fit for each distinct value and interval."""
    distinct = list(dict.fromkeys(stated))
    a, b = fit_betas(*np.array(distinct, dtype=np.float64).reshape(-1, 3).T)
    return {key: Beta(float(x), float(y)) for key, x, y in zip(distinct, a, b, strict=True)}


def grade_widths(setup: Setup, row: Row, *, factor: float = 2.0, draws: int = 1000, seed: int = 0) -> pd.DataFrame:
    """How sure a row would be if the figures of one grade were less certain than stated.

    factor: how much wider their intervals are (see `widened`); draws, seed: as for the intervals of an answer.
    Index: "as stated", each grade, "all". Columns: figures (how many are widened), low, high (5 % and 95 % quantile of
    the row), first (share of draws in which today's first row stays first).
    """
    figures = tuple(setup.parameter(path) for path in relevant(setup))
    wide = {figure.path: figure for figure in widened(figures, factor)}
    rows = {}
    for name, paths in _groups(figures).items():
        used = tuple(wide[f.path] if f.path in paths else f for f in figures)
        found = joint_of_draws(setup, Sampler(used, seed).draw(0, draws))
        low, high = np.nanquantile(found.posterior(setup, row), [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0])
        stays = float(np.mean(_first(setup, found) == setup.place(setup.leader)))
        rows[name] = (len(paths), float(low), float(high), stays)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["figures", "low", "high", "first"])


@dataclass(frozen=True)
class GradeShifts:
    """A row when all figures of a grade are off the same way.

    values: P(row | e), leader: id of the condition that is first; index the shift in intervals, columns the grades and
    "all".
    """

    row: Row
    values: pd.DataFrame
    leader: pd.DataFrame


def grade_shifts(setup: Setup, row: Row, *, shifts: Sequence[float] = SHIFTS) -> GradeShifts:
    """What a row would be if the figures of one grade were all too low, or all too high.

    shifts: each figure moves by so many of its own intervals, 1 to the upper end, -1 to the lower one.
    """
    figures = tuple(setup.parameter(path) for path in relevant(setup))
    groups = {name: paths for name, paths in _groups(figures).items() if paths}
    changes: list[Change] = [
        {f.path: _moved(f, shift) for f in figures if f.path in paths} for paths in groups.values() for shift in shifts
    ]
    found = joint(setup, changes)
    shape, index = (len(groups), len(shifts)), pd.Index(list(shifts), name="shift")
    names = np.array(setup.network.conditions)[_first(setup, found)].reshape(shape)
    values = found.posterior(setup, row).reshape(shape)
    return GradeShifts(
        row,
        pd.DataFrame(values.T, index=index, columns=list(groups)),
        pd.DataFrame(names.T, index=index, columns=list(groups)),
    )


def _groups(figures: Sequence[Parameter]) -> dict[str, frozenset[str]]:
    """Paths of the figures of no grade, of each grade, and of all."""
    groups = {STATED: frozenset[str]()}
    for grade in sorted({figure.grade for figure in figures}):
        groups[grade] = frozenset(figure.path for figure in figures if figure.grade == grade)
    return {**groups, EVERY: frozenset(figure.path for figure in figures)}


def _first(setup: Setup, found: Joint) -> npt.NDArray[np.intp]:
    """Position of the condition that is first, shape (draws,)."""
    table = found.contributes if setup.leader.quantity == "contributes" else found.present
    return np.asarray(np.argmax(table, axis=1))


def _moved(figure: Parameter, shift: float) -> float:
    low, high = figure.interval
    return figure.value + shift * (high - figure.value if shift > 0.0 else figure.value - low)
