"""Whole points add up, whatever is rounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crampnet.report.points import POINTS, points, signed

numbers = st.floats(-30, 30, allow_nan=False)


@given(numbers, st.lists(numbers, max_size=30))
def test_start_and_weights_add_up_to_the_end(start: float, weights: list[float]) -> None:
    end = start + sum(weights)
    first, whole, last = points(start, weights, end)
    assert first + sum(whole) == last
    assert last == pytest.approx(end * POINTS, abs=0.5 + 1e-6)
    assert first == pytest.approx(start * POINTS, abs=1.0 + 1e-6)
    assert whole == pytest.approx([weight * POINTS for weight in weights], abs=1.0 + 1e-6)


def test_ten_points_are_ten_times_the_odds() -> None:
    assert points(0.0, [2.302585092994046], 2.302585092994046) == (0, [10], 10)


@pytest.mark.parametrize(("value", "said"), [(3, "+3"), (0, "0"), (-3, "\N{MINUS SIGN}3")])
def test_signs(value: int, said: str) -> None:
    assert signed(value) == said
