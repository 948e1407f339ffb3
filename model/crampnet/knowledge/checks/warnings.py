"""What is allowed and still deserves a look."""

from __future__ import annotations

from collections.abc import Iterator

from crampnet.errors import Issue
from crampnet.knowledge.estimate import Number
from crampnet.knowledge.graph import parents
from crampnet.knowledge.knowledge import Knowledge
from crampnet.knowledge.numbers import all_grounds

MANY = 10
"""So many parents of one finding are still no reason to look."""

PER_REASON = ("complaint", "pattern")
"""Kinds whose parents are meant to be many."""


def find_warnings(knowledge: Knowledge) -> Iterator[Issue]:
    """Findings with very many parents, and high grades for sources of which little was read."""
    for id_, above in sorted(parents(knowledge).items()):
        above = above - knowledge.exposures.keys()
        if len(above) > MANY and knowledge.kinds.get(id_) not in (*PER_REASON, "condition"):
            message = f"{len(above)} conditions and syndromes show it."
            yield Issue("(all files)", id_, message, "Leave weak links to the background.")
    for row in all_grounds(knowledge):
        source = knowledge.sources.get(row.grounds.source or "")
        if isinstance(row.grounds, Number) and row.grounds.grade == "A" and source and source.read == "excerpt":
            message = "Grade A rests on an excerpt of its source."
            yield Issue(row.file, row.key, message, "Read more of it, or lower the grade.")
