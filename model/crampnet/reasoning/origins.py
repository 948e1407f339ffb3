"""Where a condition or finding may have come from: the causes in the network, and how likely each was at work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from crampnet.inference.engine import Posterior
from crampnet.inference.runs import PRESENT
from crampnet.network.network import Network


@dataclass(frozen=True)
class Origin:
    """One cause of one condition or finding (the child), both by id; the cause is an exposure or another condition.

    probability: P(the cause brought the child about | the child is there, answers). In a noisy-OR several causes may
    have done so, each enough by itself, so those of one child need not add up to 1; it can also have come without any
    of them.
    """

    child: str
    cause: str
    probability: float


Tells = Mapping[str, Set[str]]
"""Condition -> parents that are there because of it: they tell of it and do not bring it about."""
NONE_TELLS: Tells = {}


def origins(network: Network, posterior: Posterior, tells: Tells = NONE_TELLS) -> tuple[Origin, ...]:
    """Every cause of every condition that can be there, most likely first.

    The effect of one medicine, which nothing else brings about, is left out: its name says where it comes from. What
    only tells of a condition is no cause of it (see `told_by`).
    """
    arrays = network.arrays
    found: list[Origin] = []
    for condition in network.conditions:
        place, there = network.index[condition], posterior.present[condition]
        causes = network.nodes[place].parents
        if there > 0.0 and not (arrays.tight[place] and len(causes) == 1):
            told = tells.get(condition, ())
            found += (one for one in _of(network, posterior, place, there) if one.cause not in told)
    return _ordered(found)


def told_by(
    network: Network, weights: Mapping[int, tuple[float, float]], tells: Tells
) -> Mapping[str, tuple[str, ...]]:
    """Condition -> what was told that is there because of it, such as a medicine for it; only conditions with any.

    weights: of absent and present for each node about which something was said, by position.
    """
    found = {
        condition: tuple(sorted(name for name in names if weights.get(network.index[name]) == PRESENT))
        for condition, names in tells.items()
    }
    return {condition: names for condition, names in found.items() if names}


def finding_origins(
    network: Network, posterior: Posterior, weights: Mapping[int, tuple[float, float]]
) -> tuple[Origin, ...]:
    """Every exposure that is told and may by itself have brought a finding that is told as well, most likely first.

    weights: of absent and present for each node about which something was said, by position.
    """
    found: list[Origin] = []
    for place, (absent, present) in weights.items():
        there = float(posterior.belief[place])
        if network.nodes[place].kind == "finding" and present > absent and there > 0.0:
            found += _of(network, posterior, place, there)
    return _ordered(one for one in found if network.nodes[network.index[one.cause]].kind == "exposure")


def _of(network: Network, posterior: Posterior, place: int, there: float) -> Iterator[Origin]:
    """What brought the node at a place about; there: P(it is present | answers)."""
    node = network.nodes[place]
    for link, cause in enumerate(node.parents, start=int(network.arrays.first[place])):
        yield Origin(node.id, network.nodes[cause].id, min(float(posterior.fired[link]) / there, 1.0))


def _ordered(found: Iterable[Origin]) -> tuple[Origin, ...]:
    return tuple(sorted(found, key=lambda origin: (-origin.probability, origin.child, origin.cause)))
