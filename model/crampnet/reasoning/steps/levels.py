"""The level of urgency under each way: red flags by rule, expected harm only where it can differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.knowledge.records_general import Losses, RedFlag
from crampnet.network.network import Array, Lanes, Network
from crampnet.reasoning.screening import holds
from crampnet.reasoning.steps.candidates import Way
from crampnet.reasoning.steps.lanes import Beliefs, below_level
from crampnet.reasoning.steps.table import Table
from crampnet.reasoning.urgency import Urgency, counted, expected_losses

Sets = tuple[tuple[str, ...], ...]
"""The conditions that count for each level but the lowest."""

MARGIN = 1e-9
"""Difference of two expected losses below which bounds alone do not decide between them."""


@dataclass(frozen=True)
class Levels:
    """Urgency under each way.

    level: its place among the levels, shape (ways,), -1 where the engine refused to weigh it; fired: ids of flags newly
    fired.
    """

    level: Lanes
    fired: tuple[tuple[str, ...], ...]


def levels_under(knowledge: Knowledge, table: Table, urgency: Urgency, ways: Sequence[Way], beliefs: Beliefs) -> Levels:
    """The level of each way: the higher of its red flags and of its expected harm."""
    flags = _Flags(knowledge, table.evidence, urgency)
    fired = [flags.under(way) for way in ways]
    places = {flag.id: knowledge.losses.levels.index(flag.level) for flag in knowledge.red_flags}
    ruled = np.array([max((places[f] for f in now), default=0) for now in fired], dtype=np.intp)
    today = {flag.id for flag in urgency.fired}
    new = tuple(tuple(f for f in now if f not in today) for now in fired)
    harm = _harm(knowledge, table, urgency, ways, beliefs, ruled)
    return Levels(np.where(harm < 0, -1, np.maximum(ruled, harm)), new)


class _Flags:
    """Red flags under changed answers; only those that name what was answered are looked at again."""

    def __init__(self, knowledge: Knowledge, evidence: Evidence, urgency: Urgency) -> None:
        self.evidence = evidence
        self.today = tuple(flag.id for flag in urgency.fired)
        self.naming: dict[str, list[RedFlag]] = {}
        for flag in knowledge.red_flags:
            for name in (*flag.all_of, *flag.any_of, *flag.none_of):
                self.naming.setdefault(name, []).append(flag)

    def under(self, way: Way) -> tuple[str, ...]:
        """Ids of the flags that fire."""
        touched = {flag.id: flag for name in (*way.present, *way.absent) for flag in self.naming.get(name, ())}
        if not touched:
            return self.today
        present, absent = self.evidence.told | way.present, self.evidence.absent | way.absent
        kept = (name for name in self.today if name not in touched)
        return (*kept, *(name for name, flag in touched.items() if holds(flag, present, absent)))


def _harm(
    knowledge: Knowledge, table: Table, urgency: Urgency, ways: Sequence[Way], beliefs: Beliefs, ruled: Lanes
) -> Lanes:
    """Place of the level with the least expected loss under each way; 0 where a rule is at least as high anyway.

    What a way tells may change the level of conditions (`level_of`), so ways with the same levels are weighed together.
    It is -1 where the engine refused to weigh a way.
    """
    today = counted(knowledge, table.network, table.evidence)[1:]
    place = np.full(len(ways), -1, dtype=np.intp)
    for sets, some in _alike(knowledge, table, today, ways).items():
        of = np.isin(np.arange(len(ways)), some)
        low, high = bounds(table.network, knowledge.losses, urgency, beliefs, sets, as_today=sets == today)
        place[of] = _least(knowledge.losses, table, beliefs, of & (beliefs.chance > 0.0), ruled, sets, low, high)[of]
    return place


def _alike(knowledge: Knowledge, table: Table, today: Sets, ways: Sequence[Way]) -> Mapping[Sets, list[int]]:
    """Conditions that count for each level but the lowest -> the ways under which it is these. today: without a way."""
    lasting = [of.urgency.lasting for of in knowledge.conditions.values() if of.urgency.lasting is not None]
    named = {name for one in lasting for name in (*one.all_of, *one.none_of)}
    told = table.evidence.told
    sets = {frozenset[str](): today}
    found: dict[Sets, list[int]] = {}
    for place, way in enumerate(ways):
        new = way.present & named
        if new not in sets:
            sets[new] = counted(knowledge, table.network, table.evidence, told | new)[1:]
        found.setdefault(sets[new], []).append(place)
    return found


def _least(
    losses: Losses, table: Table, beliefs: Beliefs, wanted: npt.NDArray[np.bool_], ruled: Lanes, sets: Sets,
    low: Array, high: Array,
) -> Lanes:  # fmt: skip
    """The place of `_harm` for the ways that are wanted, by bounds of P(U < level | way) that are narrowed in place.

    What they leave open is computed one set of conditions after the other, the loosest bound first, until the level is
    certain. A level that is decided by rule is not weighed.
    """
    level = certain(losses, low, high)
    for row in np.argsort(-np.nansum(high - low, axis=1)).tolist():
        highest = np.where(level >= 0, level, len(sets))
        open_ = wanted & (level < 0) & (ruled < highest)
        left = np.flatnonzero(open_ & (low[row] < high[row]) & ~np.isnan(low).any(axis=0))
        if left.size:
            low[row, left] = high[row, left] = below_level(table, beliefs, left, sets[row])
            level[left] = certain(losses, low[:, left], high[:, left])
    ties = np.flatnonzero((level < 0) & np.all(low == high, axis=0))
    level[ties] = expected_losses(losses, np.vstack([np.zeros(len(ties)), low[:, ties]]))[2]
    refused = (level < 0) & np.isnan(low).any(axis=0)
    return np.where(refused, -1, np.maximum(level, 0))


def bounds(
    network: Network, losses: Losses, urgency: Urgency, beliefs: Beliefs, sets: Sequence[Sequence[str]], *,
    as_today: bool = True,
) -> tuple[Array, Array]:  # fmt: skip
    """Bounds of P(U < level | way), each of shape (levels above the first, ways).

    From the marginals, 1 - sum P(c) <= P(none) <= 1 - max P(c); from today's b = P(none), with the probability p of
    the way and what it implies, (b - (1 - p)) / p <= P(none | way) <= b / p,
    where the sets are those of today.
    """
    place = {condition: i for i, condition in enumerate(network.conditions)}
    shares = [urgency.harm.probabilities[level] for level in losses.levels]
    low, high = np.zeros((len(sets), len(beliefs.chance))), np.ones((len(sets), len(beliefs.chance)))
    p = np.maximum(beliefs.joint / beliefs.case, np.finfo(float).tiny)
    for row, names in enumerate(sets):
        if as_today:
            today = min(1.0, float(sum(shares[: row + 1])))
            low[row] = np.maximum(0.0, (today - (1.0 - p)) / p)
            high[row] = np.minimum(1.0, today / p)
        if names:
            each = np.nan_to_num(beliefs.present[:, [place[name] for name in names]])
            low[row] = np.maximum(low[row], 1.0 - each.sum(axis=1))
            high[row] = np.minimum(high[row], 1.0 - each.max(axis=1))
        else:
            low[row] = 1.0
    return low, high


def certain(losses: Losses, low: Array, high: Array) -> Lanes:
    """The level that has the least loss anywhere within the bounds, shape (ways,); -1 where there is none.

    The loss of acting on a level is linear in P(U < level), so a difference of two is largest at a corner.
    """
    table = np.array([[losses.table[act][truth] for truth in losses.levels] for act in losses.levels])
    slope = table[:, :-1] - table[:, 1:]  # d loss / d P(U < next level), beside the loss when the gravest is certain
    found = np.full(low.shape[1], -1, dtype=np.intp)
    for act in range(len(table)):
        steep = slope[act] - slope
        worst = np.maximum(steep, 0.0) @ high + np.minimum(steep, 0.0) @ low + (table[act, -1] - table[:, -1])[:, None]
        worst[act] = -np.inf
        found[worst.max(axis=0) < -MARGIN] = act
    return found
