"""From parsed files to a Knowledge, as far as the files allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from crampnet.errors import Issue
from crampnet.knowledge.bundle import GENERAL
from crampnet.knowledge.knowledge import Knowledge
from crampnet.knowledge.parse import parse_record
from crampnet.knowledge.record import Header, Record
from crampnet.knowledge.records_coverage import Coverage
from crampnet.knowledge.records_findings import Finding, Measurement
from crampnet.knowledge.records_general import (
    Advice,
    AdviceItem,
    Answers,
    Caution,
    Grades,
    Losses,
    RedFlags,
    RejectedSources,
    Settings,
    Situation,
    Situations,
    Sources,
)
from crampnet.knowledge.records_nodes import Condition, Exposure, Syndrome

R = TypeVar("R", bound=Record)
H = TypeVar("H", bound=Header | Advice)


@dataclass
class Parts:
    """Records while they are put together.

    Args:
        raw: folder -> id -> content, and general file -> content.
        issues: every problem so far.
        failed: ids of files that did not become a record; they exist all the same.
    """

    raw: Mapping[str, Any]
    issues: list[Issue]
    failed: set[str] = field(default_factory=set)

    def folder(self, name: str, kind: type[H], *, only: frozenset[str] | None = None) -> dict[str, H]:
        """The records of one folder, by id, as far as they are sound.

        Args:
            name: the folder.
            kind: their class.
            only: ids to read; all by default.
        """
        records: dict[str, H] = {}
        for stem, content in self.raw[name].items():
            if only is not None and stem not in only:
                continue
            file = f"{name}/{stem}.yaml"
            record = parse_record(kind, content, file, self.issues)
            if record is None:
                self.failed.add(stem)
            elif record.id != stem:
                message = f'The id is "{record.id}" and the file is called "{stem}".'
                self.issues.append(Issue(file, "id", message, "Give both the same name."))
                self.failed |= {record.id, stem}
            else:
                records[stem] = record
        return records

    def general(self, name: str, kind: type[R]) -> R | None:
        """The record of one general file, or None if it is missing or unsound."""
        if name not in self.raw:
            return None
        return parse_record(kind, self.raw[name], f"{name}.yaml", self.issues)

    def numeric(self) -> frozenset[str]:
        """Ids of the findings that are numeric results."""
        return frozenset(
            stem
            for stem, content in self.raw["findings"].items()
            if isinstance(content, dict) and ("abnormalities" in content or "unit" in content)
        )


def missing_files(raw: Mapping[str, Any], unread: set[str]) -> list[Issue]:
    """General files that are not there; those that could not be parsed have their own issue."""
    return [
        Issue(f"{name}.yaml", "", "This file is missing.", "Every body of knowledge has it; add it.")
        for name in GENERAL
        if name not in raw and f"{name}.yaml" not in unread
    ]


def build(parts: Parts, digest: str) -> Knowledge | None:
    """A Knowledge of the sound records; None if a general file is missing or unsound.

    Args:
        parts: the parsed files; its issues and failed ids grow.
        digest: of the files and the overlay.
    """
    numeric = parts.numeric()
    conditions = parts.folder("conditions", Condition)
    exposures = parts.folder("exposures", Exposure)
    syndromes = parts.folder("syndromes", Syndrome)
    findings = parts.folder("findings", Finding, only=frozenset(parts.raw["findings"]) - numeric)
    measurements = parts.folder("findings", Measurement, only=numeric)
    advice = parts.folder("advice", Advice)
    settings = parts.general("settings", Settings)
    flags = parts.general("red_flags", RedFlags)
    sources = parts.general("sources", Sources)
    grades = parts.general("grades", Grades)
    rejected = parts.general("rejected", RejectedSources)
    answers = parts.general("answers", Answers)
    losses = parts.general("losses", Losses)
    coverage = parts.general("coverage", Coverage)
    shared = parts.general("situations", Situations)
    situations = shared.situations if shared else {}
    parts.issues += _unnamed(situations, advice.values())
    if not (settings and flags and sources and grades and rejected and answers and losses):
        return None
    return Knowledge(
        conditions=conditions,
        exposures=exposures,
        syndromes=syndromes,
        findings=findings,
        measurements=measurements,
        settings=settings.settings,
        red_flags=flags.flags,
        advice={id_: tuple(_spelt_out(item, situations) for item in record.items) for id_, record in advice.items()},
        sources=sources.sources,
        grades=grades.grades,
        rejected=rejected.rejected,
        answers=answers,
        losses=losses,
        digest=digest,
        coverage=coverage.coverage if coverage else {},
        situations=situations,
    )


def _unnamed(situations: Iterable[str], advice: Iterable[Advice]) -> list[Issue]:
    """Situations that no caution names."""
    named = {name for record in advice for item in record.items for caution in item.cautions for name in caution.when}
    message, remedy = "No caution names this situation.", "Name it under `when`, or remove it."
    return [Issue("situations.yaml", f"situations.{id_}", message, remedy) for id_ in situations if id_ not in named]


def _spelt_out(item: AdviceItem, situations: Mapping[str, Situation]) -> AdviceItem:
    """An item whose cautions name what their situations stand for."""
    return item.model_copy(update={"cautions": tuple(_members(caution, situations) for caution in item.cautions)})


def _members(caution: Caution, situations: Mapping[str, Situation]) -> Caution:
    names = (n for name in caution.when for n in (situations[name].any_of if name in situations else (name,)))
    return caution.model_copy(update={"when": tuple(dict.fromkeys(names))})
