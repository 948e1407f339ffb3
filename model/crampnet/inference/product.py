"""The product of two tables that share contributions axes: n = n1 n2, y = n1 y2 + y1 (n2 + y2) along each of them.

Tables here are three-dimensional: (batch, 2**shared, own), the batch being axes on which both agree point by point.
Each shared axis is unfolded into three cases, (n, n), (n, y) and (y, n + y), multiplied, and folded back; large
products are split along the first shared axis, so that the working set stays small. Nothing is subtracted.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from crampnet.network.network import Array

LARGEST = 1 << 18
"""Numbers in one unfolded product; a larger one is split."""


def product(a: Array, b: Array, shared: int) -> Array:
    """The product, shape (batch, 2**shared, own of a, own of b)."""
    batch, _, of_a = a.shape
    of_b = b.shape[2]
    if shared and batch * 3**shared * of_a * of_b > LARGEST:
        a0, a1, b0, b1 = *_split(a), *_split(b)
        first = product(a0, b0, shared - 1)
        rest = product(a0, b1, shared - 1) + product(a1, b0 + b1, shared - 1)
        return np.concatenate([first, rest], axis=1)
    unfolded = _unfold(a, shared, of_a)[:, :, None] * _unfold_sum(b, shared, of_b)[:, None, :]
    return _fold(unfolded.reshape(len(unfolded), -1), shared, _of_product).reshape(batch, -1, of_a, of_b)


def product_gradients(a: Array, b: Array, shared: int, gradient: Array) -> tuple[Array, Array]:
    """Gradients by a and b, shaped as they are, from that by the product."""
    batch, _, of_a = a.shape
    of_b = b.shape[2]
    if shared and batch * 3**shared * of_a * of_b > LARGEST:
        a0, a1, b0, b1 = *_split(a), *_split(b)
        half = gradient.shape[1] // 2
        first, rest = gradient[:, :half], gradient[:, half:]
        to_a0, to_b0 = product_gradients(a0, b0, shared - 1, first)
        again, to_b1 = product_gradients(a0, b1, shared - 1, rest)
        to_a1, to_sum = product_gradients(a1, b0 + b1, shared - 1, rest)
        to_a = np.concatenate([to_a0 + again, to_a1], axis=1)
        return to_a, np.concatenate([to_b0 + to_sum, to_b1 + to_sum], axis=1)
    spread = _unfold_gradient(gradient.reshape(batch, gradient.shape[1], -1), shared).reshape(-1, of_a, of_b)
    cases_a, cases_b = _unfold(a, shared, of_a), _unfold_sum(b, shared, of_b)
    to_a = (spread @ cases_b[:, :, None])[:, :, 0]
    to_b = (cases_a[:, None, :] @ spread)[:, 0, :]
    return _fold(to_a, shared, _of_first).reshape(a.shape), _fold(to_b, shared, _of_second).reshape(b.shape)


def _split(table: Array) -> tuple[Array, Array]:
    half = table.shape[1] // 2
    return table[:, :half], table[:, half:]


def _unfold(table: Array, shared: int, own: int) -> Array:
    """Each shared axis (n, y) to (n, n, y); shape (batch * 3**shared, own)."""
    flat, after = np.ascontiguousarray(table), table.shape[1] * own
    for _ in range(shared):
        after //= 2
        flat = flat.reshape(-1, 2, after)[:, [0, 0, 1]]
    return flat.reshape(-1, own)


def _unfold_sum(table: Array, shared: int, own: int) -> Array:
    """Each shared axis (n, y) to (n, y, n + y); shape (batch * 3**shared, own)."""
    flat, after = np.ascontiguousarray(table), table.shape[1] * own
    for _ in range(shared):
        after //= 2
        pair = flat.reshape(-1, 2, after)
        flat = np.concatenate([pair, pair[:, :1] + pair[:, 1:]], axis=1)
    return flat.reshape(-1, own)


def _unfold_gradient(gradient: Array, shared: int) -> Array:
    """Each shared axis (n, y) to (n, y, y)."""
    flat, after = np.ascontiguousarray(gradient), gradient.shape[1] * gradient.shape[2]
    for _ in range(shared):
        after //= 2
        flat = flat.reshape(-1, 2, after)[:, [0, 1, 1]]
    return flat


def _fold(flat: Array, shared: int, pair: Callable[[Array, Array, Array], tuple[Array, Array]]) -> Array:
    """Each unfolded axis of three cases to the pair that it makes of them, the last axis first."""
    after = flat.shape[1]
    for _ in range(shared):
        cases = flat.reshape(-1, 3, after)
        flat = np.stack(pair(cases[:, 0], cases[:, 1], cases[:, 2]), axis=1)
        after *= 2
    return flat


def _of_product(a: Array, b: Array, c: Array) -> tuple[Array, Array]:
    """(n, y) of the product from its cases (n n, n y, y s)."""
    return a, b + c


def _of_first(a: Array, b: Array, c: Array) -> tuple[Array, Array]:
    """Gradient by (n, y) from that by the unfolded (n, n, y)."""
    return a + b, c


def _of_second(a: Array, b: Array, c: Array) -> tuple[Array, Array]:
    """Gradient by (n, y) from that by the unfolded (n, y, n + y)."""
    return a + c, b + c
