from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import crampnet
from crampnet.cohort.table import Layout, read_header
from crampnet.errors import BadCase, BadTable, BadValue, CrampnetError
from tests.support.cases import any_cases
from tests.support.models import tiny


def header(*names: str, keep: tuple[str, ...] = ()) -> Layout:
    return read_header(tiny().vocabulary, names, keep=keep)


def cases(**columns: Any) -> list[crampnet.Case | CrampnetError]:
    table = pd.DataFrame(columns)
    return header(*table.columns).cases(table)


def test_every_kind_of_column_reaches_the_case() -> None:
    table = pd.DataFrame(
        {
            "patient_id": ["007"],
            "Age": ["44"],
            "sex": ["Female"],
            "pregnant": [False],
            "setting": ["dialysis_unit"],
            "complaint": ["true"],
            "sought care": ["true"],
            "present": ["kind_spasm; at_night"],
            "carpal_posture": ["present"],
            "hand_weakness": ["probably absent"],
            "medicines": ["Lasix 40 mg"],
            "medicines_complete": [True],
            "diagnoses": ["hypocalcemia"],
            "cared_for": ["hypocalcemia"],
            "ruled_out": ["carpal_tunnel_syndrome"],
            "serum_calcium [mmol/L]": [1.85],
            "note": ["seen twice"],
        }
    )
    layout = header(*table.columns)
    assert layout.keep == ("patient_id",)
    assert layout.cases(table) == [
        crampnet.Case(
            age=44,
            sex="female",
            pregnant=False,
            setting="dialysis_unit",
            complaint=True,
            sought_care=True,
            present=["kind_spasm", "at_night", "carpal_posture"],
            probably_absent=["hand_weakness"],
            medicines=["Lasix 40 mg"],
            medicines_complete=True,
            diagnoses=["hypocalcemia"],
            cared_for=["hypocalcemia"],
            ruled_out=["carpal_tunnel_syndrome"],
            results={"serum_calcium": "1.85 mmol/L"},
            note="seen twice",
        )
    ]


def test_none_in_a_cell_is_an_empty_list_and_an_empty_cell_says_nothing() -> None:
    table = pd.DataFrame({"medicines": ["none", "", None, "lasix"], "diagnoses": ["", "none", "none", ""]})
    assert header(*table.columns).cases(table) == [
        crampnet.Case(medicines=[]),
        crampnet.Case(diagnoses=[]),
        crampnet.Case(diagnoses=[]),
        crampnet.Case(medicines=["lasix"]),
    ]


@given(any_cases())
def test_a_list_of_case_files_is_a_table(case: crampnet.Case) -> None:
    layout = header(*case.to_dict())
    (found,) = layout.cases(pd.DataFrame([case.to_dict()]))
    if isinstance(found, CrampnetError):
        return  # names of no letters, or a sex that is none: refused, not lost
    for key in ("sex", "pregnant", "complaint", "medicines_complete"):
        assert getattr(found, key) == getattr(case, key)
    assert set(found.results) <= set(case.results)


def test_empty_cells_say_nothing() -> None:
    (case,) = cases(age=[np.nan], sex=[None], at_night=[pd.NA], medicines=[""], results=[None], setting=["NA"])
    assert case == crampnet.Case()


def test_dtypes_do_not_matter() -> None:
    plain = cases(at_night=["present", None], age=[44, None], sex=["male", "male"])
    typed = cases(
        at_night=pd.array([True, None], dtype="boolean"),
        age=pd.array([44, None], dtype="Int64"),
        sex=pd.Categorical(["male", "male"]),
    )
    mixed = cases(
        at_night=pd.Series([True, ""], dtype=object), age=pd.Series(["44", np.nan], dtype=object), sex=["Male", "male"]
    )
    assert plain == typed == mixed


def test_a_name_or_an_alias_will_do_for_an_id() -> None:
    name = tiny().knowledge.findings["at_night"].name.plain
    assert header(name).columns[0].about == "at_night"
    assert header("At night").columns[0].about == "at_night"


def test_all_unknown_columns_are_named_with_the_nearest() -> None:
    with pytest.raises(BadTable) as caught:
        header("at_nite", "serum_calcum [mmol/L]", "hypocalcemia", "xqzzyw", "agee")
    message = str(caught.value)
    assert '"at_nite": Did you mean "at_night"' in message
    assert '"serum_calcum [mmol/L]": Did you mean "serum_calcium"' in message
    assert '"hypocalcemia": a condition stands in the columns diagnoses or ruled_out' in message
    assert '"xqzzyw": Nothing similar' in message
    assert '"agee": Did you mean "age"' in message


def test_chosen_columns_are_copied_and_read_where_they_say_something() -> None:
    layout = header("ward", "age", "id", "", keep=("ward", "age"))
    assert layout.keep == ("ward", "age", "id", "")
    assert layout.read == ["age"]
    with pytest.raises(BadTable, match="no column wrad"):
        header("ward", keep=("ward", "wrad"))


def test_two_columns_about_the_same_are_refused() -> None:
    with pytest.raises(BadTable, match=r'"Age".*"age" is about the same'):
        header("age", "Age")
    with pytest.raises(BadTable, match=r"serum_calcium \[mg/dL\].*about the same"):
        header("serum_calcium", "serum_calcium [mg/dL]")
    with pytest.raises(BadTable, match="twice"):
        header("id", "id")


def test_a_unit_in_the_header_must_fit() -> None:
    with pytest.raises(BadTable, match=r"column serum_calcium \[furlong\].*unit.*furlong"):
        header("serum_calcium [furlong]")


def test_what_is_wrong_stays_in_its_row() -> None:
    found = cases(age=[44, "old", 30], at_night=["present", "present", "often"], medicines=["", "", ""])
    assert found[0] == crampnet.Case(age=44, present=["at_night"])
    assert isinstance(found[1], BadValue)
    assert "age = old" in str(found[1])
    assert isinstance(found[2], BadValue)
    assert "at_night = often" in str(found[2])


def test_a_result_given_twice_is_refused() -> None:
    (found,) = cases(results=[{"serum_calcium": "2.3 mmol/L"}], serum_calcium=["2.2 mmol/L"])
    assert isinstance(found, BadCase)
    assert "given twice" in str(found)
