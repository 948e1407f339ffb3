"""Records of exposures, conditions and syndromes."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Annotated, Literal, get_args

from pydantic import Field

from crampnet.knowledge.estimate import BaseRate, Estimate, Raise, Shape
from crampnet.knowledge.record import Header, Id, Level, Problem, Record, Text, Wording

Group = Literal["metabolic", "medicine", "nerve", "brain", "motor_unit", "hand", "vessel", "general"]
ExposureKind = Literal["medicine", "habit", "event", "procedure", "state", "family"]


class KnownUrgency(Record):
    """How soon a condition wants care that the person is known to have."""

    level: Level
    reason: Text


class LastingUrgency(Record):
    """How soon a condition wants care in somebody whose answers show that it has gone on for long.

    all_of: ids that must be told for it, none_of: ids that must not be.
    """

    level: Level
    all_of: Annotated[tuple[Id, ...], Field(min_length=1)]
    none_of: tuple[Id, ...] = ()
    reason: Text

    def holds(self, told: Set[str]) -> bool:
        """Whether what was told makes it the level to go by."""
        return told >= frozenset(self.all_of) and told.isdisjoint(self.none_of)


class Urgency(Record):
    """How soon a condition wants care when it is there and not yet cared for."""

    level: Level
    reason: Text
    known: KnownUrgency | None = None
    """The level once a clinician has found it and the person knows of it, where that is lower; None: the same."""
    lasting: LastingUrgency | None = None
    """The level of a trouble that has gone on for long, where that is lower; None: the same."""

    def _problems(self) -> Iterator[Problem]:
        order = get_args(Level)
        for key, other in (("known", self.known), ("lasting", self.lasting)):
            if other and not order.index(other.level) < order.index(self.level) < order.index("emergency"):
                yield Problem(
                    key,
                    "It is no lower level of something short of an emergency.",
                    "Name a lower level, or leave it out; an emergency stays one.",
                )


class Accuracy(Record):
    """Accuracy of an answer against the truth."""

    sensitivity: Estimate
    specificity: Estimate


class Exposure(Header):
    """A circumstance, habit or medicine that can raise conditions."""

    kind: ExposureKind
    question: Text
    frequency: Estimate
    """P(present in the 28 days) in the general population."""
    shape: Shape | None = None
    unmentioned: Estimate | None = None
    """P(not mentioned | exposed), where nobody forgets it; of a medicine class P(none of it named | taken), which
    counts only where a case says which medicines are taken, or that there are none."""
    unasked: Estimate | None = None
    """Of a medicine class that nobody forgets, such as infusions at a hospital: P(not mentioned | taken) where nobody
    has asked which medicines are taken."""
    volunteered: bool = False
    """True: it is so rare that nobody is asked about it one by one; it counts where somebody tells of it, and no rule
    that names it waits for an answer."""
    implies: tuple[Id, ...] = ()
    """Exposures that a person with this one has by definition, as pregnancy in its third trimester."""
    medicines: dict[Text, tuple[Text, ...]] = Field(default_factory=dict)
    """Generic name -> brands, spellings and names in other languages."""

    def _problems(self) -> Iterator[Problem]:
        if (self.kind == "medicine") != bool(self.medicines):
            yield Problem("medicines", "Medicines, and only they, list drug names.", "Add the names, or mend `kind`.")
        if self.unasked is not None and self.kind != "medicine":
            yield Problem("unasked", "Only medicines are asked for as a list.", "Use `unmentioned`, or mend `kind`.")

    def silence(self, *, listed: bool) -> tuple[str, Estimate] | None:
        """Name and figure of P(not mentioned | exposed), where it counts; listed: whether the medicines are listed."""
        name = "unmentioned" if listed or self.kind != "medicine" else "unasked"
        estimate: Estimate | None = getattr(self, name)
        return None if estimate is None else (name, estimate)


class Condition(Header):
    """A disease, effect or state that can trouble the hand."""

    group: Group
    form_of: Id | None = None
    """The condition that this one is a grave or a more exact form of: naming it names that one."""
    summary: Wording
    urgency: Urgency
    base_rate: tuple[BaseRate, ...]
    """Parts whose sum, converted to 28 days, is P(present); empty when caused_only."""
    caused_only: bool = False
    """True: it never comes without one of its causes."""
    shape: Shape | None = None
    troubles_hand: Estimate
    """P(troublesome hand complaint in 28 days because of it | present), in excess of people without it."""
    seeks_care: Estimate
    """P(has gone to a clinician because of the hand by the time of asking | it acts in the hand, not yet diagnosed)."""
    raised_by: tuple[Raise, ...] = ()
    reason_shows: dict[Id, Estimate]
    """P(child | the condition acts in the hand, nothing else): kinds, patterns, mechanism syndromes."""
    presence_shows: dict[Id, Estimate] = Field(default_factory=dict)
    """P(child | the condition is present, nothing else): syndromes, symptoms, signs, results."""
    defining: Annotated[tuple[Id, ...], Field(min_length=1, max_length=8)]
    """What makes clinicians think of it."""
    ruled_out: Accuracy | None = None
    """Accuracy of what usually rules it out; otherwise the general one is used."""
    unmentioned: Estimate | None = None
    """P(not among the diagnoses that a person names | present): never diagnosed, or diagnosed and not told; counts only
    where a case says which diagnoses are known, or that there are none."""
    unlisted: Estimate | None = None
    """Of what stands for everything that has no record: P(a disease without a record, and much like those with one, is
    behind trouble of the hand), before any answer; only `crampnet.reasoning.unlisted` uses it."""

    def _problems(self) -> Iterator[Problem]:
        if self.caused_only and self.base_rate:
            yield Problem(
                "base_rate", "A condition that is caused_only has no base rate of its own.", "Empty the list."
            )
        if not self.caused_only and not self.base_rate:
            yield Problem("base_rate", "The base rate is missing.", "Add one, or set caused_only.")
        if self.caused_only and all(link.only_told for link in self.raised_by):
            yield Problem("raised_by", "Nothing always causes a condition that is caused_only.", "Name its causes.")
        causes = [link.cause for link in self.raised_by]
        for cause in sorted({cause for cause in causes if causes.count(cause) > 1}):
            yield Problem("raised_by", f"The cause {cause} stands twice.", "Keep one entry, the other as alternative.")


class Syndrome(Header):
    """A state between conditions and findings that clinicians reason with."""

    summary: Wording
    background: Estimate
    """P(syndrome | none of its modelled causes)."""
    shape: Shape | None = None
    """How the background goes by age and sex."""
    raised_by: dict[Id, Estimate] = Field(default_factory=dict)
    """P(syndrome | an exposure, nothing else), where an exposure brings it without a condition of its own."""
    shows: Annotated[dict[Id, Estimate], Field(min_length=1)]
    """P(finding | syndrome, nothing else)."""
