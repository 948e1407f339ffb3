"""The tornado's swings against recomputation, slopes against small steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.errors import KnowledgeError
from crampnet.reasoning.sensitivity import Row, most_influential, relevant, survey, tornado
from crampnet.reasoning.sensitivity.setup import joint
from tests.reasoning.sensitivity.support import CASE, row_again, setup_of

SETUP = setup_of()
FOUND = survey(SETUP)
ROW = SETUP.leader
OTHER = Row("carpal_tunnel_syndrome", "present")


def log_odds(p: float) -> float:
    return float(np.log(p / (1.0 - p)))


@pytest.mark.parametrize("row", [ROW, OTHER])
def test_the_tornado_shows_the_row_at_both_ends_largest_swing_first(row: Row) -> None:
    table = tornado(FOUND, row, most=12)
    assert len(table) == 12
    assert table["swing"].is_monotonic_decreasing
    now = row_again(CASE, {}, row)
    checked = 0
    for path, line in table.iterrows():
        try:
            low, high = (row_again(CASE, {str(path): line[end]}, row) for end in ("low", "high"))
        except KnowledgeError:
            continue
        checked += 1
        assert (line["at_low"], line["at_high"]) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))
        assert line["swing"] == pytest.approx(max(low, high, now) - min(low, high, now), abs=1e-9)
    assert checked >= 8


def test_nothing_outside_the_tornado_swings_more() -> None:
    table = tornado(FOUND, ROW, most=5)
    every = tornado(FOUND, ROW, most=10_000)
    assert len(every) == len(relevant(SETUP))
    assert list(every.index[:5]) == list(table.index)
    assert set(every.columns) >= {"source", "basis", "grade", "definition", "influence"}


@settings(max_examples=30)
@given(st.integers(0, len(FOUND.parameters) - 1), st.sampled_from([ROW, OTHER]))
def test_slopes_are_those_of_small_steps(place: int, row: Row) -> None:
    figure = FOUND.parameters[place]
    step = 1e-5 * (figure.interval[1] - figure.interval[0])
    below, above = joint(SETUP, [{figure.path: figure.value - step}, {figure.path: figure.value + step}]).posterior(
        SETUP, row
    )
    assert FOUND.gradient(row)[place] == pytest.approx((above - below) / (2 * step), rel=1e-4, abs=1e-7)
    moved = (log_odds(above) - log_odds(below)) / (2 * step) * figure.distribution.sd
    assert FOUND.influence(row)[place] == pytest.approx(moved, rel=1e-4, abs=1e-7)


def test_the_most_influential_have_the_largest_slope_times_spread() -> None:
    paths = most_influential(FOUND, ROW, most=4)
    size = dict(zip((p.path for p in FOUND.parameters), np.abs(FOUND.influence(ROW)), strict=True))
    assert [size[path] for path in paths] == sorted(size.values(), reverse=True)[:4]


def test_a_survey_of_nothing_is_empty() -> None:
    assert survey(SETUP, []).parameters == ()
    assert len(tornado(survey(SETUP, []), ROW)) == 0
