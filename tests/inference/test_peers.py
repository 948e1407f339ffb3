"""Agreement with pgmpy and pyAgrum, each asked in a way of its own, on networks where they can run."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import crampnet
from benchmarks.cases import Asked, positives
from benchmarks.ours import by_node
from benchmarks.patients import CaseKind, make_evidence
from benchmarks.peers import pgmpy_use, pyagrum_use
from benchmarks.peers.result import Result
from benchmarks.synthetic import Density, Size, generate
from crampnet.inference.engine import posterior
from crampnet.inference.evidence import read_evidence
from crampnet.network.network import reason_id
from tests.support.models import shaped, shipped, tiny

SMALL = Size(causes=8, findings=12, extra_edges=(3, 6))
ORDINARY = (pgmpy_use.full, pgmpy_use.ordinary, pyagrum_use.ordinary)
SIGNED = (pgmpy_use.expert, pyagrum_use.random_field)


@pytest.fixture(autouse=True)
def _loud_peers() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def assert_agrees(use: Callable[[Asked], Result], case: Asked, within: float = 1e-9) -> None:
    ours, theirs = by_node(posterior(case.network, case.evidence)), use(case).answers
    assert len(theirs) >= len(case.targets) - len(case.evidence.weights)
    for node, probability in theirs.items():
        assert ours[node] == pytest.approx(probability, abs=within), node


def generated_case(seed: int, density: Density, kind: CaseKind, k: int, size: Size) -> Asked:
    made = generate(seed, density, size)
    evidence = make_evidence(made, kind, k, np.random.default_rng(seed))
    targets = tuple(node for c in made.network.conditions for node in (c, reason_id(c)))
    return Asked("generated", density, kind, k, made.network, evidence, targets)


@pytest.mark.parametrize("use", ORDINARY + SIGNED)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("density", ["sparse", "dense"])
def test_on_small_generated_networks(use: Callable[[Asked], Result], seed: int, density: Density) -> None:
    assert_agrees(use, generated_case(seed, density, "random", 3, SMALL))


@pytest.mark.parametrize(("seed", "k"), [(5, 2), (5, 3), (6, 3)])
def test_pyagrum_on_sparse_networks_of_full_size(seed: int, k: int) -> None:
    case = generated_case(seed, "sparse", "coherent", k, Size())
    causes = case.network.conditions
    asked = Asked(case.name, case.group, case.kind, k, case.network, case.evidence, causes)
    assert_agrees(pyagrum_use.ordinary, asked)


@pytest.mark.parametrize("kind", ["coherent", "random"])
@pytest.mark.parametrize("density", ["sparse", "dense"])
def test_a_random_field_on_networks_of_full_size(density: Density, kind: CaseKind) -> None:
    """Signed factors subtract: up to a few positive findings no digits are lost that matter here."""
    assert_agrees(pyagrum_use.random_field, generated_case(7, density, kind, 6, Size()))


def model_case(model: crampnet.Model, **given: Any) -> Asked:
    case = crampnet.Case(**given)
    network = model.network(case.setting)
    evidence = read_evidence(model.knowledge, model.vocabulary, network, case)
    targets = tuple(node for c in network.conditions for node in (c, reason_id(c)))
    return Asked(
        "model", "model", "made up", positives(network, evidence), network.told(evidence.weights), evidence, targets
    )


TINY: list[dict[str, Any]] = [
    {"age": 30, "sex": "female", "present": ["kind_spasm", "carpal_posture"], "absent": ["hand_weakness"]},
    {"sex": "male", "probably_present": ["hand_tingling"], "medicines": ["furosemide"], "diagnoses": ["hypocalcemia"]},
    {"present": ["kind_cramp", "at_night"], "results": {"serum_calcium": "1.85 mmol/L"}},
    {"complaint": False, "age": 50, "probably_absent": ["hand_tingling"], "ruled_out": ["hypocalcemia"]},
]


@pytest.mark.parametrize("use", ORDINARY + SIGNED)
@pytest.mark.parametrize("given", TINY, ids=lambda given: next(iter(given)))
@pytest.mark.parametrize("model", [tiny, shaped])
def test_soft_answers_open_context_and_results(
    use: Callable[[Asked], Result], given: dict[str, Any], model: Callable[[], crampnet.Model]
) -> None:
    assert_agrees(use, model_case(model(), **given))


SHIPPED: list[dict[str, Any]] = [
    {"age": 44, "sex": "female", "present": ["kind_spasm", "carpal_posture"], "medicines": ["furosemide"]},
    {"age": 75, "present": ["kind_cramp", "at_night"], "absent": ["hand_numbness", "hand_weakness"]},
]


@pytest.mark.parametrize("given", SHIPPED, ids=lambda given: str(given["age"]))
def test_a_random_field_on_the_shipped_network(given: dict[str, Any]) -> None:
    assert_agrees(pyagrum_use.random_field, model_case(shipped(), **given))


NOT_THE_HAND: list[dict[str, Any]] = [
    {"age": 44, "sex": "female", "present": ["hand_tingling"], "absent": ["hand_weakness"]},
    {"age": 61, "results": {"serum_calcium": "1.85 mmol/L"}, "medicines": ["furosemide"]},
    {"sex": "male", "diagnoses": ["hypocalcemia"], "present": ["perioral_tingling"], "setting": "dialysis_unit"},
]


@pytest.mark.parametrize("given", NOT_THE_HAND, ids=lambda given: next(iter(given.values())))
def test_pyagrum_on_the_shipped_network(given: dict[str, Any]) -> None:
    """The divorced network fits pyAgrum where nothing is said of the hand's trouble, whose parents are all reasons."""
    assert_agrees(pyagrum_use.ordinary, model_case(shipped(), complaint=False, **given))
