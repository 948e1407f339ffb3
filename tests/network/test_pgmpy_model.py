"""The pgmpy twin of a network: same joint distribution, judged by pgmpy's own inference."""

from __future__ import annotations

import numpy as np
import pytest
from pgmpy.inference import VariableElimination

from crampnet.inference.case import Case
from crampnet.inference.engine import posterior
from crampnet.network.network import Network, Node
from crampnet.network.pgmpy_model import MAX_PARENTS, to_pgmpy
from tests.support.models import tiny
from tests.support.networks import as_evidence, medical_network
from tests.support.oracle import enumerate_joint

PRESENT, ABSENT = (0.0, 1.0), (1.0, 0.0)


@pytest.mark.parametrize("seed", range(3))
def test_pgmpy_gives_the_same_posteriors(seed: int) -> None:
    network = medical_network(seed).network
    model = to_pgmpy(network)
    assert model.check_model()
    weights = {network.index["pattern"]: PRESENT, network.index["sign"]: ABSENT}
    ours = posterior(network, as_evidence(network, weights))
    judge = VariableElimination(model)
    for condition in network.conditions:
        theirs = judge.query([condition], {"pattern": "present", "sign": "absent"}, show_progress=False)
        assert ours.present[condition] == pytest.approx(theirs.get_value(**{condition: "present"}), abs=1e-9)


@pytest.mark.parametrize("sought", [False, True])
def test_pgmpy_agrees_where_care_was_sought_and_where_it_was_not(sought: bool) -> None:
    model = tiny()
    absent = ["at_night", "dialysis", "thyroid_or_neck_surgery"]
    case = Case(age=44, sex="female", sought_care=sought, present=["kind_spasm", "both_hands"], absent=absent)
    ours = model.diagnose(case).ranking["contributes"]
    judge = VariableElimination(model.to_pgmpy(sought_care=sought))
    told = {"age_band": "40_59", "sex": "female", **dict.fromkeys(absent, "absent")}
    told |= {"kind_spasm": "present", "both_hands": "present"}
    for condition in ("hypocalcemia", "carpal_tunnel_syndrome", "idiopathic_cramp"):
        theirs = judge.query([f"reason_{condition}"], told, show_progress=False)
        assert ours[condition] == pytest.approx(theirs.get_value(**{f"reason_{condition}": "present"}), abs=1e-9)


def test_a_node_with_many_parents_becomes_a_chain_with_the_same_distribution() -> None:
    rng = np.random.default_rng(1)
    roots = [Node(f"r{i}", "condition", (), np.full(2, 0.2), np.zeros((0, 2))) for i in range(9)]
    links = rng.uniform(0.1, 0.9, (9, 2))
    child = Node("child", "finding", tuple(range(9)), np.array([0.05, 0.1]), links)
    base = medical_network(0).network
    network = Network("test", (*roots, child), base.strata, base.strata_weights, {})
    model = to_pgmpy(network)
    assert len(child.parents) > MAX_PARENTS
    assert "child__1" in model.nodes()
    truth = enumerate_joint(network, {9: PRESENT}, network.strata_weights)
    judge = VariableElimination(model)
    for root in ("r0", "r8"):
        theirs = judge.query([root], {"child": "present"}, show_progress=False)
        assert theirs.get_value(**{root: "present"}) == pytest.approx(truth.present[root], abs=1e-9)
