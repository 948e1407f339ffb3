"""Records of findings: complaints, patterns, symptoms, signs and test results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from crampnet.knowledge.estimate import Basis, Estimate, Grounds
from crampnet.knowledge.record import Header, Id, Positive, Problem, Real, Record, Text, Wording
from crampnet.knowledge.records_nodes import Accuracy

Kind = Literal["complaint", "pattern", "symptom", "sign", "result"]
Section = Literal[
    "complaint", "course", "timing", "triggers", "place", "relief", "character", "feeling", "numbness", "strength",
    "movement", "joints", "circulation", "general", "urgent", "examination", "blood", "nerve_tests", "imaging",
    "other_tests",
]  # fmt: skip
Cost = Literal["answer", "bedside", "blood", "device", "imaging", "specialist"]
Sample = Literal["blood", "urine", "breath", "recording", "picture"]
Range = tuple[Real, Real]

ASKED = ("complaint", "pattern", "symptom")
"""Kinds that are asked; the others are examined or measured."""


class Asked(Header):
    """What all findings share."""

    kind: Kind
    question: Text | None = None
    """The question in plain words; for complaint, pattern and symptom."""
    examine: Text | None = None
    """How to examine or measure; for sign and result."""
    section: Section
    cost: Cost
    sample: Sample | None = None

    def _problems(self) -> Iterator[Problem]:
        needed = "question" if self.kind in ASKED else "examine"
        if getattr(self, needed) is None:
            yield Problem(needed, f"A {self.kind} needs the key `{needed}`.", "Add it.")


class Finding(Asked):
    """A finding that is present or absent."""

    background: Estimate | None = None
    """P(present in 28 days | none of its modelled causes); not for complaint and pattern."""
    default: Estimate | None = None
    """P(it | an acting reason that does not list it); for complaint and pattern."""
    self_report: Accuracy | None = None
    """How far a person's own answer can be trusted, against the finding as its links were measured; only where they
    were measured otherwise than by asking. Without it the answer is taken as given."""

    def _problems(self) -> Iterator[Problem]:
        yield from super()._problems()
        needed, other = (
            ("default", "background") if self.kind in ("complaint", "pattern") else ("background", "default")
        )
        if getattr(self, needed) is None:
            yield Problem(needed, f"A {self.kind} needs the key `{needed}`.", "Add it.")
        if getattr(self, other) is not None:
            yield Problem(other, f"A {self.kind} has no `{other}`.", "Remove it.")
        yield from self._self_report_problems()

    def _self_report_problems(self) -> Iterator[Problem]:
        if self.self_report is None:
            return
        if self.kind not in ASKED:
            yield Problem("self_report", f"A {self.kind} is not what a person reports.", "Remove it.")
        if self.self_report.sensitivity.value + self.self_report.specificity.value <= 1:
            message = "Sensitivity and specificity do not add up to more than 1: yes would speak against it."
            yield Problem("self_report", message, "Mend one of the two.")


class Density(Record):
    """A normal density of the value, or of its natural logarithm."""

    mean: Real
    sd: Positive


class Abnormality(Grounds):
    """One way in which a numeric result can be abnormal; a node of its own."""

    side: Literal["low", "high"]
    name: Wording
    background: Estimate
    """P(this abnormality | no modelled cause)."""
    without: Density
    """Density among people without the abnormality."""
    with_: Annotated[Density, Field(alias="with")]
    """Density among people with it."""
    scale: Literal["linear", "log"] = "linear"
    cap: Annotated[float, Field(strict=True, gt=1)] = 1000.0
    """Largest likelihood ratio either way."""
    basis: Basis

    def _problems(self) -> Iterator[Problem]:
        yield from super()._problems()
        shift = self.with_.mean - self.without.mean
        if shift == 0 or (shift > 0) != (self.side == "high"):
            yield Problem("with", f"Its mean does not lie on the {self.side} side of `without`.", "Mend side or means.")


class Conversion(Record):
    """From another unit: value in the file's unit = value * factor + offset."""

    factor: Positive
    offset: Real = 0.0


def _conversion(given: object) -> object:
    return {"factor": given} if isinstance(given, int | float) else given


class Measurement(Asked):
    """A test result with a number and a unit."""

    kind: Literal["result"]
    unit: Text
    units: dict[Text, Annotated[Conversion, BeforeValidator(_conversion)]] = Field(default_factory=dict)
    """Other units that people use -> factor, or factor and offset."""
    reference: Annotated[dict[Literal["all", "female", "male"], Range], Field(min_length=1)]
    """Reference range, for all or by sex."""
    reference_source: Grounds
    possible: Range
    """Outside of it is no living person."""
    abnormalities: Annotated[dict[Id, Abnormality], Field(min_length=1)]

    def _problems(self) -> Iterator[Problem]:
        yield from super()._problems()
        if set(self.reference) not in ({"all"}, {"female", "male"}):
            yield Problem("reference", "It is given neither for all nor for both sexes.", "Give `all`, or both sexes.")
        for who, (low, high) in self.reference.items():
            if not self.possible[0] <= low < high <= self.possible[1]:
                message = f"The range {low:g} to {high:g} is not inside the possible range."
                yield Problem(f"reference.{who}", message, "Mend one of the two ranges.")
        if self.unit in self.units:
            yield Problem("units", f"The unit {self.unit} converts to itself.", "Remove it from `units`.")
