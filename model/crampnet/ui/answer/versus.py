"""Why the first row and not another one, which the reader chooses."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from crampnet.report import Report
from crampnet.report.insights import Comparison, Decider
from crampnet.report.points import POINTS
from crampnet.ui.answer.insight import insight, show
from crampnet.ui.answer.ledger import ledger
from crampnet.ui.answer.markup import Markup, element
from crampnet.ui.service import Desk, Outcome, compare
from crampnet.ui.state import fill, session, shown, voiced
from crampnet.ui.text import called, percent, report_words, words

OFFERED = 20
"""Rows of the ranking that can be chosen."""


def draw(desk: Desk, outcome: Outcome, report: Report, voice: str) -> None:
    """The expander with the choice."""
    names = {row.condition: called(row, voice) for row in report.rows[1 : OFFERED + 1]}
    with st.expander(words("versus.label")):
        current = session()
        if current.versus not in names:
            current.versus = next(iter(names))
        key = voiced("versus")
        st.selectbox(
            words("versus.other"),
            list(names),
            format_func=names.__getitem__,
            key=fill(key, current.versus),
            on_change=_choose,
            args=(key,),
        )
        compare(desk, current.versus)
        found = insight(outcome, "comparison")
        show(found, [] if found.value is None else list(_comparison(found.value, voice)), "versus")


def _choose(key: str) -> None:
    session().versus = shown(key)


def _comparison(comparison: Comparison, voice: str) -> Iterator[Markup]:
    one, other = called(comparison.one, voice), called(comparison.other, voice)
    yield element("h4", str(report_words("versus")).format(one=one, other=other))
    yield element("p", report_words("versus_points"), "cn-note")
    yield from ledger(comparison.start, comparison.weights, comparison.end, voice)
    if comparison.deciders:
        yield element("h4", report_words("deciders"))
        yield element("ul", [_decider(decider, one, other, voice) for decider in comparison.deciders])


def _decider(decider: Decider, one: str, other: str, voice: str) -> Markup:
    favoured = one if decider.if_present > 0 else other
    line = str(report_words("decider")).format(
        name=getattr(decider.finding, voice),
        favoured=favoured,
        points=round(abs(decider.if_present) * POINTS),
        probability=percent(decider.probability),
    )
    return element("li", line)
