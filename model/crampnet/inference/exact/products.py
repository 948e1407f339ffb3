"""The product of two tables as loops for the compiler; importing this module registers it with numba.

Axis by axis from the outermost: along an axis that one table lacks, that table is used for both halves; along a state
axis halves meet halves; along shared contributions n = n1 n2 and y = n1 y2 + y1 (n2 + y2), where the first awaits n =
n1 n2 + y1 y2 and y = y1 (n2 + y2), the sum n2 + y2 being made once in the working space. Blocks on which nothing but
lanes or one table's own axes is left are plain loops, and so are up to three innermost axes of contributions.
"""

from __future__ import annotations

from numba import config, njit, types
from numba.extending import overload, register_jitable

from crampnet.inference.exact import primitives
from crampnet.inference.exact.loops import FAST
from crampnet.inference.exact.program import MOST

KEPT = bool(config.CACHE_DIR)
"""Compiled code is kept only where the kernels have said where, never beside the source."""
ONLY_A, ONLY_B, POINTS, SUMS, A_AWAITS, B_AWAITS = range(6)
"""What an axis of a product is."""
LEAF = MOST
"""Where, in the row of kinds, it stands how the innermost axes are done."""
MULTIPLY = types.void(types.float64[::1], *[types.int64] * 6, types.int64[::1], *[types.int64] * 4)
DIVIDE = types.void(types.float64[::1], *[types.int64] * 8, types.int64[::1], *[types.int64] * 4)
"""A function that calls itself needs to be told its types."""


@register_jitable
def _kinds(axes, a, a_many, b, b_many, op, many, points, out):
    """What each axis of a product is, and behind them how the innermost are done; returns how many of them."""
    i = j = 0
    for place in range(many):
        rank = axes[op, place] >> 1
        in_a, in_b = i < a_many and axes[a, i] >> 1 == rank, j < b_many and axes[b, j] >> 1 == rank
        if not in_a or not in_b:
            out[place] = ONLY_A if in_a else ONLY_B
        elif points[rank]:
            out[place] = POINTS
        else:
            out[place] = A_AWAITS if axes[a, i] & 1 else (B_AWAITS if axes[b, j] & 1 else SUMS)
        i, j = i + in_a, j + in_b
    inner = 0
    while inner < many and out[many - 1 - inner] == out[many - 1] and out[many - 1] < SUMS:
        inner += 1
    out[LEAF] = out[many - 1] if inner else POINTS
    return inner


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
def _all_sums(what, place, count):
    """Whether the last axes from `place` on, so many, are shared contributions."""
    alike = True
    for spot in range(place, place + count):
        alike = alike and what[spot] == SUMS
    return alike


