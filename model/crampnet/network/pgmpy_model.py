"""The same network as a pgmpy DiscreteBayesianNetwork, for pgmpy's own inference and for exchange."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crampnet.network.network import Array, Network, Node

if TYPE_CHECKING:
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork

STATES = ["absent", "present"]
AGE, SEX = "age_band", "sex"
MAX_PARENTS = 6
"""A node with more parents is written as a chain of auxiliary nodes `<id>__1`, `<id>__2`, ..."""


def to_pgmpy(network: Network, *, sought_care: bool = False) -> DiscreteBayesianNetwork:
    """The network as a pgmpy model with the same joint distribution over its own nodes.

    sought_care: among people who have gone to a clinician because of the hand, otherwise among everybody.
    States are absent / present; the context is the two root nodes age_band and sex. A node with many
    parents becomes a chain: the first auxiliary node holds the leak and the first parents, each later one is
    present when the one before it is or when one of its own parents brings it about.
    Raises ValueError when a table does not sum to one within 1e-9.
    """
    logging.getLogger("pgmpy").setLevel(logging.ERROR)
    from pgmpy.models import DiscreteBayesianNetwork

    network = network.among(sought_care)
    model = DiscreteBayesianNetwork()
    model.add_nodes_from([AGE, SEX])
    cpds = [*_context(network)]
    for node in network.nodes:
        for part in _parts(network, node):
            model.add_node(part.id)
            model.add_edges_from([(parent, part.id) for parent in (*part.context, *part.parents)])
            cpds.append(_table(network, part))
    model.add_cpds(*cpds)
    for cpd in cpds:
        if np.abs(cpd.get_values().sum(axis=0) - 1.0).max() > 1e-9:
            raise ValueError(f"the table of {cpd.variable} does not sum to one")
    return model


@dataclass(frozen=True)
class _Part:
    """A piece of a node small enough for a table; context is empty where the numbers are the same in all strata."""

    id: str
    parents: tuple[str, ...]
    leak: Array
    links: Array
    context: tuple[str, ...]


def _parts(network: Network, node: Node) -> Iterator[_Part]:
    names = [network.nodes[p].id for p in node.parents]
    groups = [slice(i, i + MAX_PARENTS) for i in range(0, len(names), MAX_PARENTS)] or [slice(0, 0)]
    before: str | None = None
    for count, group in enumerate(groups, start=1):
        name = node.id if count == len(groups) else f"{node.id}__{count}"
        parents, links, leak = tuple(names[group]), node.links[group], node.leak
        if before is not None:
            parents = (before, *parents)
            links = np.vstack([np.ones_like(leak), links])
            leak = np.zeros_like(leak)
        yield _Part(name, parents, leak, links, _context_of(leak, links))
        before = name


def _context_of(leak: Array, links: Array) -> tuple[str, ...]:
    varies = bool((leak != leak[0]).any() or (links != links[:, :1]).any())
    return (AGE, SEX) if varies else ()


def _bands_and_sexes(network: Network) -> tuple[list[str], list[str]]:
    return (
        list(dict.fromkeys(s.age_band for s in network.strata)),
        list(dict.fromkeys(s.sex for s in network.strata)),
    )


def _context(network: Network) -> Iterator[TabularCPD]:
    from pgmpy.factors.discrete import TabularCPD

    bands, sexes = _bands_and_sexes(network)
    weights = network.strata_weights.reshape(len(bands), len(sexes))
    yield TabularCPD(AGE, len(bands), weights.sum(axis=1)[:, None], state_names={AGE: bands})
    yield TabularCPD(SEX, len(sexes), weights.sum(axis=0)[:, None], state_names={SEX: sexes})


def _table(network: Network, part: _Part) -> TabularCPD:
    from pgmpy.factors.discrete import TabularCPD

    bands, sexes = _bands_and_sexes(network)
    strata = len(network.strata) if part.context else 1
    absent = (1.0 - part.leak[:strata]).reshape(strata)
    for link in part.links:
        acting = np.stack([np.ones(strata), 1.0 - link[:strata]], axis=-1)
        absent = absent[..., None] * acting.reshape(strata, *[1] * (absent.ndim - 1), 2)
    flat = absent.reshape(-1)
    names = {AGE: bands, SEX: sexes}
    evidence = [*part.context, *part.parents]
    cards = [len(names[c]) for c in part.context] + [2] * len(part.parents)
    states = {part.id: STATES, **{c: names[c] for c in part.context}, **dict.fromkeys(part.parents, STATES)}
    values = np.stack([flat, 1.0 - flat])
    return TabularCPD(part.id, 2, values, evidence or None, cards or None, state_names=states)
