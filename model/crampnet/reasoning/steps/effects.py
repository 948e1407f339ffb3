"""Candidates -> steps: the effect of each way on level, shown advice and ranking, and what it moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from crampnet.inference.engine import Posterior
from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.network.network import Array, Network
from crampnet.reasoning.advice import Advice
from crampnet.reasoning.steps.candidates import Candidate, Way
from crampnet.reasoning.steps.lanes import Beliefs
from crampnet.reasoning.steps.levels import Levels, levels_under
from crampnet.reasoning.steps.records import Outcome, Shift, Step
from crampnet.reasoning.steps.shown import advice_changes
from crampnet.reasoning.steps.table import Table
from crampnet.reasoning.urgency import Urgency

MOST_SHIFTS = 3
"""Conditions named in each direction."""
SMALLEST_SHIFT = 0.001
"""A smaller move of a condition's share is not named."""


@dataclass(frozen=True)
class Today:
    """The case and its answer, which the steps are measured against.

    red_flags: questions that red flags wait for; table: the case under changed answers.
    """

    knowledge: Knowledge
    network: Network
    evidence: Evidence
    posterior: Posterior
    urgency: Urgency
    advice: tuple[Advice, ...]
    red_flags: tuple[str, ...]
    table: Table

    @property
    def share(self) -> Array:
        """What conditions are ranked by now, shape (conditions,)."""
        ranked = self.evidence.ranked(self.posterior)
        return np.array([ranked[c] for c in self.network.conditions])


def divergence(then: Array, now: Array) -> Array:
    """Sum over conditions of KL(then || now) of present against not, in bits; then (ways, conditions), NaN gives 0.

    Averaged over all ways of a question it is the information, in bits, that the answer brings about each condition
    taken by itself, summed over the conditions: it counts what conditions share more than once.
    """
    tiny = np.finfo(float).tiny
    now = np.clip(now, tiny, 1.0)
    parts = [p * np.log2(np.maximum(p, tiny) / np.maximum(q, tiny)) for p, q in ((then, now), (1.0 - then, 1.0 - now))]
    found: Array = np.nan_to_num(parts[0] + parts[1]).sum(axis=1)
    return np.maximum(found, 0.0)  # what rounding leaves below


def steps_of(today: Today, chosen: Sequence[Candidate], beliefs: Beliefs) -> tuple[Step | None, ...]:
    """The effect of each candidate, in the given order, None where the engine refused one of its ways.

    beliefs: those of all their ways, one after the other.
    """
    ways = [way for candidate in chosen for way in candidate.ways]
    levels = levels_under(today.knowledge, today.table, today.urgency, ways, beliefs)
    changes = advice_changes(
        today.knowledge,
        today.network,
        today.evidence,
        today.posterior,
        today.urgency,
        today.advice,
        ways,
        beliefs,
        levels,
    )
    outcomes = _outcomes(today, ways, beliefs, levels, changes)
    refused = np.isnan(beliefs.chance) | (levels.level < 0)
    red = frozenset(today.red_flags)
    starts = np.cumsum([0, *(len(candidate.ways) for candidate in chosen)])
    places = [slice(*pair) for pair in pairwise(starts.tolist())]
    return tuple(
        None if refused[place].any() else _step(candidate, outcomes[place], red)
        for candidate, place in zip(chosen, places, strict=True)
    )


def _step(candidate: Candidate, outcomes: Sequence[Outcome], red: frozenset[str]) -> Step:
    """One candidate; ways that a sample cannot show are left out, the others make up all of the probability."""
    total = sum(outcome.probability for outcome in outcomes)
    possible = [o for o in outcomes if o.probability > 0.0]
    chance = [o.probability / total for o in possible]

    def expected(values: Sequence[float]) -> float:
        return float(sum(p * value for p, value in zip(chance, values, strict=True)))

    scaled = [_with_chance(o, p) for o, p in zip(possible, chance, strict=True)]
    return Step(
        id=candidate.id,
        kind=candidate.kind,
        cost=candidate.cost,
        sample=candidate.sample,
        nodes=candidate.nodes,
        level=expected([o.level_changes for o in possible]),
        advice=expected([o.advice_changes for o in possible]),
        bits=expected([o.bits for o in possible]),
        red_flag=candidate.question in red,
        outcomes=tuple(sorted(scaled, key=lambda o: -o.probability)),
    )


def _with_chance(outcome: Outcome, probability: float) -> Outcome:
    return Outcome(
        outcome.answer,
        probability,
        outcome.level,
        outcome.flags,
        outcome.level_changes,
        outcome.advice_changes,
        outcome.bits,
        outcome.up,
        outcome.down,
    )


def _outcomes(
    today: Today, ways: Sequence[Way], beliefs: Beliefs, levels: Levels, changes: npt.NDArray[np.bool_]
) -> list[Outcome]:
    names = today.knowledge.losses.levels
    share = today.evidence.ranked(beliefs)
    bits = divergence(share, today.share)
    up, down = _shifts(today, share, 1.0), _shifts(today, share, -1.0)
    return [
        Outcome(
            way.answer,
            float(beliefs.chance[i]),
            names[levels.level[i]],
            levels.fired[i],
            names[levels.level[i]] != today.urgency.level,
            bool(changes[i]),
            float(bits[i]),
            up[i],
            down[i],
        )
        for i, way in enumerate(ways)
    ]


def _shifts(today: Today, share: Array, sign: float) -> list[tuple[Shift, ...]]:
    """For each way the conditions that move most in one direction, largest move first."""
    now, names = today.share, today.network.conditions
    moves = np.nan_to_num(sign * (share - now))
    order = np.argsort(-moves, axis=1, kind="stable")[:, :MOST_SHIFTS]
    return [
        tuple(Shift(names[c], float(now[c]), float(share[way, c])) for c in row if moves[way, c] >= SMALLEST_SHIFT)
        for way, row in enumerate(order)
    ]
