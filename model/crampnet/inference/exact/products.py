"""The product of two tables as loops for the compiler; importing this module registers it with numba.

Along an axis that one table lacks, that table is used for both halves; along a state or signed axis halves meet halves.
Along contributions there are three terms: n = n1 n2, y = n1 y2 + y1 (n2 + y2), and where the first awaits n = n1 n2 +
y1 y2, y = y1 (n2 + y2); a table whose n + y is needed is first written out with thirds (n, y, n + y) along such axes.
The outer axes are counted through like the wheels of an odometer; what lies within is a plain loop, and so are up to
three innermost axes of contributions.
"""

from __future__ import annotations

from numba.extending import overload, register_jitable

from crampnet.inference.exact import primitives
from crampnet.inference.exact.loops import FAST
from crampnet.inference.exact.program import MOST

ONLY_A, ONLY_B, POINTS, SUMS, A_AWAITS, B_AWAITS = range(6)
"""What an axis of a product is."""
LEAF, SIZE, WHEELS = MOST, MOST + 1, MOST + 2
"""Behind the kinds of the axes: how the innermost are done, a kind of theirs; how many entries they have; how many axes
remain."""
DIGIT, THREE, STEPS = MOST + 3, 2 * MOST + 3, 3 * MOST + 3
"""Then for each remaining axis where it stands, 1 where it has three stands, and the steps in a, b and out from its
first to its second stand, from there to its third, and all the way back."""


@register_jitable
def _plan(axes, a, a_many, b, b_many, op, many, points, lanes, what):
    """What is to be done, into `what`."""
    i = j = 0
    for place in range(many):
        rank = axes[op, place] >> 1
        in_a, in_b = i < a_many and axes[a, i] >> 1 == rank, j < b_many and axes[b, j] >> 1 == rank
        if not in_a or not in_b:
            what[place] = ONLY_A if in_a else ONLY_B
        elif points[rank]:
            what[place] = POINTS
        else:
            what[place] = A_AWAITS if axes[a, i] & 1 else (B_AWAITS if axes[b, j] & 1 else SUMS)
        i, j = i + in_a, j + in_b
    inner = 0
    last = what[many - 1] if many else POINTS
    if last <= POINTS:
        while inner < many and what[many - 1 - inner] == last:
            inner += 1
    elif last == SUMS and lanes == 1:
        while inner < min(many, 3) and what[many - 1 - inner] == SUMS:
            inner += 1
    what[LEAF] = last if inner else POINTS
    what[SIZE], what[WHEELS] = 1 << inner, many - inner
    in_a = lanes << inner if what[LEAF] != ONLY_B else lanes
    in_b = lanes << inner if what[LEAF] != ONLY_A else lanes
    in_out = lanes << inner
    for place in range(many - inner - 1, -1, -1):
        in_a, in_b, in_out = _wheel(what, place, in_a, in_b, in_out)


@register_jitable
def _wheel(what, place, in_a, in_b, in_out):
    """The steps of one axis, given the entries of the axes within; returns those with it."""
    kind, at = what[place], STEPS + 9 * place
    what[THREE + place] = 1 if kind >= SUMS else 0
    for step in range(9):
        what[at + step] = 0
    what[at] = in_a if kind in (ONLY_A, POINTS, A_AWAITS, B_AWAITS) else 0
    what[at + 1] = in_b if kind != ONLY_A else 0
    what[at + 2] = in_out if kind <= SUMS else 0
    if kind >= SUMS:
        what[at + 3] = in_a if kind != A_AWAITS else 0
        what[at + 4] = in_b if kind != B_AWAITS else 0
        what[at + 5] = in_out if kind != SUMS else 0
    for step in range(3):
        what[at + 6 + step] = -what[at + step] - what[at + 3 + step]
    if kind != ONLY_B:
        in_a *= 3 if kind == B_AWAITS else 2
    if kind != ONLY_A:
        in_b *= 3 if kind in (SUMS, A_AWAITS) else 2
    return in_a, in_b, 2 * in_out


@register_jitable
def _start(what):
    """Set the odometer to its first stand; returns how many there are."""
    count = 1
    for place in range(what[WHEELS]):
        what[DIGIT + place] = 0
        count *= 2 + what[THREE + place]
    return count


@register_jitable
def _turn(what, a, b, out):
    """The next stand of the odometer."""
    place = what[WHEELS] - 1
    while place >= 0:
        at, digit = STEPS + 9 * place, what[DIGIT + place]
        if digit < 1 + what[THREE + place]:
            at += 3 * digit
            what[DIGIT + place] = digit + 1
            return a + what[at], b + what[at + 1], out + what[at + 2]
        what[DIGIT + place] = 0
        a, b, out = a + what[at + 6], b + what[at + 7], out + what[at + 8]
        place -= 1
    return a, b, out


