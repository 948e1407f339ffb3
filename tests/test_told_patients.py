"""Some 1,190 people as they tell it: emergencies, many told badly or in few words, and harmless look-alikes.

Written from knowledge of the field by people who saw neither the model nor an answer; they have no source. Of the first
290 emergencies 237 were answered so at first sight, 47 as urgent and 6 lower; of 135 written after the warning signs
had been mended 130 were, and 5 as urgent; of 120 more 116, and 4 as urgent; of 60 people who tell two to five things
53, 5 as urgent and 2 lower; of 77 with a known illness or medicine 72, 4 as urgent and 1 lower. Of 80 harmless people
with many complaints, written to be called too high, 17 were called urgent or higher. Signs have been mended with all of
them in view since, so they hold what was reached and measure nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from tests.cases.made_up import answered, groups
from tests.cases.scoring import LEVELS

EMERGENCIES, ALARMS = 0.96, 0.2
"""Least share of emergencies answered so; most harmless people who are sent to somebody today or tomorrow."""


@dataclass(frozen=True)
class Told:
    """One person: how soon they need care, and what was answered."""

    id: str
    wanted: int
    answered: int


@pytest.fixture(scope="module", params=groups("told"))
def told(request: pytest.FixtureRequest) -> Sequence[Told]:
    return [
        Told(row["id"], LEVELS.index(row["urgency"]), LEVELS.index(answer.urgency.level))
        for row, answer in answered("told", request.param)
    ]


def test_emergencies_are_answered_so_and_none_below_urgent(told: Sequence[Told]) -> None:
    emergencies = [one for one in told if one.wanted == LEVELS.index("emergency")]
    low = [one.id for one in emergencies if one.answered < one.wanted]
    assert len(emergencies) >= 55
    assert len(low) <= (1.0 - EMERGENCIES) * len(emergencies), low
    assert all(one.answered >= LEVELS.index("urgent") for one in emergencies), low


def test_harmless_trouble_is_seldom_called_urgent(told: Sequence[Told]) -> None:
    harmless = [one for one in told if one.wanted <= LEVELS.index("routine")]
    high = [one.id for one in harmless if one.answered >= LEVELS.index("urgent")]
    assert len(harmless) >= 20
    assert len(high) <= ALARMS * len(harmless), high
