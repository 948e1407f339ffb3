"""The readable report: what it shows, in which words, and what it never says."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.inference.case import Case
from crampnet.report import to_markdown
from crampnet.report.deeper import unlisted
from crampnet.report.insights import Name
from crampnet.report.naming import spoken
from crampnet.report.sureness import CLASH
from crampnet.report.text import between, percent, text
from tests.support.cases import possible_cases
from tests.support.models import shipped, tiny


def table(markdown: str) -> list[list[str]]:
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def test_results_that_are_read_together_are_told() -> None:
    results = {"serum_calcium": "1.95 mmol/L", "serum_albumin": "25 g/L", "serum_creatinine": "2.1 mg/dL"}
    answer = shipped().diagnose(Case(age=70, sex="female", results=results))
    shown = answer.to_markdown(voice="clinical")
    assert text()["readings"] in shown
    assert "- Serum total calcium: 1.95 mmol/L (corrected for albumin: 2.25 mmol/L)" in shown
    assert "(kidney filter rate by CKD-EPI 2021: 24.9 mL/min/1.73m2)" in shown
    assert [line["test"] for line in answer.report.to_dict()["readings"]] == ["serum_calcium", "serum_creatinine"]
    both = shipped().diagnose(Case(age=70, sex="female", results=results | {"egfr": "25 mL/min"})).to_markdown()
    assert "- Creatinine in blood: 185.64 umol/L (counted in the kidney filter rate)" in both
    plain = shipped().diagnose(Case(results={"serum_calcium": "1.95 mmol/L"}))
    assert text()["readings"] not in plain.to_markdown()
    assert plain.report.readings == ()


def test_a_whole_report() -> None:
    answer = tiny().diagnose(Case(age=13, present=["chest_pain", "kind_spasm", "hand_weakness"]))
    shown = answer.to_markdown()
    words = text()
    assert shown.startswith(f"# {words['title']}\n")
    assert f"**{words['levels']['emergency']}**" in shown
    assert "- Call for help now." in shown
    assert "Under 18" in shown
    assert words["disclaimer"] in shown
    assert "[d2] A document made up for the tests." in shown
    assert f"priors {answer.knowledge.digest[:12]}" in shown
    assert "Stretch the hand gently. (Weakness needs a look first.)" in shown
    assert f"Drink to thirst. ({words['wait']})" in shown
    assert shown.endswith("\n")
    assert not shown.endswith("\n\n")


def test_the_table_has_the_rows_in_their_order_and_no_more_than_asked() -> None:
    answer = tiny().diagnose(Case(present=["kind_cramp"]))
    rows = table(answer.to_markdown())
    assert [row[0] for row in rows] == [row.plain for row in answer.report.rows]
    assert [row[1] for row in rows] == [percent(row.contributes) for row in answer.report.rows]
    assert len(table(to_markdown(answer.report, rows=2))) == 2


def test_clinical_words_on_demand() -> None:
    answer = tiny().diagnose(Case(present=["kind_cramp"], absent=["chest_pain", "hand_weakness"]))
    assert "Cramp without a disease behind it" in answer.to_markdown()
    clinical = answer.to_markdown(voice="clinical")
    assert "Idiopathic muscle cramp" in clinical
    assert "Cramp without a disease behind it" not in clinical


def test_open_warning_signs_are_said() -> None:
    provisional = text()["provisional"]
    assert provisional in tiny().diagnose(Case()).to_markdown()
    assert provisional not in tiny().diagnose(Case(absent=["chest_pain", "hand_weakness"])).to_markdown()


def test_without_a_complaint_the_table_says_what_it_ranks_by() -> None:
    assert text()["ranking_present"] in tiny().diagnose(Case(complaint=False)).to_markdown()
    assert text()["ranking_contributes"] in tiny().diagnose(Case()).to_markdown()


def test_what_is_withheld_is_never_among_the_advice() -> None:
    answer = tiny().diagnose(Case(present=["hand_weakness"]))
    before, after = answer.to_markdown().split(f"### {text()['withheld']}")
    assert "Stretch the hand gently." not in before
    assert "Stretch the hand gently." in after


@settings(max_examples=40)
@given(possible_cases(), st.sampled_from(["plain", "clinical"]))
def test_it_never_claims_certainty_nor_shows_anything_unfinished(case: Case, voice: str) -> None:
    answer = tiny().diagnose(case)
    shown = answer.to_markdown(voice="clinical" if voice == "clinical" else "plain")
    assert not re.search(r"\b(0|100) %", shown.replace(text()["ranking_contributes"], ""))
    for unfinished in ("None", "nan", "{", "}", "frozenset", "__"):
        assert unfinished not in shown


@settings(max_examples=8)
@given(possible_cases(), st.sampled_from(["plain", "clinical"]))
def test_a_full_report_shows_nothing_unfinished(case: Case, voice: str) -> None:
    shown = tiny().diagnose(case).to_markdown(voice="clinical" if voice == "clinical" else "plain", full=True)
    for unfinished in ("None", "nan", "inf ", "{", "}", "frozenset", "__"):
        assert unfinished not in shown


def test_a_full_report_says_how_sure_why_and_what_next() -> None:
    answer = tiny().diagnose(Case(age=44, present=["kind_cramp", "hand_tingling"], absent=["chest_pain"]))
    words, shown = text(), answer.to_markdown(full=True)
    first, second = (row.plain for row in answer.report.rows[:2])
    for heading in (words["why"].format(name=first), words["versus"].format(one=first, other=second)):
        assert f"## {heading}\n" in shown
    for heading in (words["turning"], words["next"]):
        assert f"## {heading}\n" in shown
    assert words["first"].format(share=percent(answer.uncertainty.firmness)) in shown
    low, high = answer.uncertainty.contributes[answer.report.rows[0].condition]
    assert table(shown)[0][4] == between(low, high)
    assert all(part not in answer.to_markdown() for part in (words["turning"], words["next"]))


def test_a_full_report_asks_for_the_warning_signs_first() -> None:
    shown = tiny().diagnose(Case(present=["kind_cramp"])).to_markdown(full=True)
    after = shown.split(f"## {text()['next']}\n")[1].split("\n## ")[0].strip().splitlines()
    assert after[:2] == [
        "- Warning signs (emergency): is any of these so? Chest pain.",
        "- Warning signs (urgent): is any of these so? Weak grip.",
    ]


def test_what_was_too_expensive_to_weigh_is_named() -> None:
    found = tiny().diagnose(Case(present=["kind_cramp"])).full_report
    assert found.insights is not None
    assert found.insights.next is not None
    following = replace(found.insights.next, left_out=(Name("x", "Plain x", "Clinical x"), Name("y", "y", "y")))
    shown = to_markdown(replace(found, insights=replace(found.insights, next=following)))
    assert text()["left_out"].format(names="Plain x; y") in shown
    assert "Not weighed" not in to_markdown(found)


def test_the_points_of_a_full_report_add_up() -> None:
    answer = tiny().diagnose(Case(age=44, present=["kind_cramp", "hand_tingling"], absent=["chest_pain"]))
    words = text()
    after = answer.to_markdown(full=True).split(f"## {words['why'].format(name=answer.report.rows[0].plain)}")[1]
    lines = after.split("\n## ")[0].replace("\N{MINUS SIGN}", "-").splitlines()
    values = [int(line.split("|")[2]) for line in lines if re.search(r"\| *[-+]?\d+ \|$", line)]
    assert len(values) == 5
    assert sum(values[:-1]) == values[-1]


def test_answers_that_fit_badly_are_named() -> None:
    report = tiny().diagnose(Case(present=["kind_cramp", "hand_tingling"])).full_report
    assert report.insights is not None
    assert report.insights.fitting is not None
    least = report.insights.fitting.least
    assert least is not None
    said = text()["fitting_clash"].format(answer=spoken(least, "plain"))
    for value, there in ((CLASH, True), (CLASH - 0.01, False)):
        fitting = replace(report.insights.fitting, value=value)
        changed = replace(report, insights=replace(report.insights, fitting=fitting))
        assert (said in to_markdown(changed)) is there


def test_findings_that_the_first_row_hardly_ever_has_are_told() -> None:
    report = tiny().diagnose(Case(present=["kind_cramp", "hand_tingling"])).full_report
    assert report.insights is not None
    assert report.insights.fitting is not None
    said = text()["misfit"].format(name=report.insights.fitting.condition.plain, share=percent(0.004))
    for misfit in (True, False):
        fitting = replace(report.insights.fitting, tail=0.004, misfit=misfit)
        changed = replace(report, insights=replace(report.insights, fitting=fitting))
        assert (said in to_markdown(changed)) is misfit


def test_a_disease_that_is_not_contained_is_told_where_it_is_probable() -> None:
    report = tiny().diagnose(Case(present=["kind_cramp", "hand_tingling"])).full_report
    assert report.insights is not None
    assert report.insights.fitting is not None
    assert report.insights.fitting.unlisted is not None
    said = text()["unlisted"].format(share=percent(0.34))
    for there in (True, False):
        fitting = replace(report.insights.fitting, unlisted=0.34, unlisted_said=there)
        changed = replace(report, insights=replace(report.insights, fitting=fitting))
        assert (said in to_markdown(changed)) is there


def test_what_it_looks_like_is_named_with_its_probability() -> None:
    report = tiny().diagnose(Case(present=["kind_cramp", "hand_tingling"])).full_report
    assert report.insights is not None
    assert report.insights.fitting is not None
    pictures = ((Name("tetany", "Spasms", "Tetany"), 0.25), (Name("chorea", "Dance", "Chorea"), 0.1))
    fitting = replace(report.insights.fitting, unlisted=0.34, unlisted_said=True, pictures=pictures)
    assert unlisted(fitting, "plain").endswith("it looks most like: Spasms (25 %), Dance (10 %).")
    assert unlisted(fitting, "clinical").endswith("it looks most like: Tetany (25 %), Chorea (10 %).")
    assert unlisted(replace(fitting, pictures=()), "plain") == text()["unlisted"].format(share=percent(0.34))


def test_a_note_is_not_printed() -> None:
    secret = "a note about somebody"
    answer = tiny().diagnose(Case(note=secret))
    assert secret not in to_markdown(replace(answer.report))


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.0, "under 1 %"),
        (0.00999, "under 1 %"),
        (0.01, "1 %"),
        (0.126, "13 %"),
        (0.99, "99 %"),
        (0.9901, "over 99 %"),
        (1.0, "over 99 %"),
    ],
)
def test_a_probability_for_people(probability: float, said: str) -> None:
    assert percent(probability) == said
