"""Which figures a network hangs on, and the distribution of each."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crampnet.knowledge.beta import Beta
from crampnet.knowledge.estimate import Number
from crampnet.knowledge.numbers import all_grounds
from crampnet.network.ensemble import ensemble
from crampnet.network.lognormal import LogNormal, fit_lognormal
from crampnet.network.parameters import Parameter, answer_parameters, parameters
from tests.support.figures import with_figures
from tests.support.models import doubtful, shipped, tiny

SETTINGS = ("general_population", "dialysis_unit")
BY_EVIDENCE = ("self_report", "ruled_out", "results", "unmentioned", "unlisted")
"""Keys of figures that act through the answers of a case, or beside the network, and not through it."""


def listed_by_all(finding: str) -> bool:
    """Every condition states how often it shows the finding, so that its default stands for nothing."""
    return all(finding in record.reason_shows for record in tiny().knowledge.conditions.values())


@pytest.mark.parametrize("setting", SETTINGS)
def test_all_figures_but_those_about_answers_and_other_settings(setting: str) -> None:
    knowledge = tiny().knowledge
    paths = [row.path for row in all_grounds(knowledge) if isinstance(row.grounds, Number)]
    other = [f"settings.{name}." for name in knowledge.settings if name != setting]
    unused = [*other, *(f"findings.{name}.default" for name in knowledge.findings if listed_by_all(name))]
    expected = [
        path
        for path in paths
        if not set(path.split(".")).intersection(BY_EVIDENCE) and not path.startswith(tuple(unused))
    ]
    assert [p.path for p in parameters(knowledge, setting)] == expected
    assert len(expected) < len(paths)


def test_figures_about_answers_are_apart() -> None:
    found = answer_parameters(doubtful().knowledge)
    assert [p.path for p in found] == [
        "conditions.carpal_tunnel_syndrome.ruled_out.sensitivity",
        "conditions.carpal_tunnel_syndrome.ruled_out.specificity",
        "conditions.hypocalcemia.unmentioned",
        "exposures.dialysis.unmentioned",
        "exposures.loop_diuretic.unmentioned",
        "exposures.thyroid_or_neck_surgery.unmentioned",
        "findings.hand_tingling.self_report.sensitivity",
        "findings.hand_tingling.self_report.specificity",
        "answers.self_report.sensitivity",
        "answers.self_report.specificity",
        "answers.ruled_out.sensitivity",
        "answers.ruled_out.specificity",
        "answers.results",
    ]
    assert [p.path for p in found if isinstance(p.distribution, LogNormal)] == ["answers.results"]
    for parameter in found:
        assert parameter.distribution.mean == pytest.approx(parameter.value)
        assert within(parameter) == pytest.approx(0.9, abs=1e-6)


@pytest.mark.parametrize("setting", SETTINGS)
def test_each_of_them_moves_the_network(setting: str) -> None:
    """One draw a figure, in which that figure alone is larger."""
    found = parameters(tiny().knowledge, setting)
    values = {p.path: np.full(len(found) + 1, p.value) for p in found}
    for place, parameter in enumerate(found):
        values[parameter.path][place] *= 1.02
    strata = np.array([5, 15])
    network = ensemble(tiny().knowledge, setting, strata, values)
    table = np.concatenate([np.vstack([node.leak, node.links]) for node in network.nodes])
    table = table.reshape(len(table), -1, len(strata))
    moved = (np.abs(table[:, :-1] - table[:, -1:]) > 1e-9 * table[:, -1:]).any(axis=(0, 2))
    still = [p.path for p, changes in zip(found, moved, strict=True) if not changes]
    assert still == ([] if setting == "general_population" else ["exposures.dialysis.frequency"])


def test_a_parameter_is_the_figure_as_stated() -> None:
    found = {p.path: p for p in parameters(tiny().knowledge, "dialysis_unit")}
    rate = found["settings.dialysis_unit.base_rates.hypocalcemia"]
    assert (rate.value, rate.interval, rate.source, rate.basis, rate.grade) == (
        0.1,
        (0.05, 0.16),
        None,
        "judgement",
        "E",
    )
    assert rate.definition == "present at any time in 28 days"


def within(parameter: Parameter) -> float:
    low, high = parameter.interval
    if isinstance(d := parameter.distribution, Beta):
        return float(stats.beta.cdf(high, d.a, d.b) - stats.beta.cdf(low, d.a, d.b))
    below = stats.norm.cdf((math.log(low) - d.mu) / d.sigma) if low > 0 else 0.0
    return float(stats.norm.cdf((math.log(high) - d.mu) / d.sigma) - below)


def test_the_value_is_the_mean_and_the_interval_holds_90_per_cent() -> None:
    for parameter in parameters(tiny().knowledge, "dialysis_unit"):
        assert parameter.distribution.mean == pytest.approx(parameter.value, rel=1e-9)
        assert within(parameter) == pytest.approx(0.9, abs=1e-6), parameter


def test_probabilities_have_betas_and_rates_and_ratios_lognormals() -> None:
    floors = {
        p.path: p.distribution.least
        for p in parameters(tiny().knowledge, "general_population")
        if isinstance(p.distribution, LogNormal)
    }
    assert floors == {
        "conditions.carpal_tunnel_syndrome.base_rate.1": 0.0,
        "conditions.carpal_tunnel_syndrome.raised_by.repetitive_hand_use": 1.0,
        "conditions.hypocalcemia.raised_by.loop_diuretic": 1.0,
    }


def test_printed_counts_are_their_own_distribution() -> None:
    counted = {"value": 0.2, "interval": (0.1, 0.4), "basis": "published", "reported": "23/112"}
    knowledge = with_figures(
        tiny().knowledge, lambda n: n.model_copy(update=counted) if getattr(n, "measure", None) is None else n
    )
    found = {p.path: p for p in parameters(knowledge, "general_population")}
    assert found["exposures.dialysis.frequency"].distribution == Beta(23.5, 89.5)


def test_every_shipped_figure_has_a_distribution_near_its_value() -> None:
    """Counts alone have another mean than the value: (r + 1/2) / (n + 1)."""
    found = (*parameters(shipped().knowledge, "primary_care"), *answer_parameters(shipped().knowledge))
    assert len(found) > 4100
    for parameter in found:
        drawn = parameter.distribution
        counted = 1.0 / (drawn.a + drawn.b) if isinstance(drawn, Beta) else 0.0
        assert drawn.mean == pytest.approx(parameter.value, rel=0.02, abs=max(counted, 1e-12))
        assert 0.0 < parameter.distribution.sd < max(1.0, parameter.value)


@given(st.floats(0.01, 20.0), st.floats(0.2, 0.99), st.floats(1.01, 5.0))
def test_a_lognormal_keeps_its_mean_and_never_falls_below_its_least(mean: float, down: float, up: float) -> None:
    fitted = fit_lognormal(mean, (mean * down, mean * up), least=mean / 2.0)
    truth = stats.lognorm(fitted.sigma, scale=math.exp(fitted.mu))
    assert truth.mean() == pytest.approx(mean, rel=1e-9)
    assert truth.cdf(mean * up) - truth.cdf(mean * down) == pytest.approx(0.9, abs=1e-6)
    assert fitted.quantile(0.7) == pytest.approx(max(truth.ppf(0.7), mean / 2.0))
    assert fitted.quantile(1e-12) >= mean / 2.0
    assert fitted.sd == pytest.approx(truth.std(), rel=1e-9)


def test_a_mean_outside_its_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="inside"):
        fit_lognormal(1.0, (1.5, 2.0))
