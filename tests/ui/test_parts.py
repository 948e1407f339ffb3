"""The parts of the pages that need no page: wording, drafts, questions, warning signs, rows."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

import crampnet
from crampnet.api import Answer, Model
from crampnet.knowledge import Knowledge
from crampnet.knowledge.record import Level
from crampnet.knowledge.records_findings import Section
from crampnet.knowledge.records_nodes import ExposureKind
from crampnet.reasoning.next_steps import MEDICINES
from crampnet.ui.answer.markup import element
from crampnet.ui.answer.ranking import came_from, explained, select, told_by
from crampnet.ui.answer.urgency import SYMBOLS
from crampnet.ui.catalog import Catalog
from crampnet.ui.draft import Draft, draft_of
from crampnet.ui.naming import named
from crampnet.ui.signs import remaining, signs_of
from crampnet.ui.steps import STEPS
from crampnet.ui.text import chance, escape, percent, report_words, words
from tests.support.models import shipped


def test_every_section_level_and_step_has_its_words() -> None:
    assert set(words("topics")) == {*get_args(Section), *get_args(ExposureKind)}
    assert set(SYMBOLS) == set(get_args(Level)) == set(report_words("levels"))
    assert set(words("steps")) == set(STEPS)


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.0, "less than 1 in 200"),
        (0.008, "less than 1 in 100"),
        (0.03, "about 1 in 30"),
        (0.14, "about 1 in 7"),
        (0.68, "about 7 in 10"),
        (0.97, "more than 9 in 10"),
        (1.0, "nearly certain"),
    ],
)
def test_chances_in_words(probability: float, said: str) -> None:
    assert chance(probability) == said


def test_texts_of_the_knowledge_cannot_become_markup() -> None:
    assert str(element("p", "<b>&", title='"')) == '<p title="&quot;">&lt;b&gt;&amp;</p>'
    assert escape("a*b_[c]") == r"a\*b\_\[c\]"
    assert percent(0.5) == "50\N{NO-BREAK SPACE}%"


def test_a_row_says_where_it_may_have_come_from() -> None:
    answer = shipped().diagnose(crampnet.Case(present=["thiazide_diuretic"], results={"serum_potassium": "2.7 mmol/L"}))
    row = next(row for row in answer.report.rows if row.condition == "hypokalemia")
    assert row.origins[0].id == "thiazide_diuretic"
    cause, share = row.origins[0], row.origins[0].probability
    assert f"{cause.plain} ({chance(share)})" in came_from(row, "present", "plain")
    assert f"{cause.clinical} ({percent(share)})" in came_from(row, "present", "clinical")
    assert came_from(replace(row, present=0.01), "present", "plain") == ""
    assert came_from(replace(row, origins=()), "present", "plain") == ""


def test_a_row_says_what_was_told_for_it() -> None:
    answer = shipped().diagnose(crampnet.Case(present=["hand_weakness"], medicines=["riluzole"]))
    rows = {row.condition: row for row in answer.report.rows}
    assert rows["als"].told_by[0].plain in told_by(rows["als"], "plain")
    assert rows["als"].told_by[0].clinical in told_by(rows["als"], "clinical")
    assert came_from(rows["als"], "present", "plain") == ""
    assert told_by(rows["carpal_tunnel_syndrome"], "plain") == ""


def test_a_finding_says_which_medicine_may_have_brought_it() -> None:
    case = crampnet.Case(age=66, present=["kind_cramp", "ankle_swelling"], medicines=["amlodipine"])
    report = shipped().diagnose(case).report
    cause = report.explained[0].causes[0]
    (plain,), (clinical,) = explained(report, "plain"), explained(report, "clinical")
    assert "Swollen ankles" in str(plain)
    assert f"{cause.plain} ({chance(cause.probability)})" in str(plain)
    assert f"{cause.clinical} ({percent(cause.probability)})" in str(clinical)
    assert explained(replace(report, explained=()), "plain") == []


def test_a_draft_holds_what_a_case_holds(model: Model) -> None:
    case = crampnet.Case(
        age=50,
        pregnant=False,
        sought_care=True,
        probably_present=["hand_tingling"],
        absent=["at_night"],
        examined=["at_night"],
        cared_for=["hypocalcemia"],
    )
    assert draft_of(case, model.vocabulary).to_case() == case
    assert draft_of(case, model.vocabulary).answer("at_night", "present").to_case().examined == ()


def test_a_draft_without_entries_is_empty() -> None:
    assert Draft().empty
    assert Draft().answer("hand_tingling", "unknown").empty
    assert not Draft(complaint=False).empty


def test_ids_in_messages_become_names(knowledge: Knowledge) -> None:
    assert named("hand_weakness absent", knowledge, "plain") == "“Weak grip” absent"


@pytest.mark.parametrize("text", ["tingling mouth", "perioral", "tinglng round", "mouth"])
def test_search(catalog: Catalog, text: str) -> None:
    assert catalog.search(text)[0].id == "perioral_tingling"


def test_search_for_several_things_at_once_finds_all_of_them_first(catalog: Catalog) -> None:
    found = [question.id for question in catalog.search("weak grip with tingling round the mouth at night")]
    assert set(found[:3]) == {"perioral_tingling", "hand_weakness", "at_night"}


def test_search_finds_results_that_were_only_told(catalog: Catalog) -> None:
    assert [question.id for question in catalog.search("calcium low")][:1] == ["serum_calcium_low"]
    assert catalog.tests("calci") == ["serum_calcium"]


def test_medicines_are_not_among_the_findings(catalog: Catalog) -> None:
    assert "loop_diuretic" not in {question.id for question in catalog.listed}


def left(model: Model, draft: Draft, above: str | None = None, answer: Answer | None = None) -> list[str]:
    return [sign for one in remaining(model, draft, answer, above) for sign in one.signs]


def answers(**states: str) -> Draft:
    return Draft(answers=states)


def test_a_rule_that_needs_two_things_asks_for_one_first(model: Model) -> None:
    assert left(model, Draft()) == ["chest_pain", "hand_weakness"]
    assert left(model, answers(hand_weakness="absent", chest_pain="probably_absent")) == []
    assert left(model, answers(hand_weakness="probably_present"), "routine") == ["chest_pain", "hand_tingling"]
    assert left(model, answers(dialysis="present")) == ["chest_pain"]
    assert left(model, Draft(), "urgent") == ["chest_pain"]


def test_a_sign_that_is_not_known_is_not_asked_again(model: Model) -> None:
    assert left(model, answers(hand_weakness="unknown")) == ["chest_pain"]


def test_what_was_entered_since_the_last_answer_counts(model: Model) -> None:
    """A case that cannot be answered keeps the last answer; the signs are those of the entries."""
    answer = model.diagnose(crampnet.Case(present=["hand_weakness"], absent=["chest_pain"]))
    assert left(model, answers(hand_weakness="present", chest_pain="absent"), None, answer) == ["hand_tingling"]
    assert left(model, answers(hand_weakness="absent", chest_pain="unknown"), None, answer) == []
    assert left(model, answers(hand_weakness="unknown", at_night="present"), None, answer) == []


def test_the_medicines_are_asked_until_they_are_told(model: Model) -> None:
    flag = model.knowledge.red_flags[0].model_copy(update={"any_of": ("loop_diuretic", "trousseau_sign")})
    other = Model(replace(model.knowledge, red_flags=(flag,)))
    assert left(other, Draft()) == [MEDICINES]
    assert signs_of(remaining(other, Draft(), None, None)) == []
    assert left(other, Draft(medicines=("furosemide",))) == []
    assert Draft(medicines=()).passed == {MEDICINES}


def test_what_another_step_asks_is_not_among_the_signs() -> None:
    knowledge = shipped().knowledge
    flag = knowledge.red_flags[0].model_copy(update={"any_of": ("pregnancy", "chest_pain", "trousseau_sign")})
    assert left(Model(replace(knowledge, red_flags=(flag,))), Draft()) == ["chest_pain"]


def test_rows_hold_the_first_and_the_special_and_set_the_grave_apart(model: Model) -> None:
    report = model.diagnose(crampnet.Case(age=44, present=["kind_cramp"])).report
    rows = [replace(row, condition=f"c{i}", level="routine") for i, row in enumerate([*report.rows, *report.rows])]
    rows[8] = replace(rows[8], level="urgent", contributes=0.0, present=0.01)
    rows[7] = replace(rows[7], level="urgent", contributes=0.009, present=0.009)
    chosen = select(replace(report, rows=tuple(rows)), ["c9"], ["urgent", "emergency"])
    assert [row.condition for row in chosen.rows] == ["c0", "c1", "c2", "c3", "c4", "c5", "c9"]
    assert [row.condition for row in chosen.serious] == ["c8"]
