"""What answers weigh under other figures, and that the same is read from a case."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crampnet
from crampnet.inference.case import Case
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.inference.weighing import Reported, Unmentioned, Weighing, answer_weighing, exclusion_weighing
from crampnet.network.parameters import answer_parameters
from tests.support.cases import possible_cases
from tests.support.figures import with_figure
from tests.support.models import doubtful, shipped, tiny

ACCURACY = tiny().knowledge.answers.ruled_out
"""Sensitivity 0.85, specificity 0.9."""
SILENT = ACCURACY.sensitivity.model_copy(update={"value": 0.02})
WAYS: list[Weighing] = [
    *(Reported("here", ACCURACY, state, sure) for state in (True, False) for sure in (True, False)),
    Unmentioned("here.unmentioned", SILENT),
]
CASE = Case(
    age=50,
    present=["hand_tingling", "kind_cramp"],
    probably_absent=["at_night"],
    ruled_out=["carpal_tunnel_syndrome", "idiopathic_cramp"],
    results={"serum_calcium": "2.2 mmol/L"},
    medicines=[],
    diagnoses=[],
)


def read(case: Case, model: crampnet.Model) -> Evidence:
    return read_evidence(model.knowledge, model.vocabulary, model.network(case.setting), case)


def test_reports_weigh_the_likelihoods_of_what_is_reported() -> None:
    assert Reported("here", ACCURACY, True).pair == pytest.approx((0.1, 0.85))
    assert Reported("here", ACCURACY, False).pair == pytest.approx((0.9, 0.15))
    assert Reported("here", ACCURACY, True, sure=False).pair == pytest.approx((math.sqrt(0.1 / 0.85), 1.0))
    assert Reported("here", ACCURACY, False, sure=False).pair == pytest.approx((1.0, math.sqrt(0.15 / 0.9)))
    assert Unmentioned("here", SILENT).pair == (1.0, 0.02)


@pytest.mark.parametrize("way", WAYS)
def test_under_the_figures_as_stated_the_weights_are_the_pair(way: Weighing) -> None:
    assert way.under({})[:, 0].tolist() == list(way.pair)
    assert way.under({"elsewhere": np.array([0.3, 0.4])}).tolist() == way.under({}).tolist()


@settings(max_examples=60)
@given(st.sampled_from(WAYS), st.integers(0, 1), st.floats(0.01, 0.99))
def test_only_what_is_said_to_be_linear_is(way: Weighing, place: int, number: float) -> None:
    path = way.paths[place % len(way.paths)]
    low, between, high = way.under({path: np.array([0.01, number, 0.99])}).T
    line = low + (number - 0.01) / 0.98 * (high - low)
    if way.linear:
        assert between == pytest.approx(line, abs=1e-12)


def test_a_probable_answer_is_not_linear() -> None:
    for way in WAYS[1:4:2]:
        low, between, high = way.under({way.paths[0]: np.array([0.1, 0.5, 0.9])}).T
        assert not way.linear
        assert np.abs(between - (low + high) / 2.0).max() > 0.01


def test_each_figure_is_its_own() -> None:
    found = Reported("here", ACCURACY, False).under({"here.sensitivity": np.array([0.3, 0.6])})
    assert found == pytest.approx(np.array([[0.9, 0.9], [0.7, 0.4]]))
    found = Reported("here", ACCURACY, True).under({"here.specificity": np.array([0.3, 0.6])})
    assert found == pytest.approx(np.array([[0.7, 0.4], [0.85, 0.85]]))


def test_whose_accuracy_an_answer_has() -> None:
    knowledge = doubtful().knowledge
    assert answer_weighing(knowledge, "at_night", True) is None
    ways = [
        answer_weighing(knowledge, "at_night", True, sure=False),
        answer_weighing(knowledge, "hand_tingling", True),
        answer_weighing(knowledge, "hand_tingling", True, sure=False, examined=True),
        exclusion_weighing(knowledge, "carpal_tunnel_syndrome"),
        exclusion_weighing(knowledge, "hypocalcemia"),
    ]
    assert [way and way.paths[0].removesuffix(".sensitivity") for way in ways] == [
        "answers.self_report",
        "findings.hand_tingling.self_report",
        "answers.self_report",
        "conditions.carpal_tunnel_syndrome.ruled_out",
        "answers.ruled_out",
    ]


@pytest.mark.parametrize("place", range(len(answer_parameters(doubtful().knowledge))))
def test_other_figures_weigh_as_a_changed_record_does(place: int) -> None:
    """Every figure that acts through answers, against the case read with the record itself changed."""
    model = doubtful()
    figure = answer_parameters(model.knowledge)[place]
    numbers = np.array(figure.interval)
    evidence = read(CASE, model)
    found = evidence.under({figure.path: numbers})
    assert found
    for column, number in enumerate(numbers.tolist()):
        changed = with_figure(model.knowledge, figure.path, number)
        again = read_evidence(changed, model.vocabulary, model.network(), CASE)
        for node, pair in again.weights.items():
            here = found[node][:, column] if node in found else np.array(evidence.weights[node])
            assert here == pytest.approx(np.array(pair), rel=1e-12)
            assert (node in found) == (pair != evidence.weights[node])


def test_which_answers_hang_on_figures() -> None:
    model = doubtful()
    nodes = model.network().nodes
    assert {nodes[node].id for node in read(CASE, model).weighed} == {
        "hand_tingling",
        "at_night",
        "carpal_tunnel_syndrome",
        "idiopathic_cramp",
        "hypocalcemia",
        "loop_diuretic",
        "dialysis",
        "thyroid_or_neck_surgery",
        "serum_calcium_low",
        "serum_calcium_high",
    }


def test_results_hang_on_nothing_where_no_doubt_about_them_is_stated() -> None:
    model = doubtful()
    silent = replace(model.knowledge, answers=model.knowledge.answers.model_copy(update={"results": None}))
    evidence = read_evidence(silent, model.vocabulary, model.network(), CASE)
    assert evidence.weights == read(CASE, model).weights
    measured = {model.network().index[name] for name in ("serum_calcium_low", "serum_calcium_high")}
    assert read(CASE, model).weighed.keys() - evidence.weighed.keys() == measured
    assert "answers.results" not in {parameter.path for parameter in answer_parameters(silent)}


@settings(max_examples=60)
@given(possible_cases())
def test_what_hangs_on_figures_weighs_by_them_and_nothing_else_does(case: Case) -> None:
    evidence = read(case, doubtful())
    for node, way in evidence.weighed.items():
        assert evidence.weights[node] == way.pair
    assert evidence.under({}) == {}
    assert evidence.under({"conditions.hypocalcemia.troubles_hand": np.array([0.5])}) == {}


def test_what_is_taken_as_given_after_all_hangs_on_nothing() -> None:
    """Dialysis that is named as a medicine's effect, or known, is no silence any more; a sure answer goes first."""
    model = doubtful()
    index = model.network().index
    known = read(replace(CASE, diagnoses=["hypocalcemia"], present=["dialysis"], absent=["at_night"]), model)
    for name in ("hypocalcemia", "dialysis", "at_night"):
        assert index[name] not in known.weighed


def test_the_shipped_figures_about_answers_are_those_that_cases_can_use() -> None:
    model = shipped()
    knowledge = model.knowledge
    listed = {parameter.path for parameter in answer_parameters(knowledge)}
    asked = [name for name, finding in knowledge.findings.items() if finding.self_report is not None]
    cases = [
        Case(medicines=[], diagnoses=[]),
        Case(present=asked),
        Case(probably_present=["at_night"], results={"serum_calcium": "2.2 mmol/L"}),
        *(Case(ruled_out=[condition]) for condition in knowledge.conditions),
    ]
    used = {path for case in cases for way in read(case, model).weighed.values() for path in way.paths}
    assert used == listed
