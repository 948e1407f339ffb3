"""From observations to everything that is asked: reduce, plan, run forward and back, and prove the arithmetic.

The precision ladder: a small problem runs without any subtraction. A larger one first runs forward with signed axes
where nodes close; where too much would cancel, those that cancel most are made unsigned; the result is accepted when
its residual is small. Otherwise it runs with none signed.
Everything here runs as it stands, and faster compiled (see kernels).
"""

from __future__ import annotations

import numpy as np

from crampnet.inference.exact.back import FIRED, JOINT, backward
from crampnet.inference.exact.gradients import finish
from crampnet.inference.exact.heads import fill_heads, link_strengths
from crampnet.inference.exact.plan import Order, find_order, signed_last
from crampnet.inference.exact.program import START, Program, cheapest, pack, write
from crampnet.inference.exact.reduction import Structure, find_structure
from crampnet.inference.exact.tape import arena_size, forward
from crampnet.network.arrays import Arrays, Ints
from crampnet.network.network import Array

DONE, TOO_MUCH_WORK, TOO_MUCH_MEMORY = range(3)
"""How it ended."""
OUTRIGHT = 1e5
"""Work up to which no axis is signed; in entries, about a tenth of a millisecond."""
FORWARD = 3.0
"""So many times as much where the forward pass alone is asked for: signed axes need the way back as their proof."""
CANCELS = 1e9
"""Most that may cancel where axes subtract for the way back to be worth going."""
HARMLESS = 1e5
"""What may cancel so that a proof is likely."""
RUNGS = 3
"""Attempts with signed axes, each with fewer of them."""
TRUSTED = 1e-10
"""Largest residual of a run with signed axes that is accepted; the error of a posterior is at most some four times
that."""


def solve(
    arrays: Arrays, observed: Ints, weights: Array, lanes: Ints, wanted: Ints, back: bool, full: bool,
    most_work: float, most_memory: float,
) -> tuple[int, float, Array, Array, Array, float, int]:  # fmt: skip
    """Answer one set of observations in every lane.

    observed: how each node is observed (see reduction), shape (nodes,); weights: of absent and present, shape (2,
    nodes, changes); lanes: stratum and change of each lane, shape (2, lanes); wanted: 1 where the posterior is asked
    for, shape (nodes,); back: whether the reverse pass is run, full: whether it also accounts for every link;
    most_work, most_memory: limits, in entries of all lanes.

    Returns how it ended, what it would have needed, P(evidence) in each lane, what was found about nodes and links (see
    back), the residual, and the most axes of one table.
    """
    many, nodes = lanes.shape[1], len(observed)
    structure = find_structure(arrays, observed, wanted)
    head, constant = fill_heads(arrays, structure, observed, weights, lanes)
    p = link_strengths(arrays, structure, lanes[0], head)
    own = np.empty((3, len(structure.nodes), many))
    for here in range(len(structure.nodes)):
        for row in range(3):
            own[row, here] = head[row, structure.nodes[here]]
    signed = 1 - structure.variable
    factors = np.zeros(1, np.int64), np.zeros(0, np.int64)
    order = find_order(structure, *factors, 0)
    program = _written(structure, order, 0 * signed)
    dear = program.work > (OUTRIGHT if back else FORWARD * OUTRIGHT)
    forth_and_back = back or dear  # where axes subtract, only the way back proves the arithmetic
    about = np.zeros((5, nodes if forth_and_back else 0, many))
    links = np.zeros((2, len(arrays.parent) if full else 0, many))
    did, told = np.zeros((2, len(p), many)), np.ones(len(p), np.int64)
    if not full:
        for place in range(len(told)):
            told[place] = structure.chain[arrays.parent[structure.up_link[place]]]
    done = False
    evidence, residual, width = np.empty(0), 0.0, program.width
    if dear:
        order, cheap = cheapest(structure, order, signed, *factors)
        done, evidence, residual, width = _with_signs(
            structure, order, cheap, signed, program.work, own, p, told, most_work, most_memory, about, did
        )
    if not done:
        if dear:
            program = _written(structure, order, 0 * signed)
        if not back:
            pack(program.ops)
        end = _affordable(program, many, most_work, most_memory)
        if end != DONE:
            needed = program.work * many if end == TOO_MUCH_WORK else 1.0 * arena_size(program.ops) * many
            return end, needed, constant, about, links, 0.0, program.width
        evidence, residual = _run(structure, program, own, p, back, told, np.inf, np.zeros(len(signed)), about, did)
        width = program.width
    total = evidence * constant
    if back:
        finish(arrays, structure, observed, weights, lanes, head, constant, total, did, full, about, links)
    return DONE, 0.0, total, about, links, residual, width


