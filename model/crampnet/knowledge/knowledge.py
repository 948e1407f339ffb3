"""Knowledge: everything the files say, checked and frozen."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from crampnet.errors import Issue, UnknownName
from crampnet.knowledge.estimate import Grade
from crampnet.knowledge.nearest import nearest_names
from crampnet.knowledge.record import Wording
from crampnet.knowledge.records_coverage import Covered
from crampnet.knowledge.records_findings import Finding, Measurement
from crampnet.knowledge.records_general import (
    AdviceItem,
    Answers,
    GradeMeaning,
    Losses,
    RedFlag,
    Rejected,
    Setting,
    Situation,
    Source,
)
from crampnet.knowledge.records_nodes import Condition, Exposure, Syndrome

NodeKind = Literal[
    "exposure", "condition", "syndrome", "complaint", "pattern", "symptom", "sign", "result", "measurement",
    "abnormality",
]  # fmt: skip


@dataclass(frozen=True)
class Knowledge:
    """One body of knowledge.

    Args:
        conditions: by id.
        exposures: by id.
        syndromes: by id.
        findings: those that are present or absent, by id.
        measurements: results with a number, by id; each of their abnormalities has an id of its own.
        settings: by id.
        red_flags: in the order of the file.
        advice: items by condition id, and those under "everybody".
        sources: by key.
        grades: by letter.
        rejected: sources that were looked at and not used.
        answers: how far self-report and ruling out can be trusted.
        losses: cost of each action under each truth.
        digest: SHA-256 of the files and the overlay.
        warnings: what is allowed and still looks wrong.
        coverage: what became of each statement of the source documents, by its id; may be empty.
        situations: what several cautions have in common, by id; cautions of `advice` name its members; may be empty.
    """

    conditions: Mapping[str, Condition]
    exposures: Mapping[str, Exposure]
    syndromes: Mapping[str, Syndrome]
    findings: Mapping[str, Finding]
    measurements: Mapping[str, Measurement]
    settings: Mapping[str, Setting]
    red_flags: tuple[RedFlag, ...]
    advice: Mapping[str, tuple[AdviceItem, ...]]
    sources: Mapping[str, Source]
    grades: Mapping[Grade, GradeMeaning]
    rejected: tuple[Rejected, ...]
    answers: Answers
    losses: Losses
    digest: str
    warnings: tuple[Issue, ...] = ()
    coverage: Mapping[str, Covered] = field(default_factory=dict)
    situations: Mapping[str, Situation] = field(default_factory=dict)

    @cached_property
    def kinds(self) -> Mapping[str, NodeKind]:
        """What each id is; abnormalities included, sorted by id."""
        kinds: dict[str, NodeKind] = {}
        kinds |= dict.fromkeys(self.exposures, "exposure")
        kinds |= dict.fromkeys(self.conditions, "condition")
        kinds |= dict.fromkeys(self.syndromes, "syndrome")
        kinds |= {id_: finding.kind for id_, finding in self.findings.items()}
        kinds |= dict.fromkeys(self.measurements, "measurement")
        kinds |= dict.fromkeys(self.abnormality_of, "abnormality")
        return dict(sorted(kinds.items()))

    @cached_property
    def abnormality_of(self) -> Mapping[str, str]:
        """Abnormality id -> id of its measurement."""
        return {
            abnormality: id_
            for id_, measurement in self.measurements.items()
            for abnormality in measurement.abnormalities
        }

    @cached_property
    def tells(self) -> Mapping[str, frozenset[str]]:
        """Condition -> what is there because of it and tells of it, such as the medicines for it."""
        return {
            id_: frozenset(link.cause for link in record.raised_by if link.tells)
            for id_, record in self.conditions.items()
        }

    def with_forms(self, conditions: Set[str]) -> frozenset[str]:
        """The conditions named, and those that are a form of one of them."""
        return frozenset(n for n, own in self.conditions.items() if n in conditions or own.form_of in conditions)

    def name(self, id_: str) -> Wording:
        """The name of a node or measurement, plain and clinical.

        Raises:
            UnknownName: there is no such id.
        """
        for records in (self.conditions, self.exposures, self.syndromes, self.findings, self.measurements):
            if id_ in records:
                return records[id_].name
        if id_ in self.abnormality_of:
            return self.measurements[self.abnormality_of[id_]].abnormalities[id_].name
        raise UnknownName("id", id_, nearest_names(id_, self.kinds))
