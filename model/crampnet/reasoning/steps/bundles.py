"""Tests of one sample together: exactly for as many of the best as the budget allows, the rest listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crampnet.reasoning.steps.candidates import Candidate, together
from crampnet.reasoning.steps.effects import Today, steps_of
from crampnet.reasoning.steps.lanes import expanded, subtracted
from crampnet.reasoning.steps.records import Step

MOST_PARTS = 6
"""Tests of one sample that are offered together."""
MOST_CASES = 64
"""Changed cases that the joint outcomes of one bundle may cost; the best tests that fit are computed jointly."""


def bundles_of(today: Today, chosen: Sequence[Candidate], ranked: Sequence[Step]) -> tuple[Step, ...]:
    """One step for each sample (and cost tier and section) of which two tests or more say anything, best first.

    The three effects are those of the joint outcomes of the tests named in `joint`, exactly, except that joint outcomes
    rarer than one in a million are left out; the other parts come on top and are not in them. A sample whose joint
    outcomes the engine refuses is left out: its tests stand among the single steps.
    """
    by_id = {candidate.id: candidate for candidate in chosen}
    groups: dict[tuple[str, ...], list[Step]] = {}
    for step in ranked:
        if step.id in by_id and by_id[step.id].group:
            groups.setdefault(by_id[step.id].group, []).append(step)
    parts = [steps[:MOST_PARTS] for steps in groups.values() if len(steps) > 1]
    if not parts:
        return ()
    inside = [_affordable(today, [by_id[step.id] for step in steps]) for steps in parts]
    joint = [together(some) for some in inside]
    beliefs = subtracted(today.table, [way for candidate in joint for way in candidate.ways])
    found = steps_of(today, joint, beliefs)
    return tuple(
        replace(step, parts=tuple(steps), joint=tuple(c.id for c in some), nodes=_nodes(steps))
        for step, steps, some in zip(found, parts, inside, strict=True)
        if step is not None
    )


def _nodes(steps: Sequence[Step]) -> tuple[str, ...]:
    return tuple(node for step in steps for node in step.nodes)


def _affordable(today: Today, parts: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The best part, and those after it that still fit the budget."""
    kept: tuple[Candidate, ...] = (parts[0],)
    cost = _cases(today, parts[0])
    for part in parts[1:]:
        more = cost * _cases(today, part)
        if more <= MOST_CASES:
            kept, cost = (*kept, part), more
    return kept


def _cases(today: Today, candidate: Candidate) -> int:
    """Number of changed cases that the ways of a candidate multiply out into."""
    terms = (term for way in candidate.ways for term in expanded(today.evidence, way.weights))
    return len({tuple(sorted(change.items())) for _, change in terms})