def _written(structure: Structure, order: Order, signed: Ints) -> Program:
    return write(structure, order, signed, np.zeros(1, np.int64), np.zeros(0, np.int64))


def _affordable(program: Program, many: int, most_work: float, most_memory: float) -> int:
    if program.work * many > most_work:
        return TOO_MUCH_WORK
    if 1.0 * program.ops[len(program.ops) - 1, START] * many > most_memory:
        return TOO_MUCH_MEMORY
    return DONE


def _with_signs(
    structure: Structure, order: Order, program: Program, signed: Ints, plain: float, own: Array, p: Array, told: Ints,
    most_work: float, most_memory: float, about: Array, did: Array,
) -> tuple[bool, Array, float, int]:  # fmt: skip
    """The rungs with signed axes: whether one of them is proven, P(evidence), residual, most axes of one table.

    program: of the first rung; plain: what it costs with no signed axis.
    """
    many, loss = p.shape[1], np.zeros(len(structure.nodes))
    for _ in range(RUNGS):
        if program.work > 0.7 * plain or _affordable(program, many, most_work, most_memory) != DONE:
            break
        evidence, residual = _run(structure, program, own, p, True, told, CANCELS, loss, about, did)
        if residual <= TRUSTED and _sound(evidence, about, did):
            return True, evidence, residual, program.width
        about[:] = 0.0
        did[:] = 0.0
        _unsign(signed, loss)
        program = _written(structure, signed_last(order, signed), signed)
    return False, np.empty(0), 0.0, 0


def _cancelled(loss: Array) -> float:
    """How many times larger the terms are than what is left of them, over all axes that closed."""
    total = 1.0
    for here in range(len(loss)):
        total *= max(loss[here], 1.0)
    return total


def _unsign(signed: Ints, loss: Array) -> None:
    """Make that axis unsigned that cancels most, and more of them until the rest is harmless."""
    more = True
    while more:
        worst = int(np.argmax(loss))
        signed[worst], loss[worst] = 0, 0.0
        more = _cancelled(loss) > HARMLESS


def _run(
    structure: Structure, program: Program, own: Array, p: Array, back: bool, told: Ints, most: float, loss: Array,
    about: Array, did: Array,
) -> tuple[Array, float]:  # fmt: skip
    """P(evidence) without the constant, and the residual; fills in what was found.

    Where more than `most` cancels, the way back is not gone, and the residual is infinite.
    """
    x = np.empty(arena_size(program.ops) * p.shape[1])
    evidence = forward(program.ops, program.acts, program.axes, program.points, own, p, structure.up_first, x,
                       np.zeros(0), np.zeros((0, 1), np.int64), loss)  # fmt: skip
    if _cancelled(loss) > most:
        return evidence, np.inf
    residual = 0.0
    if back:
        residual = backward(program.ops, program.acts, program.axes, program.points, own, p, structure.up_first, x,
                            evidence, structure.nodes, told, about, did)  # fmt: skip
    return evidence, residual


def _sound(evidence: Array, about: Array, did: Array) -> bool:
    """Nothing came out impossible or negative, beyond rounding, where axes subtract."""
    for lane in range(len(evidence)):
        if not evidence[lane] > 0.0:
            return False
        for node in range(about.shape[1]):
            if about[JOINT, node, lane] < -TRUSTED * evidence[lane]:
                return False
            about[JOINT, node, lane] = max(about[JOINT, node, lane], 0.0)
        for place in range(did.shape[1]):
            if did[FIRED, place, lane] < -TRUSTED * evidence[lane]:
                return False
            did[FIRED, place, lane] = max(did[FIRED, place, lane], 0.0)
    return True
