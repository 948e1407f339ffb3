"""The engine against the enumeration oracle on random small networks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.inference.elimination import evidence_probability, sweep
from crampnet.inference.plan import make_plan
from crampnet.inference.reduction import reduce
from tests.support.networks import evidence_for, networks
from tests.support.oracle import enumerate_joint


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_every_posterior_agrees_with_the_enumerated_joint(data: st.DataObject) -> None:
    network = data.draw(networks())
    weights = data.draw(evidence_for(network))
    strata = network.strata_weights
    truth = enumerate_joint(network, weights, strata)
    targets = frozenset(range(len(network.nodes)))

    problem = reduce(network, weights, targets, np.arange(len(strata)))
    result = sweep(problem, make_plan(problem))

    total = float(result.evidence @ strata)
    assert total == pytest.approx(truth.evidence, rel=1e-9, abs=1e-300)
    assert result.residual < 1e-9
    if truth.evidence > 0.0:
        for node, joint in result.joint.items():
            posterior = float(joint @ strata) / total
            assert posterior == pytest.approx(truth.present[network.nodes[node].id], abs=1e-9)
        certain = {n for n, w in weights.items() if w in ((0.0, 1.0), (1.0, 0.0))}
        assert targets - certain <= result.joint.keys()


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_asking_for_fewer_nodes_changes_nothing(data: st.DataObject) -> None:
    network = data.draw(networks())
    weights = data.draw(evidence_for(network))
    lanes = np.arange(len(network.strata))
    every = reduce(network, weights, frozenset(range(len(network.nodes))), lanes)
    none = reduce(network, weights, frozenset(), lanes)
    np.testing.assert_allclose(
        evidence_probability(none, make_plan(none)),
        evidence_probability(every, make_plan(every)),
        rtol=1e-12,
        atol=1e-300,
    )


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_saying_nothing_about_a_node_changes_nothing_exactly(data: st.DataObject) -> None:
    network = data.draw(networks())
    weights = data.draw(evidence_for(network))
    silent = data.draw(st.integers(0, len(network.nodes) - 1))
    weights.pop(silent, None)
    lanes = np.arange(len(network.strata))
    targets = frozenset(range(len(network.nodes)))
    results = []
    for given_weights in (weights, {**weights, silent: (1.0, 1.0)}):
        problem = reduce(network, given_weights, targets, lanes)
        results.append(sweep(problem, make_plan(problem)))
    assert (results[0].evidence == results[1].evidence).all()
    assert results[0].joint.keys() == results[1].joint.keys()
    assert all((results[0].joint[n] == results[1].joint[n]).all() for n in results[0].joint)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_the_order_of_answers_is_irrelevant(data: st.DataObject) -> None:
    network = data.draw(networks())
    weights = data.draw(evidence_for(network))
    shuffled = dict(data.draw(st.permutations(list(weights.items()))))
    lanes = np.arange(len(network.strata))
    targets = frozenset(range(len(network.nodes)))
    first, second = (
        sweep(problem, make_plan(problem))
        for problem in (reduce(network, w, targets, lanes) for w in (weights, shuffled))
    )
    np.testing.assert_allclose(first.evidence, second.evidence, rtol=1e-12, atol=1e-300)
    for node in first.joint:
        np.testing.assert_allclose(first.joint[node], second.joint[node], rtol=1e-9, atol=1e-300)
