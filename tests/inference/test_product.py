"""The product of tables: against the definition, split or not, and its gradients against differences."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from crampnet.inference import product as module
from crampnet.inference.product import product, product_gradients


def by_definition(a: np.ndarray, b: np.ndarray, shared: int) -> np.ndarray:
    """A shared axis is explained when either table explains it."""
    out = np.zeros((len(a), 1 << shared, a.shape[2], b.shape[2]))
    for left, right in itertools.product(range(1 << shared), repeat=2):
        out[:, left | right] += a[:, left, :, None] * b[:, right, None, :]
    return out


@pytest.mark.parametrize("shared", [0, 1, 2, 4])
@pytest.mark.parametrize("largest", [1, 1 << 18])
def test_it_is_the_or_of_both(shared: int, largest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", largest)
    rng = np.random.default_rng(shared)
    a, b = rng.random((2, 1 << shared, 4)), rng.random((2, 1 << shared, 2))
    np.testing.assert_allclose(product(a, b, shared), by_definition(a, b, shared), rtol=1e-12)


@pytest.mark.parametrize("shared", [0, 1, 3])
@pytest.mark.parametrize("largest", [1, 1 << 18])
def test_gradients_are_those_of_a_bilinear_form(shared: int, largest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", largest)
    rng = np.random.default_rng(shared)
    a, b = rng.random((1, 1 << shared, 2)), rng.random((1, 1 << shared, 4))
    weight = rng.random((1, 1 << shared, 2, 4))
    to_a, to_b = product_gradients(a, b, shared, weight)
    for table, gradient, first in ((a, to_a, True), (b, to_b, False)):
        for place in np.ndindex(table.shape):
            unit = np.zeros_like(table)
            unit[place] = 1.0
            moved = by_definition(unit, b, shared) if first else by_definition(a, unit, shared)
            assert gradient[place] == pytest.approx(float((moved * weight).sum()), rel=1e-9)
