"""Global indices against functions whose indices are known in closed form."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np
import pytest

from crampnet.errors import MissingExtra
from crampnet.reasoning.sensitivity.indices import rank_correlations, sobol_indices

A, B = 7.0, 0.1


def ishigami(points: np.ndarray) -> np.ndarray:
    """sin x1 + A sin^2 x2 + B x3^4 sin x1 over (-pi, pi)^3, read from the unit cube."""
    x = -np.pi + 2.0 * np.pi * points
    return np.asarray(np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0]))


def test_sobol_indices_of_the_ishigami_function() -> None:
    """Its variance falls apart into V1, V2 and V13 alone."""
    v1 = 0.5 * (1.0 + B * np.pi**4 / 5.0) ** 2
    v2 = A**2 / 8.0
    v13 = B**2 * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    total = v1 + v2 + v13
    found = sobol_indices(ishigami, ["x1", "x2", "x3"], samples=4096, seed=1)
    assert found["first"].tolist() == pytest.approx([v1 / total, v2 / total, 0.0], abs=0.02)
    assert found["total"].tolist() == pytest.approx([(v1 + v13) / total, v2 / total, v13 / total], abs=0.02)
    assert (found["first_error"] < 0.1).all()
    assert (found["total_error"] >= 0.0).all()


def test_indices_of_a_sum_are_its_shares_of_variance() -> None:
    found = sobol_indices(lambda points: points @ np.array([3.0, 1.0]), ["a", "b"], samples=1024, seed=3)
    assert found["first"].tolist() == pytest.approx([0.9, 0.1], abs=0.01)
    assert found["total"].tolist() == pytest.approx([0.9, 0.1], abs=0.01)


def test_the_same_seed_gives_the_same_indices_and_a_constant_none() -> None:
    once, again = (sobol_indices(ishigami, ["x1", "x2", "x3"], samples=64, seed=5) for _ in range(2))
    assert once.equals(again)
    flat = sobol_indices(lambda points: np.ones(len(points)), ["a", "b"], samples=16, seed=1)
    assert (flat == 0.0).all().all()


def test_without_salib_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("SALib"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(MissingExtra, match=r"crampnet\[sensitivity\]"):
        sobol_indices(ishigami, ["x1"], samples=4, seed=1)


def test_rank_correlation_sees_through_any_monotone_function() -> None:
    rng = np.random.default_rng(1)
    x = rng.random((2000, 3))
    found = rank_correlations(x, np.exp(5.0 * x[:, 0]), ["a", "b", "c"])
    assert found.index[0] == "a"
    assert found["spearman"].iloc[0] == pytest.approx(1.0)
    assert (found["spearman"].iloc[1:].abs() < 0.06).all()


def test_partial_rank_correlation_removes_what_others_explain() -> None:
    rng = np.random.default_rng(2)
    cause = rng.random(4000)
    shadow = cause + 0.05 * rng.random(4000)
    y = cause + 0.02 * rng.standard_normal(4000)
    found = rank_correlations(np.column_stack([cause, shadow]), y, ["cause", "shadow"])
    assert found["spearman"]["shadow"] > 0.9
    assert abs(found["partial"]["shadow"]) < 0.1
    assert found["partial"]["cause"] > 0.5


def test_partial_correlation_is_that_of_the_residuals_of_the_ranks() -> None:
    rng = np.random.default_rng(3)
    x = rng.random((300, 3))
    y = x @ np.array([1.0, -0.5, 0.2]) + 0.3 * rng.random(300)
    found = rank_correlations(x, y, ["a", "b", "c"], partial=3)
    ranks = np.argsort(np.argsort(np.column_stack([x, y]), axis=0), axis=0).astype(float)
    for place, name in enumerate("abc"):
        others = np.column_stack([np.ones(300), *(ranks[:, j] for j in range(3) if j != place)])
        left = [v - others @ np.linalg.lstsq(others, v, rcond=None)[0] for v in (ranks[:, place], ranks[:, 3])]
        assert found.loc[name, "partial"] == pytest.approx(np.corrcoef(*left)[0, 1], abs=1e-9)


def test_only_the_strongest_are_made_partial_and_a_still_parameter_has_no_rank() -> None:
    rng = np.random.default_rng(4)
    x = np.column_stack([rng.random(100), np.full(100, 0.5), rng.random(100)])
    found = rank_correlations(x, x[:, 0], ["a", "still", "c"], partial=1)
    assert found.loc["still", "spearman"] == 0.0
    assert found["partial"].notna().sum() == 1