@njit(MULTIPLY, cache=KEPT, fastmath=FAST["fastmath"])
def multiply(x, a, of_a, b, of_b, out, size, what, place, end, lanes, work):
    """Out += product of the blocks at a, b (entries of_a, of_b) from axis `place` on; the rest from `end` is plain."""
    if place == end:
        kind = what[LEAF]
        if kind == POINTS:
            for i in range(size * lanes):
                x[out + i] += x[a + i] * x[b + i]
        elif kind == ONLY_A and lanes == 1:
            factor = x[b]
            for i in range(size):
                x[out + i] += x[a + i] * factor
        elif kind == ONLY_B and lanes == 1:
            factor = x[a]
            for i in range(size):
                x[out + i] += x[b + i] * factor
        elif kind == ONLY_A:
            for i in range(size):
                for lane in range(lanes):
                    x[out + i * lanes + lane] += x[a + i * lanes + lane] * x[b + lane]
        else:
            for i in range(size):
                for lane in range(lanes):
                    x[out + i * lanes + lane] += x[a + lane] * x[b + i * lanes + lane]
        return
    kind, half = what[place], size // 2
    if kind == ONLY_A:
        multiply(x, a, of_a // 2, b, of_b, out, half, what, place + 1, end, lanes, work)
        multiply(
            x, a + of_a // 2 * lanes, of_a // 2, b, of_b, out + half * lanes, half, what, place + 1, end, lanes, work
        )
    elif kind == ONLY_B:
        multiply(x, a, of_a, b, of_b // 2, out, half, what, place + 1, end, lanes, work)
        multiply(
            x, a, of_a, b + of_b // 2 * lanes, of_b // 2, out + half * lanes, half, what, place + 1, end, lanes, work
        )
    else:
        ha, hb = of_a // 2, of_b // 2
        if kind == POINTS:
            multiply(x, a, ha, b, hb, out, half, what, place + 1, end, lanes, work)
            multiply(
                x, a + ha * lanes, ha, b + hb * lanes, hb, out + half * lanes, half, what, place + 1, end, lanes, work
            )
            return
        if size == 2 and lanes == 1:
            n1, y1, n2, y2 = x[a], x[a + 1], x[b], x[b + 1]
            if kind == SUMS:
                x[out] += n1 * n2
                x[out + 1] += n1 * y2 + y1 * (n2 + y2)
            else:
                x[out] += n1 * n2 + y1 * y2
                x[out + 1] += y1 * (n2 + y2) if kind == A_AWAITS else (n1 + y1) * y2
            return
        if size == 4 and lanes == 1 and _all_sums(what, place, 2):
            _or4(x, a, x[b], x[b + 1], x[b + 2], x[b + 3], out)
            return
        if size == 8 and lanes == 1 and _all_sums(what, place, 3):
            b0, b1, b2, b3 = x[b], x[b + 1], x[b + 2], x[b + 3]
            b4, b5, b6, b7 = x[b + 4], x[b + 5], x[b + 6], x[b + 7]
            _or4(x, a, b0, b1, b2, b3, out)
            _or4(x, a, b4, b5, b6, b7, out + 4)
            _or4(x, a + 4, b0 + b4, b1 + b5, b2 + b6, b3 + b7, out + 4)
            return
        upper, a_upper, b_upper = out + half * lanes, a + ha * lanes, b + hb * lanes
        multiply(x, a, ha, b, hb, out, half, what, place + 1, end, lanes, work)
        if kind == SUMS:
            multiply(x, a, ha, b_upper, hb, upper, half, what, place + 1, end, lanes, work)
        else:
            multiply(x, a_upper, ha, b_upper, hb, out, half, what, place + 1, end, lanes, work)
        if kind == B_AWAITS:
            for i in range(ha * lanes):
                x[work + i] = x[a + i] + x[a_upper + i]
            multiply(x, work, ha, b_upper, hb, upper, half, what, place + 1, end, lanes, work + ha * lanes)
        else:
            for i in range(hb * lanes):
                x[work + i] = x[b + i] + x[b_upper + i]
            multiply(x, a_upper, ha, work, hb, upper, half, what, place + 1, end, lanes, work + hb * lanes)


@njit(DIVIDE, cache=KEPT, fastmath=FAST["fastmath"])
def divide(
    x, a, of_a, b, of_b, back, size, by_a, by_b,
    what, place, end, lanes, work,
):  # fmt: skip
    """Adjoint of multiply: by_a += and by_b += the gradients by the blocks, from that by their product at `back`."""
    if place == end:
        kind = what[LEAF]
        if kind == POINTS:
            for i in range(size * lanes):
                x[by_a + i] += x[back + i] * x[b + i]
                x[by_b + i] += x[back + i] * x[a + i]
        elif kind == ONLY_A and lanes == 1:
            factor, total = x[b], 0.0
            for i in range(size):
                x[by_a + i] += x[back + i] * factor
                total += x[back + i] * x[a + i]
            x[by_b] += total
        elif kind == ONLY_B and lanes == 1:
            factor, total = x[a], 0.0
            for i in range(size):
                x[by_b + i] += x[back + i] * factor
                total += x[back + i] * x[b + i]
            x[by_a] += total
        elif kind == ONLY_A:
            for i in range(size):
                for lane in range(lanes):
                    x[by_a + i * lanes + lane] += x[back + i * lanes + lane] * x[b + lane]
                    x[by_b + lane] += x[back + i * lanes + lane] * x[a + i * lanes + lane]
        else:
            for i in range(size):
                for lane in range(lanes):
                    x[by_a + lane] += x[back + i * lanes + lane] * x[b + i * lanes + lane]
                    x[by_b + i * lanes + lane] += x[back + i * lanes + lane] * x[a + lane]
        return
    kind, half, ha, hb = what[place], size // 2, of_a // 2, of_b // 2
    up = half * lanes
    if kind == ONLY_A:
        divide(x, a, ha, b, of_b, back, half, by_a, by_b, what, place + 1, end, lanes, work)
        divide(
            x, a + ha * lanes, ha, b, of_b, back + up, half, by_a + ha * lanes, by_b, what, place + 1, end, lanes, work
        )
    elif kind == ONLY_B:
        divide(x, a, of_a, b, hb, back, half, by_a, by_b, what, place + 1, end, lanes, work)
        divide(
            x, a, of_a, b + hb * lanes, hb, back + up, half, by_a, by_b + hb * lanes, what, place + 1, end, lanes, work
        )
    elif kind == POINTS:
        divide(x, a, ha, b, hb, back, half, by_a, by_b, what, place + 1, end, lanes, work)
        divide(
            x, a + ha * lanes, ha, b + hb * lanes, hb, back + up, half, by_a + ha * lanes, by_b + hb * lanes,
            what, place + 1, end, lanes, work,
        )  # fmt: skip
    elif size == 2 and lanes == 1:
        gn, gy = x[back], x[back + 1]
        n1, y1, n2, y2 = x[a], x[a + 1], x[b], x[b + 1]
        if kind == SUMS:
            x[by_a] += gn * n2 + gy * y2
            x[by_a + 1] += gy * (n2 + y2)
            x[by_b] += gn * n1 + gy * y1
            x[by_b + 1] += gy * (n1 + y1)
        elif kind == A_AWAITS:
            x[by_a] += gn * n2
            x[by_a + 1] += gn * y2 + gy * (n2 + y2)
            x[by_b] += gn * n1 + gy * y1
            x[by_b + 1] += gn * y1 + gy * y1
        else:
            x[by_a] += gn * n2 + gy * y2
            x[by_a + 1] += gn * y2 + gy * y2
            x[by_b] += gn * n1
            x[by_b + 1] += gn * y1 + gy * (n1 + y1)
    elif size == 4 and lanes == 1 and _all_sums(what, place, 2):
        c0, c1, c2, c3 = _or4_back(x, a, x[b], x[b + 1], x[b + 2], x[b + 3], back, by_a)
        x[by_b] += c0
        x[by_b + 1] += c1
        x[by_b + 2] += c2
        x[by_b + 3] += c3
    elif size == 8 and lanes == 1 and _all_sums(what, place, 3):
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
    else:
        a_upper, b_upper, by_a_upper, by_b_upper = a + ha * lanes, b + hb * lanes, by_a + ha * lanes, by_b + hb * lanes
        divide(x, a, ha, b, hb, back, half, by_a, by_b, what, place + 1, end, lanes, work)
        if kind == SUMS:
            divide(x, a, ha, b_upper, hb, back + up, half, by_a, by_b_upper, what, place + 1, end, lanes, work)
        else:
            divide(x, a_upper, ha, b_upper, hb, back, half, by_a_upper, by_b_upper, what, place + 1, end, lanes, work)
        if kind == B_AWAITS:
            sums, by_sums = work, work + ha * lanes
            for i in range(ha * lanes):
                x[sums + i] = x[a + i] + x[a_upper + i]
                x[by_sums + i] = 0.0
            divide(
                x, sums, ha, b_upper, hb, back + up, half, by_sums, by_b_upper,
                what, place + 1, end, lanes, work + 2 * ha * lanes,
            )  # fmt: skip
            for i in range(ha * lanes):
                x[by_a + i] += x[by_sums + i]
                x[by_a_upper + i] += x[by_sums + i]
        else:
            sums, by_sums = work, work + hb * lanes
            for i in range(hb * lanes):
                x[sums + i] = x[b + i] + x[b_upper + i]
                x[by_sums + i] = 0.0
            divide(
                x, a_upper, ha, sums, hb, back + up, half, by_a_upper, by_sums,
                what, place + 1, end, lanes, work + 2 * hb * lanes,
            )  # fmt: skip
            for i in range(hb * lanes):
                x[by_b + i] += x[by_sums + i]
                x[by_b_upper + i] += x[by_sums + i]


@overload(primitives.product, jit_options=FAST)
def _product(x, one, axes, a, a_many, two, b, b_many, out, op, many, points, lanes, work, what):
    def run(x, one, axes, a, a_many, two, b, b_many, out, op, many, points, lanes, work, what):
        end = many - _kinds(axes, a, a_many, b, b_many, op, many, points, what)
        for i in range(lanes << many):
            x[out + i] = 0.0
        multiply(x, one, 1 << a_many, two, 1 << b_many, out, 1 << many, what, 0, end, lanes, work)

    return run


@overload(primitives.product_back, jit_options=FAST)
def _product_back(x, one, axes, a, a_many, two, b, b_many, back, op, many, points, lanes, work, what):
    def run(x, one, axes, a, a_many, two, b, b_many, back, op, many, points, lanes, work, what):
        end = many - _kinds(axes, a, a_many, b, b_many, op, many, points, what)
        of_a, of_b = 1 << a_many, 1 << b_many
        by_a, by_b = work, work + of_a * lanes
        for i in range((of_a + of_b) * lanes):
            x[by_a + i] = 0.0
        divide(x, one, of_a, two, of_b, back, 1 << many, by_a, by_b, what, 0, end, lanes, by_b + of_b * lanes)
        for i in range(of_a * lanes):
            x[one + i] = x[by_a + i]
        for i in range(of_b * lanes):
            x[two + i] = x[by_b + i]

    return run
