from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from crampnet.cohort import cells
from crampnet.errors import BadCase, BadValue


@pytest.mark.parametrize("cell", [None, "", "  ", "NA", "NaN", float("nan"), np.nan, pd.NA, pd.NaT])
def test_an_empty_cell_says_nothing(cell: object) -> None:
    assert cells.is_empty(cell)


@pytest.mark.parametrize("cell", [0, False, "no", [], ["a", None], {}, np.array(["a", "b"])])
def test_a_cell_that_holds_something_is_not_empty(cell: object) -> None:
    assert not cells.is_empty(cell)


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("present", "present"),
        (" Absent ", "absent"),
        ("Probably present", "probably_present"),
        ("probably-absent", "probably_absent"),
        (True, "present"),
        (np.bool_(False), "absent"),
        ("TRUE", "present"),
    ],
)
def test_states(cell: object, state: str) -> None:
    assert cells.read_state("at_night", cell) == state


@pytest.mark.parametrize("cell", ["yes", "maybe", 1, 0.0, "2"])
def test_what_is_no_state_is_refused_with_the_column(cell: object) -> None:
    with pytest.raises(BadValue, match=r"at_night = .* is no answer\. Write present, absent"):
        cells.read_state("at_night", cell)


@pytest.mark.parametrize(("cell", "number"), [(44, 44), ("44", 44), (44.0, 44), (" 44.5 ", 44.5), (np.int64(7), 7)])
def test_numbers(cell: object, number: float) -> None:
    found = cells.read_number("age", cell)
    assert found == number
    assert type(found) is type(number)


@pytest.mark.parametrize("cell", ["forty", True, np.bool_(True), [44]])
def test_what_is_no_number_is_refused(cell: object) -> None:
    with pytest.raises(BadValue, match=r"age = .* is not a number"):
        cells.read_number("age", cell)


def test_flags() -> None:
    assert cells.read_flag("pregnant", "True") is True
    assert cells.read_flag("pregnant", np.bool_(False)) is False
    with pytest.raises(BadValue, match="pregnant = perhaps is not true or false"):
        cells.read_flag("pregnant", "perhaps")


@pytest.mark.parametrize(
    "cell", ["Lasix 40 mg; aspirin ;", ["Lasix 40 mg", "aspirin"], np.array(["Lasix 40 mg", "aspirin"])]
)
def test_names(cell: object) -> None:
    assert cells.read_names("medicines", cell) == ["Lasix 40 mg", "aspirin"]


@pytest.mark.parametrize("cell", ["none", " None ", [], np.array([])])
def test_a_list_without_names(cell: object) -> None:
    assert cells.read_names("medicines", cell) == []


def test_a_number_is_no_list_of_names() -> None:
    with pytest.raises(BadCase, match=r"medicines: 5 is not a list.*semicolons"):
        cells.read_names("medicines", 5)


@pytest.mark.parametrize(
    "cell",
    [
        {"serum_calcium": "1.85 mmol/L", "serum_potassium": None},
        [("serum_calcium", "1.85 mmol/L")],
        "serum_calcium: 1.85 mmol/L;",
    ],
)
def test_results(cell: object) -> None:
    assert cells.read_results("results", cell) == {"serum_calcium": "1.85 mmol/L"}


def test_a_test_without_a_value_is_not_lost() -> None:
    assert cells.read_results("results", "serum_calcium") == {"serum_calcium": ""}
    with pytest.raises(BadCase, match="results: 5 is not a table of results"):
        cells.read_results("results", 5)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1.85, "1.85 mmol/L"),
        ("<0.5", "<0.5 mmol/L"),
        (2, "2 mmol/L"),
        (2.0, "2 mmol/L"),
        ("7.9 mg/dL", "7.9 mg/dL"),
        ("1e-1", "1e-1 mmol/L"),
    ],
)
def test_a_bare_number_takes_the_unit_of_the_header(cell: Any, text: str) -> None:
    assert cells.read_quantity_text("mmol/L", cell) == text
