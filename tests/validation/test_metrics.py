"""Figures against examples worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crampnet.validation.metrics import area, brier, log_loss, mean, risk_coverage, threshold, upper_bound


def test_a_mean_and_its_interval() -> None:
    figure = mean([1.0] * 90 + [0.0] * 10)
    assert figure is not None
    assert (figure.value, figure.n) == (0.9, 100)
    # Binomial(100, 0.9): standard deviation 0.03
    assert figure.low == pytest.approx(0.84, abs=0.015)
    assert figure.high == pytest.approx(0.95, abs=0.015)
    assert mean([1.0] * 90 + [0.0] * 10) == figure


def test_a_mean_over_some_of_the_cases() -> None:
    figure = mean([1.0, 0.0, 5.0, 7.0], np.array([True, True, False, False]))
    assert figure is not None
    assert (figure.value, figure.n) == (0.5, 2)
    assert (figure.low, figure.high) == (0.0, 1.0)
    assert mean([1.0, 2.0], np.array([False, False])) is None


def test_the_bound_on_what_did_not_happen() -> None:
    assert upper_bound(0, 30) == pytest.approx(1 - 0.05 ** (1 / 30))
    assert upper_bound(0, 300) == pytest.approx(3 / 300, rel=0.01)
    # P(at most 1 of 10 | p) = (1 - p)^10 + 10 p (1 - p)^9 = 0.05
    p = upper_bound(1, 10)
    assert (1 - p) ** 10 + 10 * p * (1 - p) ** 9 == pytest.approx(0.05)
    assert upper_bound(5, 5) == upper_bound(0, 0) == 1.0


def test_brier_and_log_loss() -> None:
    p = np.array([1.0, 0.5, 0.0])
    assert brier(p) == pytest.approx([0.0, 0.25, 1.0])
    assert log_loss(p)[:2] == pytest.approx([0.0, np.log(2.0)])
    assert log_loss(p)[2] == pytest.approx(-np.log(1e-12))


def test_the_threshold_keeps_false_alarms_below_the_share() -> None:
    score = np.array([0.9, 0.8, 0.3, *np.linspace(0.01, 0.2, 37), 0.85, 0.1])
    unexplained = np.array([False] * 40 + [True, True])
    # of 40 explained cases fewer than 2 may be flagged: one, so just above the second largest, 0.8
    limit = threshold(score, unexplained)
    assert limit == pytest.approx(0.8)
    assert int((score[:40] >= limit).sum()) == 1
    assert list(score[40:] >= limit) == [True, False]


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60), st.floats(0.01, 0.3))
def test_the_threshold_always_keeps_its_promise(scores: list[float], most: float) -> None:
    explained = np.array(scores)
    limit = threshold(explained, np.zeros(len(scores), dtype=bool), most=most)
    assert (explained >= limit).mean() < most


def test_risk_falls_when_the_unsure_are_left_out() -> None:
    confidence = np.array([0.9, 0.2, 0.8, 0.4])
    right = np.array([True, False, True, False])
    curve = risk_coverage(confidence, right, (1.0, 0.75, 0.5))
    assert [point["risk"] for point in curve] == pytest.approx([0.5, 1 / 3, 0.0])
    assert [point["cases"] for point in curve] == [4, 3, 2]
    assert curve[2]["confidence"] == 0.8


def test_the_area_is_the_share_of_pairs_in_the_right_order_with_ties_half() -> None:
    score = np.array([0.9, 0.4, 0.4, 0.1, 0.2])
    found = area(score, np.array([True, True, False, False, False]))
    assert found is not None
    assert found.value == pytest.approx(5.5 / 6.0)
    assert found.n == 2
    assert 0.0 <= found.low <= found.value <= found.high <= 1.0


def test_there_is_no_area_without_both_kinds() -> None:
    assert area(np.array([0.1, 0.2]), np.array([True, True])) is None
    assert area(np.array([0.1, 0.2]), np.array([False, False])) is None


def test_a_perfect_order_stays_so_in_every_resample() -> None:
    found = area(np.array([0.9, 0.8, 0.1, 0.2, 0.3]), np.array([True, True, False, False, False]))
    assert found is not None
    assert (found.low, found.value, found.high) == (1.0, 1.0, 1.0)
