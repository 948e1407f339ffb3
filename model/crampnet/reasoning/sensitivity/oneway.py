"""One figure: the exact function that a posterior is of it, and where the leader changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crampnet.network.network import Array
from crampnet.reasoning.sensitivity.entries import Entry, Form, entry
from crampnet.reasoning.sensitivity.setup import Change, Row, Setup, joint
from crampnet.reasoning.sensitivity.slopes import survey
from crampnet.reasoning.sensitivity.smallest import turning_points
from crampnet.reasoning.sensitivity.turns import AnotherLeader

POINTS = 41
"""Points of a function's table over the interval, beside its ends and the value."""


@dataclass(frozen=True)
class Hyperbola:
    """The function (a t + b)/(c t + d): P(row, e) over P(e), both linear in the figure t."""

    a: float
    b: float
    c: float
    d: float

    def __call__(self, t: Array | float) -> Array:
        """The posterior at t."""
        number = np.asarray(t, dtype=np.float64)
        return np.asarray((self.a * number + self.b) / (self.c * number + self.d))

    def derivative(self, t: float) -> float:
        """The slope at t: (a d - b c)/(c t + d)^2."""
        return (self.a * self.d - self.b * self.c) / (self.c * t + self.d) ** 2

    def vertices(self) -> tuple[float, ...]:
        """Where the slope is 1 or -1, between where the function is steeper and flatter than the figure: one a branch.

        (c t + d)^2 = |a d - b c|; none for a line.
        """
        if self.c == 0.0:
            return ()
        reach = float(np.sqrt(abs(self.a * self.d - self.b * self.c)))
        return tuple(sorted(((-self.d - reach) / self.c, (-self.d + reach) / self.c)))


@dataclass(frozen=True)
class SensitivityFunction:
    """A row of the answer as a function of one figure.

    path, row; form: "hyperbola" (exact everywhere in the domain) or "evaluated" (exact at the points of the table);
    now: the figure's value; interval: its 90 % interval; domain: numbers that it can take; value, at_low, at_high: the
    row now and at the ends of the interval; derivative: at the value; hyperbola: None where evaluated; vertex: the
    slope passes 1 there, None where it does not inside the domain; admissible: range around the value in which the
    leader stays first; numbers, values: table over the interval, shape (points,).
    """

    path: str
    row: Row
    form: Form
    now: float
    interval: tuple[float, float]
    domain: tuple[float, float]
    value: float
    at_low: float
    at_high: float
    derivative: float
    hyperbola: Hyperbola | None
    vertex: float | None
    admissible: tuple[float, float]
    numbers: Array
    values: Array


def sensitivity_function(setup: Setup, path: str, row: Row | None = None) -> SensitivityFunction:
    """A row as a function of one figure.

    path: dotted path of the figure; row: the leader by default.
    Raises UnknownName for a figure that the network does not use or a condition that does not exist.
    Sources: that a posterior is a quotient of two linear functions of a parameter, U. Kjaerulff and L. C. van der
    Gaag, Making sensitivity analysis computationally efficient, UAI 2000; the range in which the most likely outcome
    stays, L. C. van der Gaag and S. Renooij, Analysing sensitivity data from probabilistic networks, UAI 2001.
    """
    row = row or setup.leader
    parameter, how = setup.parameter(path), entry(setup, path)
    low, high = parameter.interval
    numbers = np.unique([low, parameter.value, high, *np.linspace(low, high, POINTS)])
    curve = _hyperbola(setup, path, row, how) if how.form == "hyperbola" else None
    inside = curve is not None and how.domain[0] <= low and high <= how.domain[1]
    values = curve(numbers) if curve is not None and inside else posterior_at(setup, path, numbers, row)
    at = {float(number): float(value) for number, value in zip(numbers, values, strict=True)}
    return SensitivityFunction(
        path=path,
        row=row,
        form=how.form,
        now=parameter.value,
        interval=parameter.interval,
        domain=how.domain,
        value=at[parameter.value],
        at_low=at[low],
        at_high=at[high],
        derivative=curve.derivative(parameter.value) if curve else float(survey(setup, [path]).gradient(row)[0]),
        hyperbola=curve,
        vertex=_vertex(curve, how),
        admissible=_admissible(setup, path, how),
        numbers=numbers,
        values=values,
    )


def posterior_at(setup: Setup, path: str, numbers: Sequence[float] | Array, row: Row) -> Array:
    """The row at each of some numbers of a figure, exactly, whatever its form; shape (numbers,)."""
    changes: list[Change] = [{path: float(number)} for number in numbers]
    return joint(setup, changes).posterior(setup, row)


def _hyperbola(setup: Setup, path: str, row: Row, how: Entry) -> Hyperbola:
    """Coefficients from the two ends of the domain, scaled so that P(e) now is 1."""
    (t0, t1), scale = how.domain, setup.now.evidence[0]
    found = joint(setup, [{path: t0}, {path: t1}])
    (c, d), (a, b) = (_line(t0, t1, part / scale) for part in (found.evidence, found.of(setup, row)))
    return Hyperbola(a, b, c, d)


def _line(t0: float, t1: float, values: Array) -> tuple[float, float]:
    """Slope and intercept through two points."""
    slope = float(values[1] - values[0]) / (t1 - t0)
    return slope, float(values[0]) - slope * t0


def _vertex(curve: Hyperbola | None, how: Entry) -> float | None:
    inside = [t for t in (curve.vertices() if curve else ()) if how.domain[0] <= t <= how.domain[1]]
    return inside[0] if inside else None


def _admissible(setup: Setup, path: str, how: Entry) -> tuple[float, float]:
    below, above = turning_points(AnotherLeader(setup), path)
    return how.domain[0] if below is None else below, how.domain[1] if above is None else above
