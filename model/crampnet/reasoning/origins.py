"""Where a condition may have come from: the causes that the network names for it, and how likely each was at work."""

from __future__ import annotations

from dataclasses import dataclass

from crampnet.inference.engine import Posterior
from crampnet.network.network import Network


@dataclass(frozen=True)
class Origin:
    """One cause of one condition, both by id; the cause is an exposure or another condition.

    probability: P(the cause brought the condition about | the condition is there, answers). In a noisy-OR several
    causes may have done so, each enough by itself, so those of one condition need not add up to 1; a condition can
    also have come without any of them.
    """

    condition: str
    cause: str
    probability: float


def origins(network: Network, posterior: Posterior) -> tuple[Origin, ...]:
    """Every cause of every condition that can be there, most likely first.

    The effect of one medicine, which nothing else brings about, is left out: its name says where it comes from.
    """
    arrays = network.arrays
    found = []
    for condition in network.conditions:
        place, there = network.index[condition], posterior.present[condition]
        causes = network.nodes[place].parents
        if not there > 0.0 or (arrays.tight[place] and len(causes) == 1):
            continue
        first = int(arrays.first[place])
        for link, cause in enumerate(causes, start=first):
            share = min(float(posterior.fired[link]) / there, 1.0)
            found.append(Origin(condition, network.nodes[cause].id, share))
    return tuple(sorted(found, key=lambda origin: (-origin.probability, origin.condition, origin.cause)))
