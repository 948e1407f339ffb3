"""Records of the general files: settings, advice, red flags, losses, answers, sources, grades, rejected sources."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose
from typing import Annotated, Literal

from pydantic import Field

from crampnet.knowledge.estimate import BaseRate, Estimate, Factor, Grade, Grounds, IsoDate, Probability
from crampnet.knowledge.record import AgeBand, Fraction, Id, Level, Problem, Record, Text, Wording
from crampnet.knowledge.records_nodes import Accuracy

ItemKind = Literal["safety", "self_care", "prevention", "treatment", "test", "referral", "return"]
LEVELS: tuple[Level, ...] = ("self_care", "routine", "urgent", "emergency")
BANDS: tuple[AgeBand, ...] = ("12_17", "18_39", "40_59", "60_74", "75_120")


class Setting(Grounds):
    """Where the person was met: who comes there, and which rates differ."""

    name: Wording
    age: dict[AgeBand, Fraction]
    """Share of each age band; they sum to 1."""
    female: Probability
    base_rates: dict[Id, BaseRate] = Field(default_factory=dict)
    """Rates of conditions there, irrespective of the hand complaint."""
    exposures: dict[Id, Estimate] = Field(default_factory=dict)
    """Frequencies of exposures there."""

    def _problems(self) -> Iterator[Problem]:
        yield from super()._problems()
        if set(self.age) != set(BANDS):
            yield Problem("age", "An age band is missing.", f"Give all of {', '.join(BANDS)}.")
        elif not isclose(sum(self.age.values()), 1.0, abs_tol=1e-6):
            yield Problem("age", f"The shares sum to {sum(self.age.values()):g}.", "Make them sum to 1.")


class Settings(Record):
    """settings.yaml."""

    settings: Annotated[dict[Id, Setting], Field(min_length=1)]


class Situation(Record):
    """What several cautions have in common."""

    meaning: Text
    """What these have in common, and what could do harm then."""
    any_of: Annotated[tuple[Id, ...], Field(min_length=1)]
    """Findings, exposures and conditions; one of them is enough."""


class Situations(Record):
    """situations.yaml."""

    situations: Annotated[dict[Id, Situation], Field(min_length=1)]


class Caution(Record):
    """When an item of advice is withheld or said otherwise."""

    when: Annotated[tuple[Id, ...], Field(min_length=1)]
    """Any of these: a finding or exposure answered present, a condition known or likely. In the files also the name of
    a situation, which stands for all that it names; once loaded, these stand here."""
    likely: Probability = 0.2
    """From which probability a condition counts as likely."""
    action: Literal["withhold", "rewrite"]
    plain: Text | None = None
    clinical: Text | None = None
    reason: Text

    def _problems(self) -> Iterator[Problem]:
        if self.action == "rewrite" and not (self.plain and self.clinical):
            yield Problem("plain", "A rewritten item has no wording.", "Add `plain` and `clinical`.")


class AdviceItem(Record):
    """One piece of advice."""

    id: Id
    kind: ItemKind
    plain: Text
    clinical: Text
    source: Id
    grade: Grade
    facts: tuple[Text, ...] = ()
    cautions: tuple[Caution, ...] = ()
    note: Text | None = None


class Advice(Record):
    """The advice for one condition, or for everybody."""

    id: Id
    items: Annotated[tuple[AdviceItem, ...], Field(min_length=1)]
    note: Text | None = None


class RedFlag(Record):
    """A rule that sets a level whatever the probabilities say."""

    id: Id
    name: Wording
    all_of: tuple[Id, ...] = ()
    any_of: tuple[Id, ...] = ()
    none_of: tuple[Id, ...] = ()
    level: Literal["emergency", "urgent", "routine"]
    plain: Text
    clinical: Text
    source: Id
    facts: tuple[Text, ...] = ()
    note: Text | None = None

    def _problems(self) -> Iterator[Problem]:
        if not self.all_of and not self.any_of:
            yield Problem("all_of", "The rule has no condition that could fire it.", "Add `all_of` or `any_of`.")


class RedFlags(Record):
    """red_flags.yaml."""

    flags: tuple[RedFlag, ...]


class Answers(Record):
    """answers.yaml: how far an answer can be trusted."""

    self_report: Accuracy
    ruled_out: Accuracy
    results: Factor | None = None
    """Factor by which the logarithms of the likelihood ratios of all results may be off, 1 as their densities say.
    Where it is not stated, it is 1 without doubt."""
    note: Text | None = None


class Losses(Grounds):
    """losses.yaml: what each action costs under each truth."""

    levels: tuple[Level, ...]
    table: dict[Level, dict[Level, Annotated[float, Field(strict=True, ge=0)]]]
    """Action -> truth -> cost."""

    def _problems(self) -> Iterator[Problem]:
        yield from super()._problems()
        if self.levels != LEVELS:
            yield Problem("levels", "They are not the four levels from mild to grave.", f"Give {', '.join(LEVELS)}.")
        for action in LEVELS:
            if set(self.table.get(action, {})) != set(LEVELS):
                yield Problem(f"table.{action}", "It does not cost every level.", f"Give all of {', '.join(LEVELS)}.")
        for truth in LEVELS:
            costs = {action: row.get(truth, 0.0) for action, row in self.table.items()}
            if costs.get(truth, 0.0) > min(costs.values(), default=0.0):
                yield Problem(f"table.{truth}.{truth}", "Acting right costs more than acting wrong.", "Lower it.")


class Source(Record):
    """A study, guideline or document that figures or advice come from."""

    citation: Text
    doi: Text | None = None
    pmid: Text | None = None
    url: Text | None = None
    design: Text
    population: Text | None = None
    n: Annotated[int, Field(strict=True, gt=0)] | None = None
    read: Literal["full_text", "abstract", "excerpt"]
    """How much of it was read."""
    checked_on: IsoDate
    note: Text | None = None


class Sources(Record):
    """sources.yaml."""

    sources: dict[Id, Source]


class GradeMeaning(Record):
    """What a grade of evidence stands for."""

    name: Text
    meaning: Text


class Grades(Record):
    """grades.yaml."""

    grades: dict[Grade, GradeMeaning]
    note: Text | None = None

    def _problems(self) -> Iterator[Problem]:
        if set(self.grades) != set("ABCDE"):
            yield Problem("grades", "They are not A to E.", "Give all five.")


class Rejected(Record):
    """A source that was looked at and not used."""

    citation: Text
    reason: Text
    about: Text
    note: Text | None = None


class RejectedSources(Record):
    """rejected.yaml."""

    rejected: tuple[Rejected, ...]
