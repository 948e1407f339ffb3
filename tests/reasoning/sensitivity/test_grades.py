"""Grades that are wrong: wider intervals, and figures that are off together."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logit

from crampnet.errors import BadValue, KnowledgeError
from crampnet.knowledge.beta import Beta
from crampnet.network.lognormal import LogNormal
from crampnet.network.parameters import parameters
from crampnet.reasoning.sensitivity import grade_shifts, grade_widths, relevant, widened
from tests.reasoning.sensitivity.support import CASE, leader_again, row_again, setup_of
from tests.support.models import shipped


def test_a_wider_figure_keeps_its_value_and_holds_its_interval() -> None:
    figures = parameters(shipped().knowledge, "general_population")
    wide = widened(figures, 2.0)
    kinds = {type(figure.distribution) for figure in figures}
    assert kinds == {Beta, LogNormal}
    for before, after in zip(figures, wide, strict=True):
        assert (after.path, after.value, after.source) == (before.path, before.value, before.source)
        assert after.interval[0] <= before.interval[0] < before.interval[1] <= after.interval[1]
        assert after.distribution.mean == pytest.approx(after.value)


def test_ends_move_in_log_odds_and_in_logarithms() -> None:
    figures = parameters(shipped().knowledge, "general_population")
    for before, after in zip(figures, widened(figures, 3.0), strict=True):
        scale = logit if isinstance(before.distribution, Beta) else np.log
        if min(before.interval) > 0.0 and (scale is np.log or max(before.interval) < 1.0):
            stated = np.array(before.interval)
            moved = scale(before.value) + 3.0 * (scale(stated) - scale(before.value))
            assert scale(np.array(after.interval)) == pytest.approx(moved)


def test_a_factor_of_1_changes_no_interval() -> None:
    figures = parameters(shipped().knowledge, "general_population")
    for before, after in zip(figures, widened(figures, 1.0), strict=True):
        assert after.interval == pytest.approx(before.interval)


@pytest.mark.parametrize("factor", [0.0, -1.0])
def test_a_factor_is_above_0(factor: float) -> None:
    with pytest.raises(BadValue, match="factor"):
        widened((), factor)


def test_less_certain_figures_leave_a_wider_row() -> None:
    setup = setup_of()
    table = grade_widths(setup, setup.leader, factor=2.0, draws=200)
    grades = sorted({setup.parameter(path).grade for path in relevant(setup)})
    assert list(table.index) == ["as stated", *grades, "all"]
    assert table.loc["all", "figures"] == table.loc[grades, "figures"].sum() == len(relevant(setup))
    width = table["high"] - table["low"]
    assert width["all"] > 1.2 * width["as stated"]
    assert table["first"].between(0.0, 1.0).all()


def test_shifts_are_those_of_changed_records() -> None:
    setup = setup_of()
    row = setup.leader
    found = grade_shifts(setup, row, shifts=(-0.5, 0.0, 1.0))
    assert found.values.loc[0.0].to_numpy() == pytest.approx(float(setup.now.posterior(setup, row)[0]))
    compared = 0
    for shift in (-0.5, 1.0):
        for grade in found.values.columns:
            changes = {}
            for path in relevant(setup):
                figure = setup.parameter(path)
                end = figure.interval[1] if shift > 0 else figure.interval[0]
                if grade in ("all", figure.grade):
                    changes[path] = figure.value + abs(shift) * (end - figure.value)
            try:
                again = row_again(CASE, changes, row)
            except KnowledgeError:  # together they leave no room for a leak, which the records do not allow
                continue
            compared += 1
            assert found.values[grade][shift] == pytest.approx(again)
            assert found.leader[grade][shift] == leader_again(CASE, changes)
    assert compared >= 2
