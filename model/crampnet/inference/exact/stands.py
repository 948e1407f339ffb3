"""How the product of two tables is counted through, as loops for the compiler.

The innermost axes, with the lanes, are done as one piece where that is a plain loop (the leaf); the next ones are
written out as a list of places in both tables and in the product; the outer ones are counted through like the wheels of
an odometer. Only places differ between two stands, so that the same list serves all of them.
"""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable

from crampnet.inference.exact.program import MOST

U = np.uint64
"""Made of every place: it is never negative, and numba then need not ask each whether it counts from the end."""
ONLY_A, ONLY_B, POINTS, SUMS, A_AWAITS, B_AWAITS = range(6)
"""What an axis of a product is."""
LEAF, SIZE, WHEELS, OUTER, ADDS, COUNT = range(MOST, MOST + 6)
"""Behind the kinds of the axes: how the leaf is done, a kind; how many entries it has; how many axes remain, and of
these those not in the list; 1 where an entry of the product gets several terms; length of the list."""
DIGIT, THREE, STEPS = MOST + 6, 2 * MOST + 6, 3 * MOST + 6
"""Then for each remaining axis where it stands, 1 where it has three stands, and the steps in a, b and out from its
first to its second stand, from there to its third, and all the way back."""
LIST, LONGEST = 12 * MOST + 6, 256
"""Then the list: places in a, in b and in out, each row with room for the longest."""
SHORT = 8
"""A leaf of fewer entries is not worth its own loop."""


@register_jitable
def plan(axes, a, a_many, b, b_many, op, many, points, lanes, what):
    """What is to be done, into `what`."""
    i = j = 0
    for place in range(many):
        rank = axes[op, place] >> 1
        in_a, in_b = i < a_many and axes[a, i] >> 1 == rank, j < b_many and axes[b, j] >> 1 == rank
        if not in_a or not in_b:
            what[U(place)] = ONLY_A if in_a else ONLY_B
        elif points[rank]:
            what[U(place)] = POINTS
        else:
            what[U(place)] = A_AWAITS if axes[a, i] & 1 else (B_AWAITS if axes[b, j] & 1 else SUMS)
        i, j = i + in_a, j + in_b
    inner = _leaf_axes(what, many, lanes)
    what[LEAF] = what[U(many - 1)] if inner else POINTS
    what[SIZE], what[WHEELS], what[ADDS] = 1 << inner, many - inner, 1 if what[LEAF] == SUMS else 0
    in_a = lanes << inner if what[LEAF] != ONLY_B else lanes
    in_b = lanes << inner if what[LEAF] != ONLY_A else lanes
    in_out = lanes << inner
    for place in range(many - inner - 1, -1, -1):
        in_a, in_b, in_out = _wheel(what, place, in_a, in_b, in_out)
    _write_list(what)


@register_jitable
def _leaf_axes(what, many, lanes):
    """How many of the innermost axes, all of one kind, make the leaf; with lanes only those that go point by point."""
    inner, last = 0, what[U(many - 1)] if many else POINTS
    if last > SUMS or (lanes > 1 and last != POINTS):
        return 0
    most = 3 if last == SUMS else many
    while inner < min(many, most) and what[U(many - 1 - inner)] == last:
        inner += 1
    return inner if last == SUMS or lanes << inner >= SHORT else 0


@register_jitable
def _wheel(what, place, in_a, in_b, in_out):
    """The steps of one axis, given the entries of the axes within; returns those with it."""
    kind, at = what[U(place)], STEPS + 9 * place
    three = 1 if kind >= SUMS else 0
    what[U(THREE + place)], what[ADDS] = three, what[ADDS] | three
    for step in range(9):
        what[U(at + step)] = 0
    what[U(at)] = in_a if kind in (ONLY_A, POINTS, A_AWAITS, B_AWAITS) else 0
    what[U(at + 1)] = in_b if kind != ONLY_A else 0
    what[U(at + 2)] = in_out if kind <= SUMS else 0
    if three:
        what[U(at + 3)] = in_a if kind != A_AWAITS else 0
        what[U(at + 4)] = in_b if kind != B_AWAITS else 0
        what[U(at + 5)] = in_out if kind != SUMS else 0
    for step in range(3):
        what[U(at + 6 + step)] = -what[U(at + step)] - what[U(at + 3 + step)]
    if kind != ONLY_B:
        in_a *= 3 if kind == B_AWAITS else 2
    if kind != ONLY_A:
        in_b *= 3 if kind in (SUMS, A_AWAITS) else 2
    return in_a, in_b, 2 * in_out


@register_jitable
def _write_list(what):
    """The list of as many axes as it holds; halves that meet halves first, so that neighbours are other entries."""
    outer, count = what[WHEELS], 1
    while outer > 0 and count * (2 + what[U(THREE + outer - 1)]) <= LONGEST:
        outer -= 1
        count *= 2 + what[U(THREE + outer)]
    what[LIST] = what[U(LIST + LONGEST)] = what[U(LIST + 2 * LONGEST)] = 0
    count = 1
    for early in (True, False):
        for place in range(what[WHEELS] - 1, outer - 1, -1):
            if (what[U(place)] == POINTS) == early:
                count = _doubled(what, place, count)
    what[OUTER], what[COUNT] = outer, count


@register_jitable
def _doubled(what, place, count):
    """The list with one more axis: once more for each further stand of it; returns its new length."""
    at = STEPS + 9 * place
    for row in range(3):
        begin, step = LIST + row * LONGEST, what[U(at + row)]
        for term in range(begin, begin + count):
            what[U(term + count)] = what[U(term)] + step
        if what[U(THREE + place)]:
            step += what[U(at + 3 + row)]
            for term in range(begin, begin + count):
                what[U(term + 2 * count)] = what[U(term)] + step
    return count * (2 + what[U(THREE + place)])


@register_jitable
def start(what):
    """Set the odometer to its first stand; returns how many there are."""
    count = 1
    for place in range(what[OUTER]):
        what[U(DIGIT + place)] = 0
        count *= 2 + what[U(THREE + place)]
    return count


@register_jitable
def turn(what, a, b, out):
    """The next stand of the odometer."""
    place = what[OUTER] - 1
    while place >= 0:
        at, digit = STEPS + 9 * place, what[U(DIGIT + place)]
        if digit < 1 + what[U(THREE + place)]:
            at += 3 * digit
            what[U(DIGIT + place)] = digit + 1
            return a + what[U(at)], b + what[U(at + 1)], out + what[U(at + 2)]
        what[U(DIGIT + place)] = 0
        a, b, out = a + what[U(at + 6)], b + what[U(at + 7)], out + what[U(at + 8)]
        place -= 1
    return a, b, out
