"""The ranking as calm bars: what may be behind it, how likely in words and figures, and what must not be missed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from crampnet.report import Report, Row
from crampnet.report.insights import Interval
from crampnet.ui.answer.insight import Insight, insight
from crampnet.ui.answer.markup import Markup, element, html
from crampnet.ui.service import Desk, Outcome
from crampnet.ui.text import between, chance, percent, report_words, words

TOP = 6
"""Rows that are always shown."""
WORTH_A_LOOK = 0.01
"""A grave condition is listed from this chance on."""


@dataclass(frozen=True)
class Selection:
    """Rows to show: the first ones and those always shown, in order of rank; and grave ones further down."""

    rows: tuple[Row, ...]
    serious: tuple[Row, ...]


def select(report: Report, always: Sequence[str], grave: Sequence[str]) -> Selection:
    """Choose the rows. always: ids of rows that are shown at any rank; grave: levels that must not be missed."""
    first = {row.condition for row in report.rows[:TOP]} | set(always)
    serious = (
        row
        for row in report.rows
        if row.condition not in first and row.level in grave and max(row.contributes, row.present) >= WORTH_A_LOOK
    )
    return Selection(tuple(row for row in report.rows if row.condition in first), tuple(serious))


def draw(desk: Desk, outcome: Outcome, report: Report, voice: str) -> None:
    """The bars with their intervals, how firm the order is, and the grave and unlikely below."""
    grave = desk.model.knowledge.losses.levels[-2:]
    chosen = select(report, list(words("always_shown")), grave)
    by = report.ranked_by
    heading = words("answer.ranking" if by == "contributes" else "answer.ranking_present")
    sure = insight(outcome, "sureness")
    ranges = sure.value.intervals if sure.fresh and sure.value is not None else {}
    html(
        element("h3", heading, "cn-heading"),
        element("p", f"{report_words(f'ranking_{by}')} {words('answer.tick')}", "cn-note"),
        element("p", _firm(sure), "cn-firm", aria_live="polite"),
        _rows(chosen.rows, by, voice, ranges),
        *explained(report, voice),
    )
    with st.container(key="serious"):
        if chosen.serious:
            with st.expander(str(words("answer.serious")).format(count=len(chosen.serious))):
                html(element("p", words("answer.serious_body"), "cn-note"), _rows(chosen.serious, by, voice, ranges))


def _firm(sure: Insight) -> str:
    """How firm the order is, or that it is being worked out."""
    if sure.failed:
        return str(words("answer.firm_failed"))
    if sure.value is None or not sure.fresh:
        return str(words("answer.firm_waiting"))
    return str(report_words("first")).format(share=percent(sure.value.first))


def _rows(rows: Sequence[Row], by: str, voice: str, ranges: Mapping[str, Interval]) -> Markup:
    return element("ol", [_row(row, by, voice, ranges.get(row.condition)) for row in rows], "cn-rows")


def _row(row: Row, by: str, voice: str, interval: Interval | None) -> Markup:
    share: float = getattr(row, by)
    special = words("always_shown").get(row.condition)
    name, other = _names(row, voice)
    head = [element("strong", special or name, "cn-name"), element("span", chance(share), "cn-chance")]
    small = name if special else other
    figures = [str(words("answer.base")).format(percent=percent(row.base_rate))]
    if by == "contributes":
        figures.insert(0, str(words("answer.present")).format(percent=percent(row.present)))
    spread = "" if interval is None else between(interval.low, interval.high)
    under = [element("span", small), element("span", " · ".join(figures))]
    notes = [note for note in (told_by(row, voice), came_from(row, by, voice)) if note]
    return element(
        "li",
        [
            element("div", head, "cn-row-head"),
            element("div", [_bar(row, share, special or name, interval), _figure(share, spread)], "cn-row-bar"),
            element("div", under, "cn-row-under"),
            *(element("p", note, "cn-note") for note in notes),
        ],
        "cn-special" if special else "",
    )


def came_from(row: Row, by: str, voice: str) -> str:
    """One line on where a condition may have come from: in words for people, in figures for clinicians; or nothing."""
    causes = row.came_from(by, voice, _saying(voice))
    return str(words("answer.origins")).format(causes=causes) if causes else ""


def told_by(row: Row, voice: str) -> str:
    """One line on what was told that is there because of a condition, such as a medicine for it; or nothing."""
    return str(words("answer.told_by")).format(names=row.named_for(voice)) if row.told_by else ""


def explained(report: Report, voice: str) -> list[Markup]:
    """A line for each finding that a medicine or circumstance may have brought by itself; nothing without any."""
    line, say = str(words("answer.explained")), _saying(voice)
    told = (line.format(finding=getattr(one, voice), causes=one.said(voice, say)) for one in report.explained)
    return [element("p", said, "cn-note") for said in told]


def _saying(voice: str) -> Callable[[float], str]:
    """How a probability is said beside a cause: in words for people, in figures for clinicians."""
    return chance if voice == "plain" else percent


def _names(row: Row, voice: str) -> tuple[str, str]:
    """The name in the chosen voice, and in the other where it differs."""
    first, second = (row.plain, row.clinical) if voice == "plain" else (row.clinical, row.plain)
    return first, "" if first == second else second


def _figure(share: float, spread: str) -> Markup:
    """The figure with its interval below; the room for it is kept while it is worked out."""
    parts = [element("span", percent(share), "cn-share"), element("span", spread, "cn-between")]
    return element("span", parts, "cn-percent")


def _bar(row: Row, share: float, name: str, interval: Interval | None) -> Markup:
    said = str(words("answer.bar")).format(name=name, share=percent(share), base=percent(row.base_rate))
    fill = element("span", "", "cn-fill", style=f"width:{max(share, 0.004):.1%}")
    tick = element("span", "", "cn-tick", style=f"left:{min(row.base_rate, 0.996):.1%}")
    parts = [fill, tick]
    if interval is not None:
        said = f"{said}; {str(words('answer.spread')).format(interval=between(interval.low, interval.high))}"
        width = max(interval.high - interval.low, 0.004)
        parts.append(element("span", "", "cn-whisker", style=f"left:{interval.low:.1%};width:{width:.1%}"))
    return element("div", parts, "cn-bar", role="img", aria_label=said)
