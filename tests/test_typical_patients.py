"""Some 500 typical patients with an expert's answer: classic, sparse, early, unusual, by signs, and those next to it.

They were written from knowledge of the field, before anyone looked at an answer, and have no source; answers were widened
where a name meant another row. Knowledge has been mended with them in view, so they hold what was reached and measure
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from crampnet import Answer
from tests.cases.made_up import answered, groups
from tests.cases.scoring import LEVELS

FIRST, SAFE = 0.75, 0.95
"""Least share with an accepted first row; least share with an urgency that is not below the expert's."""


@dataclass(frozen=True)
class Typical:
    """One patient: the rows that would be right, the least urgency, and the answer."""

    id: str
    rows: frozenset[str]
    urgency: str
    answer: Answer

    @property
    def first(self) -> bool:
        """The first row is right."""
        return str(self.answer.ranking.index[0]) in self.rows

    @property
    def safe(self) -> bool:
        """The urgency is not below the expert's."""
        return LEVELS.index(self.answer.urgency.level) >= LEVELS.index(self.urgency)


@pytest.fixture(scope="module", params=groups("typical"))
def patients(request: pytest.FixtureRequest) -> Sequence[Typical]:
    return [
        Typical(row["id"], frozenset(row["answers"]), row["urgency"], answer)
        for row, answer in answered("typical", request.param)
    ]


def share(wanted: Sequence[bool]) -> float:
    return sum(wanted) / len(wanted)


def test_every_emergency_is_one(patients: Sequence[Typical]) -> None:
    missed = [one.id for one in patients if one.urgency == "emergency" and not one.safe]
    assert not missed


def test_urgency_is_seldom_too_low_and_never_by_two_levels(patients: Sequence[Typical]) -> None:
    low = {one.id: one.answer.urgency.level for one in patients if not one.safe}
    assert share([one.safe for one in patients]) >= SAFE, low
    assert all(LEVELS.index(one.urgency) - LEVELS.index(one.answer.urgency.level) < 2 for one in patients), low


def test_the_first_row_is_mostly_right(patients: Sequence[Typical]) -> None:
    wrong = [one.id for one in patients if not one.first]
    assert share([one.first for one in patients]) >= FIRST, wrong
