"""Two bodies of knowledge side by side: numbers, and records added, removed or changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crampnet.knowledge import Knowledge
from crampnet.knowledge.estimate import Grounds, Number
from crampnet.knowledge.numbers import Row, all_grounds


@dataclass(frozen=True)
class NumberChange:
    """A figure before and after.

    record, key: its file without ending, and the dotted path in it; old, new: value with interval, or the figures as
    text, None where there is none; old_basis, new_basis: published, derived or judgement.
    """

    record: str
    key: str
    old: str | None
    new: str | None
    old_basis: str | None
    new_basis: str | None


@dataclass(frozen=True)
class RecordChanges:
    """Records by kind and id, such as "conditions/als"; changed: in whatever way, numbers and wording included."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


def number_changes(old: Knowledge, new: Knowledge) -> tuple[NumberChange, ...]:
    """Every figure whose value, interval or basis differs, and those that only one side has, sorted by place."""
    before, after = _numbers(old), _numbers(new)
    found = []
    for place in sorted(before.keys() | after.keys()):
        (was, was_basis), (now, now_basis) = before.get(place, (None, None)), after.get(place, (None, None))
        if (was, was_basis) != (now, now_basis):
            found.append(NumberChange(*place, was, now, was_basis, now_basis))
    return tuple(found)


def record_changes(old: Knowledge, new: Knowledge) -> RecordChanges:
    """Which records only one side has, and which differ."""
    before, after = _records(old), _records(new)
    return RecordChanges(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(sorted(name for name in before.keys() & after.keys() if before[name] != after[name])),
    )


def _numbers(knowledge: Knowledge) -> dict[tuple[str, str], tuple[str, str]]:
    """(record, key) -> the figure as text, and its basis."""
    return {
        (row.file.removesuffix(".yaml"), row.key): (_said(row), row.grounds.basis) for row in all_grounds(knowledge)
    }


def _said(row: Row) -> str:
    grounds: Grounds = row.grounds
    if isinstance(grounds, Number):
        low, high = grounds.interval
        measure = f" {name.replace('_', ' ')}" if (name := getattr(grounds, "measure", "")) else ""
        return f"{grounds.value:g} ({low:g} to {high:g}){measure}"
    return row.said


def _records(knowledge: Knowledge) -> dict[str, object]:
    """Kind and id -> record, for everything that has an id, and the general files."""
    kinds: dict[str, Mapping[str, object]] = {
        name: getattr(knowledge, name)
        for name in ("conditions", "exposures", "syndromes", "findings", "measurements", "settings", "sources")
    }
    kinds["red_flags"] = {flag.id: flag for flag in knowledge.red_flags}
    kinds["advice"] = {f"{about}.{item.id}": item for about, items in knowledge.advice.items() for item in items}
    records = {f"{kind}/{id_}": record for kind, found in kinds.items() for id_, record in found.items()}
    return records | {"answers": knowledge.answers, "losses": knowledge.losses}
