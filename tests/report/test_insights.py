"""How sure, why and what next: plain values with names, which add up and say what the reasoning said."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import get_args

import pytest

from crampnet.inference.case import Case
from crampnet.knowledge.records_findings import Cost, Sample
from crampnet.reasoning.answers import GivenKind, State
from crampnet.report import Insights, Report
from crampnet.report.insights import Name, Said
from crampnet.report.naming import name, spoken
from crampnet.report.text import between, text
from tests.support.models import tiny

CASE = Case(age=44, present=["kind_cramp", "at_night"], absent=["hand_weakness"], probably_present=["hand_tingling"])
SETTLED = Case(present=["kind_cramp"], diagnoses=["carpal_tunnel_syndrome"])


@pytest.fixture(scope="module")
def report() -> Report:
    return tiny().diagnose(CASE).full_report


@pytest.fixture(scope="module")
def found(report: Report) -> Insights:
    assert report.insights is not None
    return report.insights


def test_every_part_is_there(found: Insights) -> None:
    assert all(getattr(found, field.name) is not None for field in fields(found))


def test_a_plain_report_has_no_key_for_them_and_a_full_one_only_one_more(report: Report) -> None:
    plain = tiny().diagnose(CASE).report.to_dict()
    full = report.to_dict()
    assert "insights" not in plain
    assert {key: value for key, value in full.items() if key != "insights"} == plain


@pytest.mark.parametrize("case", [CASE, SETTLED, Case(), Case(complaint=False)])
def test_it_is_json_without_a_number_that_is_none(case: Case) -> None:
    plain = tiny().diagnose(case).full_report.to_dict()
    json.dumps(plain, allow_nan=False)


def test_weights_add_up_and_are_those_of_the_reasoning(report: Report, found: Insights) -> None:
    reasons, answer = found.reasons, tiny().diagnose(CASE)
    assert reasons is not None
    assert reasons.condition.id == report.rows[0].condition
    assert reasons.start is not None
    assert reasons.end is not None
    total = sum(weight.weight or 0.0 for weight in reasons.weights)
    assert reasons.start + total == pytest.approx(reasons.end, abs=1e-9)
    assert {w.answer.about.id: w.weight for w in reasons.weights} == {
        given.id: weight for given, weight in answer.why().weights
    }


def test_a_contrast_is_that_of_the_first_two_rows(report: Report, found: Insights) -> None:
    comparison = found.comparison
    assert comparison is not None
    assert [comparison.one.id, comparison.other.id] == [row.condition for row in report.rows[:2]]
    assert comparison.start is not None
    assert comparison.end is not None
    total = sum(weight.weight or 0.0 for weight in comparison.weights)
    assert comparison.start + total == pytest.approx(comparison.end, abs=1e-9)


def test_intervals_hold_the_ranking(report: Report, found: Insights) -> None:
    sure = found.sureness
    assert sure is not None
    assert set(sure.intervals) == {row.condition for row in report.rows}
    assert all(0.0 <= interval.low <= interval.high <= 1.0 for interval in sure.intervals.values())
    assert sure.first == sure.leads[report.rows[0].condition]
    assert sum(sure.levels.values()) + sure.impossible == pytest.approx(1.0)


def test_what_is_known_for_certain_has_no_points() -> None:
    reasons = tiny().diagnose(SETTLED).full_report.insights.comparison  # type: ignore[union-attr]
    assert reasons is not None
    for weight in reasons.weights:
        assert weight.weight is None or abs(weight.weight) < 1e3


def test_the_best_steps_of_each_tier_keep_their_order(found: Insights) -> None:
    following = found.next
    assert following is not None
    steps = tiny().diagnose(CASE).next_steps
    kept = [step.step.id for step in following.steps]
    assert kept == [step.id for step in steps.steps if step.id in kept]
    assert not {step.id for step in steps.steps if step.red_flag} & set(kept)
    assert following.stop.reached == steps.stop.reached
    assert following.question is not None


def test_what_red_flags_wait_for_stands_on_lists_with_names() -> None:
    found = tiny().diagnose(Case(present=["kind_cramp"])).full_report.insights
    assert found is not None
    assert found.next is not None
    listed = [(one.level, [sign.plain for sign in one.signs]) for one in found.next.checklists]
    assert listed == [("emergency", ["Chest pain"]), ("urgent", ["Weak grip"])]


def test_every_answer_has_a_phrase_in_both_voices() -> None:
    about = Name("x", "Plain", "Clinical")
    for kind in get_args(GivenKind):
        for state in get_args(State):
            answer = Said(about, kind, state, "7 mmol/L" if state == "value" else "")
            assert "Plain" in spoken(answer, "plain")
            assert "Clinical" in spoken(answer, "clinical")
    taken = Said(about, "medicine", "present"), Said(about, "medicine", "absent")
    assert spoken(taken[0], "plain") != spoken(taken[1], "plain")


def test_every_cost_and_sample_has_its_words() -> None:
    assert set(text()["costs"]) == set(get_args(Cost))
    assert all(name(tiny().knowledge, sample).plain for sample in get_args(Sample))


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.366, 0.875, "37 to 88 %"),
        (0.001, 0.002, "under 1 %"),
        (0.001, 0.06, "up to 6 %"),
        (0.6, 0.999, "from 60 %"),
        (0.5, 0.5, "50 %"),
    ],
)
def test_an_interval_for_people(low: float, high: float, said: str) -> None:
    assert between(low, high) == said
