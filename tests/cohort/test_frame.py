"""A table is answered row by row as single cases are, to the last digit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crampnet
from crampnet.cohort.frame import diagnose_many
from crampnet.cohort.scoring import Scorer
from crampnet.errors import BadTable, BadValue, CrampnetError
from tests.cases.scoring import published
from tests.cohort.rows import wide
from tests.support.cases import possible_cases
from tests.support.models import shipped, tiny


def attempt(model: crampnet.Model, case: crampnet.Case) -> crampnet.Answer | CrampnetError:
    try:
        return model.diagnose(case)
    except CrampnetError as error:
        return error


def check(model: crampnet.Model, case: crampnet.Case, row: pd.Series) -> None:
    """A row says exactly what the model says of the case."""
    answer = attempt(model, case)
    if isinstance(answer, CrampnetError):
        assert row["error"] == str(answer)
        assert row.drop("error").isna().all()
        return
    assert pd.isna(row["error"])
    assert row["level"] == answer.urgency.level
    assert row["provisional"] == answer.urgency.provisional
    assert row["log_evidence"] == answer.posterior.log_evidence
    assert row["leader"] == answer.ranking.index[0]
    assert row["leader_contributes"] == answer.ranking["contributes"].iloc[0]
    for condition, contributes in answer.posterior.contributes.items():
        assert row[f"contributes_{condition}"] == contributes


def test_the_published_cases_are_answered_to_the_last_digit() -> None:
    cases = [case.case for case in published()]
    table = shipped().diagnose_many(pd.DataFrame([case.to_dict() for case in cases]))
    assert len(table) == 30
    for case, (_, row) in zip(cases, table.iterrows(), strict=True):
        check(shipped(), case, row)


@settings(max_examples=30)
@given(st.lists(possible_cases(), min_size=1, max_size=5))
def test_any_cases_are_answered_to_the_last_digit(cases: list[crampnet.Case]) -> None:
    table = tiny().diagnose_many(pd.DataFrame([{"complaint": True, **case.to_dict()} for case in cases]))
    for case, (_, row) in zip(cases, table.iterrows(), strict=True):
        check(tiny(), case, row)


def test_rows_keep_their_order_and_index() -> None:
    table = wide(60).set_index(pd.Index(["again", *range(59, 0, -1)], name="place"))
    answers = tiny().diagnose_many(table)
    assert answers.index.equals(table.index)
    assert answers["patient_id"].tolist() == table["patient_id"].tolist()
    assert answers["error"].notna().any()
    assert answers["error"].isna().any()
    backwards = tiny().diagnose_many(table.iloc[::-1])
    pd.testing.assert_frame_equal(backwards.iloc[::-1], answers)


def test_an_index_with_repeats_is_kept() -> None:
    table = pd.DataFrame({"at_night": ["present", "absent", "present"]}, index=[1, 1, 1])
    answers = tiny().diagnose_many(table)
    assert answers.index.tolist() == [1, 1, 1]
    assert answers["leader_contributes"].iloc[0] == answers["leader_contributes"].iloc[2]


def test_a_row_that_cannot_be_answered_says_why_and_harms_no_other() -> None:
    table = pd.DataFrame(
        {
            "age": [44, 44, 150, 44],
            "sex": ["female", "male", "male", "x"],
            "kind_spasm": ["present"] * 4,
            "medicines": ["", "furosemid", "", ""],
        }
    )
    answers = tiny().diagnose_many(table)
    assert answers["error"].notna().tolist() == [False, True, True, True]
    assert 'Did you mean "furosemide"' in answers["error"][1]
    assert "age = 150" in answers["error"][2]
    assert "sex = x" in answers["error"][3]
    assert answers.drop(columns="error").iloc[1:].isna().all(axis=None)
    check(tiny(), crampnet.Case(age=44, sex="female", present=["kind_spasm"]), answers.iloc[0])


def test_the_first_conditions_only() -> None:
    table = wide(20)
    everything = tiny().diagnose_many(table)
    first = tiny().diagnose_many(table, top=2)
    assert list(first)[-5:] == ["condition_1", "contributes_1", "condition_2", "contributes_2", "error"]
    pd.testing.assert_frame_equal(first[list(everything)[:6]], everything[list(everything)[:6]])
    fine = first[first["error"].isna()]
    assert (fine["condition_1"] == fine["leader"]).all()
    for place in (1, 2):
        columns = [list(everything).index(f"contributes_{c}") for c in fine[f"condition_{place}"]]
        shares = [everything.iloc[i, column] for i, column in zip(fine.index, columns, strict=True)]
        assert fine[f"contributes_{place}"].tolist() == shares
    for wrong in (0, 99):
        with pytest.raises(BadValue, match="top"):
            tiny().diagnose_many(table, top=wrong)


def test_without_a_complaint_the_leader_is_the_likeliest_to_be_there() -> None:
    case = crampnet.Case(complaint=False, medicines=["furosemide"])
    answers = tiny().diagnose_many(pd.DataFrame([case.to_dict()]))
    assert answers["leader"][0] == tiny().diagnose(case).ranking.index[0]


def test_no_rows_give_no_rows_with_the_same_columns() -> None:
    table = wide(5)
    nothing = tiny().diagnose_many(table.iloc[:0])
    assert len(nothing) == 0
    assert nothing.dtypes.equals(tiny().diagnose_many(table).dtypes)


def test_a_table_of_ids_alone_is_a_table_of_unknown_people() -> None:
    answers = tiny().diagnose_many(pd.DataFrame({"id": ["a", "b"]}))
    check(tiny(), crampnet.Case(), answers.iloc[1].drop("id"))


def test_a_copied_column_may_not_hide_an_answer() -> None:
    with pytest.raises(BadTable, match="column level"):
        tiny().diagnose_many(pd.DataFrame({"level": ["x"]}), keep=["level"])


def test_nothing_is_changed_in_the_table() -> None:
    table = wide(10)
    before = table.copy(deep=True)
    tiny().diagnose_many(table)
    pd.testing.assert_frame_equal(table, before)


def test_equal_evidence_is_worked_out_once_whatever_it_is_called() -> None:
    scorer = Scorer(tiny())
    table = pd.DataFrame(
        {
            "age": [44, 45, 44, 44],
            "medicines": ["furosemide", "Lasix", "torasemide", "furosemide"],
            "at_night": [True] * 4,
        }
    )
    answers = diagnose_many(scorer, table)
    assert scorer.answered == 1
    assert answers["log_evidence"].nunique() == 1


def test_the_memory_is_bounded_and_forgets_the_oldest() -> None:
    scorer = Scorer(tiny(), kept=2)
    night, weak, both = (crampnet.Case(present=names) for names in (["at_night"], ["hand_weakness"], ["both_hands"]))
    for case in (night, weak, night, both, night):
        scorer.answer(case)
    assert scorer.answered == 3
    scorer.answer(weak)
    assert scorer.answered == 4


def test_what_is_impossible_is_found_out_once_for_the_words_it_is_said_in() -> None:
    scorer = Scorer(tiny())
    table = pd.DataFrame(
        {
            "age": [44, 45, 44],
            "diagnoses": ["dialysis_cramp"] * 3,
            "dialysis": [False] * 3,
            "medicines": ["Lasix", "Lasix", "furosemide"],
        }
    )
    answers = diagnose_many(scorer, table)
    assert answers["error"].str.contains("dialysis absent, diagnosis dialysis_cramp").all()
    assert scorer.answered == 2


def test_settings_are_not_mixed_up() -> None:
    table = pd.DataFrame(
        {
            "setting": ["general_population", "dialysis_unit"],
            "age": [44] * 2,
            "sex": ["male"] * 2,
            "kind_cramp": ["present"] * 2,
        }
    )
    answers = tiny().diagnose_many(table)
    assert not np.isclose(answers["log_evidence"][0], answers["log_evidence"][1])
