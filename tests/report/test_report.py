"""The report holds everything that the answer shows, as plain values in full precision."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings

from crampnet.inference.case import Case
from crampnet.report import Report, make_report
from tests.support.cases import possible_cases
from tests.support.models import tiny

CASE = Case(age=44, sex="female", present=["kind_spasm", "chest_pain"], results={"serum_calcium": "1.85 mmol/L"})


@pytest.fixture(scope="module")
def report() -> Report:
    return tiny().diagnose(CASE).report


@settings(max_examples=40)
@given(possible_cases())
def test_the_rows_are_the_posterior_in_order(case: Case) -> None:
    answer = tiny().diagnose(case)
    report = answer.report
    assert report.ranked_by == ("contributes" if answer.evidence.asks else "present")
    assert {row.condition for row in report.rows} == set(tiny().knowledge.conditions)
    for row in report.rows:
        assert row.contributes == answer.posterior.contributes[row.condition]
        assert row.present == answer.posterior.present[row.condition]
        assert row.base_rate == answer.posterior.base_rate[row.condition]
    ranked = [getattr(row, report.ranked_by) for row in report.rows]
    assert ranked == sorted(ranked, reverse=True)


@settings(max_examples=40)
@given(possible_cases())
def test_json_keeps_every_number_to_the_last_digit(case: Case) -> None:
    plain = tiny().diagnose(case).report.to_dict()
    again = json.loads(json.dumps(plain, allow_nan=False))
    assert again["rows"] == [
        row | {"origins": list(row["origins"]), "told_by": list(row["told_by"])} for row in plain["rows"]
    ]
    assert again["urgency"]["probabilities"] == plain["urgency"]["probabilities"]
    assert again["urgency"]["expected_losses"] == plain["urgency"]["expected_losses"]
    assert Case.from_dict(again["case"]) == case


def test_it_is_stamped(report: Report) -> None:
    assert report.version.count(".") == 2
    assert report.priors_digest == tiny().knowledge.digest
    assert date.fromisoformat(report.written_on) <= date.today()
    assert report.case == CASE.to_dict()


def test_the_day_is_given_and_not_looked_up() -> None:
    answer = tiny().diagnose(CASE)
    report = make_report(
        knowledge=answer.knowledge,
        case=answer.case,
        evidence=answer.evidence,
        posterior=answer.posterior,
        urgency=answer.urgency,
        advice=answer.advice,
        origins=(),
        finding_origins=(),
        told_by={},
        version="9.8.7",
        today=date(2001, 2, 3),
    )
    assert (report.version, report.written_on) == ("9.8.7", "2001-02-03")


def test_the_trail_says_what_fired_and_what_harm_says(report: Report) -> None:
    trail = report.urgency
    assert (trail.level, trail.by_red_flag, trail.provisional) == ("emergency", True, False)
    assert [flag.id for flag in trail.flags] == ["chest_pain_with_spasm"]
    assert trail.flags[0].plain == "Call for help now."
    assert trail.flags[0].source == "d2"
    assert trail.harm_level == "urgent"
    assert trail.drivers[0][0] == "hypocalcemia"
    assert set(trail.probabilities) == set(trail.expected_losses) == {"self_care", "routine", "urgent", "emergency"}


def test_every_source_that_is_cited_is_listed(report: Report) -> None:
    cited = {line.source for line in report.advice} | {flag.source for flag in report.urgency.flags}
    assert set(report.sources) == cited == {"d2"}
    assert report.sources["d2"] == "A document made up for the tests."


def test_advice_keeps_its_status_and_reason() -> None:
    report = tiny().diagnose(Case(present=["hand_weakness"])).report
    stretch = next(line for line in report.advice if line.id == "stretch")
    assert (stretch.status, stretch.because) == ("withheld", ("hand_weakness",))
    assert stretch.reason == "Weakness needs a look first."
    assert stretch.about == "everybody"


def test_warnings_reach_the_report() -> None:
    assert any("Under 18" in warning for warning in tiny().diagnose(Case(age=13)).report.warnings)
