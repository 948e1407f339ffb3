"""The parts of the pages that need no page: wording, drafts, questions, warning signs, rows."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

import crampnet
from crampnet.api import Model
from crampnet.knowledge import Knowledge
from crampnet.knowledge.record import Level
from crampnet.knowledge.records_findings import Section
from crampnet.knowledge.records_general import RedFlag
from crampnet.knowledge.records_nodes import ExposureKind
from crampnet.ui.answer.markup import element
from crampnet.ui.answer.ranking import select
from crampnet.ui.answer.urgency import SYMBOLS
from crampnet.ui.catalog import Catalog
from crampnet.ui.draft import Draft, draft_of
from crampnet.ui.naming import named
from crampnet.ui.signs import WarningSigns
from crampnet.ui.steps import STEPS
from crampnet.ui.text import chance, escape, percent, report_words, words


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


def test_search_finds_results_that_were_only_told(catalog: Catalog) -> None:
    assert [question.id for question in catalog.search("calcium low")][:1] == ["serum_calcium_low"]
    assert catalog.tests("calci") == ["serum_calcium"]


def test_medicines_are_not_among_the_findings(catalog: Catalog) -> None:
    assert "loop_diuretic" not in {question.id for question in catalog.listed}


def test_a_rule_that_needs_two_things_asks_for_one_first(catalog: Catalog) -> None:
    signs = WarningSigns(catalog)
    assert signs.open(["urgent"], {}) == ["hand_weakness"]
    assert signs.open(["urgent"], {"hand_weakness": "absent"}) == []
    assert signs.open(["urgent"], {"hand_weakness": "probably_present"}) == ["hand_tingling"]
    assert signs.open(["urgent"], {"dialysis": "present"}) == []


def test_warning_signs_ask_for_no_examination(knowledge: Knowledge) -> None:
    names = {"plain": "x", "clinical": "x"}
    flag = RedFlag.model_validate(
        {"id": "x", "name": names, "any_of": ["trousseau_sign", "serum_calcium_low", "chest_pain"]}
        | {"level": "urgent", "plain": "x", "clinical": "x", "source": "d2"}
    )
    signs = WarningSigns(Catalog(replace(knowledge, red_flags=(flag,))))
    assert signs.open(["urgent"], {}) == ["chest_pain"]


def test_rows_hold_the_first_and_the_special_and_set_the_grave_apart(model: Model) -> None:
    report = model.diagnose(crampnet.Case(age=44, present=["kind_cramp"])).report
    rows = [replace(row, condition=f"c{i}", level="routine") for i, row in enumerate([*report.rows, *report.rows])]
    rows[8] = replace(rows[8], level="urgent", contributes=0.0, present=0.01)
    rows[7] = replace(rows[7], level="urgent", contributes=0.009, present=0.009)
    chosen = select(replace(report, rows=tuple(rows)), ["c9"], ["urgent", "emergency"])
    assert [row.condition for row in chosen.rows] == ["c0", "c1", "c2", "c3", "c4", "c5", "c9"]
    assert [row.condition for row in chosen.serious] == ["c8"]
