"""940 made-up people who ask about a hand: how soon they should be seen, against a careful clinician's level.

Each was written and given its level from the text alone, then coded, before anybody looked at an answer, and without sight
of rules and numbers; 284 are emergencies, many of them early or unusual, and 482 are harmless or can wait, many with a
feature that sounds alarming. Rules have been mended with them in view since, so they hold what was reached and measure
nothing.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain

import pytest

from tests.cases.made_up import answered, groups
from tests.cases.scoring import LEVELS

Pairs = dict[str, tuple[str, str]]
LOW, ABOVE, TWICE_ABOVE = 3, 0.21, 9
"""Most urgent people who are rated lower; largest share of harmless or patient ones who are sent up to urgent or beyond;
most of them who are sent up to an emergency."""


@pytest.fixture(scope="module")
def levels() -> Pairs:
    """Id -> the level wanted and the level given."""
    rows = chain.from_iterable(answered("triage", group) for group in groups("triage"))
    return {row["id"]: (row["triage"], answer.urgency.level) for row, answer in rows}


def test_every_emergency_is_one(levels: Pairs) -> None:
    given = {id_: level for id_, (wanted, level) in levels.items() if wanted == "emergency"}
    assert len(given) == 284
    assert [id_ for id_, level in given.items() if level != "emergency"] == []


def test_few_urgent_people_are_rated_lower(levels: Pairs) -> None:
    low = [id_ for id_, (wanted, level) in levels.items() if wanted == "urgent" and LEVELS.index(level) < 2]
    assert len(low) <= LOW


def test_the_harmless_are_mostly_left_alone(levels: Pairs) -> None:
    given = Counter(level for wanted, level in levels.values() if wanted in ("self_care", "routine"))
    assert (given["urgent"] + given["emergency"]) / given.total() <= ABOVE
    assert given["emergency"] <= TWICE_ABOVE
