"""The map over two figures: its centre is the point answer, its other points are recomputation."""

from __future__ import annotations

import pytest

from crampnet.errors import BadValue
from crampnet.reasoning.sensitivity import two_way
from tests.reasoning.sensitivity.support import CASE, leader_again, row_again, setup_of

SETUP = setup_of()


def test_the_map_holds_the_point_answer_in_its_middle_and_recomputation_elsewhere() -> None:
    first, second = "conditions.hypocalcemia.troubles_hand", "conditions.idiopathic_cramp.base_rate.0"
    found = two_way(SETUP, first, second, points=3)
    assert found.values.shape == found.leader.shape == (7, 7)
    assert found.row == SETUP.leader
    now = found.values[SETUP.parameter(second).value][SETUP.parameter(first).value]
    assert now == found.values.iloc[3, 3]
    assert now == pytest.approx(row_again(CASE, {}, SETUP.leader), abs=1e-12)
    for i, j in ((0, 0), (6, 1), (2, 5)):
        changes = {first: float(found.values.index[i]), second: float(found.values.columns[j])}
        assert found.values.iloc[i, j] == pytest.approx(row_again(CASE, changes, SETUP.leader), abs=1e-9)
        assert found.leader.iloc[i, j] == leader_again(CASE, changes)
    assert found.values.index.name == first
    assert [found.values.index[0], found.values.index[-1]] == list(SETUP.parameter(first).interval)


def test_a_map_over_one_figure_twice_is_refused() -> None:
    path = "conditions.hypocalcemia.troubles_hand"
    with pytest.raises(BadValue, match="the same figure"):
        two_way(SETUP, path, path)
