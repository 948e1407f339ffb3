"""What the answers hang on: parts sum to 1 in each case, are what a moved figure says, and the heaviest come first."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import numpy as np
import pandas as pd
import pytest

from crampnet.errors import TooExpensive
from crampnet.inference.case import Case
from crampnet.reasoning.sensitivity import Survey, posterior_at
from crampnet.validation import weights as module
from crampnet.validation.cases import PublicCase, split_of
from crampnet.validation.weights import summed, weights
from tests.support.models import tiny
from tests.validation.test_scoring import CASES


def of_split(case: PublicCase, split: str) -> PublicCase:
    """The case with an address that puts it into a split."""
    urls = (f"{case.url}/{number}" for number in count())
    return replace(case, url=next(url for url in urls if split_of(url) == split))


EXPLAINED = [of_split(case, "develop") for case in CASES if case.explained]


@pytest.fixture(autouse=True)
def every_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY", 1)


def test_all_parts_together_are_one() -> None:
    found = weights(tiny(), EXPLAINED)
    assert found["n"] == len(EXPLAINED)
    assert sum(found["basis"].values()) == pytest.approx(1.0)
    parts = [one["part"] for one in found["judged"]]
    assert parts == sorted(parts, reverse=True)
    assert sum(parts) <= found["basis"]["judgement"] + 1e-12


def test_a_part_is_the_square_of_what_a_standard_deviation_moves() -> None:
    """Against the log-odds themselves, with the figure moved a little to either side."""
    case = EXPLAINED[0]
    found = tiny().diagnose(case.known_at("tests")).sensitivity
    figures = {figure.path: figure for figure in found.survey.parameters}
    (table,) = module._parts(tiny(), case)
    heavy = list(table.sort_values("part", ascending=False).index[:3])
    moved = []
    for path in heavy:
        figure = figures[path]
        step = 1e-3 * figure.distribution.sd
        low, high = posterior_at(found.setup, path, [figure.value - step, figure.value + step], found.row(case.label))
        moved.append((np.log(high / (1 - high)) - np.log(low / (1 - low))) ** 2)
    parts = table["part"][heavy].to_numpy()
    assert parts / parts[0] == pytest.approx(np.array(moved) / moved[0], rel=1e-3)


def test_a_figure_that_a_case_does_not_reach_has_no_part_there() -> None:
    one = pd.DataFrame({"value": [0.1, 0.2], "basis": ["published", "judgement"], "part": [0.4, 0.6]}, index=["a", "b"])
    other = pd.DataFrame({"value": [0.2], "basis": ["judgement"], "part": [1.0]}, index=["b"])
    assert summed([one, other])["part"].to_dict() == pytest.approx({"b": 0.8, "a": 0.2})


def test_the_measuring_split_and_unexplained_cases_are_left_alone() -> None:
    others = [of_split(case, "measure") for case in CASES]
    others += [of_split(case, "develop") for case in CASES if not case.explained]
    assert weights(tiny(), others) == {"n": 0, "basis": {}, "judged": []}


def test_a_case_that_costs_too_much_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Survey:
        raise TooExpensive("It", 2.0, 1.0)

    monkeypatch.setattr("crampnet.reasoning.sensitivity.survey", refuse)
    assert weights(tiny(), EXPLAINED)["n"] == 0


def test_a_case_with_too_wide_a_table_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    widths = [tiny().diagnose(case.known_at("tests")).posterior.width for case in EXPLAINED]
    monkeypatch.setattr(module, "WIDEST", min(widths))
    assert weights(tiny(), EXPLAINED)["n"] == widths.count(min(widths))
    monkeypatch.setattr(module, "WIDEST", min(widths) - 1)
    assert weights(tiny(), EXPLAINED)["n"] == 0


def test_only_so_many_of_the_cases_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY", 2)
    assert weights(tiny(), EXPLAINED)["n"] == (len(EXPLAINED) + 1) // 2


def test_without_an_answer_there_are_figures_all_the_same() -> None:
    bare = [replace(EXPLAINED[0], parts={level: Case(age=50) for level in EXPLAINED[0].parts})]
    assert weights(tiny(), bare)["n"] == 1
