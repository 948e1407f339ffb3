"""The rungs between signed axes and none: each leaves less to cancel than the one before."""

from __future__ import annotations

import hypothesis.extra.numpy as arrays
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crampnet.inference.exact.ladder import HARDLY, HARMLESS, LESS, _cancelled, _fewer, _unsigned, _written
from crampnet.inference.exact.plan import find_order, signed_last
from crampnet.inference.exact.reduction import find_structure
from crampnet.inference.runs import PRESENT, observe
from crampnet.network.network import Array
from tests.support.networks import wide_network

losses = arrays.arrays(np.float64, st.integers(1, 20), elements=st.floats(1.0, 1e4))


@given(losses)
def test_the_next_rung_has_fewer_signed_axes_and_less_to_cancel(loss: Array) -> None:
    left = _unsigned(np.ones(len(loss), np.int64), loss, HARMLESS)
    assert left.sum() < len(loss)
    assert _cancelled(np.where(left == 1, loss, 0.0)) <= max(1.0, min(HARMLESS, LESS * _cancelled(loss)))


@given(losses)
def test_those_that_cancel_most_go_first(loss: Array) -> None:
    left = _unsigned(np.ones(len(loss), np.int64), loss, HARMLESS)
    assert loss[left == 0].min() >= loss[left == 1].max(initial=0.0)


@given(losses, st.floats(1.0, 1e4))
def test_where_more_may_cancel_no_fewer_axes_stay_signed(loss: Array, more: float) -> None:
    signed, before = np.ones(len(loss), np.int64), loss.copy()
    few, many = (_unsigned(signed, loss, harmless) for harmless in (HARMLESS, more * HARMLESS))
    assert np.all(few <= many)
    assert signed.all()
    assert np.array_equal(loss, before)


def test_more_may_cancel_only_where_nothing_less_can_be_paid() -> None:
    network = wide_network(3, roots=14, pairs=6, findings=12)
    weights = {n: PRESENT for n, node in enumerate(network.nodes) if node.kind == "finding"}
    structure = find_structure(network.arrays, observe(network, weights).codes, np.ones(len(network.nodes), np.int64))
    order = find_order(structure, np.zeros(1, np.int64), np.zeros(0, np.int64), 0)
    signed = 1 - structure.variable
    loss = np.where(signed == 1, 20.0, 1.0)

    def left(harmless: float) -> np.ndarray:
        return _unsigned(signed, loss, harmless)

    def work(axes: np.ndarray) -> float:
        return _written(structure, signed_last(order, axes), axes).work

    def chosen(most_work: float, plain: float = 1e30) -> np.ndarray:
        return _fewer(structure, order, signed, loss, plain, 1, most_work, np.inf)

    few, many = left(HARMLESS), left(HARDLY * HARMLESS)
    assert work(many) < work(few)
    assert np.array_equal(chosen(work(few)), few)
    assert np.array_equal(chosen(work(many)), many)
    assert np.array_equal(chosen(1.0), few)  # nothing can be paid
    assert np.array_equal(chosen(1e20, plain=1e10), few)  # no signed axis can be paid as well
