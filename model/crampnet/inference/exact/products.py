"""The product of two tables as loops for the compiler; importing this module registers it with numba.

Along an axis that one table lacks, that table is used for both halves; along a state or signed axis halves meet halves.
Along contributions there are three terms: n = n1 n2, y = n1 y2 + y1 (n2 + y2), and where the first awaits n = n1 n2 +
y1 y2, y = y1 (n2 + y2); a table whose n + y is needed is first written out with thirds (n, y, n + y) along such axes.
How the entries are counted through: see stands. Up to three innermost axes of contributions are done at once.
"""

from __future__ import annotations

from numba.extending import overload, register_jitable

from crampnet.inference.exact import primitives
from crampnet.inference.exact.loops import FAST
from crampnet.inference.exact.stands import (
    A_AWAITS,
    ADDS,
    B_AWAITS,
    COUNT,
    LEAF,
    LIST,
    LONGEST,
    ONLY_A,
    ONLY_B,
    POINTS,
    SIZE,
    SUMS,
    WHEELS,
    U,
    plan,
    start,
    turn,
)


@register_jitable
def _in_thirds(x, source, size, what, lacking, kind, other_kind, target, spare, lanes):
    """A table with (n, y, n + y) along its axes of two kinds; returns where it is: left alone, at target or at spare.

    size: its entries; lacking: kind of the axes that it does not have.
    """
    above, below = 1, size * lanes
    for place in range(what[WHEELS]):
        if what[U(place)] == lacking:
            continue
        below //= 2
        if what[U(place)] in (kind, other_kind):
            for block in range(above):
                begin, end = source + 2 * block * below, target + 3 * block * below
                for i in range(below):
                    n, y = x[U(begin + i)], x[U(begin + below + i)]
                    x[U(end + i)], x[U(end + below + i)], x[U(end + 2 * below + i)] = n, y, n + y
            source, target, spare = target, spare, target
            above *= 3
        else:
            above *= 2
    return source


@register_jitable
def _from_thirds(x, at, size, what, lacking, kind, other_kind, lanes):
    """Adjoint of _in_thirds, in place; size: entries of the table with thirds."""
    above, below = size, lanes
    if what[LEAF] != lacking:
        above, below = size // what[SIZE], what[SIZE] * lanes
    for place in range(what[WHEELS] - 1, -1, -1):
        if what[U(place)] == lacking:
            continue
        if what[U(place)] in (kind, other_kind):
            above //= 3
            for block in range(above):
                begin, end = at + 3 * block * below, at + 2 * block * below
                for i in range(below):
                    n, y, both = x[U(begin + i)], x[U(begin + below + i)], x[U(begin + 2 * below + i)]
                    x[U(end + i)], x[U(end + below + i)] = n + both, y + both
        else:
            above //= 2
        below *= 2


@register_jitable
def _with_thirds(size, what, lacking, kind, other_kind):
    """Entries of a table with thirds."""
    for place in range(what[WHEELS]):
        if what[U(place)] in (kind, other_kind) and what[U(place)] != lacking:
            size = size // 2 * 3
    return size


@register_jitable
def _or2(x, a, b0, b1, out):
    """Out += the product along one axis of contributions, of the entries from a on with two numbers."""
    a0, a1 = x[U(a)], x[U(a + 1)]
    x[U(out)] += a0 * b0
    x[U(out + 1)] += a0 * b1 + a1 * (b0 + b1)


@register_jitable
def _or4(x, a, b0, b1, b2, b3, out):
    """The same along two axes."""
    _or2(x, a, b0, b1, out)
    _or2(x, a, b2, b3, out + 2)
    _or2(x, a + 2, b0 + b2, b1 + b3, out + 2)


@register_jitable
def _or8(x, a, b, out):
    """The same along three axes, of the entries from a and from b on."""
    b0, b1, b2, b3 = x[U(b)], x[U(b + 1)], x[U(b + 2)], x[U(b + 3)]
    b4, b5, b6, b7 = x[U(b + 4)], x[U(b + 5)], x[U(b + 6)], x[U(b + 7)]
    _or4(x, a, b0, b1, b2, b3, out)
    _or4(x, a, b4, b5, b6, b7, out + 4)
    _or4(x, a + 4, b0 + b4, b1 + b5, b2 + b6, b3 + b7, out + 4)


@register_jitable
def _or2_back(x, a, b0, b1, back, by_a):
    """Adjoint of _or2: by_a grows; returns the gradients by b0 and b1."""
    g0, g1, a0, a1 = x[U(back)], x[U(back + 1)], x[U(a)], x[U(a + 1)]
    x[U(by_a)] += g0 * b0 + g1 * b1
    x[U(by_a + 1)] += g1 * (b0 + b1)
    return g0 * a0 + g1 * a1, g1 * (a0 + a1)


