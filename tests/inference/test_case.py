"""The case and its file: what is written is read back, and what is not a case is refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from crampnet.errors import BadCase, BadYaml
from crampnet.inference.case import ASKED_LISTS, CASE_LIMIT, Case, read_case, write_case
from tests.support.cases import any_cases

FULL = Case(
    age=44,
    sex="female",
    pregnant=False,
    setting="dialysis_unit",
    complaint=False,
    sought_care=False,
    present=["hand_tingling"],
    absent=["chest_pain"],
    probably_present=["at_night"],
    probably_absent=["hand_weakness"],
    examined=["hand_weakness"],
    medicines=["Lasix 40 mg"],
    medicines_complete=True,
    results={"serum_calcium": "1.85 mmol/L"},
    diagnoses=["hypocalcemia"],
    cared_for=["hypocalcemia"],
    ruled_out=["carpal_tunnel_syndrome"],
    note="Über die Hand: cramps — daily\nsecond line",
)


@settings(max_examples=150)
@given(any_cases())
def test_plain_data_and_case_file_give_the_case_back(case: Case) -> None:
    assert Case.from_dict(case.to_dict()) == case
    assert Case.from_dict(json.loads(json.dumps(case.to_dict()))) == case
    assert read_case(write_case(case)) == case
    assert read_case(write_case(case).encode()) == case


def test_a_case_file_on_disk_is_read(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(write_case(FULL), encoding="utf-8")
    assert read_case(file) == FULL
    as_json = tmp_path / "case.json"
    as_json.write_text(json.dumps(FULL.to_dict()), encoding="utf-8")
    assert read_case(as_json) == FULL


def test_only_what_says_something_is_written() -> None:
    assert Case().to_dict() == {}
    assert Case(age=44, present=["at_night"]).to_dict() == {"age": 44, "present": ["at_night"]}
    assert Case(pregnant=False, complaint=False).to_dict() == {"pregnant": False, "complaint": False}


def test_an_empty_value_says_nothing() -> None:
    assert read_case("age:\npresent:\nsex: female\nmedicines:\ndiagnoses: null\n") == Case(sex="female")


@pytest.mark.parametrize("key", ASKED_LISTS)
def test_no_medicine_and_no_diagnosis_can_be_said(key: str) -> None:
    none, unsaid = read_case(f"{key}: []"), read_case("age:")
    assert (getattr(none, key), getattr(unsaid, key)) == ((), None)
    assert none != unsaid
    assert none.to_dict() == {key: []}
    assert read_case(write_case(none)) == none == Case.from_dict({key: []})


def test_an_empty_list_of_findings_says_nothing() -> None:
    assert read_case("present: []\nruled_out: []") == Case()


def test_a_name_given_twice_counts_once_and_the_order_is_kept() -> None:
    assert Case(present=["b", "a", "b"]).present == ("b", "a")


def test_a_case_does_not_follow_the_lists_it_was_made_from() -> None:
    present, results = ["at_night"], {"serum_calcium": "1.85 mmol/L"}
    case = Case(present=present, results=results)
    present.append("chest_pain")
    results["serum_calcium"] = "2.4 mmol/L"
    assert case == Case(present=["at_night"], results={"serum_calcium": "1.85 mmol/L"})


@pytest.mark.parametrize(
    ("data", "place", "said"),
    [
        ({"aeg": 44}, "aeg", "age"),
        ({5: 44}, "5", "age"),
        ({"present": "at_night"}, "present", "at_night"),
        ({"present": {"at_night": True}}, "present", "list"),
        ({"medicines": ["lasix", 40]}, "medicines", "40"),
        ({"results": ["1.85 mmol/L"]}, "results", "test: value unit"),
        ({"pregnant": "yes"}, "pregnant", "true or false"),
        ({"complaint": 1}, "complaint", "true or false"),
        ({"sought_care": "yes"}, "sought_care", "true or false"),
        ({"sought_care": True, "complaint": False}, "sought_care", "gives no trouble"),
        ({"medicines_complete": "no"}, "medicines_complete", "true or false"),
        ({"setting": 3}, "setting", "text"),
        ({"note": ["a"]}, "note", "text"),
        (["age", 44], "case", "key: value"),
        ("age 44", "case", "key: value"),
        (None, "case", "key: value"),
    ],
)
def test_what_is_not_a_case_is_refused_by_name(data: Any, place: str, said: str) -> None:
    with pytest.raises(BadCase) as error:
        Case.from_dict(data)
    assert error.value.place == place
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("age: [44", "line 1"),
        ("age: 44\n  sex: female", "line 2"),
        ("age: 44\nage: 45", "duplicate key"),
        ("a: &x [1]\nb: *x", "alias"),
        ("age: !!python/object:os.system 4", "my case"),
        (b"\xff\xfe\x00", "UTF-8"),
        ("note: " + "x" * CASE_LIMIT, f"larger than {CASE_LIMIT:,} bytes"),
        (b"[" * 50_000, "my case"),
    ],
)
def test_wrong_yaml_is_refused_with_its_place(content: str | bytes, said: str) -> None:
    with pytest.raises(BadYaml, match="my case") as error:
        read_case(content, name="my case")
    assert said in str(error.value)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "huge.yaml"
    file.write_bytes(b"#" * (CASE_LIMIT + 1))
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("it was read"))
    with pytest.raises(BadYaml, match=r"huge\.yaml.*larger than"):
        read_case(file)


@pytest.mark.parametrize("name", ["nowhere.yaml", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadYaml, match="cannot be read"):
        read_case(tmp_path / name)
