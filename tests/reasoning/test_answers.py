"""What counts as one answer, and what a case says once some of it is taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from crampnet.inference.case import Case
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.knowledge import Knowledge
from crampnet.network.network import COMPLAINT, Network
from crampnet.reasoning.answers import Given, answers_given, changed, evidence_with, has_opposite, only
from tests.support.models import shipped, tiny


def read(*, ship: bool = False, **given: Any) -> tuple[Knowledge, Network, Evidence]:
    model = shipped() if ship else tiny()
    case = Case(**given)
    network = model.network(case.setting)
    return model.knowledge, network, read_evidence(model.knowledge, model.vocabulary, network, case)


def ids(answers: tuple[Given, ...]) -> list[tuple[str, str, str]]:
    return [(given.id, given.kind, given.state) for given in answers]


def test_every_kind_of_answer_is_one_thing_and_silence_is_none() -> None:
    read_case = read(
        present=["kind_spasm", "repetitive_hand_use"],
        probably_absent=["at_night"],
        medicines=["furosemide"],
        medicines_complete=True,
        results={"serum_calcium": "1.9 mmol/L"},
        diagnoses=["hypocalcemia"],
        ruled_out=["carpal_tunnel_syndrome"],
    )
    assert ids(answers_given(*read_case)) == [
        ("at_night", "finding", "absent"),
        ("carpal_tunnel_syndrome", "ruled_out", "absent"),
        ("hypocalcemia", "diagnosis", "present"),
        ("kind_spasm", "finding", "present"),
        ("loop_diuretic", "medicine", "present"),
        ("repetitive_hand_use", "exposure", "present"),
        ("serum_calcium", "result", "value"),
    ]
    _, network, evidence = read_case
    told = {node for given in answers_given(*read_case) for node in given.nodes}
    assert {network.nodes[node].id for node in evidence.weights.keys() - told} == {
        "dialysis",
        "thyroid_or_neck_surgery",
    }


def test_a_case_without_answers_has_none() -> None:
    assert answers_given(*read(age=30, sex="male")) == ()


def test_the_end_of_the_list_of_medicines_is_one_answer() -> None:
    knowledge, network, evidence = read(ship=True, medicines=["furosemide"], medicines_complete=True)
    listed, taken = sorted(
        answers_given(knowledge, network, evidence), key=lambda given: given.kind != "medicines_complete"
    )
    classes = {name for name, record in knowledge.exposures.items() if record.kind == "medicine"}
    assert listed.id == "medicines_complete"
    assert {network.nodes[node].id for node in listed.nodes} == classes - {taken.id}
    assert ids((taken,)) == [("loop_diuretic", "medicine", "present")]


def test_what_an_exposure_implies_belongs_to_it() -> None:
    knowledge, network, evidence = read(ship=True, present=["recent_neck_surgery"])
    (answer,) = answers_given(knowledge, network, evidence)
    assert answer.id == "recent_neck_surgery"
    assert [network.nodes[node].id for node in answer.nodes] == ["recent_neck_surgery", "thyroid_or_neck_surgery"]
    after = evidence_with(
        network, evidence, changed(knowledge, network, evidence, (answer,), {answer: "opposite"}), {answer: "opposite"}
    )
    assert after.weights[network.index["recent_neck_surgery"]] == (1.0, 0.0)
    assert after.weights[network.index["thyroid_or_neck_surgery"]] == (1.0, 1.0)
    assert (after.present, after.absent) == (frozenset(), frozenset(["recent_neck_surgery"]))


def test_the_complaint_stays_when_the_answer_that_stated_it_goes() -> None:
    knowledge, network, evidence = read(present=["kind_spasm", "hand_tingling"])
    answers = answers_given(knowledge, network, evidence)
    tingling, spasm = answers
    complaint = network.index[COMPLAINT]
    assert complaint not in evidence.weights
    assert only(network, evidence, answers, [tingling])[complaint] == (0.0, 1.0)
    assert complaint not in only(network, evidence, answers, [spasm])
    assert changed(knowledge, network, evidence, answers, {spasm: "opposite"})[complaint] == (0.0, 1.0)
    assert only(network, evidence, answers, answers) == {}


def test_no_complaint_is_stated_where_none_was_certain() -> None:
    knowledge, network, evidence = read(complaint=False, probably_present=["kind_spasm"], present=["hand_tingling"])
    answers = answers_given(knowledge, network, evidence)
    assert network.index[COMPLAINT] not in only(network, evidence, answers, ())


@pytest.mark.parametrize(
    ("given", "turned", "same_as"),
    [
        ({"present": ["hand_tingling"]}, "hand_tingling", {"absent": ["hand_tingling"]}),
        ({"absent": ["hand_tingling"]}, "hand_tingling", {"present": ["hand_tingling"]}),
        ({"medicines": ["furosemide"]}, "loop_diuretic", {"absent": ["loop_diuretic"]}),
        ({"probably_present": ["hand_tingling"]}, "hand_tingling", {"probably_absent": ["hand_tingling"]}),
        ({"probably_absent": ["hand_tingling"]}, "hand_tingling", {"probably_present": ["hand_tingling"]}),
    ],
)
def test_a_turned_answer_reads_as_the_opposite_case(
    given: dict[str, Any], turned: str, same_as: dict[str, Any]
) -> None:
    knowledge, network, evidence = read(**given)
    (answer,) = answers_given(knowledge, network, evidence)
    after = evidence_with(
        network, evidence, changed(knowledge, network, evidence, (answer,), {answer: "opposite"}), {answer: "opposite"}
    )
    _, _, wanted = read(**same_as)
    assert answer.id == turned
    assert (after.weights, after.present, after.absent) == (wanted.weights, wanted.present, wanted.absent)


def test_a_value_or_a_diagnosis_taken_back_leaves_no_trace() -> None:
    knowledge, network, evidence = read(
        results={"serum_calcium": "1.9 mmol/L"}, diagnoses=["hypocalcemia"], cared_for=["hypocalcemia"]
    )
    answers = answers_given(knowledge, network, evidence)
    change = changed(knowledge, network, evidence, answers, dict.fromkeys(answers, "withdrawn"))
    after = evidence_with(network, evidence, change, dict.fromkeys(answers, "withdrawn"))
    assert (after.present, after.absent, after.known, after.cared_for, dict(after.values)) == (
        frozenset(),
        frozenset(),
        frozenset(),
        frozenset(),
        {},
    )
    assert {after.weights[node] for given in answers for node in given.nodes} == {(1.0, 1.0)}


def test_what_can_be_turned_round() -> None:
    read_case = read(
        present=["hand_tingling"],
        results={"serum_calcium": "1.9 mmol/L"},
        diagnoses=["hypocalcemia"],
        ruled_out=["carpal_tunnel_syndrome"],
    )
    assert [g.id for g in answers_given(*read_case) if has_opposite(g)] == ["hand_tingling", "hypocalcemia"]


def test_what_two_exposures_imply_stays_until_both_are_gone() -> None:
    implying = ("repetitive_hand_use", "thyroid_or_neck_surgery")
    model = tiny()
    exposures = {
        name: record.model_copy(update={"implies": ("dialysis",)}) if name in implying else record
        for name, record in model.knowledge.exposures.items()
    }
    knowledge, network = replace(model.knowledge, exposures=exposures), model.network()
    evidence = read_evidence(knowledge, model.vocabulary, network, Case(present=implying))
    answers = answers_given(knowledge, network, evidence)
    hand_use, surgery = answers
    dialysis = network.index["dialysis"]
    assert all(dialysis in given.nodes for given in answers)
    assert dialysis not in only(network, evidence, answers, [hand_use])
    assert dialysis not in changed(knowledge, network, evidence, answers, {surgery: "withdrawn"})
    assert only(network, evidence, answers, ())[dialysis] == (1.0, 1.0)
    both = changed(knowledge, network, evidence, answers, {hand_use: "opposite", surgery: "withdrawn"})
    assert both[dialysis] == (1.0, 1.0)


def test_the_opposite_of_a_report_is_a_report() -> None:
    """Where a finding states how far self-report can be trusted, the opposite answer is trusted as far."""
    model = shipped()
    name = next(name for name, record in model.knowledge.findings.items() if record.self_report is not None)
    knowledge, network, evidence = read(ship=True, present=[name])
    answers = answers_given(knowledge, network, evidence)
    change = changed(knowledge, network, evidence, answers, {answers[0]: "opposite"})
    assert change[network.index[name]] == read(ship=True, absent=[name])[2].weights[network.index[name]]