@register_jitable
def _or4_back(x, a, b0, b1, b2, b3, back, by_a):
    """Adjoint of _or4."""
    c0, c1 = _or2_back(x, a, b0, b1, back, by_a)
    c2, c3 = _or2_back(x, a, b2, b3, back + 2, by_a)
    s0, s1 = _or2_back(x, a + 2, b0 + b2, b1 + b3, back + 2, by_a + 2)
    return c0 + s0, c1 + s1, c2 + s0, c3 + s1


@register_jitable
def _or8_back(x, a, b, back, by_a, by_b):
    """Adjoint of _or8."""
    b0, b1, b2, b3 = x[U(b)], x[U(b + 1)], x[U(b + 2)], x[U(b + 3)]
    b4, b5, b6, b7 = x[U(b + 4)], x[U(b + 5)], x[U(b + 6)], x[U(b + 7)]
    c0, c1, c2, c3 = _or4_back(x, a, b0, b1, b2, b3, back, by_a)
    c4, c5, c6, c7 = _or4_back(x, a, b4, b5, b6, b7, back + 4, by_a)
    s0, s1, s2, s3 = _or4_back(x, a + 4, b0 + b4, b1 + b5, b2 + b6, b3 + b7, back + 4, by_a + 4)
    x[U(by_b)] += c0 + s0
    x[U(by_b + 1)] += c1 + s1
    x[U(by_b + 2)] += c2 + s2
    x[U(by_b + 3)] += c3 + s3
    x[U(by_b + 4)] += c4 + s0
    x[U(by_b + 5)] += c5 + s1
    x[U(by_b + 6)] += c6 + s2
    x[U(by_b + 7)] += c7 + s3


@register_jitable
def _singles(x, a, b, out, what, count):
    """The product of single entries, of one lane, at all places of the list."""
    if what[ADDS]:
        for t in range(LIST, LIST + count):
            x[U(out + what[U(t + 2 * LONGEST)])] += x[U(a + what[U(t)])] * x[U(b + what[U(t + LONGEST)])]
    else:
        for t in range(LIST, LIST + count):
            x[U(out + what[U(t + 2 * LONGEST)])] = x[U(a + what[U(t)])] * x[U(b + what[U(t + LONGEST)])]


@register_jitable
def _leaf(x, a, b, out, leaf, size, adds):
    """Out becomes, or grows by, the product of `size` entries."""
    if leaf == SUMS:
        if size == 8:
            _or8(x, a, b, out)
        elif size == 4:
            _or4(x, a, x[U(b)], x[U(b + 1)], x[U(b + 2)], x[U(b + 3)], out)
        else:
            _or2(x, a, x[U(b)], x[U(b + 1)], out)
    elif leaf == POINTS:
        if adds:
            for i in range(size):
                x[U(out + i)] += x[U(a + i)] * x[U(b + i)]
        else:
            for i in range(size):
                x[U(out + i)] = x[U(a + i)] * x[U(b + i)]
    else:
        wide, factor = (a, x[U(b)]) if leaf == ONLY_A else (b, x[U(a)])
        if adds:
            for i in range(size):
                x[U(out + i)] += x[U(wide + i)] * factor
        else:
            for i in range(size):
                x[U(out + i)] = x[U(wide + i)] * factor


@register_jitable
def _singles_back(x, a, b, back, by_a, by_b, what, count):
    """Adjoint of _singles."""
    for t in range(LIST, LIST + count):
        i, j, g = what[U(t)], what[U(t + LONGEST)], x[U(back + what[U(t + 2 * LONGEST)])]
        x[U(by_a + i)] += g * x[U(b + j)]
        x[U(by_b + j)] += g * x[U(a + i)]


