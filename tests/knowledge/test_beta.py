from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from crampnet.knowledge.beta import Beta, beta_from_counts, beta_of, counts, fit_beta, fit_betas, logit_quantiles

shapes = st.floats(0.4, 2000.0)


@given(shapes, shapes)
def test_fitting_a_betas_own_interval_gives_it_back(a: float, b: float) -> None:
    beta = Beta(a, b)
    low, high = beta.interval()
    if not low < beta.mean < high:
        return
    fitted = fit_beta(beta.mean, (low, high))
    assert fitted.mean == pytest.approx(beta.mean, rel=1e-9)
    assert fitted.interval() == pytest.approx((low, high), rel=1e-4, abs=1e-9)


@given(st.floats(0.001, 0.999), st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_mean_is_kept_and_ninety_percent_lies_inside(mean: float, below: float, above: float) -> None:
    low, high = mean * (1 - below), mean + (1 - mean) * above
    fitted = fit_beta(mean, (low, high))
    inside = stats.beta.cdf(high, fitted.a, fitted.b) - stats.beta.cdf(low, fitted.a, fitted.b)
    assert fitted.mean == pytest.approx(mean, rel=1e-9)
    widest = min(fitted.a, fitted.b) < 0.2001
    assert inside == pytest.approx(0.9, abs=1e-6) or (widest and inside > 0.9)


def test_the_beta_behind_an_interval_of_two_to_twelve_percent() -> None:
    """Beta(3.59, 54.7) was solved for 0.02 and 0.12 as its 5 % and 95 % points by other means."""
    fitted = fit_beta(3.59 / (3.59 + 54.7), (0.02, 0.12))
    assert (fitted.a, fitted.b) == pytest.approx((3.59, 54.7), rel=0.01)


def test_with_a_mean_that_no_beta_has_in_the_middle_the_width_is_kept() -> None:
    low, high = fit_beta(0.07, (0.02, 0.12)).interval()
    assert high - low == pytest.approx(0.10, abs=0.01)


def test_many_at_once_equal_one_by_one() -> None:
    mean, low, high = np.array([0.1, 0.5, 0.9]), np.array([0.05, 0.2, 0.7]), np.array([0.3, 0.7, 0.99])
    a, b = fit_betas(mean, low, high)
    single = [fit_beta(m, (lo, hi)) for m, lo, hi in zip(mean, low, high, strict=True)]
    assert a == pytest.approx([beta.a for beta in single], rel=1e-12)
    assert b == pytest.approx([beta.b for beta in single], rel=1e-12)


@pytest.mark.parametrize(
    ("mean", "interval"), [(0.5, (0.6, 0.7)), (0.5, (0.1, 0.5)), (1.2, (1.0, 1.5)), (0.0, (0.0, 0.1))]
)
def test_a_mean_outside_its_interval_is_refused(mean: float, interval: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="inside its interval"):
        fit_beta(mean, interval)


def test_quantiles_agree_with_scipy() -> None:
    assert Beta(2.0, 5.0).quantile(0.3) == pytest.approx(stats.beta.ppf(0.3, 2.0, 5.0), rel=1e-10)


def test_the_standard_deviation_agrees_with_scipy() -> None:
    assert Beta(2.0, 5.0).sd == pytest.approx(stats.beta(2.0, 5.0).std(), rel=1e-12)


@pytest.mark.parametrize(("a", "b"), [(2.0, 5.0), (0.3, 0.4), (4000.0, 3.0), (1.0, 1e6)])
def test_log_odds_of_quantiles_and_their_slope(a: float, b: float) -> None:
    normal = np.linspace(-5.0, 5.0, 41)
    height, slope = logit_quantiles(np.array(a), np.array(b), normal)
    low = stats.norm.cdf(normal) < 0.5
    direct = np.where(low, stats.beta.ppf(stats.norm.cdf(normal), a, b), stats.beta.isf(stats.norm.sf(normal), a, b))
    inside = 1.0 - direct > 1e-9
    assert height[inside] == pytest.approx(special.logit(direct[inside]), rel=1e-6, abs=1e-6)
    step = 1e-4
    ahead, behind = (logit_quantiles(np.array(a), np.array(b), normal + s)[0] for s in (step, -step))
    assert slope == pytest.approx((ahead - behind) / (2 * step), rel=1e-5)


def test_counts_become_their_own_beta() -> None:
    assert counts(" 23 / 112 ") == (23, 112)
    assert counts("about a third") is None
    assert beta_from_counts(23, 112) == Beta(23.5, 89.5)
    with pytest.raises(ValueError, match="not a count"):
        beta_from_counts(5, 4)


def test_published_counts_are_used_and_judged_ones_are_not() -> None:
    stated = {"value": 23 / 112, "interval": (0.15, 0.27), "reported": "23/112"}
    assert beta_of(SimpleNamespace(basis="published", **stated)) == Beta(23.5, 89.5)
    assert beta_of(SimpleNamespace(basis="derived", **stated)).mean == pytest.approx(23 / 112)
