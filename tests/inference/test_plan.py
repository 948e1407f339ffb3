"""Every way of planning gives the same answer; what a plan says about its size is true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.inference import plan as module
from crampnet.inference.elimination import sweep
from crampnet.inference.plan import make_plan, min_fill
from crampnet.inference.reduction import reduce
from tests.support.networks import evidence_for, medical_network, networks


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from([1, 2, 12]), st.sampled_from([(0,), (2,), (None,)]))
def test_every_plan_gives_the_same_posteriors(data: st.DataObject, wide: int, reaches: tuple[int | None]) -> None:
    network = data.draw(networks())
    weights = data.draw(evidence_for(network))
    targets = frozenset(range(len(network.nodes)))
    problem = reduce(network, weights, targets, np.arange(2))
    usual = sweep(problem, make_plan(problem))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "WIDE", wide)
        patch.setattr(module, "REACHES", reaches)
        other = sweep(problem, make_plan(problem))
    np.testing.assert_allclose(other.evidence, usual.evidence, rtol=1e-9, atol=1e-300)
    assert other.joint.keys() == usual.joint.keys()
    for node in usual.joint:
        np.testing.assert_allclose(other.joint[node], usual.joint[node], rtol=1e-9, atol=1e-300)


def test_the_stored_numbers_are_counted() -> None:
    network = medical_network(4).network
    problem = reduce(network, {}, frozenset(range(len(network.nodes))), np.arange(2))
    plan = make_plan(problem)
    assert plan.stored == sum(1 << len(op.axes) for op in plan.ops)
    assert plan.width == max(len(op.axes) for op in plan.ops)


def test_min_fill_eliminates_a_chain_without_new_edges() -> None:
    chain = {0: (), 1: (0,), 2: (1,), 3: (2,)}
    order = min_fill(chain, frozenset())
    assert sorted(order) == [0, 1, 2, 3]
    assert order[0] in (0, 3)