@register_jitable
def _leaf_back(x, a, b, back, by_a, by_b, leaf, size):
    """Adjoint of _leaf."""
    if leaf == SUMS:
        if size == 8:
            _or8_back(x, a, b, back, by_a, by_b)
        elif size == 4:
            c0, c1, c2, c3 = _or4_back(x, a, x[U(b)], x[U(b + 1)], x[U(b + 2)], x[U(b + 3)], back, by_a)
            x[U(by_b)] += c0
            x[U(by_b + 1)] += c1
            x[U(by_b + 2)] += c2
            x[U(by_b + 3)] += c3
        else:
            c0, c1 = _or2_back(x, a, x[U(b)], x[U(b + 1)], back, by_a)
            x[U(by_b)] += c0
            x[U(by_b + 1)] += c1
    elif leaf == POINTS:
        for i in range(size):
            x[U(by_a + i)] += x[U(back + i)] * x[U(b + i)]
            x[U(by_b + i)] += x[U(back + i)] * x[U(a + i)]
    else:
        wide, narrow, by_wide, by_narrow = (a, b, by_a, by_b) if leaf == ONLY_A else (b, a, by_b, by_a)
        factor, total = x[U(narrow)], 0.0
        for i in range(size):
            x[U(by_wide + i)] += x[U(back + i)] * factor
            total += x[U(back + i)] * x[U(wide + i)]
        x[U(by_narrow)] += total


@overload(primitives.product, jit_options=FAST)
def _product(x, one, axes, a, a_many, two, b, b_many, out, op, many, points, lanes, work, what):
    def run(x, one, axes, a, a_many, two, b, b_many, out, op, many, points, lanes, work, what):
        plan(axes, a, a_many, b, b_many, op, many, points, lanes, what)
        size_a = _with_thirds(1 << a_many, what, ONLY_B, B_AWAITS, B_AWAITS) * lanes
        size_b = _with_thirds(1 << b_many, what, ONLY_A, SUMS, A_AWAITS) * lanes
        second = work + 2 * size_a
        at_a = _in_thirds(x, one, 1 << a_many, what, ONLY_B, B_AWAITS, B_AWAITS, work, work + size_a, lanes)
        at_b = _in_thirds(x, two, 1 << b_many, what, ONLY_A, SUMS, A_AWAITS, second, second + size_b, lanes)
        if what[ADDS]:
            for i in range(lanes << many):
                x[U(out + i)] = 0.0
        leaf, size, count = what[LEAF], what[SIZE] * lanes, what[COUNT]
        for _ in range(start(what)):
            if size == 1:
                _singles(x, at_a, at_b, out, what, count)
            else:
                for t in range(LIST, LIST + count):
                    place = out + what[U(t + 2 * LONGEST)]
                    _leaf(x, at_a + what[U(t)], at_b + what[U(t + LONGEST)], place, leaf, size, what[ADDS])
            at_a, at_b, out = turn(what, at_a, at_b, out)

    return run


@overload(primitives.product_back, jit_options=FAST)
def _product_back(x, one, axes, a, a_many, two, b, b_many, back, op, many, points, lanes, work, what):
    def run(x, one, axes, a, a_many, two, b, b_many, back, op, many, points, lanes, work, what):
        plan(axes, a, a_many, b, b_many, op, many, points, lanes, what)
        of_a, of_b = 1 << a_many, 1 << b_many
        thirds_a = _with_thirds(of_a, what, ONLY_B, B_AWAITS, B_AWAITS)
        thirds_b = _with_thirds(of_b, what, ONLY_A, SUMS, A_AWAITS)
        size_a, size_b = thirds_a * lanes, thirds_b * lanes
        by_a, by_b = work, work + size_a
        first = by_b + size_b
        second = first + 2 * size_a
        at_a = _in_thirds(x, one, of_a, what, ONLY_B, B_AWAITS, B_AWAITS, first, first + size_a, lanes)
        at_b = _in_thirds(x, two, of_b, what, ONLY_A, SUMS, A_AWAITS, second, second + size_b, lanes)
        for i in range(size_a + size_b):
            x[U(by_a + i)] = 0.0
        leaf, size, count = what[LEAF], what[SIZE] * lanes, what[COUNT]
        shift_a, shift_b = by_a - at_a, by_b - at_b
        for _ in range(start(what)):
            if size == 1:
                _singles_back(x, at_a, at_b, back, at_a + shift_a, at_b + shift_b, what, count)
            else:
                for t in range(LIST, LIST + count):
                    i, j, place = at_a + what[U(t)], at_b + what[U(t + LONGEST)], back + what[U(t + 2 * LONGEST)]
                    _leaf_back(x, i, j, place, i + shift_a, j + shift_b, leaf, size)
            at_a, at_b, back = turn(what, at_a, at_b, back)
        _from_thirds(x, by_a, thirds_a, what, ONLY_B, B_AWAITS, B_AWAITS, lanes)
        _from_thirds(x, by_b, thirds_b, what, ONLY_A, SUMS, A_AWAITS, lanes)
        for i in range(of_a * lanes):
            x[U(one + i)] = x[U(by_a + i)]
        for i in range(of_b * lanes):
            x[U(two + i)] = x[U(by_b + i)]

    return run
