"""The rungs between signed axes and none: each leaves less to cancel than the one before."""

from __future__ import annotations

import hypothesis.extra.numpy as arrays
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crampnet.inference.exact.ladder import HARMLESS, LESS, _cancelled, _unsign
from crampnet.network.network import Array

losses = arrays.arrays(np.float64, st.integers(1, 20), elements=st.floats(1.0, 1e4))


@given(losses)
def test_the_next_rung_has_fewer_signed_axes_and_less_to_cancel(loss: Array) -> None:
    before, signed, left = _cancelled(loss), np.ones(len(loss), np.int64), loss.copy()
    _unsign(signed, left)
    assert signed.sum() < len(loss)
    assert _cancelled(left) <= max(1.0, min(HARMLESS, LESS * before))


@given(losses)
def test_those_that_cancel_most_go_first(loss: Array) -> None:
    signed, left = np.ones(len(loss), np.int64), loss.copy()
    _unsign(signed, left)
    assert loss[signed == 0].min() >= loss[signed == 1].max(initial=0.0)
