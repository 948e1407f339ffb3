"""What turns the result, each change checked by asking the changed case anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from crampnet.errors import ImpossibleCase
from crampnet.inference.case import Case
from crampnet.inference.engine import posterior
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.network.network import Network
from crampnet.reasoning.answers import changed, evidence_with
from crampnet.reasoning.flips import Flip, Turns, turns
from crampnet.reasoning.urgency import assess
from tests.support.cases import possible_cases
from tests.support.models import tiny


def read(case: Case) -> tuple[Network, Evidence]:
    network = tiny().network(case.setting)
    return network, read_evidence(tiny().knowledge, tiny().vocabulary, network, case)


def ask(**answers: Any) -> Turns:
    return turns(tiny().knowledge, *read(Case(**answers)))


def check(flip: Flip, today: str, **answers: Any) -> None:
    """The flip against the library's answer to the changed case."""
    answer = tiny().diagnose(Case(**answers))
    assert flip.leader == answer.ranking.index[0]
    assert flip.share == pytest.approx(answer.posterior.contributes[flip.leader], abs=1e-9)
    assert flip.was == pytest.approx(answer.posterior.contributes[today], abs=1e-9)
    assert flip.level == answer.urgency.level


def test_single_changes_are_those_of_the_changed_cases() -> None:
    found = ask(age=60, present=["night_waking_numb", "kind_cramp"], absent=["chest_pain"])
    by = {(flip.answers[0].id, flip.how[0]): flip for flip in found.singles}
    assert len(by) == len(found.singles) == 6
    check(by["night_waking_numb", "withdrawn"], found.leader, age=60, present=["kind_cramp"], absent=["chest_pain"])
    check(
        by["night_waking_numb", "opposite"],
        found.leader,
        age=60,
        present=["kind_cramp"],
        absent=["chest_pain", "night_waking_numb"],
    )
    check(by["kind_cramp", "withdrawn"], found.leader, age=60, present=["night_waking_numb"], absent=["chest_pain"])
    check(by["chest_pain", "opposite"], found.leader, age=60, present=["night_waking_numb", "kind_cramp", "chest_pain"])


def test_single_changes_that_turn_the_first_row_are_found_and_no_others() -> None:
    found = ask(age=60, present=["night_waking_numb", "kind_cramp"], absent=["chest_pain"])
    assert found.leader == "carpal_tunnel_syndrome"
    assert {flip.answers[0].id for flip in found.to_leader} == {"night_waking_numb"}
    assert all(flip.leader != found.leader and len(flip.answers) == 1 for flip in found.to_leader)
    kept = [flip for flip in found.singles if flip not in found.to_leader]
    assert all(flip.leader == found.leader for flip in kept)


def test_a_red_flag_turned_round_turns_the_level() -> None:
    found = ask(age=60, present=["kind_cramp"], absent=["chest_pain"])
    (flip,) = (f for f in found.to_level if f.level == "emergency")
    assert [(given.id, how) for given, how in zip(flip.answers, flip.how, strict=True)] == [("chest_pain", "opposite")]
    down = ask(age=60, present=["kind_cramp", "chest_pain"])
    assert down.level == "emergency"
    assert {flip.how[0] for flip in down.to_level} == {"withdrawn", "opposite"}
    assert {flip.answers[0].id for flip in down.to_level} == {"chest_pain"}


def test_two_answers_are_tried_where_one_does_not_do() -> None:
    tetany = ["carpal_posture", "kind_spasm", "hand_tingling"]
    answers: dict[str, Any] = {"age": 44, "absent": ["at_night"], "results": {"serum_calcium": "1.85 mmol/L"}}
    found = ask(present=tetany, **answers)
    assert all(flip.leader == "hypocalcemia" for flip in found.singles)
    assert found.to_leader
    assert all(len(flip.answers) == 2 for flip in found.to_leader)
    first = found.to_leader[0]
    assert {given.id for given in first.answers} == {"carpal_posture", "kind_spasm"}
    assert first.how == ("opposite", "opposite")
    absent = ["at_night", "carpal_posture", "kind_spasm"]
    check(first, "hypocalcemia", **{**answers, "present": ["hand_tingling"], "absent": absent})


