"""Smallest changes: just before the old result, just beyond the new one, and none where none exists."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.errors import BadValue, KnowledgeError
from crampnet.inference.case import Case
from crampnet.inference.engine import posterior
from crampnet.reasoning.sensitivity import (
    AnotherLeader,
    AnotherLevel,
    Reaches,
    Row,
    entry,
    most_influential,
    smallest_changes,
    smallest_pair,
    survey,
)
from crampnet.reasoning.sensitivity.crossing import crossing_of_lines
from crampnet.reasoning.sensitivity.setup import Setup
from crampnet.reasoning.urgency import assess
from tests.reasoning.sensitivity.support import CASE, asked_again, leader_again, row_again, setup_of

SETUP = setup_of()
LEADERS = smallest_changes(AnotherLeader(SETUP))
TURNING = LEADERS.dropna(subset=["to"])


def level_again(case: Case, changes: dict[str, float]) -> str:
    setup, *_ = asked_again(case, changes)
    return assess(setup.knowledge, setup.network, setup.evidence, posterior(setup.network, setup.evidence)).level


def around(now: float, to: float) -> tuple[float, float]:
    """Numbers just before and just beyond a turning point."""
    return to - 1e-6 * (to - now), to + 1e-6 * (to - now)


def test_several_figures_turn_the_leader_both_ways_of_solving_among_them() -> None:
    assert len(TURNING) >= 5
    assert set(TURNING["form"]) == {"hyperbola", "evaluated"}
    assert TURNING["intervals"].abs().is_monotonic_increasing
    assert len(TURNING) < len(LEADERS)


@pytest.mark.parametrize("path", list(TURNING.index[:12]))
def test_just_before_the_old_leader_just_beyond_the_new_one(path: str) -> None:
    line = LEADERS.loc[path].to_dict()
    before, beyond = around(line["now"], line["to"])
    try:
        assert leader_again(CASE, {path: before}) == SETUP.leader.condition
        assert leader_again(CASE, {path: beyond}) == line["becomes"]
    except KnowledgeError:
        pytest.skip("the records leave no room for this number")
    assert line["becomes"] != SETUP.leader.condition


def test_a_figure_that_is_said_never_to_turn_the_leader_does_not() -> None:
    still = LEADERS[LEADERS["to"].isna()]
    for path in list(still.index)[::6]:
        for number in np.linspace(*entry(SETUP, path).domain, 7):
            try:
                assert leader_again(CASE, {path: float(number)}) == SETUP.leader.condition
            except KnowledgeError:
                continue


def test_sizes_in_every_unit() -> None:
    for path, line in TURNING.iterrows():
        end = line["high"] if line["to"] > line["now"] else line["low"]
        assert line["intervals"] == pytest.approx((line["to"] - line["now"]) / abs(end - line["now"]))
        assert line["change"] == pytest.approx(line["to"] - line["now"])
        ratio = SETUP.parameter(str(path)).path.endswith("loop_diuretic")
        logs = np.log([line["to"], line["now"]]) - (0.0 if ratio else np.log1p([-line["to"], -line["now"]]))
        assert line["log_odds"] == pytest.approx(logs[0] - logs[1])


# -- urgency ------------------------------------------------------------------------------------------

CALM = Case(age=50, present=["kind_cramp", "at_night"], absent=["carpal_posture"])


def test_just_before_the_old_urgency_just_beyond_the_new_one() -> None:
    setup = setup_of(CALM)
    turn = AnotherLevel(setup)
    table = smallest_changes(turn)
    turning = table.dropna(subset=["to"])
    assert len(turning) >= 3
    now = level_again(CALM, {})
    assert turn.setup.knowledge.losses.levels[turn.level] == now
    checked = 0
    for path, line in turning.head(8).iterrows():
        before, beyond = around(line["now"], line["to"])
        try:
            assert level_again(CALM, {str(path): before}) == now
            assert level_again(CALM, {str(path): beyond}) == line["becomes"] != now
        except KnowledgeError:
            continue
        checked += 1
    assert checked >= 3


def test_a_red_flag_of_the_highest_level_leaves_nothing_to_turn() -> None:
    setup = setup_of(replace(CASE, present=[*CASE.present, "chest_pain"]))
    assert smallest_changes(AnotherLevel(setup))["to"].isna().all()


# -- a probability reached ----------------------------------------------------------------------------


@settings(max_examples=8)
@given(st.floats(0.03, 0.97), st.sampled_from([SETUP.leader, Row("carpal_tunnel_syndrome", "present")]))
def test_a_stated_probability_is_reached_exactly(probability: float, row: Row) -> None:
    turn = Reaches(SETUP, row, probability)
    table = smallest_changes(turn, most_influential(survey(SETUP), row, most=6)).dropna(subset=["to"])
    for path, line in table.iterrows():
        try:
            assert row_again(CASE, {str(path): line["to"]}, row) == pytest.approx(probability, abs=1e-8)
        except KnowledgeError:
            continue
        now = SETUP.now.posterior(SETUP, row)[0]
        assert line["becomes"] == ("above" if probability > now else "below")


@pytest.mark.parametrize("probability", [0.0, 1.0, -0.1, 1.5, float("nan")])
def test_a_probability_must_be_one(probability: float) -> None:
    with pytest.raises(BadValue, match="between 0 and 1"):
        Reaches(SETUP, SETUP.leader, probability)


# -- two figures --------------------------------------------------------------------------------------


def moved(setup: Setup, path: str, intervals: float) -> float:
    """A figure moved by so many of its own intervals, no further than it can."""
    figure = setup.parameter(path)
    end = figure.interval[1] if intervals > 0 else figure.interval[0]
    low, high = entry(setup, path).domain
    return float(np.clip(figure.value + abs(intervals) * (end - figure.value), low, high))


def test_the_smallest_pair_turns_the_leader_and_less_does_not() -> None:
    found = smallest_pair(AnotherLeader(SETUP), most_influential(survey(SETUP), SETUP.leader, most=6))
    assert found is not None
    before, beyond = ({}, {})  # type: dict[str, float], dict[str, float]
    for path, now, to in zip(found.paths, found.now, found.to, strict=True):
        before[path], beyond[path] = around(now, to)
    assert leader_again(CASE, before) == SETUP.leader.condition
    assert leader_again(CASE, beyond) == found.becomes
    assert max(map(abs, found.intervals)) <= TURNING["intervals"].abs().min() + 1e-9


def test_no_smaller_change_of_the_pair_does_it() -> None:
    linear = [
        path
        for path in most_influential(survey(SETUP), SETUP.leader, most=12)
        if entry(SETUP, path).form == "hyperbola"
    ]
    found = smallest_pair(AnotherLeader(SETUP), linear[:2])
    assert found is not None
    size = max(map(abs, found.intervals)) * (1 - 1e-6)
    turn = AnotherLeader(SETUP)
    steps = np.linspace(-size, size, 9)
    changes = [
        {path: moved(SETUP, path, u) for path, u in zip(found.paths, pair, strict=True)}
        for pair in product(steps, repeat=2)
    ]
    assert (turn.margin(turn.contrasts(changes)) <= 0.0).all()


def test_a_pair_that_cannot_turn_it_is_none() -> None:
    assert (
        smallest_pair(AnotherLeader(SETUP), ["findings.phalen_sign.background", "findings.hand_tingling.background"])
        is None
    )


# -- lines --------------------------------------------------------------------------------------------


class _Any:
    """Turned as soon as any contrast is above 0."""

    setup = SETUP

    def contrasts(self, changes: object) -> np.ndarray:
        raise NotImplementedError

    def margin(self, contrasts: np.ndarray) -> np.ndarray:
        return np.asarray(contrasts.max(axis=1))

    def result(self, contrasts: np.ndarray) -> str:
        return str(int(np.argmax(contrasts)))


@settings(max_examples=100)
@given(st.lists(st.tuples(st.floats(-1.0, -1e-3), st.floats(-1.0, 0.0) | st.floats(1e-6, 1.0)), min_size=1, max_size=6))
def test_the_first_root_of_some_lines(ends: list[tuple[float, float]]) -> None:
    start, end = np.array(ends).T
    found = crossing_of_lines(_Any(), start, end)
    roots = [s / (s - e) for s, e in ends if e > 0.0]
    if not roots:
        assert found is None
    else:
        assert found is not None
        assert found.share == pytest.approx(min(roots))
