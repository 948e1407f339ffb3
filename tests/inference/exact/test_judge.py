"""The judge of the engine's tests, against plainer enumerations."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.network.network import Network
from tests.support.judge import judge
from tests.support.networks import evidence_for, networks
from tests.support.oracle import enumerate_joint

Pair = tuple[float, float]


@settings(max_examples=20)
@given(st.data())
def test_states_written_out_one_by_one_give_the_same(data: st.DataObject) -> None:
    network = data.draw(networks(most=5))
    weights = data.draw(evidence_for(network))
    truth = enumerate_joint(network, weights, np.array([0.0, 1.0]))
    verdict = judge(network, weights, 1, full=False)
    assert verdict.evidence == pytest.approx(truth.evidence, rel=1e-9, abs=1e-15)
    if verdict.evidence > 1e-12:
        expected = [truth.present[node.id] for node in network.nodes]
        assert verdict.present / verdict.evidence == pytest.approx(expected, abs=1e-9)


@settings(max_examples=20)
@given(st.data())
def test_links_written_out_one_by_one_give_what_each_did(data: st.DataObject) -> None:
    """Every leak and link happens or not, by itself; a node is present when its leak or a link from a present parent does."""
    network = data.draw(networks(most=4, strata=1))
    weights = data.draw(evidence_for(network))
    evidence, fired = _mechanisms(network, weights)
    verdict = judge(network, weights, 0)
    assert verdict.evidence == pytest.approx(evidence, rel=1e-9, abs=1e-15)
    assert verdict.fired == pytest.approx(fired, rel=1e-9, abs=1e-15)


def _mechanisms(network: Network, weights: dict[int, Pair]) -> tuple[float, list[float]]:
    chances = [float(p[0]) for node in network.nodes for p in (node.leak, *node.links)]
    total, fired = 0.0, np.zeros(network.arrays.first[-1])
    for happened in itertools.product((0, 1), repeat=len(chances)):
        share = float(np.prod([p if one else 1.0 - p for p, one in zip(chances, happened, strict=True)]))
        if share:
            state, did = _states(network, happened)
            for n in range(len(network.nodes)):
                share *= weights.get(n, (1.0, 1.0))[state[n]]
            total += share
            fired += share * np.array(did)
    return total, fired.tolist()


def _states(network: Network, happened: tuple[int, ...]) -> tuple[list[int], list[int]]:
    state: list[int] = []
    did: list[int] = []
    left = iter(happened)
    for node in network.nodes:
        leak = next(left)
        acts = [state[parent] * next(left) for parent in node.parents]
        state.append(int(leak or any(acts)))
        did += acts
    return state, did
