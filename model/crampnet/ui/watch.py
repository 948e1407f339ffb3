"""Fills in what was worked out beside the page: looks now and then while something is open, and not after."""

from __future__ import annotations

import streamlit as st

from crampnet.ui.background import Job
from crampnet.ui.service import Outcome
from crampnet.ui.state import session

EVERY = 0.4
"""Seconds between two looks."""


def results_of(outcome: Outcome) -> int:
    """How many parts are there; to be asked before anything is drawn."""
    return 0 if outcome.job is None else len(outcome.job.results)


def watch(outcome: Outcome, seen: int, *, paused: bool) -> None:
    """Draw the page anew when something more is there.

    seen: parts that were there before the page was drawn; one that came meanwhile may be missing on it, the last one
    too. paused: a question stands over the page, which would close.
    """
    session().filling = False
    if outcome.job is not None and not paused and (outcome.job.open or results_of(outcome) > seen):
        st.fragment(_look, run_every=EVERY)(outcome.job, seen)


def _look(job: Job, seen: int) -> None:
    if len(job.results) > seen:
        session().filling = True
        st.rerun()
