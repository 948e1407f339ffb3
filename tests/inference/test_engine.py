"""Posteriors, clamping and clashes on a network of the shipped shape."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.errors import ImpossibleCase, TooExpensive
from crampnet.inference import runs
from crampnet.inference.engine import evidence_without, posterior, probability_without
from crampnet.network.network import Network, reason_id
from tests.support.judge import judge
from tests.support.networks import as_evidence, medical_network
from tests.support.oracle import enumerate_joint

PRESENT, ABSENT = (0.0, 1.0), (1.0, 0.0)


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), states=st.lists(st.sampled_from([None, True, False]), min_size=4, max_size=4))
def test_posterior_agrees_with_the_judge(seed: int, states: list[bool | None]) -> None:
    network = medical_network(seed).network
    names = ["pattern", "sign", "symptom", "hand_complaint"]
    weights = {network.index[n]: PRESENT if s else ABSENT for n, s in zip(names, states, strict=True) if s is not None}
    verdicts = [judge(network, weights, stratum, full=False) for stratum in range(2)]
    evidence = sum(one.evidence for one in verdicts) / 2
    if evidence == 0.0:
        with pytest.raises(ImpossibleCase):
            posterior(network, as_evidence(network, weights))
        return
    result = posterior(network, as_evidence(network, weights))
    assert result.log_evidence == pytest.approx(math.log(evidence), abs=1e-9)
    present = (verdicts[0].present + verdicts[1].present) / 2 / evidence
    for condition in network.conditions:
        assert result.present[condition] == pytest.approx(present[network.index[condition]], abs=1e-9)
        assert result.contributes[condition] == pytest.approx(present[network.index[reason_id(condition)]], abs=1e-9)


def test_a_reason_never_exceeds_its_condition() -> None:
    network = medical_network(3).network
    result = posterior(network, as_evidence(network, {network.index["hand_complaint"]: PRESENT}))
    for condition in network.conditions:
        assert result.contributes[condition] <= result.present[condition] + 1e-12


def test_a_known_condition_is_certain_and_its_reason_is_not() -> None:
    network = medical_network(5).network
    result = posterior(network, as_evidence(network, {network.index["c1"]: PRESENT}))
    assert result.present["c1"] == 1.0
    assert 0.0 < result.contributes["c1"] < 1.0


def test_probability_without_is_the_joint_with_the_nodes_absent() -> None:
    network = medical_network(7).network
    weights = {network.index["pattern"]: PRESENT, network.index["c0"]: (1.0, 0.3)}
    clamped = {**weights, network.index["c0"]: ABSENT, network.index["c2"]: ABSENT}
    truth = enumerate_joint(network, clamped, network.strata_weights).evidence
    found = probability_without(network, as_evidence(network, weights), [["c0", "c2"], [], ["c1"]])
    assert found[0] == pytest.approx(truth, rel=1e-9)
    assert found[1] == pytest.approx(enumerate_joint(network, weights, network.strata_weights).evidence, rel=1e-9)


def test_probability_without_a_known_condition_is_zero() -> None:
    network = medical_network(7).network
    evidence = as_evidence(network, {network.index["c0"]: PRESENT})
    assert probability_without(network, evidence, [["c0"]])[0] == 0.0


def test_evidence_without_has_weights_of_its_own_in_each_stratum() -> None:
    network = medical_network(7).network
    index, strata = network.index, np.array([0, 1, 1])
    evidence = replace(as_evidence(network, {index["pattern"]: PRESENT, index["c0"]: (1.0, 0.3)}), strata=strata)
    own = {index["c0"]: np.array([[0.9, 0.6, 0.7], [0.3, 0.2, 0.4]]), index["sign"]: np.array([[0.2] * 3, [0.7] * 3])}
    sets = [["c0", "c2"], [], ["c1"]]
    found = evidence_without(network, evidence, sets, own)
    for row, names in enumerate(sets):
        for lane, stratum in enumerate(strata.tolist()):
            pairs = evidence.weights | {node: (v[0, lane], v[1, lane]) for node, v in own.items()}
            pairs |= {index[name]: (pairs.get(index[name], (1.0, 1.0))[0], 0.0) for name in names}
            truth = judge(network, pairs, stratum, full=False).evidence
            assert found[row, lane] == pytest.approx(truth, rel=1e-9, abs=1e-300)
    assert len(set(found[1].tolist())) == 3


def test_the_clash_is_minimal_and_named() -> None:
    network = medical_network(11).network
    weights = {network.index["pattern"]: PRESENT, network.index["sign"]: PRESENT}
    weights |= {network.index[reason_id(c)]: ABSENT for c in network.conditions}
    weights[network.index["symptom"]] = ABSENT
    with pytest.raises(ImpossibleCase) as error:
        posterior(network, as_evidence(network, weights))
    assert "pattern" in error.value.clash
    assert "sign" not in error.value.clash
    assert "symptom" not in error.value.clash


def test_too_large_a_table_is_refused_before_it_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    network = medical_network(2).network
    monkeypatch.setattr(runs, "MAX_WORK", 10)
    with pytest.raises(TooExpensive):
        posterior(network, as_evidence(network, {network.index["hand_complaint"]: PRESENT}))


def _raised(network: Network, finding: str) -> float:
    return posterior(network, as_evidence(network, {network.index[finding]: PRESENT})).present["c0"]


@pytest.mark.parametrize("seed", range(5))
def test_noisy_or_is_monotone(seed: int) -> None:
    network = medical_network(seed).network
    before = posterior(network, as_evidence(network, {})).present["c0"]
    assert _raised(network, "sign") >= before - 1e-12
    absent = posterior(network, as_evidence(network, {network.index["sign"]: ABSENT})).present["c0"]
    assert absent <= before + 1e-12
    np.testing.assert_array_less(0.0, before)


# -- how the posteriors hang on everything -----------------------------------------------------------

ANSWERS = [PRESENT, ABSENT, (0.3, 0.9), (1.0, 0.25)]


@st.composite
def answers(draw: st.DrawFn, network: Network) -> dict[int, tuple[float, float]]:
    nodes = st.integers(0, len(network.nodes) - 1)
    return draw(st.dictionaries(nodes, st.sampled_from(ANSWERS), max_size=6))


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.data())
def test_beliefs_and_what_every_link_did(seed: int, data: st.DataObject) -> None:
    network = medical_network(seed, conditions=3).network
    weights = data.draw(answers(network))
    verdicts = [judge(network, weights, stratum) for stratum in range(2)]
    shares = network.strata_weights
    total = sum(share * one.evidence for share, one in zip(shares, verdicts, strict=True))
    if total == 0.0:
        with pytest.raises(ImpossibleCase):
            posterior(network, as_evidence(network, weights))
        return
    result = posterior(network, as_evidence(network, weights))
    reached = ~np.isnan(result.belief)
    present = sum(share * one.present for share, one in zip(shares, verdicts, strict=True)) / total
    assert result.belief[reached] == pytest.approx(present[reached], abs=1e-9)
    fired = sum(share * one.fired for share, one in zip(shares, verdicts, strict=True)) / total
    links = reached[network.arrays.child]
    assert result.fired[links] == pytest.approx(fired[links], abs=1e-9)
    assert not result.fired[~links].any()


def _moved(network: Network, node: int, place: int | None, stratum: int, by: float) -> Network:
    """One leak (place None) or link in one stratum moved."""
    old = network.nodes[node]
    leak, links = old.leak.copy(), old.links.copy()
    if place is None:
        leak[stratum] += by
    else:
        links[place, stratum] += by
    nodes = list(network.nodes)
    nodes[node] = replace(old, leak=leak, links=links)
    return replace(network, nodes=tuple(nodes))


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.data())
def test_gradients_are_those_of_the_log_evidence(seed: int, data: st.DataObject) -> None:
    """Against central differences of the engine's own ln P(evidence), in each stratum of an uneven mix."""
    network = replace(medical_network(seed).network, strata_weights=np.array([0.8, 0.2]))
    names = ["pattern", "sign", "symptom", "hand_complaint", "c1", "habit"]
    weights = {network.index[n]: data.draw(st.sampled_from(ANSWERS)) for n in names if data.draw(st.booleans())}
    evidence = as_evidence(network, weights)
    try:
        result = posterior(network, evidence)
    except ImpossibleCase:
        return
    row, step = 0, 1e-6
    for node, own in enumerate(network.nodes):
        ends = [None] if 0.0 < own.leak[0] < 1.0 else []
        for place in [*ends, *range(len(own.parents))]:
            stratum = data.draw(st.integers(0, 1))
            found = result.leak_gradient[node] if place is None else result.link_gradient[row + place]
            value = own.leak[stratum] if place is None else own.links[place, stratum]
            if step < value < 1.0 - step:
                above, below = (
                    posterior(_moved(network, node, place, stratum, by), evidence).log_evidence for by in (step, -step)
                )
                scale = 1.0 + abs(found[stratum])
                assert found[stratum] == pytest.approx((above - below) / (2 * step), abs=1e-6 * scale), (node, place)
        row += len(own.parents)