@register_jitable
def _in_thirds(x, source, size, what, lacking, kind, other_kind, target, spare, lanes):
    """A table with (n, y, n + y) along its axes of two kinds; returns where it is: left alone, at target or at spare.

    size: its entries; lacking: kind of the axes that it does not have.
    """
    above, below = 1, size * lanes
    for place in range(what[WHEELS]):
        if what[place] == lacking:
            continue
        below //= 2
        if what[place] in (kind, other_kind):
            for block in range(above):
                begin, end = source + 2 * block * below, target + 3 * block * below
                for i in range(below):
                    n, y = x[begin + i], x[begin + below + i]
                    x[end + i], x[end + below + i], x[end + 2 * below + i] = n, y, n + y
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
        if what[place] == lacking:
            continue
        if what[place] in (kind, other_kind):
            above //= 3
            for block in range(above):
                begin, end = at + 3 * block * below, at + 2 * block * below
                for i in range(below):
                    n, y, both = x[begin + i], x[begin + below + i], x[begin + 2 * below + i]
                    x[end + i], x[end + below + i] = n + both, y + both
        else:
            above //= 2
        below *= 2


@register_jitable
def _with_thirds(size, what, lacking, kind, other_kind):
    """Entries of a table with thirds."""
    for place in range(what[WHEELS]):
        if what[place] in (kind, other_kind) and what[place] != lacking:
            size = size // 2 * 3
    return size


@register_jitable
def _or2(x, a, b0, b1, out):
    """Out += the product along one axis of contributions, of the entries from a on with two numbers."""
    a0, a1 = x[a], x[a + 1]
    x[out] += a0 * b0
    x[out + 1] += a0 * b1 + a1 * (b0 + b1)


@register_jitable
def _or4(x, a, b0, b1, b2, b3, out):
    """The same along two axes."""
    _or2(x, a, b0, b1, out)
    _or2(x, a, b2, b3, out + 2)
    _or2(x, a + 2, b0 + b2, b1 + b3, out + 2)


@register_jitable
def _or8(x, a, b, out):
    """The same along three axes, of the entries from a and from b on."""
    b0, b1, b2, b3 = x[b], x[b + 1], x[b + 2], x[b + 3]
    b4, b5, b6, b7 = x[b + 4], x[b + 5], x[b + 6], x[b + 7]
    _or4(x, a, b0, b1, b2, b3, out)
    _or4(x, a, b4, b5, b6, b7, out + 4)
    _or4(x, a + 4, b0 + b4, b1 + b5, b2 + b6, b3 + b7, out + 4)


@register_jitable
def _or2_back(x, a, b0, b1, back, by_a):
    """Adjoint of _or2: by_a grows; returns the gradients by b0 and b1."""
    g0, g1, a0, a1 = x[back], x[back + 1], x[a], x[a + 1]
    x[by_a] += g0 * b0 + g1 * b1
    x[by_a + 1] += g1 * (b0 + b1)
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
    b0, b1, b2, b3 = x[b], x[b + 1], x[b + 2], x[b + 3]
    b4, b5, b6, b7 = x[b + 4], x[b + 5], x[b + 6], x[b + 7]
    c0, c1, c2, c3 = _or4_back(x, a, b0, b1, b2, b3, back, by_a)
    c4, c5, c6, c7 = _or4_back(x, a, b4, b5, b6, b7, back + 4, by_a)
    s0, s1, s2, s3 = _or4_back(x, a + 4, b0 + b4, b1 + b5, b2 + b6, b3 + b7, back + 4, by_a + 4)
    x[by_b] += c0 + s0
    x[by_b + 1] += c1 + s1
    x[by_b + 2] += c2 + s2
    x[by_b + 3] += c3 + s3
    x[by_b + 4] += c4 + s0
    x[by_b + 5] += c5 + s1
    x[by_b + 6] += c6 + s2
    x[by_b + 7] += c7 + s3


