"""The primitives once more, as loops for the compiler; importing this module registers them with numba.

Where there is one lane, the inner loops run over neighbouring entries, so that they become vector instructions; with
several lanes they run over the lanes. Sums may be added up in another order than in numpy.
"""

from __future__ import annotations

import numpy as np
from numba.extending import overload, register_jitable

from crampnet.inference.exact import primitives
from crampnet.inference.exact.stands import U

FAST = {"fastmath": {"reassoc", "contract", "nsz"}, "boundscheck": False}


def _over(primitive):
    return overload(primitive, jit_options=FAST)


@_over(primitives.bits)
def _bits(word):
    def run(word):
        x = np.uint64(word)
        x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
        x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
        x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
        return np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56))

    return run


@register_jitable
def _run_length(axes, a, a_from, a_to, op, op_from, op_to):
    """How many of the innermost axes two tables share."""
    shared = 0
    while (
        a_from + shared < a_to
        and op_from + shared < op_to
        and axes[a, a_to - 1 - shared] >> 1 == axes[op, op_to - 1 - shared] >> 1
    ):
        shared += 1
    return shared


@register_jitable
def _masks(axes, a, a_from, a_to, op, op_from, op_to, points, shared):
    """Outer axes of the wider table as bits of its index, in blocks of 2**shared.

    Those of the narrower table; those along which both halves are the same; how many of these and of others there are.
    """
    spot, old, both, count, others = a_to - 1 - shared, 0, 0, 0, 0
    for place in range(op_to - 1 - shared, op_from - 1, -1):
        bit = 1 << (op_to - 1 - shared - place)
        rank = axes[op, place] >> 1
        if spot >= a_from and axes[a, spot] >> 1 == rank:
            old |= bit
            spot -= 1
        elif points[rank] == 1:
            both |= bit
            count += 1
        else:
            others += 1
    return old, both, count, others


@_over(primitives.lift)
def _lift(x, source, axes, a, a_from, a_to, target, op, op_from, op_to, points, lanes):
    def run(x, source, axes, a, a_from, a_to, target, op, op_from, op_to, points, lanes):
        shared = _run_length(axes, a, a_from, a_to, op, op_from, op_to)
        block, outer, wider = lanes << shared, a_to - a_from - shared, op_to - op_from
        if outer == 0 and wider == shared:
            for i in range(block):
                x[U(target + i)] = x[U(source + i)]
            return
        old, both, count, others = _masks(axes, a, a_from, a_to, op, op_from, op_to, points, shared)
        if others:
            for i in range(lanes << wider):
                x[U(target + i)] = 0.0
        base = 0
        for index in range(1 << outer):
            begin, copy = source + index * block, 0
            for _ in range(1 << count):
                end = target + (base | copy) * block
                for i in range(block):
                    x[U(end + i)] = x[U(begin + i)]
                copy = (copy - both) & both  # the next number with no other bits than these
            base = (base - old) & old

    return run


@_over(primitives.lower)
def _lower(x, target, axes, a, a_from, a_to, source, op, op_from, op_to, points, lanes):
    def run(x, target, axes, a, a_from, a_to, source, op, op_from, op_to, points, lanes):
        shared = _run_length(axes, a, a_from, a_to, op, op_from, op_to)
        block, outer, wider = lanes << shared, a_to - a_from - shared, op_to - op_from
        if outer == 0 and wider == shared:
            for i in range(block):
                x[U(target + i)] = x[U(source + i)]
            return
        old, both, count, _ = _masks(axes, a, a_from, a_to, op, op_from, op_to, points, shared)
        base = 0
        for index in range(1 << outer):
            begin, copy = target + index * block, 0
            end = source + base * block
            for i in range(block):
                x[U(begin + i)] = x[U(end + i)]
            for _ in range(1, 1 << count):
                copy = (copy - both) & both
                end = source + (base | copy) * block
                for i in range(block):
                    x[U(begin + i)] += x[U(end + i)]
            base = (base - old) & old

    return run


