"""Evidence folded into the network: what remains is a small problem over hidden nodes and open axes.

Exact steps: unobserved nodes without observed descendants vanish; what comes with an absent node alone is absent too;
nodes observed absent become weights on their parents; nodes observed present become part of their children's leaks; a
hidden root with a single child on which it can act becomes part of that child's head, and a node that closes with a
single hidden parent part of that parent's; a node that comes with its only parent alone and has a single child becomes
part of the link from the one to the other.
Everything here runs as it stands, and faster compiled (see kernels).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crampnet.network.arrays import Arrays, Ints
from crampnet.network.network import Array

UNKNOWN, ABSENT_FOR_SURE, PRESENT_FOR_SURE, SOFT, ABSENT_IN_LANES = range(5)
"""How a node is observed; the last one is absent in some lanes and unobserved in the others."""
IRRELEVANT, FACTOR, CONSTANT, HIDDEN, CLOSER, AFTERWARDS = range(6)
"""What becomes of a node: nothing; observed absent, a weight on its parents; observed, with no hidden parents;
a variable; observed, with hidden parents; wanted, but hanging on one parent only, so that a step from it suffices."""


class Structure(NamedTuple):
    """What becomes of each node under the evidence.

    role: shape (nodes,); into: link through which a node is folded into its only neighbour, or -1, shape (nodes,);
    chain: 1 for a node that is folded into this link to its only child and that from its only parent, shape (nodes,);
    sequence: the folded nodes, in the order of folding; nodes: those that keep an axis, in topological order;
    place: position in `nodes`, or -1, shape (nodes,);
    variable: 1 for hidden ones, 0 for those that close, shape as nodes; up_first, up_parent, up_link: hidden parents
    of each, and the links from them (the last one of a chain), both as positions.
    """

    role: Ints
    into: Ints
    chain: Ints
    sequence: Ints
    nodes: Ints
    place: Ints
    variable: Ints
    up_first: Ints
    up_parent: Ints
    up_link: Ints


def with_what_follows(arrays: Arrays, observed: Ints, weights: Array) -> tuple[Ints, Array]:
    """The observations, and that unobserved nodes which come with an absent parent alone are absent too.

    observed: shape (nodes,); weights: of absent and present, shape (2, nodes, changes). Both stay as they are.
    """
    observed, weights = observed.copy(), weights.copy()
    for node in range(len(observed)):  # parents first
        if (
            observed[node] == UNKNOWN
            and only_with_parent(arrays, node)
            and observed[arrays.parent[arrays.first[node]]] == ABSENT_FOR_SURE
        ):
            observed[node] = ABSENT_FOR_SURE
            weights[1, node] = 0.0
    return observed, weights


def find_roles(arrays: Arrays, observed: Ints, wanted: Ints) -> Ints:
    """Role of each node. observed: shape (nodes,); wanted: 1 where the posterior is asked for, shape (nodes,)."""
    count = len(observed)
    relevant = np.zeros(count, np.int64)  # 1: has evidence at or below it; 2: only wanted, at or below it
    for node in range(count - 1, -1, -1):
        if observed[node] != UNKNOWN:
            relevant[node] = 1
        elif wanted[node] and relevant[node] == 0:
            parents = arrays.first[node + 1] - arrays.first[node]
            relevant[node] = 3 if parents == 1 else 2
        if relevant[node]:
            passed = 1 if relevant[node] == 1 else 2
            for link in range(arrays.first[node], arrays.first[node + 1]):
                parent = arrays.parent[link]
                if relevant[parent] != 1:
                    relevant[parent] = passed
    role = np.zeros(count, np.int64)
    for node in range(count):
        if relevant[node] == 0:
            continue
        if observed[node] == ABSENT_FOR_SURE or observed[node] == ABSENT_IN_LANES:
            role[node] = FACTOR
        elif relevant[node] == 3:
            role[node] = AFTERWARDS
        elif observed[node] == UNKNOWN or (
            observed[node] == SOFT and (wanted[node] or _has_relevant_child(arrays, relevant, node))
        ):
            role[node] = HIDDEN
        else:
            role[node] = CONSTANT
            for link in range(arrays.first[node], arrays.first[node + 1]):
                if role[arrays.parent[link]] == HIDDEN:
                    role[node] = CLOSER
    return role


def _has_relevant_child(arrays: Arrays, relevant: Ints, node: int) -> bool:
    for place in range(arrays.below[node], arrays.below[node + 1]):
        if relevant[arrays.child[arrays.down[place]]] != 0:
            return True
    return False


def find_structure(arrays: Arrays, observed: Ints, wanted: Ints) -> Structure:
    """Roles, foldings, and the graph of what keeps an axis."""
    role = find_roles(arrays, observed, wanted)
    count = len(role)
    up = np.zeros(count, np.int64)  # hidden parents that are not folded
    down = np.zeros(count, np.int64)  # children with an axis
    for link in range(len(arrays.parent)):
        parent, child = arrays.parent[link], arrays.child[link]
        if role[parent] == HIDDEN and (role[child] == HIDDEN or role[child] == CLOSER):
            up[child] += 1
            down[parent] += 1
    into, sequence, folded = np.full(count, -1, np.int64), np.empty(count, np.int64), 0
    more = True
    while more:
        more = False
        for node in range(count):
            link = -1
            if into[node] < 0 and role[node] == HIDDEN and up[node] == 0 and down[node] == 1:
                link = _link_down(arrays, role, into, node)
                up[arrays.child[link]] -= 1
            elif into[node] < 0 and role[node] == CLOSER and up[node] == 1:
                link = _link_up(arrays, role, into, node)
                down[arrays.parent[link]] -= 1
            if link >= 0:
                into[node], sequence[folded], more = link, node, True
                folded += 1
    chain = np.zeros(count, np.int64)
    for node in range(count):  # parents first, so that the child is not part of a chain yet
        if (
            into[node] < 0
            and role[node] == HIDDEN
            and up[node] == 1
            and down[node] == 1
            and only_with_parent(arrays, node)
        ):
            into[node], chain[node], sequence[folded] = _link_down(arrays, role, into, node), 1, node
            folded += 1
    return _graph(arrays, role, into, chain, sequence[:folded].copy(), up)


def only_with_parent(arrays: Arrays, node: int) -> bool:
    """Whether a node never comes without its only parent."""
    return bool(arrays.tight[node] == 1 and arrays.first[node + 1] - arrays.first[node] == 1)


def origin(arrays: Arrays, chain: Ints, link: int) -> int:
    """The node that acts through a link, in the end: the first of the chain that ends with it."""
    node = arrays.parent[link]
    while chain[node]:
        node = arrays.parent[arrays.first[node]]
    return int(node)


def _link_down(arrays: Arrays, role: Ints, into: Ints, node: int) -> int:
    """The link to the only child that keeps an axis."""
    for place in range(arrays.below[node], arrays.below[node + 1]):
        child = arrays.child[arrays.down[place]]
        if into[child] < 0 and (role[child] == HIDDEN or role[child] == CLOSER):
            return int(arrays.down[place])
    return -1


def _link_up(arrays: Arrays, role: Ints, into: Ints, node: int) -> int:
    """The link from the only hidden parent that is not folded."""
    for link in range(arrays.first[node], arrays.first[node + 1]):
        if into[arrays.parent[link]] < 0 and role[arrays.parent[link]] == HIDDEN:
            return int(link)
    return -1


def _graph(arrays: Arrays, role: Ints, into: Ints, chain: Ints, sequence: Ints, up: Ints) -> Structure:
    """The nodes that keep an axis and the links between them."""
    count = len(role)
    place = np.full(count, -1, np.int64)
    nodes = np.empty(count, np.int64)
    kept = 0
    for node in range(count):
        if into[node] < 0 and (role[node] == HIDDEN or (role[node] == CLOSER and up[node] > 0)):
            place[node] = kept
            nodes[kept] = node
            kept += 1
    nodes = nodes[:kept].copy()
    variable = np.zeros(kept, np.int64)
    up_first = np.zeros(kept + 1, np.int64)
    up_parent, up_link = np.empty(len(arrays.parent), np.int64), np.empty(len(arrays.parent), np.int64)
    ups = 0
    for here in range(kept):
        node = nodes[here]
        variable[here] = 1 if role[node] == HIDDEN else 0
        for link in range(arrays.first[node], arrays.first[node + 1]):
            if role[arrays.parent[link]] == HIDDEN and place[origin(arrays, chain, link)] >= 0:
                up_parent[ups], up_link[ups] = place[origin(arrays, chain, link)], link
                ups += 1
        up_first[here + 1] = ups
    return Structure(
        role, into, chain, sequence, nodes, place, variable, up_first, up_parent[:ups].copy(), up_link[:ups].copy()
    )
