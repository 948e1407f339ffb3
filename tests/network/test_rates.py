"""Published figures to parameters, each against arithmetic written out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from crampnet.network.rates import (
    against_background,
    base_rate,
    cause_link,
    reachable,
    spread,
    window_probability,
)


@dataclass(frozen=True)
class Figure:
    value: float
    measure: str | None
    mean_days: float | None = None
    current_fraction: float | None = None


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (Figure(0.038, "point_prevalence"), 0.038),
        (Figure(0.02, "window_prevalence"), 0.02),
        (Figure(0.9, "incidence_per_year"), 1 - math.exp(-0.9 * 28 / 365.25)),
        (Figure(0.1, "annual_prevalence", mean_days=7), 0.1 * (28 + 7) / 365.25),
        (Figure(0.1, "annual_prevalence", mean_days=365), 0.1),
        (Figure(0.3, "lifetime_prevalence", current_fraction=0.2), 0.06),
    ],
)
def test_a_figure_becomes_its_28_day_probability(figure: Figure, expected: float) -> None:
    assert window_probability(figure) == pytest.approx(expected)


def test_prevalence_and_new_cases_add_up() -> None:
    parts = [Figure(0.01, "point_prevalence"), Figure(0.002, "window_prevalence")]
    assert base_rate(parts) == pytest.approx(0.012)


def test_a_measure_without_conversion_is_refused() -> None:
    with pytest.raises(ValueError, match="no conversion"):
        window_probability(Figure(0.1, "relative_risk"))


@given(st.floats(0.001, 0.3), st.lists(st.floats(0.01, 5), min_size=4, max_size=4))
def test_spreading_over_strata_keeps_the_population_rate(rate: float, factors: list[float]) -> None:
    weights = np.array([0.4, 0.3, 0.2, 0.1])
    assert weights @ spread(rate, np.array(factors), weights) == pytest.approx(rate)


@given(st.lists(st.floats(1e-8, 0.95), min_size=1, max_size=4), st.lists(st.floats(0, 40), min_size=4, max_size=4))
def test_many_rates_are_spread_at_once(rates: list[float], factors: list[float]) -> None:
    """A rate that the strata with a factor above 0 cannot reach makes everybody in them certain."""
    weights, sizes = np.array([0.4, 0.3, 0.2, 0.1]), np.array(factors)
    sizes[sizes < 1e-3] = 0.0
    most = reachable(sizes, weights)
    assert most == pytest.approx(weights[sizes > 0].sum())
    table = spread(np.array(rates), sizes, weights)
    assert table.shape == (len(rates), 4)
    assert table @ weights == pytest.approx(np.minimum(rates, most), rel=1e-9)
    assert ((table > 0) == (sizes > 0)).all()


def test_each_rate_is_spread_over_its_own_people() -> None:
    """One distribution of people a rate; those who are not there at all do not count."""
    rates, factors = np.array([0.2, 0.2]), np.array([0.5, 1.0, 4.0])
    people = np.array([[1.0, 2.0, 1.0], [0.0, 3.0, 1.0]])
    table = spread(rates, factors, people)
    assert (table * people).sum(axis=1) / people.sum(axis=1) == pytest.approx(rates)
    odds = table / (1.0 - table)
    assert odds[:, 2] / odds[:, 0] == pytest.approx([8.0, 8.0])
    assert reachable(np.array([0.0, 1.0, 1.0]), people) == pytest.approx([0.75, 1.0])


@given(st.floats(0, 1), st.floats(1e-6, 0.99), st.floats(1.0, 500.0))
def test_the_background_of_an_odds_ratio_mixes_to_the_marginal(cause: float, marginal: float, ratio: float) -> None:
    link = float(cause_link("odds_ratio", ratio, np.array([marginal]), np.array([cause]))[0])

    def mixed(background: float) -> float:
        exposed = ratio * background / (1 - background + ratio * background)
        return (1 - cause) * background + cause * exposed

    background = float(brentq(lambda u: mixed(u) - marginal, 0.0, 1.0, xtol=1e-15))
    exposed = ratio * background / (1 - background + ratio * background)
    assert 1 - (1 - background) * (1 - link) == pytest.approx(exposed, rel=1e-6, abs=1e-9)


@given(st.floats(0.0, 0.5), st.floats(0.5, 0.999))
def test_the_link_lifts_the_background_to_what_was_stated(background: float, stated: float) -> None:
    link = float(against_background(stated, background))
    assert 1 - (1 - background) * (1 - link) == pytest.approx(stated)


@given(
    st.sampled_from(["relative_risk", "odds_ratio", "prevalence_given"]),
    st.floats(0.02, 0.1),
    st.floats(0.05, 0.5),
    st.floats(1.2, 5.0),
)
def test_a_cause_link_returns_the_stated_ratio_and_marginal(
    measure: str, marginal: float, cause: float, ratio: float
) -> None:
    """With one cause the noisy-OR must give back both the marginal and the published figure."""
    value = ratio * marginal if measure == "prevalence_given" else ratio
    if measure == "prevalence_given" and cause * value > marginal * 0.95:
        return
    b, m = np.array([marginal]), np.array([cause])
    link = cause_link(measure, value, b, m)
    absence = 1 - m * link
    leak = 1 - (1 - b) / absence
    unexposed = float(leak[0])
    exposed = float(1 - (1 - leak[0]) * (1 - link[0]))
    assert cause * exposed + (1 - cause) * unexposed == pytest.approx(marginal, rel=1e-6)
    found = {
        "relative_risk": exposed / unexposed,
        "odds_ratio": exposed / (1 - exposed) / (unexposed / (1 - unexposed)),
        "prevalence_given": exposed,
    }[measure]
    assert found == pytest.approx(value, rel=1e-5)
