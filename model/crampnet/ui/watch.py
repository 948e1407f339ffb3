"""Fills in what was worked out beside the page: looks now and then while something is open, and not after."""

from __future__ import annotations

import streamlit as st

from crampnet.ui.background import Job
from crampnet.ui.service import Outcome
from crampnet.ui.state import session

EVERY = 0.4
"""Seconds between two looks."""


def watch(outcome: Outcome, *, paused: bool) -> None:
    """Draw the page anew when something more is there. paused: a question stands over the page, which would close."""
    session().filling = False
    if outcome.job is not None and outcome.job.open and not paused:
        st.fragment(_look, run_every=EVERY)(outcome.job, len(outcome.job.results))


def _look(job: Job, seen: int) -> None:
    if len(job.results) > seen:
        session().filling = True
        st.rerun()