def test_it_says_so_when_nothing_turns_the_result() -> None:
    assert ask(age=60).to_leader == ask(age=60).to_level == ()
    firm = ask(
        age=44,
        present=["carpal_posture", "kind_spasm", "perioral_tingling", "trousseau_sign", "both_hands"],
        results={"serum_calcium": "1.7 mmol/L"},
    )
    assert firm.to_leader == ()


def test_the_sensitivity_to_each_answer_has_all_rows() -> None:
    found = ask(present=["night_waking_numb"], results={"serum_calcium": "2.3 mmol/L"}).sensitivity
    assert [given.id for given in found.answers] == ["night_waking_numb", "serum_calcium"]
    without = tiny().diagnose(Case(results={"serum_calcium": "2.3 mmol/L"})).posterior.contributes
    opposite = tiny().diagnose(Case(absent=["night_waking_numb"], results={"serum_calcium": "2.3 mmol/L"})).posterior
    for place, condition in enumerate(found.conditions):
        assert found.withdrawn[0, place] == pytest.approx(without[condition], abs=1e-9)
        assert found.opposite[0, place] == pytest.approx(opposite.contributes[condition], abs=1e-9)
    assert np.isnan(found.opposite[1]).all()


def test_a_diagnosis_taken_back_is_no_longer_cared_for() -> None:
    found = ask(present=["kind_cramp"], diagnoses=["hypocalcemia"], cared_for=["hypocalcemia"])
    by = {(flip.answers[0].id, flip.how[0]): flip for flip in found.singles}
    check(by["hypocalcemia", "withdrawn"], found.leader, present=["kind_cramp"])


@settings(max_examples=15)
@given(possible_cases(most=4))
def test_every_change_is_what_asking_anew_gives(case: Case) -> None:
    network, evidence = read(case)
    found = turns(tiny().knowledge, network, evidence)
    answers = found.sensitivity.answers
    for flip in found.singles[:4] + found.to_leader[:1] + found.to_level[:1]:
        ways = dict(zip(flip.answers, flip.how, strict=True))
        after = evidence_with(network, evidence, changed(tiny().knowledge, network, evidence, answers, ways), ways)
        again = posterior(network, after)
        share = again.contributes if evidence.asks else again.present
        assert flip.share == pytest.approx(max(share.values()), abs=1e-9)
        urgency = assess(tiny().knowledge, network, after, again)
        assert flip.level == urgency.level
        levels = tiny().knowledge.losses.levels
        wanted = sum(urgency.harm.probabilities[u] for u in levels[levels.index(flip.level) :])
        assert flip.level_share == pytest.approx(wanted, abs=1e-9)
    today = assess(tiny().knowledge, network, evidence, posterior(network, evidence))
    assert found.level == today.level


def test_a_change_that_cannot_be_is_left_out() -> None:
    """A cramp of dialysis that is known cannot be without dialysis."""
    network, evidence = read(Case(present=["dialysis"], diagnoses=["dialysis_cramp"]))
    found = turns(tiny().knowledge, network, evidence)
    by = {(flip.answers[0].id, flip.how[0]) for flip in found.singles}
    assert by == {("dialysis", "withdrawn"), ("dialysis_cramp", "withdrawn"), ("dialysis_cramp", "opposite")}
    place = [given.id for given in found.sensitivity.answers].index("dialysis")
    assert np.isnan(found.sensitivity.opposite[place]).all()
    assert np.isfinite(found.sensitivity.withdrawn[place]).all()
    with pytest.raises(ImpossibleCase):
        posterior(network, replace(evidence, weights={**evidence.weights, network.index["dialysis"]: (1.0, 0.0)}))


def test_an_unknown_answer_changes_nothing() -> None:
    network, evidence = read(Case(present=["night_waking_numb", "kind_cramp"]))
    unknown = replace(evidence, weights={**evidence.weights, network.index["chest_pain"]: (1.0, 1.0)})
    one, other = (turns(tiny().knowledge, network, e) for e in (evidence, unknown))
    assert [(f.answers, f.how, f.leader, f.level) for f in one.singles] == [
        (f.answers, f.how, f.leader, f.level) for f in other.singles
    ]
    np.testing.assert_allclose(one.sensitivity.withdrawn, other.sensitivity.withdrawn, rtol=0, atol=1e-12)
