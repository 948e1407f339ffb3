"""Advice for the leading conditions and for everybody, each item with its grade and source; and what is withheld."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

import streamlit as st

from crampnet.knowledge import Knowledge
from crampnet.report import Report
from crampnet.report.report import AdviceLine
from crampnet.ui.answer.markup import Markup, element, html
from crampnet.ui.service import Desk
from crampnet.ui.text import report_words, words

KEPT = 1000
"""Items that are kept as they were written: most of them come again with the next answer."""


def draw(desk: Desk, report: Report, voice: str) -> None:
    """One expander for each condition and one for everybody, the first open; withheld items in the last."""
    knowledge = desk.model.knowledge
    html(element("h3", words("answer.advice"), "cn-heading"))
    given = [line for line in report.advice if line.status != "withheld"]
    withheld = [line for line in report.advice if line.status == "withheld"]
    with st.container(gap="xsmall"):
        for position, (about, lines) in enumerate(groupby(given, key=lambda line: line.about)):
            with st.expander(_about(knowledge, about, voice), expanded=position == 0):
                html(*_by_kind(knowledge, report, list(lines), voice))
        if withheld:
            with st.expander(str(words("answer.withheld")).format(count=len(withheld))):
                html(*_withheld(knowledge, withheld, voice))


def _about(knowledge: Knowledge, about: str, voice: str) -> str:
    if about not in knowledge.conditions:
        return str(report_words("everybody"))
    return str(words("always_shown").get(about) or getattr(knowledge.name(about), voice))


def _by_kind(knowledge: Knowledge, report: Report, lines: Sequence[AdviceLine], voice: str) -> Iterator[Markup]:
    kinds = report_words("kinds")
    for kind in kinds:
        chosen = [line for line in lines if line.kind == kind]
        if chosen:
            yield element("h4", kinds[kind])
            yield element("ul", [_item(knowledge, report, line, voice) for line in chosen], "cn-advice")


def _item(knowledge: Knowledge, report: Report, line: AdviceLine, voice: str) -> Markup:
    because = _because(knowledge, line, voice) if line.status == "rewritten" else ""
    source = report.sources.get(line.source, line.source)
    return _written(getattr(line, voice), because, line.grade, source, _meaning(knowledge, line.grade))


@lru_cache(maxsize=KEPT)
def _written(said: str, because: str, grade: str, source: str, meaning: str) -> Markup:
    parts = [element("span", said)]
    if because:
        parts.append(element("span", str(words("answer.rewritten")).format(reason=because), "cn-reason"))
    graded = str(words("answer.grade")).format(grade=grade)
    summary = element("summary", f"{words('answer.source')}, {graded}")
    details = element("details", [summary, element("p", source), element("p", meaning)], "cn-source")
    return element("li", [*parts, details])


def _withheld(knowledge: Knowledge, lines: Sequence[AdviceLine], voice: str) -> Iterator[Markup]:
    """Withheld items under their reason, each reason once."""
    reasons: dict[str, list[AdviceLine]] = {}
    for line in lines:
        reasons.setdefault(_because(knowledge, line, voice), []).append(line)
    for reason, kept in reasons.items():
        yield element("h4", str(words("answer.withheld_because")).format(reason=reason))
        items = [f"{_about(knowledge, line.about, voice)}: {getattr(line, voice)}" for line in kept]
        yield element("ul", [element("li", item) for item in items], "cn-advice")


def _because(knowledge: Knowledge, line: AdviceLine, voice: str) -> str:
    """Why a caution changed an item, with the answers that triggered it."""
    reason = line.reason or str(report_words("wait"))
    if not line.because:
        return reason
    names = ", ".join(getattr(knowledge.name(name), voice) for name in line.because)
    return f"{reason} {str(words('answer.triggered')).format(names=names)}"


def _meaning(knowledge: Knowledge, grade: str) -> str:
    return next((meant.meaning for letter, meant in knowledge.grades.items() if letter == grade), "")
