"""Why the first row is first: weights that add up, what it leaves unexplained, and what would be typical of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st

from crampnet.report.deeper import unlisted
from crampnet.report.insights import Expected, Fitting, Reasons
from crampnet.report.naming import spoken
from crampnet.report.sureness import CLASH
from crampnet.ui.answer.insight import insight, show
from crampnet.ui.answer.ledger import ledger
from crampnet.ui.answer.markup import Markup, element
from crampnet.ui.service import Outcome
from crampnet.ui.text import called, percent, report_words, words


def draw(outcome: Outcome, voice: str) -> None:
    """The expander."""
    with st.expander(words("why.label")):
        reasons, fitting = insight(outcome, "reasons"), insight(outcome, "fitting")
        parts = [] if reasons.value is None else list(_reasons(reasons.value, voice))
        if fitting.value is not None and fitting.fresh:
            parts += _fitting(fitting.value, voice)
        show(reasons, parts, "why")


def _reasons(reasons: Reasons, voice: str) -> Iterator[Markup]:
    yield element("h4", str(report_words("why")).format(name=called(reasons.condition, voice)))
    yield from ledger(reasons.start, reasons.weights, reasons.end, voice)
    yield element("h4", report_words("unexplained"))
    if reasons.unexplained:
        yield _list(reasons.unexplained, "unexplained_item", voice)
    else:
        yield element("p", report_words("unexplained_none"))
    if reasons.missing:
        yield element("h4", report_words("missing"))
        yield _list(reasons.missing, "expected", voice)


def _list(found: Sequence[Expected], path: str, voice: str) -> Markup:
    line = str(report_words(path))
    said = (
        line.format(name=getattr(e.finding, voice), expected=percent(e.expected), otherwise=percent(e.otherwise))
        for e in found
    )
    return element("ul", [element("li", text) for text in said])


def _fitting(fitting: Fitting, voice: str) -> Iterator[Markup]:
    """What does not fit: among the answers, or to the first row."""
    clash = fitting.least if fitting.value >= CLASH else None
    told = unlisted(fitting, voice)
    if clash is not None or fitting.misfit or told:
        yield element("h4", words("why.fitting"))
    if clash is not None:
        yield element("p", str(report_words("fitting_clash")).format(answer=spoken(clash, voice)))
    if fitting.misfit and fitting.tail is not None:
        said = str(report_words("misfit"))
        yield element("p", said.format(name=called(fitting.condition, voice), share=percent(fitting.tail)))
    if told:
        yield element("p", told)
