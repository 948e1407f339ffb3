"""Every peer and we on the same cases in one run: times, ratios, failures, and how far the answers lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from benchmarks.cases import Asked
from benchmarks.extent import Extent
from benchmarks.figures import Ratio, Spread, ratio, spread
from benchmarks.ours import Timed, ask_all
from benchmarks.peers.race import Limits, Outcome, race
from benchmarks.peers.worker import USES
from benchmarks.sets import DENSITIES, KS, grid


@dataclass(frozen=True)
class Cell:
    """One peer on the cases of one group and k.

    statuses: how many cases ended how; infer, build: seconds of those answered; ours: our seconds on all cases that
    were put to the peer, answered or not; ratio: theirs (infer) to ours, failures at their limit; with_build: the same
    with the building of their model; difference: largest |theirs - ours| of any posterior.
    """

    peer: str
    group: str
    k: str
    statuses: dict[str, int]
    infer: Spread
    build: Spread
    ours: Spread
    ratio: Ratio | None
    with_build: Ratio | None
    difference: float | None


def compare(shipped: Sequence[Asked], extent: Extent) -> dict[str, object]:
    """All peers on the published cases and on generated ones with coherent and random cases in turn."""
    limits = Limits(seconds=extent.peer_limit)
    sets = {"shipped": sorted(shipped, key=lambda case: case.k)}
    sets |= {density: _by_k(grid(density, max(extent.peer_cases.values()))) for density in DENSITIES}
    cells: list[Cell] = []
    published: list[dict[str, object]] = []
    for group, cases in sets.items():
        timed = {t.case.name: t for t in ask_all(cases, extent.latency_seconds)}
        for use in USES:
            pairs = _raced(use, group, [c for c in cases if c.name in timed], timed, limits, extent)
            cells += _cells(use, group, pairs, limits)
            if group == "shipped":
                published += [_single(use, *pair) for pair in pairs]
    return {"limits": asdict(limits), "cells": [asdict(cell) for cell in cells], "published": published}


def _by_k(cases: Sequence[Asked]) -> list[Asked]:
    """By rising k; within one k coherent and random cases still take turns."""
    return sorted(cases, key=lambda case: case.k)


def _raced(
    use: str, group: str, cases: Sequence[Asked], timed: dict[str, Timed], limits: Limits, extent: Extent
) -> list[tuple[Timed, Outcome]]:
    chosen = _chosen(group, cases, extent.peer_cases[use])
    outcomes = race(use, chosen, limits, extent.peer_seconds)
    return [(timed[case.name], outcome) for case, outcome in zip(chosen, outcomes, strict=True)]


def _cells(use: str, group: str, pairs: Sequence[tuple[Timed, Outcome]], limits: Limits) -> list[Cell]:
    if group == "shipped":
        return [_cell(use, group, "all", pairs, limits)]
    return [_cell(use, group, str(k), [(t, o) for t, o in pairs if t.case.k == k], limits) for k in KS]


def _single(use: str, timed: Timed, outcome: Outcome) -> dict[str, object]:
    found = {"peer": use, "case": timed.case.name, "k": timed.case.k, "ours": timed.seconds, "status": outcome.status}
    return found | ({"infer": outcome.infer, "build": outcome.build} if outcome.status == "ok" else {})


def _chosen(group: str, cases: Sequence[Asked], count: int) -> list[Asked]:
    """So many cases at each k; of the published ones three times as many, spread over all k."""
    if group == "shipped":
        step = max(1, len(cases) // (3 * count))
        return list(cases)[::step]
    return [case for k in KS for case in [c for c in cases if c.k == k][:count]]


def _cell(use: str, group: str, k: str, pairs: Sequence[tuple[Timed, Outcome]], limits: Limits) -> Cell:
    statuses: dict[str, int] = {}
    for _, outcome in pairs:
        statuses[outcome.status] = statuses.get(outcome.status, 0) + 1
    put = [(t, o) for t, o in pairs if o.status != "not run"]
    done = [(t, o) for t, o in put if o.status == "ok"]
    ours, failed = [t.seconds for t, _ in put], [o.status != "ok" for _, o in put]
    infer = [o.infer if o.status == "ok" else limits.seconds for _, o in put]
    both = [o.infer + o.build if o.status == "ok" else limits.seconds for _, o in put]
    return Cell(
        use,
        group,
        k,
        statuses,
        spread([o.infer for _, o in done]),
        spread([o.build for _, o in done]),
        spread(ours),
        ratio(ours, infer, failed),
        ratio(ours, both, failed),
        max((_difference(t, o) for t, o in done if t.answers is not None), default=None),
    )


def _difference(timed: Timed, outcome: Outcome) -> float:
    assert timed.answers is not None
    assert outcome.answers is not None
    return max(abs(timed.answers[node] - theirs) for node, theirs in outcome.answers.items())
