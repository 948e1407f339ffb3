"""The report: everything that an answer shows, as plain values, in one place for every rendering."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from crampnet.inference.case import Case
from crampnet.inference.engine import Posterior
from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.reasoning.advice import Advice
from crampnet.reasoning.origins import Origin
from crampnet.reasoning.urgency import Urgency, level_of
from crampnet.report.insights import Insights
from crampnet.report.naming import quantity, read_as

WORTH_NAMING = 0.1
"""A cause is named from this chance on that it brought the condition or finding about."""
WORTH_TELLING = 0.05
"""Where a row has at least this chance, it is told where it may have come from."""
MOST_ORIGINS = 3
"""Causes told beside a row."""


@dataclass(frozen=True)
class Named:
    """A node by its id and names."""

    id: str
    plain: str
    clinical: str


@dataclass(frozen=True)
class Cause(Named):
    """What may have brought a condition or finding about; probability: P(it did | it is there, answers)."""

    probability: float


@dataclass(frozen=True)
class Row:
    """One condition of the ranking.

    contributes: P(it is a reason for the complaint | answers); present: P(it is there | answers);
    base_rate: P(it is there | age, sex, setting); origins: its causes, most likely first (see `reasoning.origins`);
    told_by: what was told that is there because of it, such as a medicine for it.
    """

    condition: str
    plain: str
    clinical: str
    group: str
    level: str
    contributes: float
    present: float
    base_rate: float
    origins: tuple[Cause, ...] = ()
    told_by: tuple[Named, ...] = ()

    def came_from(self, ranked_by: str, voice: str, say: Callable[[float], str]) -> str:
        """Its first causes in a voice, each with its probability as `say` words it; empty where the row is unlikely."""
        causes = self.origins[:MOST_ORIGINS] if getattr(self, ranked_by) >= WORTH_TELLING else ()
        return _said(causes, voice, say)

    def named_for(self, voice: str) -> str:
        """What was told that is there because of it, by name in a voice; empty where nothing was."""
        return ", ".join(getattr(one, voice) for one in self.told_by)


@dataclass(frozen=True)
class Explained:
    """A finding that was told, and what else was told that may by itself have brought it, most likely first."""

    finding: str
    plain: str
    clinical: str
    causes: tuple[Cause, ...]

    def said(self, voice: str, say: Callable[[float], str]) -> str:
        """The causes in a voice, each with its probability as `say` words it."""
        return _said(self.causes, voice, say)


@dataclass(frozen=True)
class Flag:
    """A red flag that fired."""

    id: str
    level: str
    plain: str
    clinical: str
    source: str


@dataclass(frozen=True)
class UrgencyTrail:
    """The level and its trail: what fired, what expected harm says, what is still unasked."""

    level: str
    by_red_flag: bool
    provisional: bool
    unanswered: tuple[str, ...]
    flags: tuple[Flag, ...]
    harm_level: str
    probabilities: dict[str, float]
    expected_losses: dict[str, float]
    drivers: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class AdviceLine:
    """One item of advice as it applies here; `because` names what triggered a caution."""

    id: str
    about: str
    kind: str
    status: str
    plain: str
    clinical: str
    source: str
    grade: str
    reason: str
    because: tuple[str, ...]


@dataclass(frozen=True)
class ResultLine:
    """A result that was read with the help of another; read: how, such as "corrected for albumin: 2.21 mmol/L"."""

    test: str
    plain: str
    clinical: str
    value: str
    read: str


@dataclass(frozen=True)
class Report:
    """One answer, stamped. ranked_by is "contributes", or "present" where no complaint was stated.

    explained: findings that something else that was told may have brought; readings: results that were corrected by
    another or count through one; insights: how sure, why and what next, where they were asked for.
    """

    version: str
    priors_digest: str
    written_on: str
    case: dict[str, Any]
    ranked_by: str
    rows: tuple[Row, ...]
    urgency: UrgencyTrail
    advice: tuple[AdviceLine, ...]
    sources: dict[str, str]
    warnings: tuple[str, ...]
    explained: tuple[Explained, ...] = ()
    readings: tuple[ResultLine, ...] = ()
    insights: Insights | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, probabilities in full precision; the key "insights" only where there are any."""
        plain = asdict(self)
        if self.insights is None:
            del plain["insights"]
        return plain


