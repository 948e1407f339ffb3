"""The arrows that follow from the files, and what can be reached along them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from crampnet.knowledge.estimate import Estimate
from crampnet.knowledge.knowledge import Knowledge


class Shown(NamedTuple):
    """One figure P(child | parent).

    Args:
        file: where it stands.
        key: dotted path inside the file.
        parent: condition, syndrome, or exposure that brings a syndrome or finding.
        child: complaint, pattern, syndrome, finding or abnormality.
        estimate: the figure.
    """

    file: str
    key: str
    parent: str
    child: str
    estimate: Estimate


def shown(knowledge: Knowledge) -> Iterator[Shown]:
    """Every figure by which a condition or syndrome shows itself, or an exposure brings a syndrome or finding."""
    for id_, condition in knowledge.conditions.items():
        for key in ("reason_shows", "presence_shows"):
            for child, estimate in getattr(condition, key).items():
                yield Shown(f"conditions/{id_}.yaml", f"{key}.{child}", id_, child, estimate)
    for id_, syndrome in knowledge.syndromes.items():
        for cause, estimate in syndrome.raised_by.items():
            yield Shown(f"syndromes/{id_}.yaml", f"raised_by.{cause}", cause, id_, estimate)
        for child, estimate in syndrome.shows.items():
            yield Shown(f"syndromes/{id_}.yaml", f"shows.{child}", id_, child, estimate)
    for id_, finding in knowledge.findings.items():
        for cause, estimate in finding.raised_by.items():
            yield Shown(f"findings/{id_}.yaml", f"raised_by.{cause}", cause, id_, estimate)
    for id_, test in knowledge.measurements.items():
        for name, found in test.abnormalities.items():
            for cause, estimate in found.raised_by.items():
                key = f"abnormalities.{name}.raised_by.{cause}"
                yield Shown(f"findings/{id_}.yaml", key, cause, name, estimate)


def parents(knowledge: Knowledge) -> Mapping[str, set[str]]:
    """Child -> its parents, over all arrows (a default of a pattern is no arrow)."""
    found: dict[str, set[str]] = {}
    for link in shown(knowledge):
        found.setdefault(link.child, set()).add(link.parent)
    for id_, condition in knowledge.conditions.items():
        found.setdefault(id_, set()).update(link.cause for link in condition.raised_by)
    return found


def reachable(knowledge: Knowledge) -> Mapping[str, set[str]]:
    """Condition -> everything downstream of it."""
    children = _children(knowledge)
    return {id_: _downstream(children, id_) for id_ in knowledge.conditions}


def cycle(knowledge: Knowledge) -> list[str]:
    """Conditions that raise each other in a circle, in order; empty when there is none."""
    for id_, below in reachable(knowledge).items():
        if id_ in below:
            return _path_back(_children(knowledge), id_)
    return []


def _children(knowledge: Knowledge) -> Mapping[str, set[str]]:
    children: dict[str, set[str]] = {}
    for child, above in parents(knowledge).items():
        for parent in above:
            children.setdefault(parent, set()).add(child)
    return children


def _downstream(children: Mapping[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        new = children.get(waiting.pop(), set()) - seen
        seen |= new
        waiting += new
    return seen


def _path_back(children: Mapping[str, set[str]], start: str) -> list[str]:
    """A shortest way from a node back to itself."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for child in sorted(children.get(way[-1], set())):
            if child == start:
                return [*way, start]
            if child not in seen:
                seen.add(child)
                ways.append([*way, child])
    return []
