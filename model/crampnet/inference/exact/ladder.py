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
from crampnet.inference.exact.program import Program, cheapest, pack, stored, write
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
CANCELS = 1e12
"""Most that may cancel where axes subtract for the way back to be worth going."""
HARMLESS = 1e6
"""What may cancel so that a proof is likely."""
HARDLY = 1e2
"""So many times as much may cancel, and so many times that, where no rung on which less cancels can be paid."""
LESS = 0.2
"""Most that may cancel on the next rung, as a share of what cancelled where the proof failed all the same."""
RUNGS = 6
"""Rungs with signed axes, each with fewer of them; on the one below the last no axis is signed."""
WORTH = 0.7
"""Most that a rung with signed axes may cost, as a share of what it costs without."""
HOPELESS = 1 << 40
"""Failures of a rung that is not to be tried any more."""
PROVEN, FAILED = range(2)
"""Rows of a tally of the rungs."""
TRUSTED = 1e-10
"""Largest residual of a run with signed axes that is accepted; the error of a posterior is at most some four times
that."""
TOLERATED = 1e-8
"""The same where no rung below can be paid: so small an error is better than no answer."""


TOGETHER, FEW, CACHED = 64, 8, 17
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
    constant, the residual, and the most axes of one table.
    """
    many, signs, tally = (
        p.shape[1],
        np.zeros((RUNGS + 1, len(structure.nodes)), np.int64),
        np.zeros((2, RUNGS), np.int64),
    )
    factors = np.zeros(1, np.int64), np.zeros(0, np.int64)
    order = find_order(structure, *factors, 0)
    rung, program = RUNGS, _written(structure, order, signs[RUNGS])
    plain = program.work
    steep = plain > (OUTRIGHT if back else FORWARD * OUTRIGHT)
    if steep:
        rung, signs[0] = 0, 1 - structure.variable
        order, program = cheapest(structure, order, signs[0], *factors, many, most_memory)
    elif not back:
        pack(program.ops)
    group, nodes = together(program.width), len(structure.role) if back or steep else 0
    evidence, residual, width, liked = np.empty(many), 0.0, 0, 0.0
    for first in range(0, many, group):
        last = min(first + group, many)
        part = _part(own, p, about, did, first, last, nodes)
        end, rung, program, some, proof = _answered(
            structure, order, rung, program, plain, signs, tally, part, back, told, most_work, most_memory, room
        )
        if end != DONE:
            needed = program.work if end == TOO_MUCH_WORK else stored(program) * (last - first)
            return end, needed, evidence, 0.0, program.width
        evidence[first:last], residual, width = some, max(residual, proof), max(width, program.width)
        liked = max(liked, 1.0 * arena_size(program.ops) * (last - first))
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


def _answered(
    structure: Structure, order: Order, rung: int, program: Program, plain: float, signs: Ints, tally: Ints,
    part: Lanes, back: bool, told: Ints, most_work: float, most_memory: float, room: Array,
) -> tuple[int, int, Program, Array, float]:  # fmt: skip
    """Answer some lanes, beginning on the rung that is likely to hold them.

    rung, program: of the lanes before; plain: what it costs with no signed axis; signs: 1 where an axis is signed,
    shape (rungs + 1, nodes of the structure), and tally: how often a rung held or not, shape (2, rungs), both grow.
    Returns how it ended, the rung and the program, P(evidence), and the residual.
    """
    wanted, loss, group = _hopeful(signs, tally), np.zeros(len(structure.nodes)), part.p.shape[1]
    while True:
        if wanted != rung:
            rung, program = wanted, _written(structure, signed_last(order, signs[wanted]), signs[wanted])
            if rung == RUNGS and not back:
                pack(program.ops)
        if rung == RUNGS:
            end = _affordable(program, group, most_work, most_memory)
            if end != DONE:
                return end, rung, program, np.empty(0), 0.0
            evidence, residual = _run(structure, program, part, back, told, np.inf, loss, room)
            return DONE, rung, program, evidence, residual
        if not _worthwhile(program, plain, group, most_work, most_memory):
            tally[FAILED, rung:] += HOPELESS
            wanted = RUNGS
            continue
        # Where axes subtract, only the way back proves the arithmetic.
        evidence, residual = _run(structure, program, part, True, told, CANCELS, loss, room)
        proven = residual <= TRUSTED and _sound(evidence, part.about, part.did)
        if not proven:
            wanted = rung + 1
            if wanted < RUNGS and not signs[wanted].any():
                signs[wanted] = _fewer(structure, order, signs[rung], loss, plain, group, most_work, most_memory)
            loss[:] = 0.0
            if residual <= TOLERATED and plain > most_work:
                below = _payable(structure, order, signs[wanted], plain, group, most_work, most_memory)
                proven = not below and _sound(evidence, part.about, part.did)
        if proven:
            tally[PROVEN, rung] += 1
            return DONE, rung, program, evidence, residual
        part.about[:] = 0.0
        part.did[:] = 0.0
        tally[FAILED, rung] += 1


def _hopeful(signs: Ints, tally: Ints) -> int:
    """The highest rung that there is and that did not fail too often: it costs less, so that it may fail at times."""
    for rung in range(RUNGS):
        if signs[rung].any() and tally[FAILED, rung] <= 2 + 2 * tally[PROVEN, rung]:
            return rung
    return RUNGS


def _written(structure: Structure, order: Order, signed: Ints) -> Program:
    return write(structure, order, signed, np.zeros(1, np.int64), np.zeros(0, np.int64))


def _payable(
    structure: Structure, order: Order, signed: Ints, plain: float, group: int, most_work: float, most_memory: float
) -> bool:  # fmt: skip
    """Whether the rung with these axes signed would be run; never where there are none. Arguments as in `_answered`."""
    program = _written(structure, signed_last(order, signed), signed)
    return _worthwhile(program, plain, group, most_work, most_memory)


def _worthwhile(program: Program, plain: float, group: int, most_work: float, most_memory: float) -> bool:
    """Whether a rung with signed axes costs enough less than without, and is within the limits."""
    return program.work <= WORTH * plain and _affordable(program, group, most_work, most_memory) == DONE


def _affordable(program: Program, group: int, most_work: float, most_memory: float) -> int:
    if program.work > most_work:
        return TOO_MUCH_WORK
    if stored(program) * group > most_memory:
        return TOO_MUCH_MEMORY
    return DONE


def _cancelled(loss: Array) -> float:
    """How many times larger the terms are than what is left of them, over all axes that closed."""
    total = 1.0
    for here in range(len(loss)):
        total *= max(loss[here], 1.0)
    return total


def _fewer(
    structure: Structure, order: Order, signed: Ints, loss: Array, plain: float, group: int, most_work: float,
    most_memory: float,
) -> Ints:  # fmt: skip
    """Fewer of these axes, so that little cancels; where neither that nor no signed axis can be paid, more may."""
    fewer, harmless = _unsigned(signed, loss, HARMLESS), HARMLESS
    other = fewer
    while plain > most_work and harmless < CANCELS:
        if _payable(structure, order, other, plain, group, most_work, most_memory):
            return other
        harmless *= HARDLY
        other = _unsigned(signed, loss, harmless)
    return fewer


def _unsigned(signed: Ints, loss: Array, harmless: float) -> Ints:
    """Without the axis that cancels most, and more of them until the rest is harmless, and less than it was."""
    left, rest = signed.copy(), loss.copy()
    enough, more = max(1.0, min(harmless, LESS * _cancelled(loss))), True
    while more:
        worst = int(np.argmax(rest))
        left[worst], rest[worst] = 0, 0.0
        more = _cancelled(rest) > enough
    return left


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
