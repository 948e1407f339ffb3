"""Many sets of answers, or many sets of parameters, on as few plans as possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crampnet.inference.evidence import Evidence
from crampnet.inference.exact.back import JOINT
from crampnet.inference.exact.ladder import TOGETHER
from crampnet.inference.runs import (
    ABSENT,
    NONE_APART,
    PRESENT,
    Found,
    Weights,
    WeightsApart,
    observe,
    observe_apart,
    run,
)
from crampnet.network.network import Array, Network

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


@dataclass(frozen=True)
class Columns:
    """Joint probabilities in each stratum of the evidence, not averaged.

    evidence: P(answers | stratum), shape (strata,); present, contributes: P(condition present, answers | stratum) and
    P(condition is a reason, answers | stratum), shape (conditions, strata) in the order of network.conditions.
    """

    evidence: Array
    present: Array
    contributes: Array


def variants(network: Network, evidence: Evidence, changes: Sequence[Change]) -> Variants:
    """The posteriors of a case under each of some changes of its answers, exactly."""
    rows = network.targets
    shares = evidence.strata_weights
    shape = (len(changes), len(network.conditions))
    total, present, contributes = np.zeros(len(changes)), np.full(shape, np.nan), np.full(shape, np.nan)
    for places, found in _runs(network, evidence, changes, back=True):
        per_stratum = found.evidence.reshape(len(places), -1)
        total[places] = per_stratum @ shares
        joint = found.about[JOINT].reshape(len(network.nodes), len(places), -1) @ shares
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(total[places] > 0.0, joint[rows] / total[places], np.nan)
        present[places], contributes[places] = share[:, 0].T, share[:, 1].T
    return Variants(total, present, contributes)


def evidence_under(network: Network, evidence: Evidence, changes: Sequence[Change]) -> Array:
    """P(answers as changed | context) under each change, shape (changes, strata); not averaged over the strata.

    A forward pass only. The strata are those of the evidence, in their order.
    """
    out = np.zeros((len(changes), len(evidence.strata)))
    for places, found in _runs(network, evidence, changes, back=False):
        out[places] = found.evidence.reshape(len(places), -1)
    return out


def columns(network: Network, evidence: Evidence, apart: WeightsApart = NONE_APART) -> Columns:
    """One plan over all strata of the evidence: with a network whose strata are parameter draws, one lane a draw.

    apart: weights that differ between the strata of the evidence and are used in place of its own.
    """
    network = network.told(evidence.weights)
    rows = network.targets
    parts: list[Found] = []
    for first in range(0, len(evidence.strata), TOGETHER):
        strata = evidence.strata[first : first + TOGETHER]
        own = {node: pairs[:, first : first + TOGETHER] for node, pairs in apart.items()}
        observed = observe_apart(network, evidence.weights, own, len(strata))
        parts.append(run(network, observed, strata, rows, singly=True))
    joint = np.concatenate([part.about[JOINT][rows] for part in parts], axis=2)
    return Columns(np.concatenate([part.evidence for part in parts]), joint[:, 0], joint[:, 1])


def _runs(
    network: Network, evidence: Evidence, changes: Sequence[Change], *, back: bool
) -> Iterator[tuple[list[int], Found]]:
    """Runs over groups of changes that share a plan; yields the places of the changes and what was found."""
    network = network.told(evidence.weights)
    wanted = network.targets if back else np.zeros(0, np.intp)
    for (shared, _), places in _groups(network, evidence.weights, changes, back).items():
        fixed, kept = {node for node, _ in shared}, {**evidence.weights, **dict(shared)}
        most = max(1, TOGETHER // len(evidence.strata))
        for first in range(0, len(places), most):
            some = places[first : first + most]
            others = [{n: pair for n, pair in changes[place].items() if n not in fixed} for place in some]
            observed = observe(network, kept, others)
            yield some, run(network, observed, evidence.strata, wanted, back=back, singly=not back)


Key = tuple[tuple[tuple[int, tuple[float, float]], ...], frozenset[int]]
"""What a plan has to be made for anew: answers that differ in kind, and nodes that a new answer brings into play."""


def _groups(network: Network, weights: Weights, changes: Sequence[Change], back: bool) -> dict[Key, list[int]]:
    """Places of the changes that can share a plan.

    A node without children can be absent in some lanes and unknown in others, once its ancestors are in play, and a
    hidden node can have other weights in each lane; whatever else differs needs a plan of its own.
    """
    play = _above(network, [node for node, pair in weights.items() if pair[0] != pair[1]], set())
    play |= _above(network, network.targets.ravel().tolist(), play) if back else set()
    groups: dict[Key, list[int]] = {}
    for place, change in enumerate(changes):
        own: dict[int, tuple[float, float]] = {}
        missing: set[int] = set()
        for node, pair in change.items():
            before = weights.get(node, (1.0, 1.0))
            if {before, pair} <= {ABSENT, (1.0, 1.0)} and not network.children[node]:
                missing |= _above(network, network.nodes[node].parents, play)
            elif pair != before and (before in (ABSENT, PRESENT) or node not in play or not network.children[node]):
                own[node] = pair
        groups.setdefault((tuple(sorted(own.items())), frozenset(missing)), []).append(place)
    return groups


def _above(network: Network, nodes: Sequence[int], known: set[int]) -> set[int]:
    """Some nodes and all their ancestors, but those that are known, whose ancestors are known as well."""
    stack, found = list(nodes), set[int]()
    while stack:
        node = stack.pop()
        if node not in found and node not in known:
            found.add(node)
            stack.extend(network.nodes[node].parents)
    return found
