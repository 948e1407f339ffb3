"""Checks across files. Each is a function Knowledge -> issues; `check` runs them all."""

from __future__ import annotations

from collections.abc import Iterator, Set

from crampnet.errors import Issue
from crampnet.knowledge.checks.coverage import coverage_checks
from crampnet.knowledge.checks.figures import figure_checks
from crampnet.knowledge.checks.names import check_names
from crampnet.knowledge.checks.structure import structure_checks
from crampnet.knowledge.checks.warnings import find_warnings
from crampnet.knowledge.knowledge import Knowledge

__all__ = ["check", "check_names", "find_warnings"]

_NOTHING: Set[str] = frozenset()


def check(knowledge: Knowledge) -> list[Issue]:
    """All problems between the files; the structure is looked at only when all names are known."""
    issues = check_names(knowledge, _NOTHING)
    return issues or list(_rest(knowledge))


def _rest(knowledge: Knowledge) -> Iterator[Issue]:
    for look in (*structure_checks, *figure_checks, *coverage_checks):
        yield from look(knowledge)
