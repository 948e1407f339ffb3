"""The compiled network: binary leaky noisy-OR nodes in topological order, one lane for each stratum.

A stratum is one combination of the context variables (age band, sex, whether care was sought for the hand). Given the
stratum every node is binary
with P(node absent | parents) = (1 - leak) * prod over present parents of (1 - p).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from crampnet.knowledge.record import Sex
from crampnet.network.alone import acting_alone
from crampnet.network.arrays import Arrays, flatten

Array = npt.NDArray[np.float64]
Lanes = npt.NDArray[np.intp]
Kind = Literal["exposure", "condition", "reason", "syndrome", "finding", "complaint"]

CERTAIN = (0.0, 1.0)
"""Weights of absent and present for a node that is known to be there."""
KEPT_LANES = 640
"""Lanes of the networks with the links of told causes that one network keeps; the last one at least."""

COMPLAINT = "hand_complaint"
"""Id of the OR over all reasons: at least one of them is acting in the hand."""


def reason_id(condition: str) -> str:
    """Id of the reason node of a condition ("it is acting in the hand")."""
    return f"reason_{condition}"


@dataclass(frozen=True)
class Stratum:
    """One combination of the context variables.

    sought_care: among people who have gone to a clinician because of the hand; there a reason is one that made them go.
    """

    age_band: str
    sex: Sex
    sought_care: bool = False


@dataclass(frozen=True)
class Node:
    """One binary node.

    leak: P(present | no parent present), shape (strata,).
    links: link probabilities, shape (parents, strata), in the order of `parents`.
    """

    id: str
    kind: Kind
    parents: tuple[int, ...]
    leak: Array
    links: Array


@dataclass(frozen=True)
class ToldLink:
    """A cause that acts only where it is known to be there.

    cause, child: positions, the child a condition or a finding; link: probability, shape (strata,).
    """

    cause: int
    child: int
    link: Array


@dataclass(frozen=True)
class Network:
    """The compiled network of one setting.

    nodes are in topological order (parents before children); strata_weights, shape (strata,), is the
    distribution of age and sex in the setting, and 0 where care was sought, which no setting counts; base_rates maps
    each exposure and condition to its marginal P(present) in each stratum, shape (strata,); only_told are links that
    are no part of it until their cause is known to be there (see `told`).
    """

    setting: str
    nodes: tuple[Node, ...]
    strata: tuple[Stratum, ...]
    strata_weights: Array
    base_rates: Mapping[str, Array] = field(default_factory=dict)
    only_told: tuple[ToldLink, ...] = ()

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each node by id."""
        return {node.id: position for position, node in enumerate(self.nodes)}

    @cached_property
    def children(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For each node its (child, position among the child's parents) pairs."""
        found: list[list[tuple[int, int]]] = [[] for _ in self.nodes]
        for child, node in enumerate(self.nodes):
            for place, parent in enumerate(node.parents):
                found[parent].append((child, place))
        return tuple(tuple(pairs) for pairs in found)

    @cached_property
    def below(self) -> tuple[frozenset[int], ...]:
        """For each node all that it can help to bring about, through others too."""
        found: list[frozenset[int]] = [frozenset()] * len(self.nodes)
        for position in range(len(self.nodes) - 1, -1, -1):
            children = frozenset(child for child, _ in self.children[position])
            found[position] = children.union(*(found[child] for child in children))
        return tuple(found)

    @cached_property
    def arrays(self) -> Arrays:
        """The same network as flat arrays, links numbered child by child."""
        return flatten(self.nodes)

    def told(self, weights: Mapping[int, tuple[float, float]]) -> Network:
        """The network for somebody of whom this is known: with the links from causes that are known to be there.

        weights: of absent and present for each node about which something is known, by position. Positions stay.
        """
        if not self.only_told:
            return self
        acting = tuple(link for link in self.only_told if weights.get(link.cause) == CERTAIN)
        if not acting:
            return self
        key = frozenset(link.cause for link in acting)
        found = self._told.get(key)
        if found is None:
            found = self._told[key] = self._with(acting)
            while len(self._told) > max(1, KEPT_LANES // len(self.strata)):
                self._told.popitem(last=False)
        return found

    @cached_property
    def _told(self) -> OrderedDict[frozenset[int], Network]:
        return OrderedDict()

    def _with(self, acting: tuple[ToldLink, ...]) -> Network:
        nodes = list(self.nodes)
        for link in acting:
            node = nodes[link.child]
            links = np.concatenate([node.links, link.link[None]])
            nodes[link.child] = replace(node, parents=(*node.parents, link.cause), links=links)
        causes = {link.cause for link in acting}
        return replace(
            self, nodes=tuple(nodes), only_told=tuple(link for link in self.only_told if link.cause not in causes)
        )

    def compact(self) -> Network:
        """The same network in half the memory: the numbers of its nodes are views of its arrays."""
        arrays = self.arrays
        spans = zip(arrays.first[:-1].tolist(), arrays.first[1:].tolist(), strict=True)
        nodes = tuple(
            replace(node, leak=arrays.leak[place], links=arrays.link[first:last])
            for place, (node, (first, last)) in enumerate(zip(self.nodes, spans, strict=True))
        )
        found = replace(self, nodes=nodes)
        vars(found)["arrays"] = arrays  # as cached_property keeps it
        return found

    def among(self, sought_care: bool) -> Network:
        """The network of those strata only where care was sought, or was not, each as common as age and sex are."""
        people = self.who(range(len(self.strata)), sought_care=False)
        kept = self.who(range(len(self.strata)), sought_care=sought_care)
        return replace(
            self,
            nodes=tuple(replace(node, leak=node.leak[kept], links=node.links[:, kept]) for node in self.nodes),
            strata=tuple(self.strata[place] for place in kept),
            strata_weights=self.strata_weights[people],
            base_rates={name: rate[kept] for name, rate in self.base_rates.items()},
            only_told=tuple(replace(link, link=link.link[kept]) for link in self.only_told),
        )

    def who(self, places: Iterable[int], *, sought_care: bool) -> Lanes:
        """Those of some strata where care was sought, or was not; both in the same order of ages and sexes."""
        return np.array([place for place in places if self.strata[place].sought_care == sought_care], dtype=np.intp)

    @cached_property
    def conditions(self) -> tuple[str, ...]:
        """Ids of the conditions."""
        return tuple(node.id for node in self.nodes if node.kind == "condition")

    @cached_property
    def targets(self) -> Lanes:
        """Positions of each condition and of its reason, shape (conditions, 2)."""
        pairs = [(self.index[condition], self.index[reason_id(condition)]) for condition in self.conditions]
        return np.array(pairs, dtype=np.intp).reshape(len(pairs), 2)

    @cached_property
    def rate_table(self) -> Array:
        """Base rates of the conditions in their order, shape (conditions, strata)."""
        return np.array([self.base_rates[condition] for condition in self.conditions])

    @cached_property
    def usual(self) -> Array:
        """P(node present) with a condition drawn at random, and it alone, acting in the hand, shape (nodes, strata)."""
        usual: Array = acting_alone(self).mean(axis=1)
        return usual

    def needs_trouble(self, position: int) -> bool:
        """Whether a finding, or the complaint, comes by reasons alone, so that with it the hand gives trouble."""
        node = self.nodes[position]
        only_reasons = all(self.nodes[parent].kind == "reason" for parent in node.parents)
        return node.kind in ("finding", "complaint") and not node.leak.any() and only_reasons

    def base_rate(self, condition: str, strata: Array) -> float:
        """P(condition present) before any finding, averaged over the strata with the given weights."""
        return float(self.base_rates[condition] @ strata / strata.sum())
