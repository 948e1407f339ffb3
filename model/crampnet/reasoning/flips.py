"""What turns the result: each answer taken back or turned round, then pairs of the most influential."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from crampnet.inference.engine import evidence_under, variants
from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.network.network import Array, Network
from crampnet.reasoning.answers import (
    WITHDRAWN,
    Given,
    How,
    Ways,
    answers_given,
    changed,
    evidence_with,
    has_opposite,
)
from crampnet.reasoning.urgency import counted, expected_losses, fired_flags
from crampnet.reasoning.weights import log_odds

PAIRED = 10
"""Pairs are tried among this many of the most influential answers."""


@dataclass(frozen=True)
class Flip:
    """The case with one or two answers changed.

    answers: what was changed; how: in which way, in the same order; leader: the first row then; share: its
    probability; was: the probability that today's first row then has; level: the urgency then; level_share:
    P(some condition of at least that level is there and not cared for).
    """

    answers: tuple[Given, ...]
    how: tuple[How, ...]
    leader: str
    share: float
    was: float
    level: str
    level_share: float


@dataclass(frozen=True)
class AnswerSensitivity:
    """The rows with each answer changed.

    now: what conditions are ranked by, shape (conditions,); withdrawn, opposite: the same with one answer taken back
    or turned round, shape (answers, conditions), NaN where that cannot be.
    """

    answers: tuple[Given, ...]
    conditions: tuple[str, ...]
    now: Array
    withdrawn: Array
    opposite: Array


@dataclass(frozen=True)
class Turns:
    """What turns the result.

    leader, share, level: today's; singles: every possible change of one answer; to_leader, to_level: the smallest
    changes that give another first row, another level: all single ones, else pairs among the ten most influential
    answers, empty when neither does; sensitivity: all rows under each single change.
    """

    leader: str
    share: float
    level: str
    singles: tuple[Flip, ...]
    to_leader: tuple[Flip, ...]
    to_level: tuple[Flip, ...]
    sensitivity: AnswerSensitivity


def turns(knowledge: Knowledge, network: Network, evidence: Evidence) -> Turns:
    """The smallest changes of the answers that give another first row or another level of urgency, exactly.

    Every answer is taken back, and turned round where it has an opposite; a measured value, the end of a list and
    "ruled out" have none. Where no single change does it, all pairs among the PAIRED answers that move
    today's first row most (in log-odds) and the PAIRED that move the levels most are tried. What is taken back is
    unknown, not unmentioned, and the complaint stays.
    """
    answers = answers_given(knowledge, network, evidence)
    singles: list[Ways] = [{given: how} for given in answers for how in _options(given)]
    run = _run(knowledge, network, evidence, answers, [{}, *singles])
    today = _flip(run, 0, run.leader[0])
    flips = _flips(run, today)
    new_leader, new_level = _turned(flips, today)
    if not (new_leader and new_level):
        pairs = _pairs(run, leaders=not new_leader, levels=not new_level)
        both = _turned(_flips(_run(knowledge, network, evidence, answers, [{}, *pairs]), today), today)
        new_leader, new_level = new_leader or both[0], new_level or both[1]
    sensitivity = _sensitivity(run, answers, network.conditions)
    return Turns(today.leader, today.share, today.level, flips, new_leader, new_level, sensitivity)


@dataclass(frozen=True)
class _Run:
    """Changed cases, today's first.

    ways: what was changed; share: shape (cases, conditions), NaN where impossible; leader: place of the first row,
    shape (cases,); levels: P(U = level), shape (levels, cases); level: place of each case's level, shape (cases,).
    """

    ways: Sequence[Ways]
    conditions: tuple[str, ...]
    names: tuple[str, ...]
    share: Array
    leader: npt.NDArray[np.intp]
    levels: Array
    level: npt.NDArray[np.intp]


def _run(
    knowledge: Knowledge, network: Network, evidence: Evidence, answers: Sequence[Given], ways: Sequence[Ways]
) -> _Run:
    changes = [changed(knowledge, network, evidence, answers, way) for way in ways]
    found = variants(network, evidence, changes)
    share = evidence.ranked(found)
    cases = [evidence_with(network, evidence, change, way) for change, way in zip(changes, ways, strict=True)]
    levels, level = _levels(knowledge, network, evidence, cases, found.evidence)
    by_id = np.argsort(np.array(network.conditions))
    leader = by_id[np.argmax(np.nan_to_num(share, nan=-1.0)[:, by_id], axis=1)]
    return _Run(ways, network.conditions, knowledge.losses.levels, share, leader, levels, level)


def _levels(
    knowledge: Knowledge, network: Network, evidence: Evidence, cases: Sequence[Evidence], total: Array
) -> tuple[Array, npt.NDArray[np.intp]]:
    """P(U = level) and the level of each changed case: the higher of expected harm and red flags."""
    names = knowledge.losses.levels
    changes = [
        {**case.weights, **{n: (case.weights.get(n, WITHDRAWN)[0], 0.0) for n in _positions(network, high)}}
        for case in cases
        for high in counted(knowledge, network, case)[1:]
    ]
    reached = evidence_under(network, evidence, changes) @ evidence.strata_weights
    with np.errstate(invalid="ignore"):
        below = np.minimum(1.0, reached.reshape(len(cases), -1).T / total)
    below = np.vstack([np.zeros(len(cases)), np.nan_to_num(below)])
    shares, _, level = expected_losses(knowledge.losses, below)
    flags = [max((names.index(f.level) for f in fired_flags(knowledge, case)), default=0) for case in cases]
    return shares, np.maximum(level, np.array(flags, dtype=np.intp))


def _positions(network: Network, names: Iterable[str]) -> list[int]:
    return [network.index[name] for name in names]


def _options(given: Given) -> tuple[How, ...]:
    return ("withdrawn", "opposite") if has_opposite(given) else ("withdrawn",)


def _flip(run: _Run, case: int, today: int) -> Flip:
    ways, level = run.ways[case], int(run.level[case])
    return Flip(
        tuple(ways),
        tuple(ways.values()),
        run.conditions[run.leader[case]],
        float(run.share[case, run.leader[case]]),
        float(run.share[case, today]),
        run.names[level],
        float(run.levels[level:, case].sum()),
    )


def _flips(run: _Run, today: Flip) -> tuple[Flip, ...]:
    """All changes of a run that are possible."""
    place = run.conditions.index(today.leader)
    possible = np.flatnonzero(np.isfinite(run.share[1:, place])) + 1
    return tuple(_flip(run, int(case), place) for case in possible)


def _turned(flips: Sequence[Flip], today: Flip) -> tuple[tuple[Flip, ...], tuple[Flip, ...]]:
    """Those with another first row, and those with another level, the most probable first."""
    leader = sorted((f for f in flips if f.leader != today.leader), key=lambda f: -f.share)
    level = sorted((f for f in flips if f.level != today.level), key=lambda f: -f.level_share)
    return tuple(leader), tuple(level)


def _pairs(run: _Run, *, leaders: bool, levels: bool) -> list[Ways]:
    """All changes of two of the most influential answers, by what has still to be turned."""
    odds = log_odds(run.share[:, run.leader[0]])
    with np.errstate(invalid="ignore"):
        moved = np.abs(odds - odds[0])
    told = np.abs(run.levels - run.levels[:, :1]).sum(axis=0)
    sets = [_strongest(run, size) for wanted, size in ((leaders, moved), (levels, told)) if wanted]
    pairs = dict.fromkeys(pair for found in sets for pair in combinations(found, 2))
    return [{one: a, two: b} for one, two in pairs for a in _options(one) for b in _options(two)]


def _strongest(run: _Run, size: Array) -> list[Given]:
    """The PAIRED answers whose single change has the largest size, sorted by id; impossible changes count nothing."""
    largest: dict[Given, float] = {}
    for way, value in zip(run.ways[1:], np.nan_to_num(size[1:]).tolist(), strict=True):
        for given in way:
            largest[given] = max(value, largest.get(given, 0.0))
    return sorted(sorted(largest, key=lambda g: -largest[g])[:PAIRED], key=lambda g: g.id)


def _sensitivity(run: _Run, answers: tuple[Given, ...], conditions: tuple[str, ...]) -> AnswerSensitivity:
    tables = {how: np.full((len(answers), len(conditions)), np.nan) for how in ("withdrawn", "opposite")}
    for way, row in zip(run.ways[1:], run.share[1:], strict=True):
        for given, how in way.items():
            tables[how][answers.index(given)] = row
    return AnswerSensitivity(answers, conditions, run.share[0], tables["withdrawn"], tables["opposite"])
