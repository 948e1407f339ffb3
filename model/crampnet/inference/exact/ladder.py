"""Plan, run, and prove the arithmetic.

The precision ladder: a small problem runs without any subtraction. A larger one first runs forward with signed axes
where nodes close; where too much would cancel, those that cancel most are made unsigned; the result is accepted when
its residual is small. Otherwise it runs with none signed. All lanes have one plan, and are run some at a time.
Everything here runs as it stands, and faster compiled (see kernels).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crampnet.inference.exact.back import FIRED, JOINT, backward
from crampnet.inference.exact.plan import Order, find_order, signed_last
from crampnet.inference.exact.program import START, Program, cheapest, pack, write
from crampnet.inference.exact.reduction import Structure
from crampnet.inference.exact.tape import arena_size, forward
from crampnet.network.arrays import Ints
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


TOGETHER, FEW, CACHED = 64, 8, 16
"""Most lanes that are run together; fewer are not worth it; so many axes of one table and of its lanes fit a cache."""


class Lanes(NamedTuple):
    """The numbers of some lanes, and what is found out about them. Shapes as in tape and back."""

    own: Array
    p: Array
    about: Array
    did: Array


def climb(
    structure: Structure, own: Array, p: Array, back: bool, told: Ints, most_work: float, most_memory: float,
    room: Array, about: Array, did: Array,
) -> tuple[int, float, Array, float, int]:  # fmt: skip
    """Answer all lanes; fills in what was found, where the reverse pass is asked for. Arguments as in solve and back.

    Returns how it ended, what it would have needed or the room that it would have liked, P(evidence) without the
    constant, the residual, and the most axes of one table. What cancels too much in one group of lanes is not signed in
    the next ones either.
    """
    many, signed, nodes = p.shape[1], 1 - structure.variable, len(structure.role)
    factors = np.zeros(1, np.int64), np.zeros(0, np.int64)
    order = find_order(structure, *factors, 0)
    plain = _written(structure, order, 0 * signed)
    work, ready = plain.work, plain.work <= (OUTRIGHT if back else FORWARD * OUTRIGHT)
    program, steep = plain, not ready  # where axes subtract, only the way back proves the arithmetic
    if steep:
        order, program = cheapest(structure, order, signed, *factors)
    elif not back:
        pack(plain.ops)
    group = together(program.width)
    evidence, residual, width, liked = np.empty(many), 0.0, 0, 0.0
    for first in range(0, many, group):
        last, done = min(first + group, many), False
        part = _part(own, p, about, did, first, last, nodes if back or steep else 0)
        some, proof = np.empty(0), 0.0
        if steep:
            done, some, proof, program = _with_signs(
                structure, order, program, signed, work, part, told, most_work, most_memory, room
            )
        used = program
        if not done:
            if not ready:
                plain, ready = _written(structure, order, 0 * signed), True
                if not back:
                    pack(plain.ops)
            end, used = _affordable(plain, last - first, most_work, most_memory), plain
            if end != DONE:
                needed = (
                    plain.work if end == TOO_MUCH_WORK else 1.0 * plain.ops[len(plain.ops) - 1, START] * (last - first)
                )
                return end, needed, evidence, 0.0, plain.width
            some, proof = _run(structure, plain, part, back, told, np.inf, np.zeros(len(signed)), room)
        evidence[first:last], residual, width = some, max(residual, proof), max(width, used.width)
        liked = max(liked, 1.0 * arena_size(used.ops) * (last - first))
        if back and last - first < many:
            about[:, :, first:last], did[:, :, first:last] = part.about, part.did
    return DONE, liked, evidence, residual, width


def together(width: int) -> int:
    """Lanes to be run together where one table has so many axes: no more than a cache can feed, or one."""
    lanes = min(TOGETHER, 1 << max(0, CACHED - width))
    return lanes if lanes >= FEW else 1


def _part(own: Array, p: Array, about: Array, did: Array, first: int, last: int, nodes: int) -> Lanes:
    """Some of the lanes, by themselves; nodes: as many as something is to be found out about."""
    if last - first == p.shape[1] and about.shape[1] == nodes:
        return Lanes(own, p, about, did)
    many = last - first
    found = np.zeros((5, nodes, many)), np.zeros((2, len(p), many))
    return Lanes(own[:, :, first:last].copy(), p[:, first:last].copy(), *found)


def _written(structure: Structure, order: Order, signed: Ints) -> Program:
    return write(structure, order, signed, np.zeros(1, np.int64), np.zeros(0, np.int64))


def _affordable(program: Program, group: int, most_work: float, most_memory: float) -> int:
    if program.work > most_work:
        return TOO_MUCH_WORK
    if 1.0 * program.ops[len(program.ops) - 1, START] * group > most_memory:
        return TOO_MUCH_MEMORY
    return DONE


def _with_signs(
    structure: Structure, order: Order, program: Program, signed: Ints, plain: float, part: Lanes, told: Ints,
    most_work: float, most_memory: float, room: Array,
) -> tuple[bool, Array, float, Program]:  # fmt: skip
    """The rungs with signed axes: whether one of them is proven, P(evidence), residual, its program or the next one.

    program: of the first rung; plain: what it costs with no signed axis.
    """
    loss = np.zeros(len(structure.nodes))
    for _ in range(RUNGS):
        afford = _affordable(program, part.p.shape[1], most_work, most_memory)
        if program.work > 0.7 * plain or afford != DONE:
            break
        evidence, residual = _run(structure, program, part, True, told, CANCELS, loss, room)
        if residual <= TRUSTED and _sound(evidence, part.about, part.did):
            return True, evidence, residual, program
        part.about[:] = 0.0
        part.did[:] = 0.0
        _unsign(signed, loss)
        program = _written(structure, signed_last(order, signed), signed)
    return False, np.empty(0), 0.0, program


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
    structure: Structure, program: Program, part: Lanes, back: bool, told: Ints, most: float, loss: Array, room: Array
) -> tuple[Array, float]:
    """P(evidence) without the constant, and the residual; fills in what was found.

    Where more than `most` cancels, the way back is not gone, and the residual is infinite.
    """
    own, p, about, did = part
    entries = arena_size(program.ops) * p.shape[1]
    x = room if len(room) >= entries else np.empty(entries)
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