@register_jitable
def _link_pair(x, n, y, run, lanes, p, row, signed):
    """`run` entries from n and from y: y + p n, q n."""
    if lanes == 1:
        a = p[row, 0]
        b = 1.0 - a
        if signed:
            for i in range(run):
                x[U(n + i)] *= b
        else:
            for i in range(run):
                value = x[U(n + i)]
                x[U(y + i)] += a * value
                x[U(n + i)] = b * value
    else:
        for i in range(run):
            u, v = n + i * lanes, y + i * lanes
            if signed:
                for lane in range(lanes):
                    x[U(u + lane)] *= 1.0 - p[row, lane]
            else:
                for lane in range(lanes):
                    value = x[U(u + lane)]
                    x[U(v + lane)] += p[row, lane] * value
                    x[U(u + lane)] = (1.0 - p[row, lane]) * value


@register_jitable
def _unlink_pair(x, n, y, run, lanes, p, row, signed):
    """`run` entries from n and from y: q n + p y."""
    if lanes == 1:
        a = p[row, 0]
        b = 1.0 - a
        if signed:
            for i in range(run):
                x[U(n + i)] *= b
        else:
            for i in range(run):
                x[U(n + i)] = b * x[U(n + i)] + a * x[U(y + i)]
    else:
        for i in range(run):
            u, v = n + i * lanes, y + i * lanes
            if signed:
                for lane in range(lanes):
                    x[U(u + lane)] *= 1.0 - p[row, lane]
            else:
                for lane in range(lanes):
                    x[U(u + lane)] = (1.0 - p[row, lane]) * x[U(u + lane)] + p[row, lane] * x[U(v + lane)]


@register_jitable
def _moment_pair(x, n, y, gn, gy, run, lanes, out):
    if lanes == 1:
        nn = ny = yy = 0.0
        for i in range(run):
            nn += x[U(n + i)] * x[U(gn + i)]
            ny += x[U(n + i)] * x[U(gy + i)]
            yy += x[U(y + i)] * x[U(gy + i)]
        out[0, 0] += nn
        out[1, 0] += ny
        out[2, 0] += yy
    else:
        for i in range(run):
            k = i * lanes
            for lane in range(lanes):
                out[0, lane] += x[U(n + k + lane)] * x[U(gn + k + lane)]
                out[1, lane] += x[U(n + k + lane)] * x[U(gy + k + lane)]
                out[2, lane] += x[U(y + k + lane)] * x[U(gy + k + lane)]


SHORT = 8
"""Runs of at most so many entries are done pair by pair, without loops in the loop."""


@register_jitable
def _pair_at(k, stride):
    """Entry of pair k along an axis with the stride, a power of two, that has the axis's first half."""
    return ((k & -stride) << 1) | (k & (stride - 1))


