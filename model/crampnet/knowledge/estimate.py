"""A number and its grounds: value, interval, definition, basis, grade, source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from crampnet.knowledge.beta import counts
from crampnet.knowledge.record import AgeBand, Fraction, Id, Positive, Problem, Record, Sex, SexAtAge, Text

Basis = Literal["published", "derived", "judgement"]
Grade = Literal["A", "B", "C", "D", "E"]
IsoDate = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Probability = Annotated[float, Field(strict=True, gt=0, lt=1)]

RateMeasure = Literal[
    "point_prevalence", "window_prevalence", "incidence_per_year", "annual_prevalence", "lifetime_prevalence"
]
RaiseMeasure = Literal["prevalence_given", "relative_risk", "odds_ratio", "link"]

UNBOUNDED = ("incidence_per_year", "relative_risk", "odds_ratio", "factor")
"""Measures whose value may exceed 1."""

ROUNDING = 0.006
"""How far a value may lie from the fraction that was printed, by rounding."""


class Alternative(Record):
    """A figure of another source, kept and not used."""

    source: Id
    value: float
    why_not: Text
    """Why the other figure is used."""


class Grounds(Record):
    """Where a figure comes from."""

    basis: Basis
    """published: seen in the source as it stands; derived: computed from what was seen; judgement: neither."""
    grade: Grade | None = None
    source: Id | None = None
    """Key in sources.yaml."""
    locator: Text | None = None
    """Where in the source: table, page, section."""
    checked_on: IsoDate | None = None
    """When the figure was last compared with the source, as 2026-11-21."""
    arithmetic: Text | None = None
    """How a derived figure follows from what the source printed."""
    reason: Text | None = None
    """Why the authors judge so; for a judgement."""
    note: Text | None = None

    def _problems(self) -> Iterator[Problem]:
        if self.basis != "judgement" and self.source is None:
            yield Problem("source", f"A {self.basis} figure names no source.", "Add it, or make it a judgement.")
        if self.basis == "derived" and self.arithmetic is None:
            yield Problem("arithmetic", "A derived figure does not show its arithmetic.", "Add how it follows.")
        if self.basis == "judgement" and self.reason is None:
            yield Problem("reason", "A judgement gives no reason.", "Add one honest sentence.")


class Number(Grounds):
    """A value with its 90 % interval and its grounds."""

    value: Positive
    """The figure, as the source printed it."""
    interval: tuple[Fraction, Annotated[float, Field(strict=True, gt=0)]]
    """90 % interval, low and high, with the value strictly inside."""
    grade: Grade
    """A to E; see grades.yaml."""
    definition: Text | None = None
    """What exactly is counted."""
    population: Text | None = None
    """Among whom."""
    reported: Text | None = None
    """The figure as printed, such as 23/112."""
    alternatives: tuple[Alternative, ...] = ()

    def _problems(self) -> Iterator[Problem]:
        yield from super()._problems()
        low, high = self.interval
        if not low < self.value < high:
            remedy = "Give low and high with the value strictly between them."
            yield Problem("interval", f"The value {self.value:g} is not inside {low:g} to {high:g}.", remedy)
        if self.basis != "judgement" and self.locator is None:
            yield Problem("locator", f"A {self.basis} figure does not say where in its source.", "Add the place.")
        printed = counts(self.reported)
        if printed and self.basis == "published" and not self._agrees(*printed):
            remedy = "Make them agree, or call the figure derived and show the arithmetic."
            yield Problem("reported", f"The value {self.value:g} is not {self.reported}.", remedy)

    def _agrees(self, events: int, total: int) -> bool:
        return total > 0 and abs(events / total - self.value) <= ROUNDING


class Estimate(Number):
    """A probability."""

    value: Probability
    interval: tuple[Fraction, Fraction]


class Factor(Number):
    """A factor by which something may be off."""

    measure: Literal["factor"] = "factor"


class BaseRate(Number):
    """How common a condition is, in the measure of its source."""

    measure: RateMeasure
    definition: Text
    population: Text
    mean_days: Positive | None = None
    """Mean days a year affected, in an affected person; for annual_prevalence."""
    current_fraction: Probability | None = None
    """Share of those ever affected who are affected now; for lifetime_prevalence."""

    def _problems(self) -> Iterator[Problem]:
        yield from super()._problems()
        yield from _bounded(self.measure, self.interval[1])
        if self.measure == "annual_prevalence" and self.mean_days is None:
            yield Problem("mean_days", "An annual prevalence needs the days affected.", "Add mean_days.")
        if self.measure == "lifetime_prevalence" and self.current_fraction is None:
            yield Problem("current_fraction", "A lifetime prevalence needs the current share.", "Add current_fraction.")


class Shape(Grounds):
    """Multipliers by age and sex; they are scaled so that the mean over people stays what it was."""

    age: dict[AgeBand, Annotated[float, Field(strict=True, ge=0)]] = Field(default_factory=dict)
    sex: dict[Sex, Annotated[float, Field(strict=True, ge=0)]] = Field(default_factory=dict)
    sex_at_age: dict[SexAtAge, Annotated[float, Field(strict=True, ge=0)]] = Field(default_factory=dict)
    """Multipliers of a sex in an age band, where the two do not simply multiply; they hold in place of the product."""
    also: tuple[Id, ...] = ()
    """Further sources on which the arithmetic rests."""

    def factor(self, sex: Sex, band: str) -> float:
        """The multiplier of the odds of a sex in an age band."""
        ages: dict[str, float] = dict(self.age.items())
        return self.sex_at_age.get(f"{sex}_{band}", ages.get(band, 1.0) * self.sex.get(sex, 1.0))


class Raise(Number):
    """How much an exposure or another condition raises a condition."""

    cause: Id
    measure: RaiseMeasure
    interval: tuple[Annotated[float, Field(strict=True, ge=0)], Annotated[float, Field(strict=True, gt=0)]]
    shape: Shape | None = None
    """How the share among people with the cause goes by their age and sex; the value holds for all of them together."""
    only_told: bool = False
    """True: the cause acts only where it is known to be there, and the base rate holds for everybody else. A link that
    joins what long cases leave open is dear; this one costs nothing."""
    tells: bool = False
    """True: the cause is there because of the condition, as a medicine taken for it: it tells of it and does not bring
    it about."""

    def _problems(self) -> Iterator[Problem]:
        yield from super()._problems()
        yield from _bounded(self.measure, self.interval[1])
        if self.shape is not None:
            yield from self._shape_problems(self.shape)
        if self.measure in UNBOUNDED and self.value <= 1:
            remedy = "Only causes that raise a condition are entered; leave it out, or turn the ratio round."
            yield Problem("value", f"The {self.measure} {self.value:g} does not raise anything.", remedy)

    def _shape_problems(self, shape: Shape) -> Iterator[Problem]:
        if self.measure in UNBOUNDED:
            remedy = "Give the share among people with the cause (prevalence_given), or leave the shape out."
            yield Problem("shape", f"A {self.measure} is the same at every age and for both sexes.", remedy)
        if 0.0 in (*shape.age.values(), *shape.sex.values(), *shape.sex_at_age.values()):
            yield Problem("shape", "A factor of 0 makes a cause harmless to some.", "Give a small factor instead.")


def _bounded(measure: str, high: float) -> Iterator[Problem]:
    if measure not in UNBOUNDED and high > 1:
        yield Problem("interval", f"A {measure} cannot exceed 1.", "Give a fraction, not a percentage.")
