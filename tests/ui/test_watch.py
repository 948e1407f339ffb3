"""What fills in beside the page: the page is drawn anew for everything that came after its drawing had begun."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import streamlit

from crampnet.ui import watch as watching
from crampnet.ui.background import Job
from crampnet.ui.service import Outcome
from crampnet.ui.watch import results_of, watch


class Drawing:
    """Stands for the page: a look happens at once, and drawing anew is counted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.looks = self.anew = 0
        self.filling = False
        monkeypatch.setattr(streamlit, "fragment", self._fragment)
        monkeypatch.setattr(streamlit, "rerun", self._rerun)
        monkeypatch.setattr(watching, "session", lambda: self)

    def _fragment(self, look: Callable[..., None], *, run_every: float) -> Callable[..., None]:
        assert run_every > 0.0

        def at_once(*given: Any) -> None:
            self.looks += 1
            look(*given)

        return at_once

    def _rerun(self) -> None:
        self.anew += 1


@pytest.fixture
def drawing(monkeypatch: pytest.MonkeyPatch) -> Drawing:
    return Drawing(monkeypatch)


def outcome(parts: int) -> tuple[Outcome, Job]:
    job = Job({number: lambda: "done" for number in range(parts)})
    return Outcome(None, True, job=job), job


def finish(job: Job) -> None:
    while job.open:
        job.advance()


def test_the_last_part_that_came_while_the_page_was_drawn_is_drawn(drawing: Drawing) -> None:
    found, job = outcome(2)
    seen = results_of(found)
    finish(job)
    watch(found, seen, paused=False)
    assert (drawing.anew, drawing.filling) == (1, True)


def test_it_looks_while_something_is_open_and_not_after(drawing: Drawing) -> None:
    found, job = outcome(1)
    watch(found, results_of(found), paused=False)
    assert (drawing.looks, drawing.anew) == (1, 0)
    finish(job)
    watch(found, results_of(found), paused=False)
    assert (drawing.looks, drawing.anew) == (1, 0)


def test_a_question_over_the_page_is_left_alone(drawing: Drawing) -> None:
    found, job = outcome(1)
    finish(job)
    watch(found, 0, paused=True)
    assert (drawing.looks, drawing.anew) == (0, 0)
    assert results_of(Outcome(None, True)) == 0
