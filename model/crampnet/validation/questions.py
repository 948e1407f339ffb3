"""How many questions the interview takes on the published cases until its answer is that of all answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from crampnet.api import Model
from crampnet.errors import TooExpensive
from crampnet.inference.case import Case
from crampnet.reasoning.interview import Interview, Standing, interview
from crampnet.reasoning.steps.teller import UNKNOWN
from crampnet.validation.cases import LEVELS, SPLITS, PublicCase, sampled
from crampnet.validation.metrics import mean

GOALS = ("everything", "full")
"""What an interview is compared with: every question answered, and examination and tests as well."""
COUNTS = ("asked", "signs", "answered", "red_flags")
"""What is counted to the stop."""
EVERY = 3
"""Of the cases of a split, in the order of their ids, one in so many: an interview takes some seven seconds."""
WITHIN = (10, 20, 40, 80)
"""Numbers of questions after which the share of settled cases is told."""


@dataclass(frozen=True)
class Course:
    """One interview in numbers.

    asked: questions to the stop, a checklist being one; signs: single things that they held; answered, red_flags: of
    the asked, those that the case knew anything of, those for which a red flag waited;
    settled: goal -> (questions, of them answered) after which first row and level are those of the goal to the end,
    None where they are not at the stop.
    """

    asked: int
    signs: int
    answered: int
    red_flags: int
    settled: Mapping[str, tuple[int, int] | None]


def questions(model: Model, cases: Iterable[PublicCase]) -> dict[str, Any]:
    """Interview a sample of the cases of each split (see EVERY) with all that is known, and gather its figures.

    Raises as `Model.diagnose`, except for cases that cost too much, which are counted.
    """
    everybody = list(cases)
    found: dict[str, Any] = {}
    for split in SPLITS:
        sample = sampled((case for case in everybody if case.split == split), EVERY)
        found[split] = summary([_course(model, case.known_at(LEVELS[-1])) for case in sample])
    return found


def course(found: Interview) -> Course:
    """An interview in numbers."""
    goals: dict[str, Standing] = {goal: getattr(found, goal) for goal in GOALS}
    return Course(
        asked=len(found.asked),
        signs=found.signs,
        answered=found.answered,
        red_flags=sum(asked.red_flag for asked in found.asked),
        settled={goal: _settled(found, standing) for goal, standing in goals.items()},
    )


def summary(courses: Sequence[Course | None]) -> dict[str, Any]:
    """Medians over the interviews, and for each goal how many get there, and after how many questions.

    courses: None for a case that was refused.
    """
    done = [one for one in courses if one is not None]
    plain: dict[str, Any] = {"n": len(done), "refused": len(courses) - len(done)}
    plain |= {name: _spread([getattr(one, name) for one in done]) for name in COUNTS}
    return plain | {goal: _towards([one.settled[goal] for one in done]) for goal in GOALS}


def _course(model: Model, case: Case) -> Course | None:
    try:
        return course(interview(model.knowledge, model.vocabulary, model.network(case.setting), case))
    except TooExpensive:
        return None


def _settled(found: Interview, goal: Standing) -> tuple[int, int] | None:
    count = found.settled(goal)
    return None if count is None else (count, sum(asked.answer != UNKNOWN for asked in found.asked[:count]))


def _towards(settled: Sequence[tuple[int, int] | None]) -> dict[str, Any]:
    reached = [pair for pair in settled if pair is not None]
    share = mean([pair is not None for pair in settled]) if settled else None
    within = {
        str(limit): float(np.mean([pair is not None and pair[0] <= limit for pair in settled])) if settled else None
        for limit in WITHIN
    }
    return {
        "reached": asdict(share) if share else None,
        "questions": _spread([count for count, _ in reached]),
        "answered": _spread([known for _, known in reached]),
        "within": within,
    }


def _spread(counts: Sequence[int]) -> dict[str, float] | None:
    """Median with the quartiles; None of nothing."""
    if not counts:
        return None
    low, middle, high = np.quantile(counts, [0.25, 0.5, 0.75])
    return {"median": float(middle), "low": float(low), "high": float(high)}
