"""Records of findings: complaints, patterns, symptoms, signs and test results."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from crampnet.knowledge.estimate import Basis, Estimate, Grounds, Shape
from crampnet.knowledge.people import SEXES, fitting
from crampnet.knowledge.record import Header, Id, Positive, Problem, Real, Record, Some, Text, Who, Wording
from crampnet.knowledge.records_general import BANDS
from crampnet.knowledge.records_nodes import Accuracy
from crampnet.knowledge.records_readings import Correction, Equation

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
    shape: Shape | None = None
    """How the background goes by age and sex."""
    raised_by: dict[Id, Estimate] = Field(default_factory=dict)
    """P(present in 28 days | an exposure, none of its modelled causes), which acts only where the exposure is told."""
    default: Estimate | None = None
    """P(it | an acting reason that does not list it); for complaint and pattern."""
    self_report: Accuracy | None = None
    """How far a person's own answer can be trusted, against the finding as its links were measured; only where they
    were measured otherwise than by asking. Without it the answer is taken as given."""
    only_with: Id | None = None
    """Counts only where this other finding is answered present: its figures hold under that. It is asked then only."""
    repeats: Id | None = None
    """Where this exposure is told, the finding only says it once more and moves nothing."""

    def counts(self, present: Container[str]) -> bool:
        """Whether an answer moves the posterior beside everything that is present."""
        with_it = self.only_with is None or self.only_with in present
        return with_it and (self.repeats is None or self.repeats not in present)

    def _problems(self) -> Iterator[Problem]:
        yield from super()._problems()
        needed, other = (
            ("default", "background") if self.kind in ("complaint", "pattern") else ("background", "default")
        )
        if getattr(self, needed) is None:
            yield Problem(needed, f"A {self.kind} needs the key `{needed}`.", "Add it.")
        if getattr(self, other) is not None:
            yield Problem(other, f"A {self.kind} has no `{other}`.", "Remove it.")
        if self.shape is not None and self.background is None:
            yield Problem("shape", "It is the shape of a background, and there is none.", "Remove it.")
        if self.raised_by and self.background is None:
            yield Problem("raised_by", f"A {self.kind} comes of acting reasons only.", "Remove it.")
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


class Densities(Record):
    """The two densities of one group of people."""

    without: Density
    with_: Annotated[Density, Field(alias="with")]


class Abnormality(Grounds):
    """One way in which a numeric result can be abnormal; a node of its own."""

    side: Literal["low", "high"]
    name: Wording
    aliases: tuple[Text, ...] = ()
    """Other words that people type, beside the names of the test with "low", "raised" and the like."""
    codes: dict[Id, Text] = Field(default_factory=dict)
    """Codes of the same thing in other systems, such as hpo."""
    background: Estimate
    """P(this abnormality | no modelled cause)."""
    shape: Shape | None = None
    """How the background goes by age and sex."""
    raised_by: dict[Id, Estimate] = Field(default_factory=dict)
    """P(this abnormality | an exposure, no modelled cause), which acts only where the exposure is told."""
    without: Density
    """Density among people without the abnormality."""
    with_: Annotated[Density, Field(alias="with")]
    """Density among people with it."""
    groups: dict[Some, Densities] = Field(default_factory=dict)
    """Other densities for people of a sex or age; the most exact entry holds, and the two above for everybody else."""
    scale: Literal["linear", "log"] = "linear"
    cap: Annotated[float, Field(strict=True, gt=1)] = 1000.0
    """Largest likelihood ratio either way."""
    basis: Basis

    def _problems(self) -> Iterator[Problem]:
        yield from super()._problems()
        for who, (without, with_) in self.all_densities().items():
            shift = with_.mean - without.mean
            if shift == 0 or (shift > 0) != (self.side == "high"):
                message = f"Its mean does not lie on the {self.side} side of `without`."
                yield Problem(f"groups.{who}.with" if who else "with", message, "Mend side or means.")

    def all_densities(self) -> dict[str, tuple[Density, Density]]:
        """Densities without and with it by group of people; those of everybody under the empty name."""
        return {"": (self.without, self.with_), **{who: (d.without, d.with_) for who, d in self.groups.items()}}

    def densities(self, sex: str | None = None, band: str | None = None) -> tuple[Density, Density]:
        """Densities without and with it among people of a sex and age band; those of everybody without these."""
        found = fitting(self.groups, sex, band)
        return (self.without, self.with_) if found is None else (found.without, found.with_)


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
    reference: Annotated[dict[Who, Range], Field(min_length=1)]
    """Reference range, for all, by sex, by age band or by both; the most exact entry holds."""
    reference_source: Grounds
    possible: Range
    """Outside of it is no living person."""
    corrected_by: Correction | None = None
    """The test by which this one is corrected where both are given."""
    derived_from: Equation | None = None
    """The test from which this one is worked out where only that one is given."""
    abnormalities: Annotated[dict[Id, Abnormality], Field(min_length=1)]

    def _problems(self) -> Iterator[Problem]:
        yield from super()._problems()
        if any(fitting(self.reference, sex, band) is None for sex in SEXES for band in BANDS):
            yield Problem("reference", "It is given neither for all nor for both sexes.", "Give `all`, or both sexes.")
        for who, (low, high) in self.reference.items():
            if not self.possible[0] <= low < high <= self.possible[1]:
                message = f"The range {low:g} to {high:g} is not inside the possible range."
                yield Problem(f"reference.{who}", message, "Mend one of the two ranges.")
        if self.unit in self.units:
            yield Problem("units", f"The unit {self.unit} converts to itself.", "Remove it from `units`.")
        for key, other in (("corrected_by", self.corrected_by), ("derived_from", self.derived_from)):
            if other is not None and other.test == self.id:
                yield Problem(f"{key}.test", "The test is read with the help of itself.", "Name the other test.")