@_over(primitives.link)
def _link(x, at, size, stride, lanes, p, row, signed):
    def run(x, at, size, stride, lanes, p, row, signed):
        if stride <= SHORT and lanes == 1 and not signed:
            a = p[row, 0]
            b = 1.0 - a
            for k in range(size // 2):
                i = at + _pair_at(k, stride)
                value = x[U(i)]
                x[U(i + stride)] += a * value
                x[U(i)] = b * value
            return
        for block in range(size // (2 * stride)):
            n = at + 2 * block * stride * lanes
            _link_pair(x, n, n + stride * lanes, stride, lanes, p, row, signed)

    return run


@_over(primitives.unlink)
def _unlink(x, at, size, stride, lanes, p, row, signed):
    def run(x, at, size, stride, lanes, p, row, signed):
        if stride <= SHORT and lanes == 1 and not signed:
            a = p[row, 0]
            b = 1.0 - a
            for k in range(size // 2):
                i = at + _pair_at(k, stride)
                x[U(i)] = b * x[U(i)] + a * x[U(i + stride)]
            return
        for block in range(size // (2 * stride)):
            n = at + 2 * block * stride * lanes
            _unlink_pair(x, n, n + stride * lanes, stride, lanes, p, row, signed)

    return run


@_over(primitives.weigh)
def _weigh(x, at, size, lanes, acts, first, last, block, p):
    def run(x, at, size, lanes, acts, first, last, block, p):
        weight = np.ones(block * lanes)
        for spot in range(first, last):
            place, step = acts[spot, 0], acts[spot, 1]
            if acts[spot, 2] == 1 and 2 * step <= block:
                for begin in range(0, block, 2 * step):
                    for i in range(begin, begin + step):
                        for lane in range(lanes):
                            weight[U(i * lanes + lane)] *= 1.0 - p[place, lane]
        for begin in range(at, at + size * lanes, block * lanes):
            for i in range(block * lanes):
                x[U(begin + i)] *= weight[U(i)]

    return run


@_over(primitives.overlap)
def _overlap(x, table, back, size, lanes, block, out):
    def run(x, table, back, size, lanes, block, out):
        total = np.zeros(block * lanes)
        for begin in range(0, size * lanes, block * lanes):
            for i in range(block * lanes):
                total[U(i)] += x[U(table + begin + i)] * x[U(back + begin + i)]
        for i in range(block):
            for lane in range(lanes):
                out[i, lane] = total[U(i * lanes + lane)]

    return run


@_over(primitives.moments)
def _moments(x, table, back, size, stride, lanes, out):
    def run(x, table, back, size, stride, lanes, out):
        out[:] = 0.0
        if stride <= SHORT and lanes == 1:
            nn = ny = yy = 0.0
            for k in range(size // 2):
                i = _pair_at(k, stride)
                n, y, gn, gy = x[U(table + i)], x[U(table + i + stride)], x[U(back + i)], x[U(back + i + stride)]
                nn += n * gn
                ny += n * gy
                yy += y * gy
            out[0, 0], out[1, 0], out[2, 0] = nn, ny, yy
            return
        step = stride * lanes
        for block in range(size // (2 * stride)):
            n, g = table + 2 * block * step, back + 2 * block * step
            _moment_pair(x, n, n + step, g, g + step, stride, lanes, out)

    return run


@_over(primitives.link_where)
def _link_where(x, at, size, stride, lanes, p, row, signed):
    def run(x, at, size, stride, lanes, p, row, signed):
        half, step = (size // 2) * lanes, stride * lanes
        for block in range(size // (4 * stride)):
            n = at + (2 * block + 1) * step
            _link_pair(x, n, n + half, stride, lanes, p, row, signed)

    return run


@_over(primitives.unlink_where)
def _unlink_where(x, at, size, stride, lanes, p, row, signed):
    def run(x, at, size, stride, lanes, p, row, signed):
        half, step = (size // 2) * lanes, stride * lanes
        for block in range(size // (4 * stride)):
            n = at + (2 * block + 1) * step
            _unlink_pair(x, n, n + half, stride, lanes, p, row, signed)

    return run


@_over(primitives.moments_where)
def _moments_where(x, table, back, size, stride, lanes, out):
    def run(x, table, back, size, stride, lanes, out):
        out[:] = 0.0
        half, step = (size // 2) * lanes, stride * lanes
        for block in range(size // (4 * stride)):
            n, g = table + (2 * block + 1) * step, back + (2 * block + 1) * step
            _moment_pair(x, n, n + half, g, g + half, stride, lanes, out)

    return run


@_over(primitives.dot)
def _dot(x, one, other, size, lanes, out, row):
    def run(x, one, other, size, lanes, out, row):
        if lanes == 1:
            total = 0.0
            for i in range(size):
                total += x[U(one + i)] * x[U(other + i)]
            out[row, 0] = total
        else:
            for lane in range(lanes):
                out[row, lane] = 0.0
            for i in range(size):
                for lane in range(lanes):
                    out[row, lane] += x[U(one + i * lanes + lane)] * x[U(other + i * lanes + lane)]

    return run


@_over(primitives.scaled)
def _scaled(x, target, source, size, lanes, a, row):
    def run(x, target, source, size, lanes, a, row):
        if lanes == 1:
            factor = a[row, 0]
            for i in range(size):
                x[U(target + i)] = factor * x[U(source + i)]
        else:
            for i in range(size):
                for lane in range(lanes):
                    x[U(target + i * lanes + lane)] = a[row, lane] * x[U(source + i * lanes + lane)]

    return run


@_over(primitives.added)
def _added(x, target, source, size, lanes, a, row):
    def run(x, target, source, size, lanes, a, row):
        if lanes == 1:
            factor = a[row, 0]
            for i in range(size):
                x[U(target + i)] += factor * x[U(source + i)]
        else:
            for i in range(size):
                for lane in range(lanes):
                    x[U(target + i * lanes + lane)] += a[row, lane] * x[U(source + i * lanes + lane)]

    return run


@_over(primitives.blended)
def _blended(x, target, one, other, size, lanes, a, a_row, b, b_row):
    def run(x, target, one, other, size, lanes, a, a_row, b, b_row):
        if lanes == 1:
            first, second = a[a_row, 0], b[b_row, 0]
            for i in range(size):
                x[U(target + i)] = first * x[U(one + i)] + second * x[U(other + i)]
        else:
            for i in range(size):
                for lane in range(lanes):
                    k = i * lanes + lane
                    x[U(target + k)] = a[a_row, lane] * x[U(one + k)] + b[b_row, lane] * x[U(other + k)]

    return run


@_over(primitives.copied)
def _copied(x, target, source, size, lanes):
    def run(x, target, source, size, lanes):
        for i in range(size * lanes):
            x[U(target + i)] = x[U(source + i)]

    return run


@_over(primitives.headed)
def _headed(x, at, other, size, stride, lanes, pair):
    def run(x, at, other, size, stride, lanes, pair):
        half = stride * lanes
        if lanes == 1:
            a, b, c = pair[0, 0], pair[1, 0], pair[2, 0]
            for k in range(size // 2):
                n = _pair_at(k, stride)
                x[U(at + n)] *= a
                x[U(at + n + half)] = x[U(at + n + half)] * b + x[U(other + n + half)] * c
            return
        for begin in range(0, size * lanes, 2 * half):
            for first in range(begin, begin + half, lanes):
                n, y = at + first, other + first + half
                for lane in range(lanes):
                    x[U(n + lane)] *= pair[0, lane]
                    x[U(n + half + lane)] = x[U(n + half + lane)] * pair[1, lane] + x[U(y + lane)] * pair[2, lane]

    return run


@_over(primitives.headed_back)
def _headed_back(x, at, other, size, stride, lanes, pair):
    def run(x, at, other, size, stride, lanes, pair):
        half = stride * lanes
        for begin in range(0, size * lanes, 2 * half):
            for first in range(begin, begin + half, lanes):
                n, y = at + first, other + first
                for lane in range(lanes):
                    x[U(y + lane)] = 0.0
                    x[U(y + half + lane)] = x[U(n + half + lane)] * pair[2, lane]
                    x[U(n + lane)] *= pair[0, lane]
                    x[U(n + half + lane)] *= pair[1, lane]

    return run


@_over(primitives.opened)
def _opened(x, at, other, size, stride, lanes, pair, signed):
    def run(x, at, other, size, stride, lanes, pair, signed):
        half = stride * lanes
        for begin in range(0, size * lanes, 2 * half):
            for first in range(begin, begin + half, lanes):
                n, w = at + first, other + first
                for lane in range(lanes):
                    one, two = x[U(w + lane)], x[U(w + half + lane)]
                    value = x[U(n + lane)] * pair[0, lane] + one * pair[1, lane]
                    if signed:
                        x[U(n + lane)], x[U(n + half + lane)] = value, two * pair[2, lane]
                    else:
                        x[U(n + lane)] = value + two * pair[2, lane]
                        x[U(n + half + lane)] = (one + two) * pair[2, lane]

    return run


@_over(primitives.opened_back)
def _opened_back(x, at, other, size, stride, lanes, pair, signed):
    def run(x, at, other, size, stride, lanes, pair, signed):
        half = stride * lanes
        for begin in range(0, size * lanes, 2 * half):
            for first in range(begin, begin + half, lanes):
                g, w = at + first, other + first
                for lane in range(lanes):
                    one, two = x[U(g + lane)], x[U(g + half + lane)]
                    x[U(w + lane)], x[U(w + half + lane)] = one * pair[1, lane], two * pair[2, lane]
                    if not signed:
                        x[U(w + lane)] += two * pair[2, lane]
                        x[U(w + half + lane)] += one * pair[2, lane]
                    x[U(g + lane)], x[U(g + half + lane)] = one * pair[0, lane], 0.0

    return run
