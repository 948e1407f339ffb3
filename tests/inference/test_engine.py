"""Posteriors, clamping and clashes on a network of the shipped shape."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.errors import ImpossibleCase, TooExpensive
from crampnet.inference import runs
from crampnet.inference.engine import posterior, probability_without
from crampnet.network.network import Network, reason_id
from tests.support.networks import as_evidence, medical_network
from tests.support.oracle import enumerate_joint

PRESENT, ABSENT = (0.0, 1.0), (1.0, 0.0)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), states=st.lists(st.sampled_from([None, True, False]), min_size=4, max_size=4))
def test_posterior_agrees_with_the_oracle(seed: int, states: list[bool | None]) -> None:
    network = medical_network(seed).network
    names = ["pattern", "sign", "symptom", "hand_complaint"]
    weights = {network.index[n]: PRESENT if s else ABSENT for n, s in zip(names, states, strict=True) if s is not None}
    truth = enumerate_joint(network, weights, network.strata_weights)
    if truth.evidence == 0.0:
        with pytest.raises(ImpossibleCase):
            posterior(network, as_evidence(network, weights))
        return
    result = posterior(network, as_evidence(network, weights))
    assert result.log_evidence == pytest.approx(math.log(truth.evidence), abs=1e-9)
    for condition in network.conditions:
        assert result.present[condition] == pytest.approx(truth.present[condition], abs=1e-9)
        assert result.contributes[condition] == pytest.approx(truth.present[reason_id(condition)], abs=1e-9)


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
