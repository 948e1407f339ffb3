"""Many draws of the figures at once are what each draw is alone, and draws are reproducible."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from crampnet.errors import BadValue, KnowledgeError, UnknownName
from crampnet.knowledge import Knowledge, load_knowledge
from crampnet.knowledge.beta import Beta
from crampnet.network import Network, build_network
from crampnet.network.draws import Quantiles, Sampler, normals
from crampnet.network.ensemble import drawn_ensemble, ensemble
from crampnet.network.ensembles import KEPT_LANES, Ensembles
from crampnet.network.lognormal import LogNormal
from crampnet.network.parameters import Parameter, answer_parameters, parameters
from crampnet.network.rates import window_probability
from tests.support.figures import from_source, with_figures
from tests.support.models import TINY, doubtful, shipped, tiny
from tests.support.oracle import enumerate_joint

GENERAL, UNIT = "general_population", "dialysis_unit"
WEIGHT = "conditions.hypocalcemia.troubles_hand"


def overlaid(path: Path, values: dict[str, float], priors: Path | None) -> Knowledge:
    """The knowledge with these figures, through an overlay file."""
    lines = [f"{name}.value: {json.dumps(value)}" for name, value in values.items()]
    path.write_text("\n".join(lines), encoding="utf-8")
    return load_knowledge(priors, overlay=path)


def assert_same(network: Network, alone: Network, draw: int, strata: list[int]) -> None:
    """The lanes of one draw are the network that was built alone."""
    lanes = np.arange(len(strata)) + draw * len(strata)
    for node, other in zip(network.nodes, alone.nodes, strict=True):
        assert (node.id, node.kind, node.parents) == (other.id, other.kind, other.parents)
        np.testing.assert_allclose(node.leak[lanes], other.leak[strata], rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(node.links[:, lanes], other.links[:, strata], rtol=1e-12, atol=1e-15)
    for name, rate in network.base_rates.items():
        np.testing.assert_allclose(rate[lanes], alone.base_rates[name][strata], rtol=1e-12)


@pytest.mark.parametrize("setting", [GENERAL, UNIT])
def test_a_draw_is_the_network_built_from_these_figures(tmp_path: Path, setting: str) -> None:
    """Every figure of the tiny knowledge moved at random inside its interval."""
    found = parameters(tiny().knowledge, setting)
    random = np.random.default_rng(3)
    values = {
        p.path: p.value + random.uniform(-0.1, 0.1, 3) * min(p.value - p.interval[0], p.interval[1] - p.value)
        for p in found
    }
    strata = [1, 4, 7]
    network = ensemble(tiny().knowledge, setting, np.array(strata), values)
    assert [(s.age_band, s.sex) for s in network.strata[:3]] == [
        ("12_17", "male"),
        ("40_59", "female"),
        ("60_74", "male"),
    ]
    for draw in range(3):
        changed = overlaid(tmp_path / "new.yaml", {path: float(v[draw]) for path, v in values.items()}, TINY)
        assert_same(network, build_network(changed, setting), draw, strata)


def lower(value: float, low: float) -> float:
    """A hundredth of the way to the lower end of the interval; ratios stay above 1."""
    return value - 0.01 * (value - max(low, 1.0 if value > 1.0 else 0.0))


def test_shipped_rates_and_causes_are_derived_anew_in_every_draw() -> None:
    """All base rates and causes of conditions, those of the setting included, a little lower; the rest as stated."""
    knowledge, setting = shipped().knowledge, "emergency_department"
    moved = [
        p
        for p in parameters(knowledge, setting)
        if {"base_rate", "base_rates", "raised_by"} & {*p.path.split(".")} and not p.path.startswith("syndromes.")
    ]
    values = {p.path: np.array([p.value, lower(p.value, p.interval[0])]) for p in moved}
    network = ensemble(knowledge, setting, np.array([6, 2]), values)
    assert_same(network, build_network(knowledge, setting), 0, [6, 2])
    changed = with_figures(
        knowledge,
        lambda n: n.model_copy(update={"value": lower(n.value, n.interval[0])}) if hasattr(n, "measure") else n,
    )
    assert_same(network, build_network(changed, setting), 1, [6, 2])


@pytest.mark.parametrize("setting", sorted(shipped().knowledge.settings))
def test_a_settings_own_rates_hold_for_its_own_people(setting: str) -> None:
    """Halved in the second draw: the mean over the strata of the setting follows."""
    knowledge = shipped().knowledge
    local = knowledge.settings[setting]
    paths = {f"settings.{setting}.exposures.{name}": (name, number) for name, number in local.exposures.items()}
    values = {path: np.array([number.value, number.value / 2.0]) for path, (_, number) in paths.items()}
    network = ensemble(knowledge, setting, np.arange(10), values)
    for path, (name, _) in paths.items():
        means = (
            network.base_rates[name].reshape(-1, 10) @ network.strata_weights[:10] / network.strata_weights[:10].sum()
        )
        assert means == pytest.approx(values[path], rel=1e-9)
    for condition, rate in local.base_rates.items():
        weights = np.where(np.arange(len(network.strata)) < 10, network.strata_weights, 0.0)
        assert network.base_rate(condition, weights) == pytest.approx(window_probability(rate), rel=1e-9)


def test_without_values_it_is_the_network_itself() -> None:
    assert_same(
        ensemble(tiny().knowledge, UNIT, np.arange(10), {}), build_network(tiny().knowledge, UNIT), 0, [*range(10)]
    )


def test_figures_that_the_network_does_not_use_are_refused() -> None:
    with pytest.raises(UnknownName) as error:
        ensemble(tiny().knowledge, GENERAL, np.array([0]), {"exposures.dialysis.frequencies": np.array([0.1])})
    assert error.value.nearest[0] == "exposures.dialysis.frequency"


def test_every_figure_has_the_same_number_of_draws() -> None:
    values = {"exposures.dialysis.frequency": np.full(2, 0.1), "syndromes.tetany.background": np.full(3, 0.1)}
    with pytest.raises(BadValue, match="draws"):
        ensemble(tiny().knowledge, GENERAL, np.array([0]), values)


# -- figures that leave no room -----------------------------------------------------------------------


def test_causes_that_bring_more_than_the_base_rate_leave_a_leak_of_nothing() -> None:
    """Half of the draws are like that; in them the condition is as common as its causes make it."""
    path = "conditions.hypocalcemia.base_rate.0"
    values = {path: np.array([0.004, 1e-5])}
    found = drawn_ensemble(tiny().knowledge, GENERAL, np.array([4]), values)
    assert found.bounded == {"hypocalcemia": 0.5}
    assert found.affected == 0.5
    node = found.network.nodes[found.network.index["hypocalcemia"]]
    assert node.leak[0] > 0.0
    assert node.leak[1] == 0.0
    assert found.network.base_rates["hypocalcemia"][1] > 1e-5


def test_a_child_less_frequent_than_without_its_parent_gets_no_link() -> None:
    values = {"syndromes.tetany.shows.perioral_tingling": np.array([0.5, 1e-6, 1e-7, 0.4])}
    found = drawn_ensemble(tiny().knowledge, GENERAL, np.array([4]), values)
    assert found.bounded == {"tetany -> perioral_tingling": 0.5}
    node = found.network.nodes[found.network.index["perioral_tingling"]]
    place = node.parents.index(found.network.index["tetany"])
    assert (node.links[place] == 0.0).tolist() == [False, True, True, False]


@settings(max_examples=12)
@given(st.integers(0, 2**32), st.sampled_from([GENERAL, UNIT]))
def test_whatever_is_drawn_it_is_a_network_with_the_marginals_it_says(seed: int, setting: str) -> None:
    """Figures far outside their intervals: probabilities anywhere, ratios up to 50."""
    random = np.random.default_rng(seed)
    found = parameters(tiny().knowledge, setting)
    values = {
        p.path: 1.0 + 49.0 * random.random(3) ** 4 if isinstance(p.distribution, LogNormal) else random.random(3) ** 2
        for p in found
    }
    network = ensemble(tiny().knowledge, setting, np.array([2, 9]), values)
    for node in network.nodes:
        for table in (node.leak, node.links):
            assert ((table >= 0.0) & (table <= 1.0)).all(), node.id
    causes = tuple(n for n in network.nodes if n.kind in ("exposure", "condition"))
    small = replace(network, nodes=causes)
    for lane in range(6):
        truth = enumerate_joint(small, {}, np.eye(6)[lane])
        for condition in small.conditions:
            assert truth.present[condition] == pytest.approx(network.base_rates[condition][lane], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("values", "key", "message"),
    [
        ({"conditions.carpal_tunnel_syndrome.base_rate.0": 0.999}, "shape", "its shape leaves"),
        ({"conditions.hypocalcemia.raised_by.loop_diuretic": 0.5}, "raised_by.loop_diuretic", "no probability"),
    ],
)
def test_the_same_is_an_error_in_the_files(values: dict[str, float], key: str, message: str) -> None:
    """A shape that spares some people entirely, and a cause that lowers."""

    def changed(knowledge: Knowledge) -> Knowledge:
        record = knowledge.conditions["carpal_tunnel_syndrome"]
        assert record.shape is not None
        shape = record.shape.model_copy(update={"sex": {"male": 0.0}})
        records = {**knowledge.conditions, record.id: record.model_copy(update={"shape": shape})}
        low = records["hypocalcemia"]
        raised = tuple(
            r.model_copy(update={"value": values.get(f"conditions.hypocalcemia.raised_by.{r.cause}", r.value)})
            for r in low.raised_by
        )
        records["hypocalcemia"] = low.model_copy(update={"raised_by": raised})
        rates = records[record.id].base_rate
        new = values.get("conditions.carpal_tunnel_syndrome.base_rate.0", rates[0].value)
        parts = (rates[0].model_copy(update={"value": new}), *rates[1:])
        records[record.id] = records[record.id].model_copy(update={"base_rate": parts})
        return replace(knowledge, conditions=records)

    with pytest.raises(KnowledgeError, match=message) as error:
        build_network(changed(tiny().knowledge))
    assert key in {issue.key for issue in error.value.issues}


# -- draws --------------------------------------------------------------------------------------------


def test_draws_depend_on_seed_path_and_number_alone() -> None:
    found = parameters(tiny().knowledge, GENERAL)
    drawn = Sampler(found, seed=1).draw(0, 300)
    again, fewer = Sampler(found, seed=1).draw(100, 250), Sampler(found[::7], seed=1).draw(0, 300)
    other = Sampler(found, seed=2).draw(0, 300)
    assert drawn.keys() == {p.path for p in found}
    for path, values in drawn.items():
        np.testing.assert_array_equal(again[path], values[100:250])
        assert (other[path] != values).all()
    for path, values in fewer.items():
        np.testing.assert_array_equal(values, drawn[path])


@settings(max_examples=40)
@given(st.floats(-0.7, 6.0), st.floats(-0.7, 6.0), st.integers(0, 2**32))
def test_quantiles_are_those_of_scipy(log_a: float, log_b: float, seed: int) -> None:
    """From the widest Beta that is ever fitted (a = 0.2) to a very narrow one."""
    a, b = 10.0**log_a, 10.0**log_b
    normal = np.random.default_rng(seed).uniform(-4.5, 4.5, (1, 500))
    found, truth = Quantiles.of([Beta(a, b)]).at(normal)[0], special.betaincinv(a, b, special.ndtr(normal[0]))
    np.testing.assert_allclose(found, truth, rtol=1e-4)
    rest, other = 1.0 - found, special.betaincinv(b, a, special.ndtr(-normal[0]))
    np.testing.assert_allclose(rest[other > 1e-10], other[other > 1e-10], rtol=1e-4)


def test_quantiles_of_many_distributions_stay_apart() -> None:
    given_: list[Beta | LogNormal] = [
        Beta(2, 5),
        LogNormal(0.2, 0.4, 1.0),
        Beta(2, 5),
        Beta(30, 2),
        LogNormal(-7.0, 0.3),
    ]
    normal = np.random.default_rng(0).normal(size=(5, 50))
    found = Quantiles.of(given_).at(normal)
    for row, distribution in enumerate(given_):
        truth = [distribution.quantile(float(p)) for p in special.ndtr(normal[row])]
        np.testing.assert_allclose(found[row], truth, rtol=1e-6)
    assert found[1].min() == 1.0


def test_the_normals_are_normal_and_independent() -> None:
    table = normals([f"figure {i}" for i in range(200)], 0, 0, 500)
    assert stats.kstest(table.ravel(), "norm").pvalue > 0.01
    correlations = np.asarray(np.corrcoef(table))[np.triu_indices(200, 1)]
    assert stats.kstest(correlations * np.sqrt(500), "norm").pvalue > 0.01
    along = float(np.mean(table[:, :-1] * table[:, 1:]))
    assert abs(along) < 4.0 / np.sqrt(table.size)


def scores(found: tuple[Parameter, ...], rho: float) -> np.ndarray:
    """Mean correlation of the normals behind the Betas."""
    drawn = Sampler(found, rho=rho).draw(0, 2000)
    betas = [(p.path, p.distribution) for p in found if isinstance(p.distribution, Beta)][:40]
    table = [special.ndtri(special.betainc(d.a, d.b, drawn[path])) for path, d in betas]
    return np.asarray(np.corrcoef(table))[np.triu_indices(len(table), 1)]


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_figures_of_one_source_move_together(rho: float) -> None:
    knowledge = with_figures(tiny().knowledge, from_source("study"))
    assert scores(parameters(knowledge, GENERAL), rho).mean() == pytest.approx(rho, abs=0.03)


def test_figures_without_a_source_are_independent() -> None:
    assert abs(scores(parameters(tiny().knowledge, GENERAL), 0.5).mean()) < 0.01


def test_a_figure_is_distributed_the_same_whatever_rho() -> None:
    knowledge = with_figures(tiny().knowledge, from_source("study"))
    for parameter in parameters(knowledge, GENERAL)[::9]:
        drawn = Sampler((parameter,), rho=0.5).draw(0, 4000)[parameter.path]
        assert drawn.mean() == pytest.approx(parameter.value, abs=4.5 * parameter.distribution.sd / np.sqrt(4000))


@pytest.mark.parametrize("rho", [-0.1, 1.1, float("nan")])
def test_a_correlation_is_between_0_and_1(rho: float) -> None:
    with pytest.raises(BadValue, match="rho"):
        Sampler((), rho=rho)


# -- kept networks ------------------------------------------------------------------------------------


def test_networks_are_kept_but_not_without_end() -> None:
    ensembles = Ensembles(tiny().knowledge, seed=5)
    strata = np.array([3])
    first = ensembles.block(GENERAL, strata, 0, 200)
    assert ensembles.block(GENERAL, strata, 0, 200) is first
    for start in range(200, KEPT_LANES + 400, 200):
        ensembles.block(GENERAL, strata, start, start + 200)
    again = ensembles.block(GENERAL, strata, 0, 200)
    assert again is not first
    assert_same(again, first, 0, [*range(200)])


def test_blocks_are_the_draws_of_the_sampler() -> None:
    ensembles = Ensembles(tiny().knowledge, seed=5, rho=0.0)
    whole = ensemble(tiny().knowledge, UNIT, np.array([3]), ensembles.sampler(UNIT).draw(0, 30))
    part = ensembles.block(UNIT, np.array([3]), 10, 30)
    for node, other in zip(part.nodes, whole.nodes, strict=True):
        np.testing.assert_allclose(node.links, other.links[:, 10:], rtol=1e-12)
        np.testing.assert_allclose(node.leak, other.leak[10:], rtol=1e-12)


def test_figures_about_answers_are_drawn_with_the_others() -> None:
    """As one sampler of all would: the same for a seed whatever is drawn beside them, a source biasing all it said."""
    knowledge = with_figures(doubtful().knowledge, from_source("one_study"))
    ensembles = Ensembles(knowledge, seed=7)
    own = answer_parameters(knowledge)
    together = Sampler((*parameters(knowledge, UNIT), *own), 7).draw(0, 2000)
    apart = ensembles.answers(0, 2000)
    assert apart.keys() == {parameter.path for parameter in own}
    for path, numbers in apart.items():
        np.testing.assert_array_equal(numbers, together[path])
        np.testing.assert_array_equal(ensembles.answers(150, 350)[path], numbers[150:350])
    shared = stats.spearmanr(apart["answers.ruled_out.sensitivity"], together[WEIGHT]).statistic
    assert shared == pytest.approx(0.48, abs=0.06)
