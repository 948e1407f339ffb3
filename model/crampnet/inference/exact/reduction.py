"""Evidence folded into the network: what remains is a small problem over hidden nodes and open axes.

Exact steps: unobserved nodes without observed descendants vanish; nodes observed absent become weights on their
parents; nodes observed present become part of their children's leaks; a hidden root with a single child on which it
can act becomes part of that child's head, and a node that closes with a single hidden parent part of that parent's.
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
    sequence: the folded nodes, in the order of folding; nodes: those that keep an axis, in topological order;
    place: position in `nodes`, or -1, shape (nodes,);
    variable: 1 for hidden ones, 0 for those that close, shape as nodes; up_first, up_parent, up_link: hidden parents
    of each, and the links from them, both as positions.
    """

    role: Ints
    into: Ints
    sequence: Ints
    nodes: Ints
    place: Ints
    variable: Ints
    up_first: Ints
    up_parent: Ints
    up_link: Ints


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
    return _graph(arrays, role, into, sequence[:folded].copy(), up)


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


def _graph(arrays: Arrays, role: Ints, into: Ints, sequence: Ints, up: Ints) -> Structure:
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
            if role[arrays.parent[link]] == HIDDEN and place[arrays.parent[link]] >= 0:
                up_parent[ups], up_link[ups] = place[arrays.parent[link]], link
                ups += 1
        up_first[here + 1] = ups
    return Structure(
        role, into, sequence, nodes, place, variable, up_first, up_parent[:ups].copy(), up_link[:ups].copy()
    )


NN, NY, YY, WAS_NN, WAS_NY, WAS_YY, SILENT, TILT = range(8)
"""Rows of the numbers of a reduced problem. A variable with contributions (n, y) becomes (absent, present) =
(nn n, ny n + yy y); a node that closes becomes ny n + yy y. nn, ny, yy: with folded nodes; was_nn, was_ny, was_yy: at
a folded node those of its neighbour just before; silent: P(absent | no hidden parent present); tilt: weight of present
by children observed absent."""


def fill_heads(
    arrays: Arrays, structure: Structure, observed: Ints, weights: Array, lanes: Ints
) -> tuple[Array, Array]:
    """The numbers of all lanes: heads, shape (8, nodes, lanes), and the factor of P(evidence), shape (lanes,).

    weights: of absent and present, shape (2, nodes, changes); lanes: stratum and change of each, shape (2, lanes).
    """
    role, into, count, many = structure.role, structure.into, len(structure.role), lanes.shape[1]
    head, constant = np.zeros((8, count, many)), np.ones(many)
    head[SILENT:] = 1.0
    for node in range(count):
        if role[node] != IRRELEVANT and role[node] != AFTERWARDS:
            _fill_silent(arrays, observed, node, lanes[0], head)
            if role[node] == FACTOR:
                _fold_factor(arrays, role, node, weights, lanes, head, constant)
    for node in range(count):
        for lane in range(many):
            absent, present = weights[0, node, lanes[1, lane]], weights[1, node, lanes[1, lane]]
            silent, tilt = head[SILENT, node, lane], head[TILT, node, lane]
            if role[node] == HIDDEN:
                head[NN, node, lane] = absent * silent
                head[NY, node, lane] = present * (1.0 - silent) * tilt
                head[YY, node, lane] = present * tilt
            elif role[node] == CLOSER:
                head[NN, node, lane] = silent
                head[NY, node, lane] = absent * silent + present * (1.0 - silent)
                head[YY, node, lane] = present
            elif role[node] == CONSTANT:
                constant[lane] *= absent * silent + present * (1.0 - silent)
    for node in structure.sequence:
        if role[node] == HIDDEN:
            _fold_root(arrays, into[node], node, lanes[0], head)
        else:
            _fold_closer(arrays, into[node], node, lanes[0], head)
    for node in range(count):
        if role[node] == CLOSER and structure.place[node] < 0 and into[node] < 0:
            for lane in range(many):
                constant[lane] *= head[NY, node, lane]
    return head, constant


def _fill_silent(arrays: Arrays, observed: Ints, node: int, strata: Ints, head: Array) -> None:
    """P(absent | no hidden parent present): the leak and the parents that are observed present."""
    for lane in range(len(strata)):
        head[SILENT, node, lane] = 1.0 - arrays.leak[node, strata[lane]]
    for link in range(arrays.first[node], arrays.first[node + 1]):
        if observed[arrays.parent[link]] == PRESENT_FOR_SURE:
            for lane in range(len(strata)):
                head[SILENT, node, lane] *= 1.0 - arrays.link[link, strata[lane]]


def _fold_factor(
    arrays: Arrays, role: Ints, node: int, weights: Array, lanes: Ints, head: Array, constant: Array
) -> None:
    """A node observed absent: weight 1 - p on each hidden parent, in the lanes in which it is observed."""
    for lane in range(lanes.shape[1]):
        if weights[1, node, lanes[1, lane]] == 0.0:
            constant[lane] *= head[SILENT, node, lane]
    for link in range(arrays.first[node], arrays.first[node + 1]):
        parent = arrays.parent[link]
        if role[parent] == HIDDEN:
            for lane in range(lanes.shape[1]):
                if weights[1, node, lanes[1, lane]] == 0.0:
                    head[TILT, parent, lane] *= 1.0 - arrays.link[link, lanes[0, lane]]


def _fold_root(arrays: Arrays, link: int, root: int, strata: Ints, head: Array) -> None:
    """The head of a root's only child after the root (absent nn, present ny) has acted through its link."""
    child = arrays.child[link]
    for lane in range(len(strata)):
        for row in range(3):
            head[WAS_NN + row, root, lane] = head[row, child, lane]
        p, absent, present = arrays.link[link, strata[lane]], head[NN, root, lane], head[NY, root, lane]
        kept, through = absent + present * (1.0 - p), present * p
        head[NN, child, lane] *= kept
        head[NY, child, lane] = head[NY, child, lane] * kept + head[YY, child, lane] * through
        head[YY, child, lane] *= absent + present


def _fold_closer(arrays: Arrays, link: int, closer: int, strata: Ints, head: Array) -> None:
    """The head of the only hidden parent of a node that closes, weighted by what that parent's states do to it."""
    parent = arrays.parent[link]
    for lane in range(len(strata)):
        for row in range(3):
            head[WAS_NN + row, closer, lane] = head[row, parent, lane]
        p, n, y = arrays.link[link, strata[lane]], head[NY, closer, lane], head[YY, closer, lane]
        head[NN, parent, lane] *= n
        head[NY, parent, lane] *= n * (1.0 - p) + y * p
        head[YY, parent, lane] *= n * (1.0 - p) + y * p
