"""The one exact engine: evidence in, posteriors out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from crampnet.errors import ImpossibleCase
from crampnet.inference.changes import Change, Columns, Variants, columns, evidence_under, variants
from crampnet.inference.evidence import Evidence
from crampnet.inference.exact.back import FIRED, JOINT, LEAK_SLOPE, SLOPE
from crampnet.inference.exact.kernels import KERNELS
from crampnet.inference.few import run_few
from crampnet.inference.runs import (
    ABSENT,
    NONE_APART,
    PRESENT,
    Few,
    Found,
    Weights,
    WeightsApart,
    observe,
    observe_apart,
    run,
)
from crampnet.network.network import Array, Network

__all__ = [
    "Change",
    "Columns",
    "Posterior",
    "Variants",
    "clash",
    "columns",
    "evidence_under",
    "evidence_without",
    "posterior",
    "probability_without",
    "variants",
]


def _nothing() -> Array:
    return np.empty(0)


@dataclass(frozen=True)
class Posterior:
    """Beliefs given the evidence, and how they hang on every parameter.

    contributes: P(the condition is a reason for the complaint | evidence); present: P(it is there | evidence);
    base_rate: P(it is there | age, sex, setting), before any other answer; log_evidence: ln P(evidence | context);
    residual: relative disagreement of the two passes, a certificate of the arithmetic; width: most axes open at once;
    few: which causes, where few had to do for so long a case, and what is left out; None where all are in it.

    belief: P(node present | evidence), shape (nodes,), NaN for nodes that the answers do not reach; fired: P(link
    brought its child about | evidence), shape (links,), links numbered as in network.arrays; link_gradient,
    leak_gradient: d ln P(evidence) / d parameter, shape (links, strata) and (nodes, strata), strata being those of the
    evidence; 0 for leaks that are 0 by definition, and not told for parameters of 1.
    """

    contributes: dict[str, float]
    present: dict[str, float]
    base_rate: dict[str, float]
    log_evidence: float
    residual: float
    width: int
    belief: Array = field(default_factory=_nothing, compare=False)
    fired: Array = field(default_factory=_nothing, compare=False)
    link_gradient: Array = field(default_factory=_nothing, compare=False)
    leak_gradient: Array = field(default_factory=_nothing, compare=False)
    few: Few | None = None


def posterior(network: Network, evidence: Evidence, *, patient: bool = True) -> Posterior:
    """All posteriors of one case, exactly, out of one forward and one reverse pass.

    A case too long for that is answered from few causes at a time where hardly anything is left out so (see few).
    patient: look longer for few causes that do.
    Raises ImpossibleCase naming the answers that clash, TooExpensive where neither is possible.
    """
    KERNELS.count()
    network = network.told(evidence.weights)
    rows, shares = network.targets, evidence.strata_weights
    found = run_few(network, observe(network, evidence.weights), evidence.strata, rows, full=True, patient=patient)
    total = float(found.evidence @ shares)
    if not total > 0.0:
        raise ImpossibleCase(clash(network, evidence))
    belief = found.about[JOINT] @ shares / total
    for node, pair in evidence.weights.items():
        if pair in (ABSENT, PRESENT):
            belief[node] = pair[1]
    present, contributes = belief[rows].T.tolist()
    rates = network.rate_table[:, evidence.strata] @ shares
    return Posterior(
        contributes=dict(zip(network.conditions, contributes, strict=True)),
        present=dict(zip(network.conditions, present, strict=True)),
        base_rate=dict(zip(network.conditions, rates.tolist(), strict=True)),
        log_evidence=float(np.log(total)),
        residual=found.residual,
        width=found.width,
        belief=belief,
        fired=found.links[FIRED] @ shares / total,
        link_gradient=found.links[SLOPE] * (shares / total),
        leak_gradient=found.about[LEAK_SLOPE] * (shares / total),
        few=found.few,
    )


def probability_without(
    network: Network, evidence: Evidence, sets: Sequence[Iterable[str]], few: Few | None = None
) -> Array:
    """P(evidence and none of the named nodes present) for each set of nodes, the strata averaged, shape (sets,).

    Divided by P(evidence) it is P(none of them present | evidence). See `evidence_without`. few: of the posterior,
    where few causes had to do for it; then the same ones are open here.
    """
    return np.asarray(evidence_without(network, evidence, sets, few=few) @ evidence.strata_weights)


def evidence_without(
    network: Network, evidence: Evidence, sets: Sequence[Iterable[str]], apart: WeightsApart = NONE_APART,
    few: Few | None = None,
) -> Array:  # fmt: skip
    """P(evidence and none of the named nodes present | stratum) for each set of nodes, shape (sets, strata).

    Exact and a forward pass only, each with a plan of its own, since what is absent leaves little to compute.

    apart: weights that differ between the strata of the evidence and are used in place of its own; few: see
    `probability_without`.
    """
    network = network.told(evidence.weights)
    found = np.zeros((len(sets), len(evidence.strata)))
    for row, names in enumerate(sets):
        nodes = [network.index[name] for name in names]
        kept = np.ones(len(evidence.strata))
        for node in evidence.weights.keys() & nodes:
            kept = kept * apart.get(node, evidence.weights[node])[0]
        if np.any(kept):
            weights = {**evidence.weights, **dict.fromkeys(nodes, ABSENT)}
            own = {node: pairs for node, pairs in apart.items() if node not in nodes}
            observed = observe_apart(network, weights, own, len(evidence.strata))
            reached = run_few(network, observed, evidence.strata, back=False, singly=True, few=few)
            found[row] = reached.evidence * kept
    return found


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
    found: Found = run(network, observe(network, weights), evidence.strata, back=False)
    return bool(found.evidence @ evidence.strata_weights > 0.0)
