"""Where a condition may have come from: against enumeration, and what must hold for every case."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.inference.case import Case
from crampnet.inference.engine import posterior
from crampnet.inference.evidence import Evidence
from crampnet.reasoning.origins import origins
from tests.support.cases import possible_cases
from tests.support.judge import judge
from tests.support.models import shaped, shipped, tiny
from tests.support.networks import medical_network


@settings(max_examples=6)
@given(st.integers(0, 10_000), st.sets(st.sampled_from(["pattern", "sign", "symptom", "hand_complaint", "habit"])))
def test_an_origin_is_the_share_that_its_link_brought_about(seed: int, seen: set[str]) -> None:
    network = medical_network(seed, conditions=2).network
    weights = {network.index[name]: (0.0, 1.0) for name in seen}
    evidence = Evidence(
        weights=weights, labels=dict.fromkeys(weights, ""), strata=np.arange(2), strata_weights=network.strata_weights
    )
    found = {(one.child, one.cause): one.probability for one in origins(network, posterior(network, evidence))}
    assert set(found) == {("c0", "habit"), ("c1", "habit"), ("c1", "c0")}
    verdicts = [judge(network, weights, stratum) for stratum in range(2)]
    fired = sum(share * one.fired for share, one in zip(network.strata_weights, verdicts, strict=True))
    present = sum(share * one.present for share, one in zip(network.strata_weights, verdicts, strict=True))
    for (condition, cause), probability in found.items():
        child = network.index[condition]
        link = network.arrays.first[child] + network.nodes[child].parents.index(network.index[cause])
        assert probability == pytest.approx(fired[link] / present[child], abs=1e-9)


@settings(max_examples=25)
@given(possible_cases())
def test_they_are_probabilities_in_order_and_those_of_the_report(case: Case) -> None:
    answer = tiny().diagnose(case)
    shares = answer.origins["probability"]
    assert shares.between(0.0, 1.0).all()
    assert shares.is_monotonic_decreasing
    for row in answer.report.rows:
        assert [cause.probability for cause in row.origins] == sorted(
            (share for share in shares.get(row.condition, []) if share >= 0.1), reverse=True
        )


def test_a_cause_that_is_excluded_brought_nothing_about() -> None:
    case = Case(present=["carpal_posture"], absent=["thyroid_or_neck_surgery"])
    there = tiny().diagnose(case).origins["probability"]
    assert there["hypocalcemia", "thyroid_or_neck_surgery"] == 0.0


def test_the_effect_of_one_medicine_is_not_told_its_medicine() -> None:
    causes = shipped().diagnose(Case(medicines=["atorvastatin"], present=["kind_cramp"])).origins
    assert "statin_effect" not in causes.index.get_level_values("condition")


def test_a_medicine_for_a_disease_tells_of_it_and_is_not_its_cause() -> None:
    told = shipped().diagnose(Case(present=["hand_numbness"], medicines=["metformin", "omeprazole"]))
    assert told.posterior.present["diabetes"] > 0.8
    causes = told.origins["probability"]
    assert ("diabetes", "metformin") not in causes.index
    assert causes["vitamin_b12_deficiency", "metformin"] > 0.0
    rows = {row.condition: row for row in told.report.rows}
    assert [one.id for one in rows["diabetes"].told_by] == ["metformin"]
    assert rows["vitamin_b12_deficiency"].told_by == ()
    shown = shipped().diagnose(Case(present=["hand_weakness"], medicines=["riluzole"])).to_markdown()
    assert "taken or done for:\n\n- ALS (motor neuron disease): Medicine for motor neuron disease" in shown
    silent = shipped().diagnose(Case(present=["hand_numbness"], medicines=["omeprazole"]))
    assert all(row.told_by == () for row in silent.report.rows)
    assert "taken or done for" not in silent.to_markdown()


def test_low_calcium_after_an_operation_on_the_neck() -> None:
    case = Case(
        age=45, sex="female", present=["kind_spasm", "carpal_posture", "perioral_tingling", "recent_neck_surgery"]
    )
    answer = shipped().diagnose(case)
    causes = answer.origins["probability"]["hypocalcemia"]
    assert causes["hypoparathyroidism"] > 0.3
    assert causes["hypoparathyroidism"] + causes["recent_neck_surgery"] > 0.9
    shown = answer.to_markdown()
    assert "Underactive parathyroid glands" in shown


def test_a_medicine_that_is_told_may_have_brought_a_finding() -> None:
    """P(its link acted, all answers) is the link times P(the other answers)."""
    rest = Case(age=50, sex="female", present=["kind_spasm"], medicines=["furosemide"])
    answer = shaped().diagnose(replace(rest, present=["kind_spasm", "perioral_tingling"]))
    node = answer.network.nodes[answer.network.index["perioral_tingling"]]
    (stratum,) = answer.evidence.strata
    link = node.links[node.parents.index(answer.network.index["loop_diuretic"]), stratum]
    others = shaped().diagnose(rest).posterior.log_evidence
    expected = link * np.exp(others - answer.posterior.log_evidence)
    assert answer.finding_origins["probability"].to_dict() == {
        ("perioral_tingling", "loop_diuretic"): pytest.approx(expected, rel=1e-9)
    }


def test_a_result_that_speaks_for_a_finding_may_come_from_a_medicine_as_well() -> None:
    low, normal = (
        shaped().diagnose(Case(medicines=["furosemide"], results={"serum_calcium": value}))
        for value in ("1.9 mmol/L", "2.35 mmol/L")
    )
    assert 0.0 < low.finding_origins["probability"]["serum_calcium_low", "loop_diuretic"] < 1.0
    assert normal.finding_origins.empty


def test_what_was_not_told_brought_no_finding() -> None:
    assert shaped().diagnose(Case(present=["perioral_tingling"])).finding_origins.empty
    denied = Case(absent=["perioral_tingling"], medicines=["furosemide"])
    assert shaped().diagnose(denied).finding_origins.empty
    assert tiny().diagnose(Case(present=["perioral_tingling"], medicines=["furosemide"])).finding_origins.empty


def test_swollen_ankles_under_a_blood_pressure_tablet_are_told_and_count_less() -> None:
    case = Case(age=66, sex="female", present=["kind_cramp", "ankle_swelling"])
    with_it = shipped().diagnose(replace(case, medicines=["amlodipine"]))
    assert with_it.finding_origins["probability"]["ankle_swelling", "calcium_channel_blocker"] > 0.15
    assert (
        with_it.ranking["present"]["chronic_kidney_disease"]
        < shipped().diagnose(case).ranking["present"]["chronic_kidney_disease"]
    )
    (told,) = with_it.report.explained
    assert (told.finding, [cause.id for cause in told.causes]) == ("ankle_swelling", ["calcium_channel_blocker"])
    assert "- Swollen ankles: Calcium channel blocker" in with_it.to_markdown()
    assert "- Swollen ankles: Calcium channel blocker" not in shipped().diagnose(case).to_markdown()
