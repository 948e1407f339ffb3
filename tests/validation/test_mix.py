"""The mix of the cases: odds over prior to a power, the power from the cases themselves, ranks under it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crampnet.network.network import Array
from crampnet.validation.cases import PublicCase
from crampnet.validation.figures import Picked, pick
from crampnet.validation.mix import EXPONENTS, best_exponent, mixed, under_the_mix
from crampnet.validation.scoring import score_cases
from tests.support.models import tiny
from tests.validation.test_scoring import CASES

PRIOR = np.array([[0.5, 0.05, 0.005]])
FORECAST = np.array([[0.6, 0.5, 0.1]])


def test_it_is_the_odds_over_the_prior_to_the_power() -> None:
    expected = (FORECAST / (1 - FORECAST) / PRIOR**0.5)[0]
    assert mixed(FORECAST, PRIOR, 0.5)[0] == pytest.approx(expected / expected.sum())


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999), st.floats(0.0, 1.0))
def test_of_two_rows_with_the_same_answer_the_rarer_one_gains(common: float, rare: float, exponent: float) -> None:
    prior = np.array([[max(common, rare), min(common, rare)]])
    shares = mixed(np.array([[0.3, 0.3]]), prior, exponent)[0]
    assert shares.sum() == pytest.approx(1.0)
    assert shares[1] >= shares[0] - 1e-12


def test_without_a_power_the_order_stays() -> None:
    assert np.argsort(mixed(FORECAST, PRIOR, 0.0)[0]).tolist() == np.argsort(FORECAST[0]).tolist()


def picked(right: list[int], forecast: Array, prior: Array) -> Picked:
    """Cases with one right row each, made of a scored one."""
    base = pick(score_cases(tiny(), CASES, "history"), ["calm"])
    happened = np.array([[row == place for row in range(3)] for place in right])
    cases: tuple[PublicCase, ...] = base.cases * len(right)
    return Picked(cases, base.table, forecast, happened, prior)


def test_the_power_is_the_one_that_the_cases_speak_for() -> None:
    """Rows drawn from equal frequencies, answered with unequal ones: the power that undoes it is 1."""
    likelihood = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]])
    prior = np.repeat(PRIOR, 3, axis=0)
    odds = likelihood * prior
    forecast = odds / (1.0 + odds)
    assert best_exponent(picked([0, 1, 2], forecast, prior)) == EXPONENTS[-1]
    assert best_exponent(picked([0, 0, 0], forecast, prior)) == EXPONENTS[0]


def test_ranks_under_the_mix_and_a_refused_case_is_wrong() -> None:
    forecast = np.vstack([FORECAST, np.full((1, 3), np.nan)])
    prior = np.repeat(PRIOR, 2, axis=0)
    part = picked([1, 0], forecast, prior)
    assert under_the_mix({"develop": part}, 0.0)["develop"]["top_1"]["value"] == 0.0
    found = under_the_mix({"develop": part}, 0.5)["develop"]
    assert found["top_1"]["value"] == found["top_3"]["value"] - 0.5 == 0.5


def test_what_is_scored_carries_the_probability_before_any_answer() -> None:
    scores = score_cases(tiny(), CASES, "history")
    assert scores.prior.shape == scores.forecast.shape
    assert scores.table.loc["calm", "prevalence_p"] in scores.prior[0]
