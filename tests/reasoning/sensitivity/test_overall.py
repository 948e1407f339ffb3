"""Global indices of a case: against the variance decomposition written out on a grid."""

from __future__ import annotations

import numpy as np
import pytest

from crampnet.errors import BadValue
from crampnet.network.draws import Sampler
from crampnet.reasoning.sensitivity import most_influential, rank_correlation, sobol, survey
from crampnet.reasoning.sensitivity.overall import REST
from crampnet.reasoning.sensitivity.setup import joint_of_draws
from tests.reasoning.sensitivity.support import setup_of

SETUP = setup_of()
FOUND = survey(SETUP)
ROW = SETUP.leader


def test_sobol_indices_are_those_of_the_decomposition_written_out() -> None:
    paths = most_influential(FOUND, ROW, most=2)
    quantiles = (np.arange(80) + 0.5) / 80
    axes = [np.array([SETUP.parameter(path).distribution.quantile(q) for q in quantiles]) for path in paths]
    grid = {path: values.ravel() for path, values in zip(paths, np.meshgrid(*axes, indexing="ij"), strict=True)}
    y = joint_of_draws(SETUP, grid).posterior(SETUP, ROW).reshape(80, 80)
    total = y.var()
    found = sobol(survey(SETUP, paths), ROW, most=2, samples=1024, seed=1)
    assert REST not in found.index
    for path, axis in zip(paths, (1, 0), strict=True):
        assert found.loc[path, "first"] == pytest.approx(y.mean(axis=axis).var() / total, abs=0.03)
        assert found.loc[path, "total"] == pytest.approx(1.0 - y.mean(axis=1 - axis).var() / total, abs=0.03)


def test_the_rest_is_one_factor_with_the_joint_effect_of_all_the_others() -> None:
    found = sobol(FOUND, ROW, most=1, samples=512, seed=2)
    assert list(found.index[found.index == REST]) == [REST]
    assert len(found) == 2
    assert found["first"].sum() <= 1.05
    draws = Sampler(FOUND.parameters, 5, 0.0).draw(0, 2000)
    path = most_influential(FOUND, ROW, most=1)[0]
    everything = joint_of_draws(SETUP, draws).posterior(SETUP, ROW).var()
    rest = {name: values for name, values in draws.items() if name != path}
    without = joint_of_draws(SETUP, {**rest, path: np.full(2000, np.median(draws[path]))}).posterior(SETUP, ROW).var()
    assert found.loc[REST, "first"] == pytest.approx(without / everything, abs=0.12)


def test_the_same_seed_gives_the_same_indices() -> None:
    once, again = (sobol(FOUND, ROW, most=2, samples=32, seed=0) for _ in range(2))
    assert once.equals(again)


@pytest.mark.parametrize("samples", [0, 1, 100])
def test_samples_that_are_no_power_of_two_are_refused(samples: int) -> None:
    with pytest.raises(BadValue, match="power of 2"):
        sobol(FOUND, ROW, samples=samples)


def test_no_figure_to_look_at_is_refused() -> None:
    with pytest.raises(BadValue, match="leaves no figure"):
        sobol(FOUND, ROW, most=0)


def test_rank_correlation_ranks_the_influential_figures_first_with_their_sign() -> None:
    table = rank_correlation(SETUP, ROW, draws=600, seed=3)
    assert set(table.index) == {p.path for p in FOUND.parameters}
    influence = dict(zip((p.path for p in FOUND.parameters), FOUND.influence(ROW), strict=True))
    for path, line in table.head(5).iterrows():
        assert np.sign(line["spearman"]) == np.sign(influence[str(path)])
    assert table.index[0] in most_influential(FOUND, ROW, most=3)
    assert table["spearman"].abs().is_monotonic_decreasing
    assert table.equals(rank_correlation(SETUP, ROW, draws=600, seed=3))
