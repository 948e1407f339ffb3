"""Sensitivity functions: through the current point, equal to recomputation elsewhere, ends of the range the true ones."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.errors import KnowledgeError, UnknownName
from crampnet.reasoning.sensitivity import (
    Hyperbola,
    Row,
    entry,
    posterior_at,
    relevant,
    sensitivity_function,
)
from tests.reasoning.sensitivity.support import CASE, leader_again, row_again, setup_of

SETUP = setup_of()
PATHS = relevant(SETUP)
LINEAR = tuple(path for path in PATHS if entry(SETUP, path).form == "hyperbola")
OTHERS = tuple(path for path in PATHS if entry(SETUP, path).form == "evaluated")
ROWS = [Row("hypocalcemia"), Row("carpal_tunnel_syndrome", "present"), Row("not_modelled")]


@settings(max_examples=20)
@given(st.sampled_from(LINEAR), st.sampled_from(ROWS), st.tuples(*[st.floats(0.0, 1.0)] * 3))
def test_a_hyperbola_is_what_recomputation_gives(path: str, row: Row, shares: tuple[float, float, float]) -> None:
    found = sensitivity_function(SETUP, path, row)
    curve = found.hyperbola
    assert curve is not None
    assert curve(found.now) == pytest.approx(row_again(CASE, {}, row), abs=1e-9)
    assert found.value == pytest.approx(row_again(CASE, {}, row), abs=1e-9)
    low, high = found.domain
    for share in shares:
        number = low + (1e-3 + 0.998 * share) * (high - low)
        assert curve(number) == pytest.approx(row_again(CASE, {path: number}, row), abs=1e-9)


@settings(max_examples=15)
@given(st.sampled_from(OTHERS), st.sampled_from(ROWS), st.tuples(*[st.integers(0, 40)] * 3))
def test_an_evaluated_function_is_what_recomputation_gives(path: str, row: Row, places: tuple[int, int, int]) -> None:
    found = sensitivity_function(SETUP, path, row)
    assert found.form == "evaluated"
    assert found.hyperbola is None
    assert found.vertex is None
    assert found.value == pytest.approx(row_again(CASE, {}, row), abs=1e-9)
    for place in places:
        try:
            again = row_again(CASE, {path: float(found.numbers[place])}, row)
        except KnowledgeError:
            continue
        assert found.values[place] == pytest.approx(again, abs=1e-9)


@settings(max_examples=15)
@given(st.sampled_from(PATHS), st.sampled_from(ROWS))
def test_the_table_holds_the_value_and_the_ends(path: str, row: Row) -> None:
    found = sensitivity_function(SETUP, path, row)
    low, high = found.interval
    assert found.numbers[0] == low
    assert found.numbers[-1] == high
    assert found.now in found.numbers
    assert posterior_at(SETUP, path, [low, found.now, high], row) == pytest.approx(
        [found.at_low, found.value, found.at_high], abs=1e-10
    )
    step = 1e-6 * (high - low)
    below, above = posterior_at(SETUP, path, [found.now - step, found.now + step], row)
    assert found.derivative == pytest.approx((above - below) / (2 * step), rel=1e-3, abs=1e-6)


@settings(max_examples=20)
@given(st.sampled_from(PATHS))
def test_the_leader_stays_first_in_the_admissible_range_and_no_further(path: str) -> None:
    found = sensitivity_function(SETUP, path)
    below, above = found.admissible
    low, high = found.domain
    assert low <= below <= found.now <= above <= high
    leader = SETUP.leader.condition
    for edge, end in ((below, low), (above, high)):
        if edge == end:
            continue
        step = 1e-6 * (edge - found.now)
        try:
            assert leader_again(CASE, {path: edge - step}) == leader
            assert leader_again(CASE, {path: edge + step}) != leader
        except KnowledgeError:
            continue


def test_some_range_really_ends() -> None:
    ranges = [sensitivity_function(SETUP, path) for path in PATHS]
    assert sum(found.admissible != found.domain for found in ranges) >= 5


@settings(max_examples=100)
@given(*[st.floats(-2.0, 2.0)] * 4)
def test_derivative_and_vertices_of_a_hyperbola(a: float, b: float, c: float, d: float) -> None:
    curve = Hyperbola(a, b, c, d)
    for vertex in curve.vertices():
        if abs(a * d - b * c) > 1e-3 and abs(c) > 1e-2:
            assert abs(curve.derivative(vertex)) == pytest.approx(1.0, rel=1e-6)
    if abs(c * 0.3 + d) > 0.1:
        slope = (curve(0.3 + 1e-7) - curve(0.3 - 1e-7)) / 2e-7
        assert curve.derivative(0.3) == pytest.approx(float(slope), rel=1e-4, abs=1e-4)


def test_a_line_has_no_vertex() -> None:
    assert Hyperbola(1.0, 0.0, 0.0, 2.0).vertices() == ()


def test_the_vertex_lies_where_the_slope_passes_one() -> None:
    found = [sensitivity_function(SETUP, path) for path in LINEAR]
    inside = [f for f in found if f.vertex is not None]
    assert inside
    for f in inside:
        assert f.hyperbola is not None
        assert f.vertex is not None
        assert f.domain[0] <= f.vertex <= f.domain[1]
        assert abs(f.hyperbola.derivative(f.vertex)) == pytest.approx(1.0, rel=1e-9)


def test_unknown_figures_are_refused() -> None:
    with pytest.raises(UnknownName, match="figure"):
        sensitivity_function(SETUP, "conditions.hypocalcemia.troubles")
