"""The general path: published networks of many-valued variables, judged by pyAgrum."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.stock import Stock, answer, from_pyagrum, pyagrum_net

NETWORKS = ("asia", "alarm", "insurance", "child", "hepar2")


@pytest.fixture(autouse=True)
def _loud_peers() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def sampled(net: Any, rng: np.random.Generator, many: int) -> dict[str, int]:
    """Some states of one possible case, drawn from the network itself."""
    state: dict[str, int] = {}
    for node in net.topologicalOrder():
        name = net.variable(node).name()
        table = net.cpt(name)
        parents = tuple(state[parent] for parent in reversed(table.names[1:]))
        chances = np.asarray(table.toarray(), dtype=float)[parents]
        state[name] = int(rng.choice(len(chances), p=chances / chances.sum()))
    shown = rng.choice(sorted(state), size=many, replace=False)
    return {name: state[name] for name in shown}


def judged(net: Any, case: dict[str, int]) -> tuple[float, dict[str, np.ndarray]]:
    import pyagrum as gum

    engine = gum.LazyPropagation(net)
    engine.setEvidence(case)
    engine.makeInference()
    posteriors = {name: np.asarray(engine.posterior(name).toarray()) for name in net.names()}
    return (engine.evidenceProbability() if case else 1.0), posteriors


@pytest.mark.parametrize("name", NETWORKS)
def test_all_posteriors_agree(name: str, tmp_path: Path) -> None:
    net = pyagrum_net(name, tmp_path)
    stock = from_pyagrum(net)
    rng = np.random.default_rng(7)
    cases = [sampled(net, rng, many) for many in (0, 1, 3, 6)]
    found = answer(stock, cases)
    assert found.residual < 1e-12
    for lane, case in enumerate(cases):
        evidence, posteriors = judged(net, case)
        assert found.evidence[lane] == pytest.approx(evidence, rel=1e-9)
        for variable, expected in posteriors.items():
            ours = found.joint[variable][:, lane] / found.evidence[lane]
            assert ours == pytest.approx(expected, abs=1e-9), (variable, case)


@pytest.mark.parametrize("name", ["asia", "child"])
def test_pgmpy_agrees_on_a_few_queries(name: str, tmp_path: Path) -> None:
    from pgmpy.inference import VariableElimination

    net = pyagrum_net(name, tmp_path)
    case = sampled(net, np.random.default_rng(3), 3)
    found = answer(from_pyagrum(net), [case])
    engine = VariableElimination(in_pgmpy(from_pyagrum(net)))
    for asked in sorted(set(net.names()) - set(case))[:4]:
        theirs = engine.query([asked], evidence=case, show_progress=False)
        assert found.joint[asked][:, 0] / found.evidence[0] == pytest.approx(theirs.values, abs=1e-9)


def in_pgmpy(stock: Stock) -> Any:
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork

    model = DiscreteBayesianNetwork([(parent, names[-1]) for names, _ in stock.tables for parent in names[:-1]])
    for (*parents, child), table in stock.tables:
        many = [stock.states[parent] for parent in parents]
        model.add_cpds(TabularCPD(child, stock.states[child], table.reshape(-1, stock.states[child]).T, parents, many))
    return model


def test_impossible_evidence_is_exactly_0(tmp_path: Path) -> None:
    """In asia "either" is the OR of tuberculosis and lung cancer."""
    net = pyagrum_net("asia", tmp_path)
    state = {name: net.variable(name).index("yes") for name in ("either", "tub", "lung")}
    case = {"either": 1 - state["either"], "tub": state["tub"]}
    possible = {"either": state["either"], "tub": state["tub"]}
    found = answer(from_pyagrum(net), [case, possible])
    assert found.evidence[0] == 0.0
    assert found.evidence[1] > 0.0