@register_jitable
def _leaf(x, a, b, out, leaf, size, lanes):
    """Out += the product of the innermost axes."""
    if leaf == POINTS:
        for i in range(size * lanes):
            x[out + i] += x[a + i] * x[b + i]
    elif leaf == SUMS:
        if size == 8:
            _or8(x, a, b, out)
        elif size == 4:
            _or4(x, a, x[b], x[b + 1], x[b + 2], x[b + 3], out)
        else:
            _or2(x, a, x[b], x[b + 1], out)
    elif lanes == 1:
        wide, factor = (a, x[b]) if leaf == ONLY_A else (b, x[a])
        for i in range(size):
            x[out + i] += x[wide + i] * factor
    else:
        wide, narrow = (a, b) if leaf == ONLY_A else (b, a)
        for i in range(0, size * lanes, lanes):
            for lane in range(lanes):
                x[out + i + lane] += x[wide + i + lane] * x[narrow + lane]


@register_jitable
def _leaf_back(x, a, b, back, by_a, by_b, leaf, size, lanes):
    """Adjoint of _leaf."""
    if leaf == POINTS:
        for i in range(size * lanes):
            x[by_a + i] += x[back + i] * x[b + i]
            x[by_b + i] += x[back + i] * x[a + i]
    elif leaf == SUMS:
        if size == 8:
            _or8_back(x, a, b, back, by_a, by_b)
        elif size == 4:
            c0, c1, c2, c3 = _or4_back(x, a, x[b], x[b + 1], x[b + 2], x[b + 3], back, by_a)
            x[by_b] += c0
            x[by_b + 1] += c1
            x[by_b + 2] += c2
            x[by_b + 3] += c3
        else:
            c0, c1 = _or2_back(x, a, x[b], x[b + 1], back, by_a)
            x[by_b] += c0
            x[by_b + 1] += c1
    else:
        wide, narrow, by_wide, by_narrow = (a, b, by_a, by_b) if leaf == ONLY_A else (b, a, by_b, by_a)
        if lanes == 1:
            factor, total = x[narrow], 0.0
            for i in range(size):
                x[by_wide + i] += x[back + i] * factor
                total += x[back + i] * x[wide + i]
            x[by_narrow] += total
        else:
            for i in range(0, size * lanes, lanes):
                for lane in range(lanes):
                    x[by_wide + i + lane] += x[back + i + lane] * x[narrow + lane]
                    x[by_narrow + lane] += x[back + i + lane] * x[wide + i + lane]


@overload(primitives.product, jit_options=FAST)
def _product(x, one, axes, a, a_many, two, b, b_many, out, op, many, points, lanes, work, what):
    def run(x, one, axes, a, a_many, two, b, b_many, out, op, many, points, lanes, work, what):
        _plan(axes, a, a_many, b, b_many, op, many, points, lanes, what)
        size_a = _with_thirds(1 << a_many, what, ONLY_B, B_AWAITS, B_AWAITS) * lanes
        size_b = _with_thirds(1 << b_many, what, ONLY_A, SUMS, A_AWAITS) * lanes
        second = work + 2 * size_a
        at_a = _in_thirds(x, one, 1 << a_many, what, ONLY_B, B_AWAITS, B_AWAITS, work, work + size_a, lanes)
        at_b = _in_thirds(x, two, 1 << b_many, what, ONLY_A, SUMS, A_AWAITS, second, second + size_b, lanes)
        for i in range(lanes << many):
            x[out + i] = 0.0
        leaf, size = what[LEAF], what[SIZE]
        for _ in range(_start(what)):
            _leaf(x, at_a, at_b, out, leaf, size, lanes)
            at_a, at_b, out = _turn(what, at_a, at_b, out)

    return run


@overload(primitives.product_back, jit_options=FAST)
def _product_back(x, one, axes, a, a_many, two, b, b_many, back, op, many, points, lanes, work, what):
    def run(x, one, axes, a, a_many, two, b, b_many, back, op, many, points, lanes, work, what):
        _plan(axes, a, a_many, b, b_many, op, many, points, lanes, what)
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
            x[by_a + i] = 0.0
        leaf, size, shift_a, shift_b = what[LEAF], what[SIZE], by_a - at_a, by_b - at_b
        for _ in range(_start(what)):
            _leaf_back(x, at_a, at_b, back, at_a + shift_a, at_b + shift_b, leaf, size, lanes)
            at_a, at_b, back = _turn(what, at_a, at_b, back)
        _from_thirds(x, by_a, thirds_a, what, ONLY_B, B_AWAITS, B_AWAITS, lanes)
        _from_thirds(x, by_b, thirds_b, what, ONLY_A, SUMS, A_AWAITS, lanes)
        for i in range(of_a * lanes):
            x[one + i] = x[by_a + i]
        for i in range(of_b * lanes):
            x[two + i] = x[by_b + i]

    return run