def _said(causes: Iterable[Cause], voice: str, say: Callable[[float], str]) -> str:
    return ", ".join(f"{getattr(cause, voice)} ({say(cause.probability)})" for cause in causes)


def make_report(
    *,
    knowledge: Knowledge,
    case: Case,
    evidence: Evidence,
    posterior: Posterior,
    urgency: Urgency,
    advice: tuple[Advice, ...],
    origins: Iterable[Origin],
    finding_origins: Iterable[Origin],
    told_by: Mapping[str, Sequence[str]],
    version: str,
    today: date,
) -> Report:
    """Gather an answer into a report."""
    ranked_by = "contributes" if evidence.asks else "present"
    lines = tuple(_line(item) for item in advice)
    cited = {line.source for line in lines} | {flag.source for flag in urgency.fired}
    return Report(
        version=version,
        priors_digest=knowledge.digest,
        written_on=today.isoformat(),
        case=case.to_dict(),
        ranked_by=ranked_by,
        rows=_rows(knowledge, evidence, posterior, ranked_by, origins, told_by),
        urgency=_trail(urgency),
        advice=lines,
        sources={key: knowledge.sources[key].citation for key in sorted(cited)},
        warnings=evidence.warnings,
        explained=tuple(_explained(knowledge, finding_origins)),
        readings=tuple(_results(knowledge, evidence)),
    )


def _results(knowledge: Knowledge, evidence: Evidence) -> Iterator[ResultLine]:
    for test, value in evidence.values.items():
        if read := read_as(knowledge, evidence, test):
            named = knowledge.name(test)
            yield ResultLine(test, named.plain, named.clinical, quantity(knowledge, test, value), read)


def _rows(
    knowledge: Knowledge,
    evidence: Evidence,
    posterior: Posterior,
    ranked_by: str,
    origins: Iterable[Origin],
    told_by: Mapping[str, Sequence[str]],
) -> tuple[Row, ...]:
    causes = _causes(knowledge, origins)
    rows = [
        Row(
            condition=condition,
            plain=record.name.plain,
            clinical=record.name.clinical,
            group=record.group,
            level=level_of(knowledge, evidence, condition),
            contributes=posterior.contributes[condition],
            present=posterior.present[condition],
            base_rate=posterior.base_rate[condition],
            origins=tuple(causes.get(condition, ())),
            told_by=tuple(_named(knowledge, name) for name in told_by.get(condition, ())),
        )
        for condition, record in knowledge.conditions.items()
    ]
    share: Mapping[str, float] = getattr(posterior, ranked_by)
    return tuple(sorted(rows, key=lambda row: (-share[row.condition], row.condition)))


def _explained(knowledge: Knowledge, origins: Iterable[Origin]) -> Iterator[Explained]:
    for finding, causes in _causes(knowledge, origins).items():
        named = knowledge.name(finding)
        yield Explained(finding, named.plain, named.clinical, tuple(causes))


def _causes(knowledge: Knowledge, origins: Iterable[Origin]) -> dict[str, list[Cause]]:
    """Condition or finding -> its causes that are worth naming, in the order of the origins."""
    found: dict[str, list[Cause]] = {}
    for origin in origins:
        if origin.probability >= WORTH_NAMING:
            named = knowledge.name(origin.cause)
            cause = Cause(origin.cause, named.plain, named.clinical, origin.probability)
            found.setdefault(origin.child, []).append(cause)
    return found


def _named(knowledge: Knowledge, id_: str) -> Named:
    name = knowledge.name(id_)
    return Named(id_, name.plain, name.clinical)


def _trail(urgency: Urgency) -> UrgencyTrail:
    return UrgencyTrail(
        level=urgency.level,
        by_red_flag=urgency.by_rule,
        provisional=urgency.provisional,
        unanswered=urgency.unanswered,
        flags=tuple(Flag(f.id, f.level, f.plain, f.clinical, f.source) for f in urgency.fired),
        harm_level=urgency.harm.level,
        probabilities=dict(urgency.harm.probabilities),
        expected_losses=dict(urgency.harm.losses),
        drivers=urgency.harm.drivers,
    )


def _line(advice: Advice) -> AdviceLine:
    return AdviceLine(
        id=advice.item.id,
        about=advice.about,
        kind=advice.item.kind,
        status=advice.status,
        plain=advice.plain,
        clinical=advice.clinical,
        source=advice.item.source,
        grade=advice.item.grade,
        reason=advice.reason,
        because=advice.because,
    )
