"""The one exact engine: evidence in, posteriors out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crampnet.errors import ImpossibleCase, TooExpensive
from crampnet.inference.elimination import evidence_probability, sweep
from crampnet.inference.evidence import Evidence
from crampnet.inference.plan import Plan, make_plan
from crampnet.inference.reduction import ABSENT, Problem, Weights, reduce
from crampnet.network.network import Array, Network, reason_id

MAX_STORED = 1 << 27
"""Largest number of table entries (8 bytes each, all strata) that one answer may keep."""
MAX_WORK = 1 << 30
"""Largest number of entries (all strata) that one answer may compute; a few seconds."""


@dataclass(frozen=True)
class Posterior:
    """Beliefs about every condition given the evidence.

    contributes: P(the condition is a reason for the complaint | evidence); present: P(it is there | evidence);
    base_rate: P(it is there | age, sex, setting), before any other answer; log_evidence: ln P(evidence | context);
    residual: relative disagreement of the two passes, a certificate of the arithmetic; width: most axes open at once.
    """

    contributes: dict[str, float]
    present: dict[str, float]
    base_rate: dict[str, float]
    log_evidence: float
    residual: float
    width: int


def posterior(network: Network, evidence: Evidence) -> Posterior:
    """All posteriors of one case, exactly.

    Raises ImpossibleCase naming the answers that clash, TooExpensive before a table too large is built.
    """
    targets = frozenset(network.index[node] for c in network.conditions for node in (c, reason_id(c)))
    problem, plan = _prepared(network, evidence.weights, targets, evidence)
    result = sweep(problem, plan)
    strata = evidence.strata_weights
    total = float(result.evidence @ strata)
    if not total > 0.0:
        raise ImpossibleCase(clash(network, evidence))
    joint = {network.nodes[n].id: float(v @ strata) / total for n, v in result.joint.items()}
    for node in targets - result.joint.keys():
        joint[network.nodes[node].id] = _certain(network, evidence, node)
    return Posterior(
        contributes={c: joint[reason_id(c)] for c in network.conditions},
        present={c: joint[c] for c in network.conditions},
        base_rate={c: float(network.base_rates[c][evidence.strata] @ strata) for c in network.conditions},
        log_evidence=float(np.log(total)),
        residual=result.residual,
        width=plan.width,
    )


Change = Mapping[int, tuple[float, float]]
"""Answers that differ from those of the evidence: node position -> (weight of absent, weight of present) to be used
instead; (1, 1) withdraws an answer."""


@dataclass(frozen=True)
class Variants:
    """One row for each changed case.

    evidence: P(answers as changed | context), shape (changes,); present, contributes: P(condition present | ...) and
    P(condition is a reason | ...), shape (changes, conditions) in the order of network.conditions, NaN in the rows of
    answers that cannot be together.
    """

    evidence: Array
    present: Array
    contributes: Array


def variants(network: Network, evidence: Evidence, changes: Sequence[Change]) -> Variants:
    """The posteriors of a case under each of some changes of its answers, exactly."""
    shape = (len(changes), len(network.conditions))
    found = Variants(np.zeros(len(changes)), np.full(shape, np.nan), np.full(shape, np.nan))
    for row, change in enumerate(changes):
        weights = {**evidence.weights, **change}
        try:
            result = posterior(network, replace(evidence, weights=weights))
        except ImpossibleCase:
            continue
        found.evidence[row] = np.exp(result.log_evidence)
        found.present[row] = [result.present[c] for c in network.conditions]
        found.contributes[row] = [result.contributes[c] for c in network.conditions]
    return found


def evidence_under(network: Network, evidence: Evidence, changes: Sequence[Change]) -> Array:
    """P(answers as changed | context) under each change, shape (changes, strata); not averaged over the strata.

    A forward pass only. The strata are those of the evidence, in their order.
    """
    rows = []
    for change in changes:
        problem, plan = _prepared(network, {**evidence.weights, **change}, frozenset(), evidence)
        rows.append(evidence_probability(problem, plan))
    return np.array(rows).reshape(len(changes), len(evidence.strata))


@dataclass(frozen=True)
class Columns:
    """Joint probabilities in each stratum of the evidence, not averaged.

    evidence: P(answers | stratum), shape (strata,); present, contributes: P(condition present, answers | stratum) and
    P(condition is a reason, answers | stratum), shape (conditions, strata) in the order of network.conditions.
    """

    evidence: Array
    present: Array
    contributes: Array


def columns(network: Network, evidence: Evidence) -> Columns:
    """One plan over all strata of the evidence: with a network whose strata are parameter draws, one lane a draw."""
    targets = frozenset(network.index[node] for c in network.conditions for node in (c, reason_id(c)))
    problem, plan = _prepared(network, evidence.weights, targets, evidence)
    result = sweep(problem, plan)

    def joint(node: str) -> Array:
        position = network.index[node]
        if position in result.joint:
            return result.joint[position]
        return result.evidence * _certain(network, evidence, position)

    return Columns(
        result.evidence,
        np.array([joint(c) for c in network.conditions]),
        np.array([joint(reason_id(c)) for c in network.conditions]),
    )


def probability_without(network: Network, evidence: Evidence, absent: Iterable[str]) -> float:
    """P(evidence and none of the named nodes present), the strata averaged.

    Exact and a forward pass only; divided by P(evidence) it is P(none of them present | evidence).
    """
    clamped = {**evidence.weights, **{network.index[name]: ABSENT for name in absent}}
    for name in absent:
        if evidence.weights.get(network.index[name], ABSENT)[0] == 0.0:
            return 0.0
    problem, plan = _prepared(network, clamped, frozenset(), evidence)
    return float(evidence_probability(problem, plan) @ evidence.strata_weights) * _soft(network, evidence, absent)


def _soft(network: Network, evidence: Evidence, absent: Iterable[str]) -> float:
    """Weights of soft evidence that the clamping has replaced."""
    factor = 1.0
    for name in absent:
        factor *= evidence.weights.get(network.index[name], (1.0, 1.0))[0]
    return factor


def _prepared(network: Network, weights: Weights, targets: frozenset[int], evidence: Evidence) -> tuple[Problem, Plan]:
    problem = reduce(network, weights, targets, evidence.strata)
    plan = make_plan(problem)
    lanes = len(evidence.strata)
    if plan.work * lanes > MAX_WORK:
        raise TooExpensive("This case", plan.work * lanes, MAX_WORK)
    if plan.stored * lanes > MAX_STORED:
        raise TooExpensive("This case", plan.stored * lanes, MAX_STORED, "stored numbers")
    return problem, plan


def _certain(network: Network, evidence: Evidence, node: int) -> float:
    """A node known for certain."""
    return 0.0 if evidence.weights[node] == ABSENT else 1.0


def clash(network: Network, evidence: Evidence) -> tuple[str, ...]:
    """A minimal set of answers that cannot all be true, by greedy deletion: dropping any one makes it possible.

    Returns the labels under which the answers were given; context that clashes (sex) is part of the label.
    """
    kept = dict(evidence.weights)
    for node in evidence.weights:
        trial = {n: w for n, w in kept.items() if n != node}
        if not _possible(network, trial, evidence):
            kept = trial
    return tuple(evidence.labels[node] for node in kept)


def _possible(network: Network, weights: Weights, evidence: Evidence) -> bool:
    problem, plan = _prepared(network, weights, frozenset(), evidence)
    return bool((evidence_probability(problem, plan) @ evidence.strata_weights) > 0.0)
