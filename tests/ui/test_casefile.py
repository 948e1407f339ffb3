"""The case file: what is saved is the case, and a file that is wrong changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st

import crampnet
from crampnet.inference.case import CASE_LIMIT, read_case, write_case
from crampnet.ui.text import words
from tests.ui.conftest import Driver

CASE = crampnet.Case(
    age=44,
    sex="female",
    present=["kind_spasm", "thyroid_or_neck_surgery"],
    probably_absent=["hand_weakness"],
    absent=["chest_pain"],
    medicines=["lasix"],
    medicines_complete=True,
    results={"serum_calcium": "1.85 mmol/L"},
    diagnoses=["carpal_tunnel_syndrome"],
    ruled_out=["dialysis_cramp"],
    note="kept, never used",
)


def upload(page: Driver, content: bytes, name: str = "case.yaml") -> Driver:
    page.app.file_uploader[0].set_value((name, content, "application/yaml"))
    return page.run()


def test_an_opened_case_is_shown_and_answered(page: Driver) -> None:
    upload(page, write_case(CASE).encode())
    assert [text.value for text in page.app.success] == [words("file.opened")]
    assert page.session.draft.to_case() == CASE
    assert page.app.number_input(key="age").value == 44
    assert page.session.report is not None
    page.step("findings")
    assert page.app.segmented_control(key="finding_hand_weakness").value == "probably_absent"


def test_what_is_saved_is_the_case(page: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    saved: list[str] = []

    def record(label: str, data: Callable[[], str], **options: Any) -> bool:
        saved.append(data())
        return False

    monkeypatch.setattr(st, "download_button", record)
    upload(page, write_case(CASE).encode())
    assert saved[-1] == write_case(CASE)
    assert read_case(saved[-1]) == CASE


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"age: [44", "case.yaml"),
        (b"age: 44\nage: 45", "duplicate key"),
        (b"- 44", "not a case"),
        (b"aeg: 44", "aeg"),
        (b"present: [hand_tinglin]", "hand_tingling"),
        (b"medicines: [furosemid]", "furosemide"),
        (b"results: {serum_calcium: 40 mmol/L}", "no living person"),
        (b"results: {serum_calcium: 2 furlongs}", "furlongs"),
        (b"age: 11", "12 to 120"),
        (b"present: [hand_tingling]\nabsent: [hand_tingling]", "opposite"),
        (b"note: " + b"x" * CASE_LIMIT, "larger than"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_a_wrong_file_is_explained_and_changes_nothing(page: Driver, content: bytes, said: str) -> None:
    page.app.number_input(key="age").set_value(52)
    before = page.run().session.draft
    upload(page, content)
    assert words("file.refused") in page.errors
    assert said in page.errors.replace("\\", "")
    assert "Traceback" not in page.errors
    assert page.session.draft == before
    page.run()
    assert not page.errors


def test_none_of_both_lists_survives_the_file(page: Driver) -> None:
    case = crampnet.Case(age=44, medicines=[], diagnoses=[])
    upload(page, write_case(case).encode())
    assert page.session.draft.to_case() == case
    page.step("medicines")
    assert page.app.checkbox(key="no_medicines").value
    page.step("diagnoses")
    assert page.app.checkbox(key="no_diagnoses").value


def test_a_case_with_names_opens_as_ids(page: Driver) -> None:
    upload(page, b"present: [Tingling hand]\nresults: {Calcium in blood: 1.9 mmol/L}")
    assert page.session.draft.answered == {"hand_tingling": "present"}
    assert page.session.draft.results == {"serum_calcium": "1.9 mmol/L"}
