"""From observations to everything that is asked: reduce, plan and run, and bring what was found back to the network.

Everything here runs as it stands, and faster compiled (see kernels).
"""

from __future__ import annotations

import numpy as np

from crampnet.inference.exact.gradients import finish
from crampnet.inference.exact.heads import fill_heads, link_strengths
from crampnet.inference.exact.ladder import DONE, climb
from crampnet.inference.exact.reduction import find_structure, with_what_follows
from crampnet.network.arrays import Arrays, Ints
from crampnet.network.network import Array


def solve(
    arrays: Arrays, observed: Ints, weights: Array, lanes: Ints, wanted: Ints, back: bool, full: bool,
    most_work: float, most_memory: float, room: Array,
) -> tuple[int, float, Array, Array, Array, float, int]:  # fmt: skip
    """Answer one set of observations in every lane.

    observed: how each node is observed (see reduction), shape (nodes,); weights: of absent and present, shape (2,
    nodes, changes); lanes: stratum and change of each lane, shape (2, lanes); wanted: 1 where the posterior is asked
    for, shape (nodes,); back: whether the reverse pass is run, full: whether it also accounts for every link;
    most_work, most_memory: limits, in entries of one lane, and of those that are run together; room: where the tables
    may lie, shape (any,); what is in it does not matter, and where it is too small they lie elsewhere.

    Returns how it ended; what it would have needed, or the room that it would have liked, in entries; P(evidence) in
    each lane; what was found about nodes and links (see back); the residual; and the most axes of one table.
    """
    many = lanes.shape[1]
    observed, weights = with_what_follows(arrays, observed, weights)
    structure = find_structure(arrays, observed, wanted)
    head, constant = fill_heads(arrays, structure, observed, weights, lanes)
    p = link_strengths(arrays, structure, lanes[0], head)
    own = np.empty((3, len(structure.nodes), many))
    for here in range(len(structure.nodes)):
        for row in range(3):
            own[row, here] = head[row, structure.nodes[here]]
    about = np.zeros((5, len(observed) if back else 0, many))
    links = np.zeros((2, len(arrays.parent) if full else 0, many))
    did, told = np.zeros((2, len(p), many)), np.ones(len(p), np.int64)
    if not full:
        for place in range(len(told)):
            told[place] = structure.chain[arrays.parent[structure.up_link[place]]]
    end, needed, evidence, residual, width = climb(
        structure, own, p, back, told, most_work, most_memory, room, about, did
    )
    if end != DONE:
        return end, needed, constant, about, links, 0.0, width
    total = evidence * constant
    if back:
        finish(arrays, structure, observed, weights, lanes, head, constant, total, did, full, about, links)
    return DONE, needed, total, about, links, residual, width
