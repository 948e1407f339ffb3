"""The slope of every posterior by every figure that can matter to a case: one look, many questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crampnet.network.network import Array
from crampnet.network.parameters import Parameter
from crampnet.reasoning.sensitivity.entries import Entry, entry, relevant
from crampnet.reasoning.sensitivity.setup import Change, Joint, Row, Setup, joint, ratio

STEP = 1e-6
"""Step of a difference quotient, as a share of the interval, where a figure does not enter linearly."""
CANDIDATES = 40
"""Fewest figures that a tornado moves to both ends, the most influential ones."""


@dataclass(frozen=True)
class Survey:
    """Slopes of the joint probabilities by each figure, at its value, one draw a figure.

    parameters: the figures; entries: how each enters; slope: d joint/d figure, for all rows.
    """

    setup: Setup
    parameters: tuple[Parameter, ...]
    entries: tuple[Entry, ...]
    slope: Joint

    def gradient(self, row: Row) -> Array:
        """dP(row | e)/dt = (dP(row, e)/dt - P(row | e) dP(e)/dt) / P(e), shape (figures,)."""
        now = self.setup.now
        value = now.posterior(self.setup, row)
        return np.asarray((self.slope.of(self.setup, row) - value * self.slope.evidence) / now.evidence)

    def influence(self, row: Row) -> Array:
        """Slope of the row's log-odds times the standard deviation of the figure, signed, shape (figures,).

        d logit P / dt = d ln P(row, e)/dt - d ln P(not row, e)/dt. 0 where the row is certain.
        """
        now, slope = self.setup.now, self.slope
        part, whole = now.of(self.setup, row), now.evidence
        change = slope.of(self.setup, row)
        moved = ratio(change, part) - ratio(slope.evidence - change, whole - part)
        return np.asarray(np.nan_to_num(moved) * np.array([p.distribution.sd for p in self.parameters]))


def survey(setup: Setup, paths: Sequence[str] | None = None) -> Survey:
    """The slopes by some figures, each moved once.

    paths: the figures; every one that can matter by default. A figure that enters linearly is moved to the end of its
    domain: its slope is exact. The others are moved by a millionth of their interval.
    """
    figures = tuple(setup.parameter(path) for path in (relevant(setup) if paths is None else paths))
    entries = tuple(entry(setup, figure.path) for figure in figures)
    numbers = [_moved(figure, how) for figure, how in zip(figures, entries, strict=True)]
    changes: list[Change] = [{figure.path: number} for figure, number in zip(figures, numbers, strict=True)]
    width = np.array([number - figure.value for figure, number in zip(figures, numbers, strict=True)])
    every, now = joint(setup, [*changes, {}]), setup.now
    slope = Joint(
        (every.evidence[:-1] - now.evidence) / width,
        (every.contributes[:-1] - now.contributes) / width[:, None],
        (every.present[:-1] - now.present) / width[:, None],
    )
    return Survey(setup, figures, entries, slope)


def tornado(found: Survey, row: Row, *, most: int = 15) -> pd.DataFrame:
    """The figures that move a row most over their 90 % intervals, largest swing first.

    Both ends are exact: from the line where a figure enters linearly, evaluated for the others. Candidates are the
    2 most (at least 40) figures with the largest influence.
    Index: path. Columns: value, low, high (the figure), at_low, at_high (the row at both ends), swing (largest less
    smallest of the row at low, value and high), influence (slope of the log-odds x standard deviation), source, basis,
    grade, definition.
    """
    chosen = np.argsort(-np.abs(found.influence(row)), kind="stable")[: max(2 * most, CANDIDATES)]
    ends = _ends(found, row, chosen.tolist())
    now = np.full((len(chosen), 1), found.setup.now.posterior(found.setup, row)[0])
    three = np.hstack([ends, now])
    table = _described([found.parameters[i] for i in chosen]).assign(
        at_low=ends[:, 0],
        at_high=ends[:, 1],
        swing=np.nanmax(three, axis=1) - np.nanmin(three, axis=1),
        influence=found.influence(row)[chosen],
    )
    order = [
        "value",
        "low",
        "high",
        "at_low",
        "at_high",
        "swing",
        "influence",
        "source",
        "basis",
        "grade",
        "definition",
    ]
    return table.sort_values("swing", ascending=False, kind="stable")[order].head(most)


def most_influential(found: Survey, row: Row, *, most: int) -> tuple[str, ...]:
    """Paths of the figures with the largest |influence| on a row, largest first."""
    order = np.argsort(-np.abs(found.influence(row)), kind="stable")[:most]
    return tuple(found.parameters[i].path for i in order)


def _moved(figure: Parameter, how: Entry) -> float:
    """Another number of a figure, from which the slope is taken."""
    if how.form == "hyperbola":
        return max(how.domain, key=lambda end: abs(end - figure.value))
    return figure.value + STEP * (figure.interval[1] - figure.interval[0])


def _ends(found: Survey, row: Row, chosen: Sequence[int]) -> Array:
    """The row at both ends of the interval of some figures, shape (chosen, 2)."""
    ends = [[_on_the_line(found, row, i, number) for number in found.parameters[i].interval] for i in chosen]
    table = np.array(ends, dtype=np.float64).reshape(len(chosen), 2)
    open_ = np.argwhere(np.isnan(table)).tolist()
    changes: list[Change] = [
        {found.parameters[chosen[place]].path: found.parameters[chosen[place]].interval[end]} for place, end in open_
    ]
    if changes:
        table[tuple(np.array(open_).T)] = joint(found.setup, changes).posterior(found.setup, row)
    return table


def _on_the_line(found: Survey, row: Row, i: int, number: float) -> float:
    """The row at a number of a figure, NaN where the line does not reach."""
    figure, how = found.parameters[i], found.entries[i]
    if how.form != "hyperbola" or not how.domain[0] <= number <= how.domain[1]:
        return np.nan
    now, step = found.setup.now, number - figure.value
    part = now.of(found.setup, row)[0] + step * found.slope.of(found.setup, row)[i]
    return float(part / (now.evidence[0] + step * found.slope.evidence[i]))


def _described(parameters: Sequence[Parameter]) -> pd.DataFrame:
    """What is stated about each figure; index path."""
    rows = [(p.path, p.value, *p.interval, p.source, p.basis, p.grade, p.definition) for p in parameters]
    columns = ["path", "value", "low", "high", "source", "basis", "grade", "definition"]
    return pd.DataFrame(rows, columns=columns).set_index("path")
