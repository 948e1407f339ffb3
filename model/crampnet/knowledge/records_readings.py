"""Records of how one test is read with the help of another: corrected by it, or worked out from it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from crampnet.knowledge.estimate import Grounds
from crampnet.knowledge.record import Id, Positive, Real, Record, Text


class Correction(Grounds):
    """This test corrected by another of the same person: value + factor (reference - other value)."""

    test: Id
    """The other test."""
    reference: Real
    """Value of the other test at which nothing is corrected, in the unit of its file."""
    factor: Positive
    """Units of this test for each unit by which the other lies below its reference."""
    unless: tuple[Id, ...] = ()
    """Tests that make the correction needless; where one of them is given, the value stays as measured."""
    label: Text
    """What the answer says before the corrected value, such as "corrected for albumin"."""


class Knee(Record):
    """Where and how an equation bends, for one sex."""

    knee: Positive
    """Value at the bend, in the unit of the equation."""
    below: Real
    """Exponent below the bend."""
    factor: Positive = 1.0


class Equation(Grounds):
    """This test worked out from another, age and sex where it is not given itself.

    With x = other value / unit / knee: scale * factor * min(x, 1)^below * max(x, 1)^above * yearly^age.
    """

    test: Id
    """The other test."""
    unit: Positive
    """The unit of the equation, in the unit of the other test's file."""
    youngest: Annotated[float, Field(strict=True, ge=0)]
    """Age in years from which it holds."""
    scale: Positive
    above: Real
    """Exponent above the bend."""
    yearly: Positive
    """Factor for each year of age."""
    female: Knee
    male: Knee
    label: Text
    """What the answer says before the value, such as "filter rate by CKD-EPI 2021"."""
    same_sample: Text
    """What the answer says of the other test where both are given: they are one sample, counted once."""
