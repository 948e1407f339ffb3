"""Which axes leave a problem in which order, before anything is written or computed.

A node can have two binary axes: its contributions (has some parent brought it about yet?), on which its parents act,
and its own state, with which it acts on its children. Each leaves at its own time. A node with a single hidden parent
needs no contributions: a small table of its own joins the two states.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crampnet.inference.exact.order import Words, join, min_degree, min_fill
from crampnet.inference.exact.reduction import Structure
from crampnet.network.arrays import Ints

CHILD, DOWN = range(2)
"""Rows about links: node that it acts on; places of the links out of each node."""
HUB = 20
"""Contributions of a node with so many hidden parents stay to the end: nearly every table would hold them anyway."""
TRIED = ((20, 1), (40, 1), (12, 1), (20, 2), (20, 3), (20, 4), (12, 2), (20, 5), (40, 3), (20, 6), (20, 7), (12, 4))
"""The first of other orders: parents that make a hub; seed of min-fill, plus 1."""
ATTEMPTS = 60
"""Other orders that may be weighed."""


class Order(NamedTuple):
    """Axes in the order in which they leave.

    Axis `here` is the state of a node of the structure, axis `nodes + here` its contributions. at: axis of each rank;
    rank: of each axis, or -1 where there is no such axis, shape (2 nodes,); hubs: how many of the last ones may leave
    in any order.
    """

    at: Ints
    rank: Ints
    hubs: int


def edges_down(structure: Structure) -> tuple[Ints, Ints]:
    """Rows about links, and each node's first place in the row of links out of it."""
    count, links = len(structure.nodes), len(structure.up_link)
    edge, first = np.zeros((2, links), np.int64), np.zeros(count + 1, np.int64)
    for here in range(count):
        for place in range(structure.up_first[here], structure.up_first[here + 1]):
            edge[CHILD, place] = here
            first[structure.up_parent[place] + 1] += 1
    for here in range(count):
        first[here + 1] += first[here]
    filled = first.copy()
    for place in range(links):
        parent = structure.up_parent[place]
        edge[DOWN, filled[parent]] = place
        filled[parent] += 1
    return edge, first


def has_contributions(structure: Structure, here: int) -> bool:
    """Whether a node needs an axis for what its parents bring about."""
    return bool(structure.up_first[here + 1] - structure.up_first[here] > structure.variable[here])


def find_order(structure: Structure, factor_first: Ints, factor_nodes: Ints, attempt: int) -> Order:
    """An order of the axes; attempt 0 is the quick one, the next ones are rows of TRIED, counted from 1.

    factor_first, factor_nodes: tables to begin with, over states of the named nodes (none for a network of noisy-ORs).
    """
    hub, seed = (HUB, 0) if attempt == 0 else _tried(attempt)
    count = len(structure.nodes)
    vertex, axis, hubs = np.full(2 * count, -1, np.int64), np.empty(2 * count, np.int64), np.empty(count, np.int64)
    many = late = 0
    for own in range(2 * count):
        here = own if own < count else own - count
        if own >= count and structure.up_first[here + 1] - structure.up_first[here] >= hub:
            hubs[late] = own
            late += 1
        elif structure.variable[here] if own < count else has_contributions(structure, here):
            vertex[own], axis[many] = many, own
            many += 1
    near = _graph(structure, vertex, many, factor_first, factor_nodes)
    tree = min_degree(near) if attempt == 0 else min_fill(near, seed)
    at, rank = np.empty(many + late, np.int64), np.full(2 * count, -1, np.int64)
    for place in range(many):
        at[place] = axis[tree[place]]
    at[many:] = hubs[:late]
    return ranked(at, rank, late)


def _tried(attempt: int) -> tuple[int, int]:
    """Parents that make a hub, and the seed of min-fill."""
    if attempt <= len(TRIED):
        return TRIED[attempt - 1][0], TRIED[attempt - 1][1] - 1
    return TRIED[attempt % 3][0], attempt


def ranked(at: Ints, rank: Ints, hubs: int) -> Order:
    """The order with the ranks filled in."""
    for place in range(len(at)):
        rank[at[place]] = place
    return Order(at, rank, hubs)


def signed_last(order: Order, signed: Ints) -> Order:
    """The same order with the signed hubs at the very end: multiplying is fast where such axes are innermost."""
    at, tree = order.at.copy(), len(order.at) - order.hubs
    place = tree
    for kind in range(2):
        for spot in range(tree, len(at)):
            if signed[order.at[spot] - len(signed)] == kind:
                at[place] = order.at[spot]
                place += 1
    return ranked(at, order.rank.copy(), order.hubs)


def _graph(structure: Structure, vertex: Ints, many: int, factor_first: Ints, factor_nodes: Ints) -> Words:
    """Edges among the axes that are vertices. vertex: number of each axis, or -1, shape (2 nodes,)."""
    count = len(structure.nodes)
    near = np.zeros((many, (many + 63) // 64), np.uint64)
    for here in range(count):
        own = vertex[count + here if has_contributions(structure, here) else here]
        if own >= 0:
            if structure.variable[here] and own != vertex[here]:
                join(near, vertex[here], own)
            for place in range(structure.up_first[here], structure.up_first[here + 1]):
                join(near, own, vertex[structure.up_parent[place]])
    for factor in range(len(factor_first) - 1):
        for one in range(factor_first[factor], factor_first[factor + 1]):
            for other in range(factor_first[factor], one):
                join(near, vertex[factor_nodes[one]], vertex[factor_nodes[other]])
    return near
