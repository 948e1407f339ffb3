"""Every way of planning gives the same answer; what a plan says about its size is true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.inference import plan as module
from crampnet.inference.elimination import Sweep, sweep
from crampnet.inference.order import Orders, Parents, min_fill, narrow_line
from crampnet.inference.plan import kept_tables, make_plan
from crampnet.inference.reduction import Problem, reduce
from tests.support.networks import evidence_for, medical_network, networks


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from([1, 2, 12]))
def test_every_plan_gives_the_same_posteriors(data: st.DataObject, wide: int) -> None:
    network = data.draw(networks())
    weights = data.draw(evidence_for(network))
    targets = frozenset(range(len(network.nodes)))
    problem = reduce(network, weights, targets, np.arange(2))
    usual = sweep(problem, make_plan(problem))
    for roomy, reach in ((1 << 27, 2), (0, 0)):  # the plan with the least work; the one that stores the least
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "WIDE", wide)
            patch.setattr(module, "CHEAP", 0)
            patch.setattr(module, "ROOMY", roomy)
            patch.setattr(module, "REACH", reach)
            _same(sweep(problem, make_plan(problem)), usual)
    line = module._Writer(problem, *_parents_and_line(problem), [], None).write()
    _same(sweep(problem, line), usual)


def _parents_and_line(problem: Problem) -> tuple[Parents, list[int]]:
    parents = {n: tuple(p for p, _ in pairs) for n, pairs in problem.parents.items()}
    return parents, Orders(problem.variables, parents, frozenset()).line()


def _same(other: Sweep, usual: Sweep) -> None:
    np.testing.assert_allclose(other.evidence, usual.evidence, rtol=1e-9, atol=1e-300)
    assert other.joint.keys() == usual.joint.keys()
    for node in usual.joint:
        np.testing.assert_allclose(other.joint[node], usual.joint[node], rtol=1e-9, atol=1e-300)


def test_the_stored_numbers_are_counted() -> None:
    network = medical_network(4).network
    problem = reduce(network, {}, frozenset(range(len(network.nodes))), np.arange(2))
    plan = make_plan(problem)
    kept = {table for op in plan.ops for table in kept_tables(op)}
    assert plan.stored == sum(1 << len(plan.ops[table].axes) for table in kept)
    assert plan.width == max(len(op.axes) for op in plan.ops)


def test_min_fill_eliminates_a_chain_without_new_edges() -> None:
    chain = {0: (), 1: (0,), 2: (1,), 3: (2,)}
    order = min_fill(chain, frozenset())
    assert sorted(order) == [0, 1, 2, 3]
    assert order[0] in (0, 3)


def test_a_line_visits_every_node_once() -> None:
    star = {0: (), 1: (), 2: (0, 1), 3: (2,), 4: (2,)}
    assert sorted(narrow_line(star, frozenset({4}))) == [0, 1, 2, 3]
