"""The interviews' table: one row a case with its time, and medians that leave out what was not reached."""

from __future__ import annotations

import pandas as pd
import pytest

from benchmarks.interviews import cases, main, measured, summary
from crampnet.inference.case import Case
from tests.support.models import tiny


def test_the_cases_are_the_published_ones() -> None:
    assert len(cases()) == 30
    assert list(cases(["published_03"])) == ["published_03"]


def test_a_table_with_times() -> None:
    found = measured(tiny(), {"one": Case(age=75, present=["kind_cramp"]), "two": Case(present=["kind_spasm"])})
    assert list(found.index) == ["one", "two"]
    assert (found["seconds"] > 0.0).all()
    assert (found["asked"] <= found["questions"]).all()
    assert "leader and level of the stop are those of everything: 2 of 2" in summary(found)


def test_what_was_not_reached_is_counted_as_such() -> None:
    row = {
        "questions": 9,
        "asked": 4,
        "signs": 6,
        "answered": 1,
        "red_flags": 2,
        "settled_everything": 3,
        "seconds": 1.0,
    }
    table = pd.DataFrame([{**row, "settled_full": 3}, {**row, "asked": 6, "settled_full": None}])
    found = summary(table)
    assert "median asked: 5" in found
    assert "median settled_full: 3" in found
    assert "are those of full: 1 of 2" in found


def test_a_case_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["published_99"])
    assert "No such case" in capsys.readouterr().err
