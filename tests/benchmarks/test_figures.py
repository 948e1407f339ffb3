"""The arithmetic of the tables."""

from __future__ import annotations

import json
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import PARTS, main
from benchmarks.extent import QUICK
from benchmarks.figures import ratio, spread
from benchmarks.goals import judged
from benchmarks.processes import first_answers


def test_percentiles_are_times_that_were_measured() -> None:
    found = spread([float(i) for i in range(1, 101)])
    assert (found.p50, found.p90, found.p99, found.worst) == (50.0, 90.0, 99.0, 100.0)


def test_refused_cases_stay_in_the_percentiles() -> None:
    found = spread([1.0] * 8 + [inf] * 2)
    assert (found.count, found.refused) == (10, 2)
    assert (found.p50, found.p90, found.worst) == (1.0, None, None)
    assert spread([]).p50 is None


def test_a_ratio_says_when_it_is_a_limit() -> None:
    plain = ratio([1.0, 1.0, 2.0], [5.0, 20.0, 20.0], [False, True, True])
    assert plain is not None
    assert (plain.cases, plain.median, plain.at_least, plain.least) == (3, 10.0, True, 5.0)
    answered = ratio([1.0, 1.0], [5.0, 20.0], [False, True])
    assert answered is not None
    assert (answered.median, answered.at_least) == (5.0, False)


def test_no_ratio_to_a_case_that_we_refused() -> None:
    assert ratio([1.0, inf], [5.0, 5.0], [False, False]) is None
    assert ratio([], [], []) is None


def row(results: dict[str, Any], what: str) -> dict[str, Any]:
    return next(goal for goal in judged(results) if goal["what"] == what)


def test_goals_are_judged_by_the_figures() -> None:
    def latency(p50: float | None) -> dict[str, Any]:
        rows = [{"group": "sparse", "kind": "both", "k": "8", "seconds": {"p50": p50}, "residual": 1e-15}]
        return {"latency": {"rows": rows}}

    what = "sparse k=8, median"
    assert row({}, what)["met"] is None
    assert row(latency(0.00009), what)["met"] is True
    assert row(latency(0.00011), what)["met"] is False
    assert row(latency(None), what)["measured"] == inf


def test_a_goal_against_a_peer_takes_the_worst_cell() -> None:
    def cell(k: str, median: float, group: str = "dense") -> dict[str, Any]:
        found = {"median": median, "at_least": False}
        return {"peer": "pyAgrum, random field", "group": group, "k": k, "ratio": found, "difference": nan}

    cells = [cell("4", 30.0), cell("12", 9.0), cell("16", 2.0), cell("all", 1.0, "shipped")]
    assert row({"peers": {"cells": cells}}, "pyAgrum, random field, k <= 12")["measured"] == 9.0


def test_a_part_is_printed_and_written_without_infinities(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = {"count": 1, "refused": 1, "p50": None, "p90": None, "p99": None, "worst": None}
    line = {"group": "sparse", "kind": "both", "k": "8", "seconds": refused, "residual": None, "width": 0}
    monkeypatch.setitem(PARTS, "latency", lambda *_: {"rows": [line], "published": []})
    assert main(["--only", "latency", "--out", str(tmp_path / "not" / "there")]) == 0
    assert "refused" in capsys.readouterr().out
    written = json.loads((tmp_path / "not" / "there" / "results.json").read_text())
    goal = next(goal for goal in written["goals"] if goal["what"] == "sparse k=8, median")
    assert (goal["measured"], goal["met"]) == (None, False)
    assert str(Path.home()) not in json.dumps(written)


def test_a_new_process_answers() -> None:
    rows = first_answers(QUICK, ("engine",))["rows"]
    assert isinstance(rows, list)
    assert all(row["inside"]["p50"] < row["seconds"]["p50"] for row in rows)
    assert len(rows) == 2
