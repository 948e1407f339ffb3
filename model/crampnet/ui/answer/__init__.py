"""The answer beside the questions: urgency, ranking, advice, and what this is not."""

from __future__ import annotations

import streamlit as st

from crampnet.report import Report
from crampnet.ui.answer import advice, following, problem, ranking, start, turning, urgency, versus, why
from crampnet.ui.answer.markup import element, html
from crampnet.ui.service import Desk, Outcome
from crampnet.ui.state import session
from crampnet.ui.text import report_words, words

__all__ = ["draw", "draw_status"]


def draw(desk: Desk, outcome: Outcome) -> None:
    """Draw the whole answer, or how to begin while there is none."""
    if outcome.error is None and outcome.report is None and outcome.current:
        start.draw()
        return
    if not outcome.current:
        problem.draw(desk, outcome)
    if outcome.report is not None:
        stale = "" if outcome.current else "_stale"
        with st.container(key=f"report{stale}", gap="medium"):
            _report(desk, outcome, outcome.report)


def draw_status(outcome: Outcome) -> None:
    """One line for narrow screens, above the questions."""
    urgency.status(outcome, session().voice)


def _report(desk: Desk, outcome: Outcome, report: Report) -> None:
    voice = session().voice
    urgency.draw(desk, outcome, report, voice)
    ranking.draw(desk, outcome, report, voice)
    following.draw(desk, outcome, voice)
    with st.container(key="reasons", gap="xsmall"):
        html(element("h3", words("why.heading"), "cn-heading"))
        why.draw(outcome, voice)
        versus.draw(desk, outcome, report, voice)
        turning.draw(outcome, voice)
    advice.draw(desk, report, voice)
    stamp = report_words("stamp").format(
        version=report.version, digest=report.priors_digest[:12], date=report.written_on
    )
    html(
        element("h3", words("answer.not_title"), "cn-small-heading"),
        element("p", report_words("disclaimer"), "cn-note"),
        element("p", stamp, "cn-note cn-stamp"),
    )
