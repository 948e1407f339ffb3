"""A comparison as readable text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from crampnet.validation.diff.answers import SHOWN, Moved
from crampnet.validation.diff.compare import HIDDEN, Diff, rows_of
from crampnet.yaml_io import read_yaml


@cache
def words() -> dict[str, Any]:
    """The wording."""
    found: dict[str, Any] = read_yaml(Path(__file__).with_name("text.yaml"))
    return found


def to_text(diff: Diff) -> str:
    """What differs, for a terminal: counts of the answers first, then the single cases, then the files."""
    old, new = (digest[:12] for digest in diff.digests)
    head = words()["head"].format(old=old, new=new)
    if diff.digests[0] == diff.digests[1]:
        return f"{head}\n{words()['same']}\n"
    parts = ([head], _answers(diff), _moved(diff), _numbers(diff), _records(diff))
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _answers(diff: Diff) -> Iterator[str]:
    counted = (words()["case_count"].format(count=n, split=words()["splits"][s]) for s, n in diff.cases.items())
    yield words()["cases"].format(cases=", ".join(counted))
    rows = [
        (words()["splits"][split], words()["levels"][level], *map(str, counts.values()))
        for split, by_level in diff.counts.items()
        for level, counts in by_level.items()
    ]
    yield from _table([tuple(words()["counts_head"]), *rows])
    yield words()["asked_less"]
    if HIDDEN in diff.cases:
        yield words()["hidden"]


def _moved(diff: Diff) -> Iterator[str]:
    yield words()["moved"].format(count=len(diff.moved)) if diff.moved else words()["moved_none"]
    for moved in diff.moved:
        what = ", ".join(moved.what)
        yield words()["moved_head"].format(case=moved.case, level=words()["levels"][moved.level], what=what)
        yield from _one(moved)


def _one(moved: Moved) -> Iterator[str]:
    old, new = moved.old, moved.new
    for side, error in zip(words()["sides"], (old.error, new.error), strict=True):
        if error:
            yield words()["error"].format(side=side, error=error)
    if old.urgency != new.urgency and old.urgency and new.urgency:
        yield words()["urgency"].format(old=old.urgency, new=new.urgency)
    for name, (before, after) in rows_of(moved).items():
        yield words()["row"].format(name=name, old=_share(before), new=_share(after), places=_places(moved, name))
    for key, items in (("no_longer", set(old.advice) - set(new.advice)), ("newly", set(new.advice) - set(old.advice))):
        if items and old.advice and new.advice:
            yield words()[key].format(items=", ".join(sorted(items)))


def _places(moved: Moved, name: str) -> str:
    """Where a row stood and stands, if that differs."""
    places = [str(side.first.index(name) + 1) if name in side.first else f">{SHOWN}" for side in (moved.old, moved.new)]
    return "" if places[0] == places[1] else str(words()["place"].format(old=places[0], new=places[1]))


def _numbers(diff: Diff) -> Iterator[str]:
    yield words()["numbers"].format(count=len(diff.numbers))
    for change in diff.numbers:
        old, new = (
            words()["missing"] if said is None else f"{said}, {basis}"
            for said, basis in ((change.old, change.old_basis), (change.new, change.new_basis))
        )
        yield words()["number"].format(record=change.record, key=change.key, old=old, new=new)


def _records(diff: Diff) -> Iterator[str]:
    ids: dict[str, tuple[str, ...]] = asdict(diff.records)
    yield words()["records"].format(**{name: len(found) for name, found in ids.items()})
    yield from (f"  {words()['record_signs'][name]} {id_}" for name, found in ids.items() for id_ in found)


def _share(share: float | None) -> str:
    return str(words()["missing"]) if share is None else f"{share:.3f}"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
