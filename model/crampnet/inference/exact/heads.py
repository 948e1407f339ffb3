"""The numbers of a reduced problem, in every lane: what is folded goes into the heads and links of its neighbours.

Everything here runs as it stands, and faster compiled (see kernels).
"""

from __future__ import annotations

import numpy as np

from crampnet.inference.exact.reduction import (
    AFTERWARDS,
    CLOSER,
    CONSTANT,
    FACTOR,
    HIDDEN,
    IRRELEVANT,
    PRESENT_FOR_SURE,
    Structure,
    origin,
)
from crampnet.network.arrays import Arrays, Ints
from crampnet.network.network import Array

NN, NY, YY, WAS_NN, WAS_NY, WAS_YY, SILENT, TILT, THROUGH = range(9)
"""Rows of the numbers of a reduced problem. A variable with contributions (n, y) becomes (absent, present) =
(nn n, ny n + yy y); a node that closes becomes ny n + yy y. nn, ny, yy: with folded nodes; was_nn, was_ny, was_yy: at
a folded node those of its neighbour just before; silent: P(absent | no hidden parent present); tilt: weight of present
by children observed absent; through: of a node folded into a link, the strength of that link."""


def fill_heads(
    arrays: Arrays, structure: Structure, observed: Ints, weights: Array, lanes: Ints
) -> tuple[Array, Array]:
    """The numbers of all lanes: heads, shape (9, nodes, lanes), and the factor of P(evidence), shape (lanes,).

    weights: of absent and present, shape (2, nodes, changes); lanes: stratum and change of each, shape (2, lanes).
    """
    role, into, count, many = structure.role, structure.into, len(structure.role), lanes.shape[1]
    head, constant = np.zeros((9, count, many)), np.ones(many)
    head[SILENT], head[TILT] = 1.0, 1.0
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
        if structure.chain[node]:
            _fold_chain(arrays, structure.chain, into[node], node, lanes[0], head)
        elif role[node] == HIDDEN:
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


def _keep(head: Array, node: int, near: int, lane: int) -> None:
    """Keep, with a node that is folded, what the head of the one that takes it up was before."""
    for row in range(3):
        head[WAS_NN + row, node, lane] = head[row, near, lane]


def _fold_root(arrays: Arrays, link: int, root: int, strata: Ints, head: Array) -> None:
    """The head of a root's only child after the root (absent nn, present ny) has acted through its link."""
    child = arrays.child[link]
    for lane in range(len(strata)):
        _keep(head, root, child, lane)
        p, absent, present = arrays.link[link, strata[lane]], head[NN, root, lane], head[NY, root, lane]
        kept, through = absent + present * (1.0 - p), present * p
        head[NN, child, lane] *= kept
        head[NY, child, lane] = head[NY, child, lane] * kept + head[YY, child, lane] * through
        head[YY, child, lane] *= absent + present


def _fold_closer(arrays: Arrays, link: int, closer: int, strata: Ints, head: Array) -> None:
    """The head of the only hidden parent of a node that closes, weighted by what that parent's states do to it."""
    parent = arrays.parent[link]
    for lane in range(len(strata)):
        _keep(head, closer, parent, lane)
        p, n, y = arrays.link[link, strata[lane]], head[NY, closer, lane], head[YY, closer, lane]
        head[NN, parent, lane] *= n
        head[NY, parent, lane] *= n * (1.0 - p) + y * p
        head[YY, parent, lane] *= n * (1.0 - p) + y * p


def strength(arrays: Arrays, chain: Ints, link: int, strata: Ints, head: Array, out: Array) -> None:
    """Probability of a link, or of the chain that ends with it, to `out`, shape (lanes,)."""
    parent = arrays.parent[link]
    for lane in range(len(strata)):
        out[lane] = head[THROUGH, parent, lane] if chain[parent] else arrays.link[link, strata[lane]]


def _fold_chain(arrays: Arrays, chain: Ints, link: int, node: int, strata: Ints, head: Array) -> None:
    """A node that its only parent brings about, and that acts on its only child: one link, and weights on the parent.

    Where the parent is present the node is absent with weight nn (1 - r), present with yy r, and then acts.
    """
    parent, before = origin(arrays, chain, arrays.first[node]), np.empty(len(strata))
    strength(arrays, chain, arrays.first[node], strata, head, before)
    for lane in range(len(strata)):
        _keep(head, node, parent, lane)
        r = before[lane]
        stays, comes = head[NN, node, lane] * (1.0 - r), head[YY, node, lane] * r
        head[NN, parent, lane] *= head[NN, node, lane]
        head[NY, parent, lane] *= stays + comes
        head[YY, parent, lane] *= stays + comes
        if comes > 0.0:
            head[THROUGH, node, lane] = arrays.link[link, strata[lane]] * (comes / (stays + comes))


def link_strengths(arrays: Arrays, structure: Structure, strata: Ints, head: Array) -> Array:
    """Link probabilities at the places of `up_link`, shape (places, lanes)."""
    p = np.empty((len(structure.up_link), len(strata)))
    for place in range(len(p)):
        strength(arrays, structure.chain, structure.up_link[place], strata, head, p[place])
    return p
