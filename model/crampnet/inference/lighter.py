"""Cases too long even for few causes: what says little for its cost is left out until the rest can be summed.

Each answer that something is there joins the causes that it hangs on in one table, and one that nearly every cause can
bring about hardly tells them apart. Without two or three such answers a sum is some thirty times shorter, and rows are
a few hundredths off; without six or more it is a thousand times shorter, and single rows can be far off. What an answer
says is the variance of its log-likelihood among the conditions, one acting alone, each as probable as all the answers
make it so; what the rest costs is what the engine would need.

What was left out keeps its place among the answers, with weights of 1: nobody is asked for it again, and warning signs,
which go by what was told and not by weights, heed it as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from crampnet.errors import TooExpensive
from crampnet.inference import runs
from crampnet.inference.engine import Posterior, posterior
from crampnet.inference.evidence import Evidence
from crampnet.inference.runs import ABSENT, PRESENT, Weights, observe, run
from crampnet.network.alone import acting_alone
from crampnet.network.network import Network

SILENT = (1.0, 1.0)
"""Weights of an answer that is left out."""
LOOKED = 16
"""So many answers are weighed against each other, those that hang on the most causes."""
LITTLE = 0.02
"""What an answer counts for at the least, so that of two that say nothing the dearer one goes."""
NEAR = 64.0
"""What a sum may need at the most, as a multiple of what it may, for the engine to be asked: it finds shorter ways."""


def weighed(network: Network, evidence: Evidence) -> tuple[Evidence, Posterior]:
    """The posterior of a case, and its evidence, in which `left_out` names the answers that could not be weighed.

    Raises ImpossibleCase as `posterior`, and TooExpensive where leaving answers out does not help.
    """
    try:
        return evidence, posterior(network, evidence)
    except TooExpensive as refused:
        says = _says(network, evidence)
        while True:
            evidence, needed = _without_one(network, evidence, says, refused)
            if needed <= NEAR * runs.MAX_WORK:
                try:
                    return evidence, posterior(network, evidence, patient=False)
                except TooExpensive:
                    continue


def _without_one(
    network: Network, evidence: Evidence, says: Mapping[int, float], refused: TooExpensive
) -> tuple[Evidence, float]:
    """The evidence without the answer that is worth least for its cost, and what its sum needs then.

    The last one that says that the hand gives trouble stays. says: what each answer says; refused: raised where none
    is left that costs anything.
    """
    told = network.told(evidence.weights)
    left = [node for node in says if evidence.weights[node] != SILENT]
    certain = [node for node in left if told.needs_trouble(node) and evidence.weights[node] == PRESENT]
    if len(certain) == 1:
        left.remove(certain[0])
    dear = sorted(left, key=lambda node: -len(told.nodes[node].parents))[:LOOKED]
    needs = {node: _needed(told, {**evidence.weights, node: SILENT}, evidence) for node in dear}
    now = _needed(told, evidence.weights, evidence)
    worth = {node: np.log(now / max(needs[node], 1.0)) / max(says[node], LITTLE) for node in dear}
    least = max(worth, key=lambda node: worth[node], default=None)
    if least is None or worth[least] <= 0.0:
        raise refused
    lighter = replace(
        evidence,
        weights={**evidence.weights, least: SILENT},
        weighed={node: how for node, how in evidence.weighed.items() if node != least},
        left_out=(*evidence.left_out, told.nodes[least].id),
    )
    return lighter, needs[least]


def _says(network: Network, evidence: Evidence) -> dict[int, float]:
    """What each answer that a finding is there says, by position: variance of its log-likelihood among conditions."""
    own = acting_alone(network)[:, :, evidence.strata] @ evidence.strata_weights
    rates = network.rate_table[:, evidence.strata] @ evidence.strata_weights
    tiny = np.finfo(float).tiny
    logs = {
        node: np.log(np.maximum(absent * (1.0 - own[node]) + present * own[node], tiny))
        for node, (absent, present) in evidence.weights.items()
        if network.nodes[node].kind == "finding"
    }
    total = np.log(np.maximum(rates, tiny)) + sum(logs.values())
    shares = np.exp(total - total.max())
    shares /= shares.sum()
    return {
        node: float(shares @ (log - shares @ log) ** 2)
        for node, log in logs.items()
        if evidence.weights[node] != ABSENT
    }


def _needed(network: Network, weights: Weights, evidence: Evidence) -> float:
    """Entries that the engine would compute for these answers by the plain way; it does not begin."""
    try:
        run(network, observe(network, weights), evidence.strata, network.targets, full=True, most_work=0.0)
    except TooExpensive as refused:
        return refused.needed
    return 0.0
